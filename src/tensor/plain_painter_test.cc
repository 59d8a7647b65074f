// The painter against a plain one, written out pixel by pixel and channel by channel without regard for time, over random
// reads, candidates, shapes and options.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

#include "tensor/row_order.h"
#include "tensor/tensor.h"

namespace haploom::tensor {
namespace {

constexpr int64_t kContig = 400;
constexpr Channel kAllChannels[] = {
    Channel::kReadBase, Channel::kBaseQuality, Channel::kMappingQuality, Channel::kStrand, Channel::kReadSupportsVariant,
    Channel::kBaseDiffersFromRef, Channel::kHaplotype, Channel::kAlleleFrequency, Channel::kReadMappingPercent,
    Channel::kAvgBaseQuality, Channel::kIdentity, Channel::kGapCompressedIdentity, Channel::kGcContent,
    Channel::kIsHomopolymer, Channel::kHomopolymerWeighted, Channel::kBlank, Channel::kInsertSize, Channel::kMeanCoverage,
    Channel::kBaseMethylation, Channel::kBase6ma};

struct World {
  ImageShape shape;
  DrawOptions options;
  std::string contig;
  std::vector<genome::Read> reads, haplotypes;
  genome::Candidate candidate;
};

// ---- the plain painter ----

int shade(int value, int full) { return static_cast<int>(254.0F * (static_cast<float>(std::min(value, full)) / static_cast<float>(full))); }

int percent(size_t part, size_t whole) { return static_cast<int>(static_cast<float>(part) / static_cast<float>(whole) * 100); }

int letter(char base) { return base == 'A' ? 250 : base == 'G' ? 180 : base == 'T' ? 100 : base == 'C' ? 30 : 0; }

size_t run_at(const std::string& bases, size_t i) {
  size_t from = i, end = i;
  while (from > 0 && bases[from - 1] == bases[i]) --from;
  while (end < bases.size() && bases[end] == bases[i]) ++end;
  return end - from;
}

struct PlainPiece {
  const genome::Read* read = nullptr;
  int64_t position = 0;
  genome::Cigar cigar;
  std::string bases;
  std::vector<uint8_t> quality;
};

std::optional<PlainPiece> cut(const genome::Read& read, int64_t start, int64_t end, int64_t least) {
  PlainPiece out{&read, std::max(read.start, start), {}, "", {}};
  int64_t at = read.start, kept = 0;
  size_t base = 0;
  if (end <= out.position) return std::nullopt;
  for (const auto& [op, length] : read.cigar) {
    const bool on_reference = genome::consumes_reference(op), on_read = genome::consumes_read(op);
    const int64_t next = at + (on_reference ? length : 0);
    const bool still_left = at < start;
    if (still_left && next <= start) {  // wholly left of the window
      base += on_read ? static_cast<size_t>(length) : 0;
      at = next;
      continue;
    }
    const int64_t left = still_left ? start - at : 0;
    const int64_t right = std::max<int64_t>(next - end, 0);
    const int64_t stays = on_reference ? std::max<int64_t>(length - left - right, 0) : length;
    out.cigar.push_back({op, static_cast<int32_t>(stays)});
    if (on_read) {
      base += static_cast<size_t>(left);
      for (int64_t i = 0; i < stays; ++i, ++base) {
        if (base >= read.bases.size() || base >= read.quality.size()) return std::nullopt;
        out.bases += read.bases[base];
        out.quality.push_back(read.quality[base]);
      }
    }
    kept += on_reference ? stays : 0;
    at = next;
    if (on_reference && right > 0) break;
  }
  if (kept < least || out.bases.empty()) return std::nullopt;
  return out;
}

struct PlainBlock {
  const World& world;
  bool haplotypes;
  const genome::AltSet& alts;

