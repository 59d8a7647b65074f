#include "formats/reference.h"

#include <fmt/format.h>
#include <htslib/bgzf.h>
#include <htslib/faidx.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <mutex>

#include "base/error.h"
#include "formats/log_once.h"
#include "formats/htslib_quiet.h"

namespace haploom::formats {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(std::string message, std::string remedy) {
  throw Error{Exit::kInput, Reason::kReference, "formats", std::move(message), std::move(remedy)};
}

// 0: no sequence letter. FASTA allows letters, '*' and '-'.
constexpr std::array<char, 256> kUpper = [] {
  std::array<char, 256> out{};
  for (int c = 'A'; c <= 'Z'; ++c) out[static_cast<size_t>(c)] = out[static_cast<size_t>(c + 32)] = static_cast<char>(c);
  out['*'] = '*';
  out['-'] = '-';
  return out;
}();

std::string faidx_command(const std::string& path) { return fmt::format("samtools faidx {}", path); }

// Whether the file is compressed, by its first block.
bool check_file(const std::string& path) {
  std::error_code problem;
  if (!fs::exists(path, problem)) refuse(fmt::format("reference '{}' does not exist", path), "give the path of a FASTA file");
  if (fs::is_directory(path, problem)) refuse(fmt::format("reference '{}' is a directory", path), "give the path of a FASTA file");
  const std::unique_ptr<BGZF, int (*)(BGZF*)> file(bgzf_open(path.c_str(), "r"), bgzf_close);
  char first = 0;
  if (!file || bgzf_read(file.get(), &first, 1) < 0) {
    refuse(fmt::format("reference '{}' cannot be read, or is a damaged gzip file", path), "give the path of a readable FASTA file");
  }
  if (bgzf_compression(file.get()) == 1) {
    refuse(fmt::format("reference '{}' is compressed with gzip, which cannot be read at random", path),
           fmt::format("gunzip -c {0} | bgzip > {0}.bgz, then samtools faidx {0}.bgz", path));
  }
  if (first != '>') refuse(fmt::format("reference '{}' is no FASTA: it does not begin with '>'", path), "give the path of a FASTA file");
  return bgzf_compression(file.get()) == 2;
}

void check_index(const std::string& path, const std::string& suffix) {
  const std::string index = path + suffix;
  std::error_code problem;
  if (!fs::exists(index, problem)) refuse(fmt::format("reference '{}' has no index '{}'", path, index), faidx_command(path));
  if (fs::last_write_time(index, problem) < fs::last_write_time(path, problem)) {
    warn_once(fmt::format("'{}' is older than '{}'; if the reference was changed since, run: {}", index, path, faidx_command(path)));
  }
}

}  // namespace

struct Reference::State {
  std::string path;
  genome::ContigList contigs;
  std::unique_ptr<faidx_t, void (*)(faidx_t*)> index{nullptr, fai_destroy};
  std::mutex reading;
};

Reference::Reference(const std::string& path) : state_(std::make_unique<State>()) {
  quiet_htslib();
  state_->path = path;
  const bool compressed = check_file(path);
  check_index(path, ".fai");
  if (compressed) check_index(path, ".gzi");
  state_->index.reset(fai_load3(path.c_str(), nullptr, nullptr, 0));  // 0: never write an index
  if (!state_->index) refuse(fmt::format("the index of reference '{}' is damaged", path), faidx_command(path));
  std::vector<genome::Contig> contigs;
  for (int i = 0; i < faidx_nseq(state_->index.get()); ++i) {
    const char* name = faidx_iseq(state_->index.get(), i);
    contigs.push_back({name, faidx_seq_len(state_->index.get(), name)});
    if (contigs.back().length < 0) refuse(fmt::format("contig {} of reference '{}' is longer than 2^31", name, path), "cut the contig");
  }
  if (contigs.empty()) refuse(fmt::format("the index of reference '{}' lists no contig", path), faidx_command(path));
  state_->contigs = genome::ContigList(std::move(contigs));
}

Reference::~Reference() = default;
Reference::Reference(Reference&&) noexcept = default;
Reference& Reference::operator=(Reference&&) noexcept = default;

const std::string& Reference::path() const { return state_->path; }
const genome::ContigList& Reference::contigs() const { return state_->contigs; }

std::string Reference::bases(const genome::Region& region) const {
  const genome::Contig& contig = state_->contigs[region.contig];
  const int64_t start = std::max<int64_t>(0, region.start);
  const int64_t end = std::min(contig.length, region.end);
  if (start >= end) return {};
  std::unique_ptr<char, void (*)(void*)> fetched(nullptr, std::free);
  hts_pos_t length = 0;
  {
    const std::lock_guard lock(state_->reading);
    fetched.reset(faidx_fetch_seq64(state_->index.get(), contig.name.c_str(), start, end - 1, &length));
  }
  std::string out(static_cast<size_t>(std::max<hts_pos_t>(0, length)), '\0');
  std::transform(fetched.get(), fetched.get() + out.size(), out.begin(), [](char c) { return kUpper[static_cast<unsigned char>(c)]; });
  if (length != end - start || out.find('\0') != std::string::npos) {
    refuse(fmt::format("reference '{}' does not hold {}:{}-{} where its index says: the file is truncated or the index is another's",
                       state_->path, contig.name, start + 1, end),
           faidx_command(state_->path));
  }
  return out;
}

}  // namespace haploom::formats
