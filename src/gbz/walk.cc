#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <new>

#include "base/error.h"
#include "base/signals.h"
#include "gbz/gbz.h"

namespace haploom::gbz {
namespace {

class Sha256 {
 public:
  Sha256() : state_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    if (!state_) throw std::bad_alloc();
    check(EVP_DigestInit_ex(state_.get(), EVP_sha256(), nullptr) == 1, "libcrypto has SHA-256");
  }
  void add(std::string_view bytes) { EVP_DigestUpdate(state_.get(), bytes.data(), bytes.size()); }
  std::string hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned size = 0;
    EVP_DigestFinal_ex(state_.get(), digest.data(), &size);
    std::string out;
    for (unsigned i = 0; i < size; ++i) out += fmt::format("{:02x}", digest[i]);
    return out;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> state_;
};

std::string reverse_complement(std::string_view label) {
  std::string out(label.rbegin(), label.rend());
  for (char& base : out) base = complement_gbz(base);
  return out;
}

std::string_view word(Sense sense) {
  switch (sense) {
    case Sense::kGeneric: return "generic";
    case Sense::kReference: return "reference";
    case Sense::kHaplotype: break;
  }
  return "haplotype";
}

}  // namespace

std::optional<Visit> Walker::next(Visit at) {
  gbz_.record(at.node, now_);
  before_.assign(now_.edges.size(), 0);
  uint64_t passed = 0;
  for (const Run& run : now_.runs) {
    if (at.visit < passed + run.length) {
      const Edge edge = now_.edges[run.rank];
      if (edge.successor == kEndmarker) return std::nullopt;
      return Visit{edge.successor, edge.base + before_[run.rank] + (at.visit - passed)};
    }
    passed += run.length;
    before_[run.rank] += run.length;
  }
  return std::nullopt;
}

std::string path_row(const Gbz& gbz, Walker& walker, uint64_t path) {
  const PathName name = gbz.path_name(path);
  Sha256 digest;
  uint64_t length = 0, nodes = 0;
  std::optional<Visit> at = gbz.sequence_starts().at(2 * path);
  if (at->node == kEndmarker) at.reset();
  for (; at; at = walker.next(*at)) {
    base::throw_if_stopped(nodes);
    const std::string label = gbz.label(node_id(at->node));
    is_reverse(at->node) ? digest.add(reverse_complement(label)) : digest.add(label);
    length += label.size();
    ++nodes;
  }
  return fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}", path, gbz.sample_name(name.sample), name.phase, gbz.contig_name(name.contig), name.fragment, length,
                     digest.hex(), nodes, gbz.composed_name(path), word(gbz.sense(path)));
}

char complement_gbz(char base) {
  static constexpr std::string_view kFrom = "ACGTURYKMSWBDHVNacgturykmswbdhvn";
  static constexpr std::string_view kTo = "TGCAAYRMKWSVHDBNtgcaayrmkwsvhdbn";
  const size_t at = kFrom.find(base);
  return at == std::string_view::npos ? 'N' : kTo[at];
}

}  // namespace haploom::gbz