  bool lists(size_t alt, const genome::Read& read) const {
    const auto& all = haplotypes ? world.haplotypes : world.reads;
    const auto& support = (haplotypes ? world.candidate.haplotype_support : world.candidate.read_support)[alt];
    return std::any_of(support.begin(), support.end(), [&](int32_t i) { return all[static_cast<size_t>(i)].key() == read.key(); });
  }
  bool drawn(size_t alt) const { return std::count(alts.begin(), alts.end(), static_cast<int>(alt)) > 0; }

  int support_colour(const genome::Read& read) const {
    for (size_t alt = 0; alt < world.candidate.alts.size(); ++alt) {
      if (lists(alt, read)) return drawn(alt) ? 254 : world.options.colour_other_alts ? 76 : 152;
    }
    return 152;
  }
  int frequency_colour_of(const genome::Read& read) const {
    for (size_t alt = 0; alt < world.candidate.alts.size(); ++alt) {
      if (!drawn(alt) || !lists(alt, read)) continue;
      const float af = world.candidate.population_frequency.empty() ? 0 : world.candidate.population_frequency[alt];
      if (af <= 0.00001F) return 0;
      return static_cast<int>((std::log10(0.00001F) - std::log10(af)) / std::log10(0.00001F) * 254.0F);
    }
    return 0;
  }
  bool blank(Channel c) const {
    const bool snp = world.candidate.is_snp();
    if (haplotypes && (snp ? world.options.blank_haplotypes_of_snps : world.options.blank_haplotypes_of_indels)) return true;
    return haplotypes && (c == Channel::kBaseQuality || c == Channel::kMappingQuality || c == Channel::kHaplotype);
  }

  int colour(Channel c, const PlainPiece& piece, size_t i, char base, char reference) const {
    if (blank(c)) return 0;
    const genome::Read& read = *piece.read;
    size_t equal = 0, events = 0;
    for (const auto& [op, length] : piece.cigar) {
      equal += op == 'M' || op == '=' ? static_cast<size_t>(length) : 0;
      events += genome::is_match(op) ? static_cast<size_t>(length) : op == 'I' || op == 'D' ? 1 : 0;
    }
    switch (c) {
      case Channel::kReadBase: return letter(base);
      case Channel::kBaseQuality: return shade(piece.quality[i], 40);
      case Channel::kMappingQuality: return shade(read.mapq, 60);
      case Channel::kStrand: return read.reverse ? 240 : 70;
      case Channel::kReadSupportsVariant: return support_colour(read);
      case Channel::kBaseDiffersFromRef: return base == reference ? 50 : 254;
      case Channel::kHaplotype: {
        int tag = read.haplotype_tag == genome::kNoHaplotypeTag ? 0 : read.haplotype_tag;
        if (world.options.polished_haplotype == 2 && (tag == 1 || tag == 2)) tag = 3 - tag;
        return shade(tag, 2);
      }
      case Channel::kAlleleFrequency: return frequency_colour_of(read);
      case Channel::kReadMappingPercent:
      case Channel::kIdentity: return shade(percent(equal, piece.bases.size()), 100);
      case Channel::kAvgBaseQuality: {
        int sum = 0;
        for (const uint8_t q : piece.quality) sum += q;
        return shade(static_cast<int>(static_cast<float>(sum) / static_cast<float>(piece.quality.size())), 93);
      }
      case Channel::kGapCompressedIdentity: return shade(percent(equal, events), 100);
      case Channel::kGcContent: return shade(gc(piece.bases), 100);
      case Channel::kIsHomopolymer: return run_at(piece.bases, i) >= 3 ? 254 : 0;
      case Channel::kHomopolymerWeighted: return shade(static_cast<int>(run_at(piece.bases, i)), 30);
      case Channel::kInsertSize: return shade(std::min(std::abs(read.template_length), 1000), 1000);
      default: return 0;
    }
  }
  static int gc(const std::string& bases) {
    return percent(static_cast<size_t>(std::count(bases.begin(), bases.end(), 'G') + std::count(bases.begin(), bases.end(), 'C')), bases.size());
  }
  static int reference_colour(Channel c, const std::string& window, size_t i) {
    switch (c) {
      case Channel::kReadBase: return letter(window[i]);
      case Channel::kStrand: return 70;
      case Channel::kReadSupportsVariant: return 152;
      case Channel::kBaseDiffersFromRef: return 50;
      case Channel::kGcContent: return shade(gc(window), 100);
      case Channel::kIsHomopolymer: return run_at(window, i) >= 3 ? 254 : 0;
      case Channel::kHomopolymerWeighted: return shade(static_cast<int>(run_at(window, i)), 30);
      case Channel::kMeanCoverage: return 255;
      case Channel::kHaplotype:
      case Channel::kAlleleFrequency:
      case Channel::kBlank:
      case Channel::kBaseMethylation:
      case Channel::kBase6ma: return 0;
      default: return 254;
    }
  }

  // The reads' pieces as they are cut for the window, in the partition's order.
  std::vector<PlainPiece> pieces(int64_t start) const {
    std::vector<PlainPiece> out;
    const int64_t end = std::min(world.candidate.end() + world.shape.width / 2, kContig);
    const int64_t least = haplotypes && world.options.only_window_spanning_haplotypes ? std::max(world.shape.width, 15) : 15;
    for (const genome::Read& read : haplotypes ? world.haplotypes : world.reads) {
      if (read.end <= world.candidate.start - 5 || read.start >= world.candidate.end() + 5) continue;
      if (const auto piece = cut(read, start, end, least)) out.push_back(*piece);
    }
    return out;
  }

  struct PlainRow {
    const PlainPiece* piece;
    std::vector<uint8_t> pixels;
  };

  std::optional<PlainRow> row(const PlainPiece& piece, const std::vector<Channel>& channels, int64_t start, const std::string& window) const {
    if (piece.read->mapq < world.options.min_mapq) return std::nullopt;
    PlainRow out{&piece, std::vector<uint8_t>(window.size() * channels.size())};
    bool good = true;
    const auto put = [&](int64_t position, size_t i, char base) {
      const int64_t column = position - start;
      if (column < 0 || column >= std::ssize(window)) return;
      if (position == world.candidate.start && piece.quality[i] < world.options.min_base_quality) good = false;
      for (size_t c = 0; c < channels.size(); ++c) {
        out.pixels[static_cast<size_t>(column) * channels.size() + c] =
            static_cast<uint8_t>(colour(channels[c], piece, i, base, window[static_cast<size_t>(column)]));
      }
    };
    int64_t position = piece.position;
    size_t i = 0;
    for (const auto& [op, length] : piece.cigar) {
      if (genome::is_match(op)) {
        for (int k = 0; k < length; ++k) put(position + k, i + static_cast<size_t>(k), piece.bases[i + static_cast<size_t>(k)]);
      } else if (op == 'I' && length > 0) {
        put(position - 1, i, '*');
      } else if (op == 'D' && i > 0) {
        put(position - 1, i - 1, '*');
      }
      position += genome::consumes_reference(op) ? length : 0;
      i += genome::consumes_read(op) ? static_cast<size_t>(length) : 0;
    }
    if (!good) return std::nullopt;
    return out;
  }

  std::vector<std::vector<uint8_t>> rows(const std::vector<PlainPiece>& from, const std::vector<Channel>& channels,
                                         int64_t start, const std::string& window) const {
    const size_t height = static_cast<size_t>(haplotypes ? world.shape.height_pangenome : world.shape.height_reads);
    std::vector<std::vector<uint8_t>> out(5, std::vector<uint8_t>(window.size() * channels.size()));
    for (auto& line : out) {
      for (size_t i = 0; i < line.size(); ++i)
        line[i] = static_cast<uint8_t>(reference_colour(channels[i % channels.size()], window, i / channels.size()));
    }
    std::vector<PlainRow> made;
    for (const int32_t i : from.size() > height - 5 ? shuffled(static_cast<int32_t>(from.size())) : in_order(from.size())) {
      if (made.size() == height - 5) break;
      if (auto drawn_row = row(from[static_cast<size_t>(i)], channels, start, window)) made.push_back(*drawn_row);
    }
    const auto key = [&](const PlainRow& r) {
      const genome::Read& read = *r.piece->read;
      int tag = world.options.sort_by_haplotypes ? std::max(read.haplotype_tag, 0) : 0;
      if (world.options.sort_by_haplotypes && tag > 0 && tag == world.options.polished_haplotype) tag = -1;
      return std::tuple(tag, read.start, read.name, read.number, r.piece->read);
    };
    std::sort(made.begin(), made.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
    for (auto& each : made) out.push_back(each.pixels);
    out.resize(height, std::vector<uint8_t>(window.size() * channels.size()));
    return out;
  }
  static std::vector<int32_t> in_order(size_t n) {
    std::vector<int32_t> out(n);
    for (size_t i = 0; i < n; ++i) out[i] = static_cast<int32_t>(i);
    return out;
  }
};

using Rows = std::vector<std::vector<uint8_t>>;

struct PlainImage {
  explicit PlainImage(const World& w, const genome::AltSet& set) : world(w), alts(set), start(w.candidate.start - w.shape.width / 2) {
    mode = alt_aligned_of(w.shape.channels);
    channels.assign(w.shape.channels.begin(), w.shape.channels.end() - (mode == AltAligned::kNone ? 0 : 2));
  }

  std::vector<uint8_t> bytes() const {
    const Rows first = blocks(window(start, start + world.shape.width), nullptr);
    std::vector<Rows> alternates;
    if ((mode != AltAligned::kNone || world.shape.alt_aligned_rows) && (world.options.alt_align_snps || !world.candidate.is_snp())) {
      for (const int alt : alts) {
        const std::string haplotype = window(start, world.candidate.start) + world.candidate.alts[static_cast<size_t>(alt)] +
                                      window(world.candidate.end(), std::min(world.candidate.end() + world.shape.width / 2, kContig));
        if (std::ssize(haplotype) < world.shape.width) break;
        alternates.push_back(blocks(haplotype.substr(0, static_cast<size_t>(world.shape.width)), &haplotype));
      }
    }
    return mode == AltAligned::kNone ? stacked(first, alternates) : woven(first, alternates);
  }

 private:
  std::string window(int64_t from, int64_t to) const { return world.contig.substr(static_cast<size_t>(from), static_cast<size_t>(to - from)); }

  Rows blocks(const std::string& reference, const std::string* haplotype) const {
    Rows out;
    for (const bool haplotypes : {true, false}) {
      if ((haplotypes ? world.shape.height_pangenome : world.shape.height_reads) == 0) continue;
      const PlainBlock block{world, haplotypes, alts};
      std::vector<PlainPiece> pieces = block.pieces(start);
      if (haplotype != nullptr) pieces = haplotypes ? std::vector<PlainPiece>{} : realigned(pieces, *haplotype);
      for (auto& line : block.rows(pieces, channels, start, reference)) out.push_back(line);
    }
    return out;
  }

  std::vector<PlainPiece> realigned(std::vector<PlainPiece> pieces, const std::string& haplotype) const {
    std::vector<std::string_view> bases;
    for (const auto& piece : pieces) bases.push_back(piece.bases);
    const auto to = world.options.align_to_haplotype(haplotype, bases);
    std::vector<PlainPiece> out;
    for (size_t i = 0; i < pieces.size(); ++i) {
      if (to[i].kind == realign::HaplotypeAlignment::Kind::kNowhere) continue;
      if (to[i].kind == realign::HaplotypeAlignment::Kind::kPlaced) {
        pieces[i].position = start + to[i].start;
        pieces[i].cigar = to[i].cigar;
      }
      out.push_back(pieces[i]);
    }
    return out;
  }

  std::vector<uint8_t> stacked(const Rows& first, const std::vector<Rows>& alternates) const {
    std::vector<uint8_t> out;
    for (const auto& line : first) out.insert(out.end(), line.begin(), line.end());
    for (const auto& rows : alternates) {
      for (const auto& line : rows) out.insert(out.end(), line.begin(), line.end());
    }
    out.resize(world.shape.bytes());
    return out;
  }

  std::vector<uint8_t> woven(const Rows& first, const std::vector<Rows>& alternates) const {
    std::vector<uint8_t> out;
    const size_t n = channels.size(), from = mode == AltAligned::kDiffChannels ? 5 : 0;
    for (size_t row = 0; row < first.size(); ++row) {
      for (size_t column = 0; column < first[row].size() / n; ++column) {
        for (size_t c = 0; c < n; ++c) out.push_back(first[row][column * n + c]);
        for (size_t k = 0; k < 2; ++k) {
          out.push_back(alternates.empty() ? 0 : alternates[std::min(k, alternates.size() - 1)][row][column * n + from]);
        }
      }
    }
    return out;
  }

  const World& world;
  const genome::AltSet& alts;
  int64_t start;
  AltAligned mode;
  std::vector<Channel> channels;
};

// ---- random worlds ----

class Chance {
 public:
  explicit Chance(unsigned seed) : random_(seed) {}
  int upto(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  bool one_in(int n) { return upto(n) == 0; }
  std::string bases(int n) {
    std::string out;
    for (int i = 0; i < n; ++i) out += i > 0 && one_in(2) ? out.back() : "ACGTN"[upto(one_in(9) ? 5 : 4)];
    return out;
  }
  genome::Read read(int names) {
    genome::Read out;
    out.name = "r" + std::to_string(upto(names));
    out.number = static_cast<uint8_t>(upto(2));
    out.start = upto(350);
    out.mapq = static_cast<uint8_t>(upto(70));
    out.reverse = one_in(2);
    out.haplotype_tag = upto(5) - 1;
    out.template_length = upto(3000) - 1500;
    for (int op = 1 + upto(5); op > 0; --op) out.cigar.push_back({"MMMMM=XIDNSHP"[upto(13)], 1 + upto(one_in(3) ? 120 : 20)});
    out.end = out.start + genome::reference_length(out.cigar);
    out.bases = bases(static_cast<int>(genome::read_length(out.cigar)));
    for (size_t i = 0; i < out.bases.size(); ++i) out.quality.push_back(static_cast<uint8_t>(one_in(8) ? upto(12) : upto(94)));
    if (one_in(20)) out.quality.clear();
    return out;
  }
  std::vector<Channel> channels() {
    std::vector<Channel> all(std::begin(kAllChannels), std::end(kAllChannels));
    std::shuffle(all.begin(), all.end(), random_);
    all.resize(static_cast<size_t>(1 + upto(one_in(2) ? 8 : 20)));
    return all;
  }

 private:
  std::mt19937 random_;
};

// Any deterministic aligner will do.
std::span<const realign::HaplotypeAlignment> pretend_to_align(std::string_view haplotype, std::span<const std::string_view> pieces) {
  static std::vector<realign::HaplotypeAlignment> out;
  out.assign(pieces.size(), {});
  for (size_t i = 0; i < pieces.size(); ++i) {
    const size_t luck = std::hash<std::string_view>()(pieces[i]) + haplotype.size();
    const int32_t n = static_cast<int32_t>(pieces[i].size());
    out[i].kind = static_cast<realign::HaplotypeAlignment::Kind>(luck % 3);
    out[i].start = static_cast<int32_t>(luck / 3 % haplotype.size());
    out[i].cigar = {{'M', n}};
    if (n > 9) out[i].cigar = {{'M', n / 3}, {luck % 2 == 0 ? 'D' : 'I', 2}, {'M', n - n / 3 - 2}, {'S', 0}};
  }
  return out;
}

genome::Support some_of(Chance& chance, size_t reads) {
  genome::Support out;
  for (size_t i = 0; i < reads; ++i) {
    if (chance.one_in(4)) out.push_back(static_cast<int32_t>(i));
  }
  return out;
}

World world_of(Chance& chance) {
  World w;
  w.contig = chance.bases(kContig);
  w.shape = {chance.one_in(4) ? 0 : 6 + chance.upto(20), 6 + chance.upto(40), 21 + 2 * chance.upto(60), chance.channels(), false};
  const int alt_aligned = chance.upto(6);
  if (alt_aligned == 0) w.shape.alt_aligned_rows = true;
  if (alt_aligned == 1) w.shape.channels.insert(w.shape.channels.end(), {Channel::kBaseAlternateAllele1, Channel::kBaseAlternateAllele2});
  if (alt_aligned == 2 && w.shape.channels.size() >= 6)
    w.shape.channels.insert(w.shape.channels.end(), {Channel::kDiffAlternateAllele1, Channel::kDiffAlternateAllele2});
  w.options = {chance.upto(10), chance.upto(15), chance.one_in(2), chance.one_in(2), chance.upto(4), chance.one_in(2), chance.one_in(6),
               chance.one_in(6), chance.one_in(2), {}, pretend_to_align};
  for (int i = chance.upto(60); i > 0; --i) w.reads.push_back(chance.read(40));
  for (int i = chance.upto(30); i > 0; --i) w.haplotypes.push_back(chance.read(1000));
  w.candidate.ref = w.contig.substr(200, static_cast<size_t>(chance.one_in(2) ? 1 : 1 + chance.upto(12)));
  w.candidate.start = chance.one_in(10) ? 400 - w.shape.width / 2 - 1 : 200;
  std::set<std::string> alts;
  while (alts.empty() || chance.one_in(2)) alts.insert(chance.bases(chance.one_in(2) ? 1 : 1 + chance.upto(9)));
  for (const std::string& alt : alts) {
    w.candidate.alts.push_back(alt);
    w.candidate.read_support.push_back(some_of(chance, w.reads.size()));
    w.candidate.haplotype_support.push_back(some_of(chance, w.haplotypes.size()));
    w.candidate.population_frequency.push_back(static_cast<float>(std::pow(10.0, -chance.upto(70) / 10.0)));
  }
  if (chance.one_in(3)) w.candidate.population_frequency.clear();
  return w;
}

std::string described(const World& w, const genome::AltSet& set, size_t byte) {
  const size_t n = w.shape.channels.size(), width = static_cast<size_t>(w.shape.width);
  return "row " + std::to_string(byte / n / width) + " column " + std::to_string(byte / n % width) + " channel " +
         std::string(name(w.shape.channels[byte % n])) + " of " + std::to_string(n) + ", height_pangenome " +
         std::to_string(w.shape.height_pangenome) + ", " + std::to_string(set.size()) + " alts";
}

}  // namespace

TEST(Painter, DrawsWhatAPlainPainterDraws) {
  for (unsigned seed = 1; seed <= 400; ++seed) {
    Chance chance(seed);
    const World w = world_of(chance);
    Painter painter(w.shape, w.options);
    painter.begin(&w.reads, &w.haplotypes, {0, w.contig}, kContig);
    std::vector<uint8_t> drawn(w.shape.bytes(), 99);
    for (const auto& set : genome::alt_sets(static_cast<int>(w.candidate.alts.size()))) {
      ASSERT_TRUE(painter.draw(w.candidate, set, drawn)) << "seed " << seed;
      const std::vector<uint8_t> expected = PlainImage(w, set).bytes();
      ASSERT_EQ(drawn.size(), expected.size());
      const auto [at, other] = std::mismatch(drawn.begin(), drawn.end(), expected.begin());
      ASSERT_TRUE(at == drawn.end()) << "seed " << seed << ": " << described(w, set, static_cast<size_t>(at - drawn.begin())) << ": "
                                     << int{*at} << ", plain " << int{*other};
    }
  }
}

}  // namespace haploom::tensor
