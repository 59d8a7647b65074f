#include "shared_image/pangenome.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <tuple>

#include "base/error.h"
#include "genome/dna.h"

namespace haploom::shared_image {
namespace {

[[noreturn]] void refuse(const std::string& why) {
  throw Error{Exit::kResource, Reason::kFormat, "shared_image", fmt::format("the shared bytes are no pangenome image: {}", why),
              "unload it and load it again with this release"};
}

[[noreturn]] void corrupt(const std::string& why) {
  throw Error{Exit::kInput, Reason::kCorrupt, "shared_image", fmt::format("the pangenome image is damaged: {}", why),
              "unload it and load it again"};
}

constexpr uint64_t kManySteps = 64 * kOwnerStep;  // to an owner: more hints at damage

// As the reader of a GBZ allows: walks of a damaged image end within the visits declared.
constexpr uint64_t kVisitsPerByte = 65536;

ImageHeader header_of(std::span<const std::byte> image) {
  ImageHeader header;
  if (image.size() < sizeof header) refuse(fmt::format("{} bytes are too few", image.size()));
  if (reinterpret_cast<uintptr_t>(image.data()) % alignof(uint64_t) != 0) refuse("they are not aligned");
  std::memcpy(&header, image.data(), sizeof header);
  if (std::memcmp(header.magic, kImageMagic, sizeof header.magic) != 0) refuse("the magic word is missing");
  if (header.layout_version != kLayoutVersion)
    refuse(fmt::format("layout {} was built by another release, this one reads {}", header.layout_version, kLayoutVersion));
  if (header.section_count != kSectionCount) refuse(fmt::format("{} sections, not {}", header.section_count, kSectionCount));
  if (header.image_bytes > image.size() || header.image_bytes < sizeof header + kSectionCount * sizeof(SectionEntry))
    refuse(fmt::format("it declares {} bytes of {}", header.image_bytes, image.size()));
  return header;
}

// The several-successor form; no edges when the words contradict each other.
template <bool wide>
RecordView<wide> view_of(std::span<const uint16_t> words, uint32_t own) {
  RecordView<wide> view;
  if (words.size() < (wide ? 1 + 2 * 3 : 2)) return view;
  const uint16_t* const behind_head = words.data() + 1;
  const uint64_t edges = wide ? load<wide>(behind_head, 1) : (words[1] & 0xF) + 1, runs = wide ? load<wide>(behind_head, 2) : words[1] >> 4;
  if (edges == 0 || record_words(wide, edges, runs) != words.size()) return view;
  constexpr uint64_t kUnit = wide ? 2 : 1;
  view.own = own;
  view.visits = wide ? load<wide>(behind_head, 0) : words[0] >> 1;
  view.edges = edges;
  view.runs = runs;
  view.edge_words = behind_head + (wide ? 3 * kUnit : 1);
  view.checkpoint_words = view.edge_words + kUnit * 2 * edges;
  view.run_words = view.checkpoint_words + kUnit * checkpoints(edges, runs) * (1 + edges);
  return view;
}

bool is_wide(std::span<const uint16_t> words) { return (words[0] & kWideHead) != 0; }

template <typename Use>
auto with_view(std::span<const uint16_t> words, uint32_t own, Use use) {
  return is_wide(words) ? use(view_of<true>(words, own)) : use(view_of<false>(words, own));
}

uint64_t visits_of(std::span<const uint16_t> words) {
  if (words.empty()) return 0;
  if (!is_wide(words)) return words[0] >> 1;
  return words.size() < kWideOneWords ? 0 : load<true>(words.data() + 1, 0);
}

// A record with one successor.
struct OneWay {
  bool is_one;
  uint32_t successor = 0;
  uint32_t base = 0;
};
OneWay one_way(std::span<const uint16_t> words, uint32_t own) {
  if (is_wide(words)) {
    if (words.size() != kWideOneWords) return {false};
    return {true, load<true>(words.data() + 1, 1), load<true>(words.data() + 1, 2)};
  }
  if (words.size() != 2 && words.size() != 3) return {false};
  return {true, narrow_successor(own, words[1]), words.size() == 3 ? words[2] : uint32_t{0}};
}

// Where stepping starts: a run, the visits before it, and behind which checkpoint (none: before the first run).
struct Checkpoint {
  uint64_t run = 0;
  uint64_t visits = 0;
  std::optional<uint64_t> index;
};

template <bool wide>
Checkpoint checkpoint_before(const RecordView<wide>& view, uint64_t visit) {
  uint64_t low = 0, high = checkpoints(view.edges, view.runs);  // checkpoints [0, low) are at or before the visit
  while (low < high) {
    const uint64_t middle = (low + high) / 2;
    if (view.checkpoint(middle, 0) <= visit)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == 0) return {};
  return {low * checkpoint_step(view.edges), view.checkpoint(low - 1, 0), low - 1};
}

// Visits of each edge seen so far: few edges need no memory of their own.
class EdgeCounts {
 public:
  template <bool wide>
  EdgeCounts(const RecordView<wide>& view, const Checkpoint& from) {
    const uint64_t edges = view.edges;
    counts_ = few_.data();
    if (edges > few_.size()) {
      many_.resize(edges);
      counts_ = many_.data();
    }
    if (!from.index) return;
    for (uint64_t edge = 0; edge < edges; ++edge) counts_[edge] = view.checkpoint(*from.index, 1 + edge);
  }
  EdgeCounts(const EdgeCounts&) = delete;
  uint32_t& operator[](uint64_t edge) { return counts_[edge]; }

 private:
  std::array<uint32_t, 16> few_{};
  std::vector<uint32_t> many_;
  uint32_t* counts_ = nullptr;
};

}  // namespace

template <typename T>
std::span<const T> Pangenome::section(std::span<const std::byte> image, ImageSection which) const {
  SectionEntry entry;
  std::memcpy(&entry, image.data() + sizeof(ImageHeader) + static_cast<size_t>(which) * sizeof entry, sizeof entry);
  if (entry.section != static_cast<uint32_t>(which) || entry.item_bytes != sizeof(T) || entry.offset % kSectionAlignment != 0 ||
      entry.offset > image.size() || entry.bytes > image.size() - entry.offset || entry.bytes % sizeof(T) != 0)
    refuse(fmt::format("section {} is not where it should be", static_cast<uint32_t>(which)));
  return {reinterpret_cast<const T*>(image.data() + entry.offset), entry.bytes / sizeof(T)};
}

Pangenome::Pangenome(std::span<const std::byte> bytes) {
  const auto image = bytes.first(header_of(bytes).image_bytes);
  const auto facts = section<Facts>(image, ImageSection::kFacts);
  if (facts.size() != 1) refuse("section 0 has another size");
  facts_ = facts[0];
  if (facts_.visit_total / kVisitsPerByte > image.size()) refuse(fmt::format("{} visits in {} bytes", facts_.visit_total, image.size()));
  bases_ = {section<uint64_t>(image, ImageSection::kBaseBlocks), section<uint16_t>(image, ImageSection::kBaseOffsets),
            section<char>(image, ImageSection::kBases)};
  records_ = {section<uint64_t>(image, ImageSection::kRecordBlocks), section<uint16_t>(image, ImageSection::kRecordOffsets),
              section<uint16_t>(image, ImageSection::kRecords)};
  sequence_ends_ = section<uint32_t>(image, ImageSection::kSequenceEnds);
  paths_ = section<PathEntry>(image, ImageSection::kPaths);
  indexed_paths_ = section<uint32_t>(image, ImageSection::kIndexedPaths);
  position_starts_ = section<uint64_t>(image, ImageSection::kPositionStarts);
  positions_ = section<Position>(image, ImageSection::kPositions);
  owner_starts_ = section<uint64_t>(image, ImageSection::kOwnerStarts);
  owners_ = section<Owner>(image, ImageSection::kOwners);
  text_starts_ = section<uint64_t>(image, ImageSection::kTextStarts);
  text_ = section<char>(image, ImageSection::kText);
  check_counts();
}

// The table sections must be as long as the facts say: accessors then index them by any path, node or record there is.
void Pangenome::check_counts() const {
  constexpr uint64_t kMost = uint64_t{1} << 32;
  if (facts_.records >= kMost || facts_.records % 2 != 0 || facts_.paths >= kMost || facts_.first_code % 2 != 0 ||
      facts_.first_code < 2 || facts_.samples >= kMost || facts_.contigs >= kMost || facts_.reference_samples >= kMost)
    refuse("its counts are not those of a graph");
  const uint64_t ids = facts_.records / 2;
  const bool fit = bases_.starts.size() == ids + 1 && bases_.blocks.size() == ids / kBlock + 1 &&
                   records_.starts.size() == facts_.records + 1 && records_.blocks.size() == facts_.records / kBlock + 1 &&
                   paths_.size() == facts_.paths &&
                   sequence_ends_.size() == 2 * facts_.paths && position_starts_.size() == indexed_paths_.size() + 1 &&
                   owner_starts_.size() == 2 * ((ids + kOwnerStep - 1) / kOwnerStep) + 1 &&
                   text_starts_.size() == facts_.samples + facts_.contigs + facts_.reference_samples + 1;
  if (!fit) refuse("its sections are not as long as its counts say");
}

PathInfo Pangenome::path(uint64_t path) const {
  if (path >= paths_.size()) corrupt(fmt::format("path {} of {}", path, paths_.size()));
  const PathEntry& entry = paths_[path];
  const auto sense = entry.sense <= static_cast<uint64_t>(gbz::Sense::kHaplotype) ? static_cast<gbz::Sense>(entry.sense) : gbz::Sense::kHaplotype;
  return {entry.sample < facts_.samples ? text(entry.sample) : "",
          entry.contig < facts_.contigs ? text(facts_.samples + entry.contig) : "",
          entry.phase, entry.fragment, sense, entry.bases};
}

std::string_view Pangenome::text(uint64_t index) const {
  const uint64_t start = text_starts_[index], end = text_starts_[index + 1];
  return start <= end && end <= text_.size() ? std::string_view(text_.data() + start, end - start) : std::string_view{};
}

std::vector<std::string_view> Pangenome::texts(uint64_t first, uint64_t count) const {
  std::vector<std::string_view> out(count);
  for (uint64_t i = 0; i < count; ++i) out[i] = text(first + i);
  return out;
}

std::vector<std::string_view> Pangenome::samples() const { return texts(0, facts_.samples); }
std::vector<std::string_view> Pangenome::contigs() const { return texts(facts_.samples, facts_.contigs); }
std::vector<std::string_view> Pangenome::reference_samples() const {
  return texts(facts_.samples + facts_.contigs, facts_.reference_samples);
}

std::string_view Pangenome::label(uint64_t id) const {
  const uint64_t index = id - gbz::node_id(facts_.first_code);  // wraps for smaller ids
  if (index >= facts_.records / 2) return {};
  const auto bases = bases_[index];
  return {bases.data(), bases.size()};
}

void Pangenome::append_bases(gbz::NodeCode code, std::string& out) const {
  const std::string_view forward = label(gbz::node_id(code));
  if (!gbz::is_reverse(code)) {
    out.append(forward);
    return;
  }
  for (auto base = forward.rbegin(); base != forward.rend(); ++base) out.push_back(genome::complement_acgt(*base));
}

std::optional<uint64_t> Pangenome::record_index(gbz::NodeCode code) const {
  const uint64_t index = code - facts_.first_code;  // wraps for smaller codes
  return index < facts_.records ? std::optional(index) : std::nullopt;
}

std::span<const uint16_t> Pangenome::record(gbz::NodeCode code) const {
  const auto index = record_index(code);
  return index ? records_[*index] : std::span<const uint16_t>{};
}

uint64_t Pangenome::visits(gbz::NodeCode code) const { return visits_of(record(code)); }

uint64_t Pangenome::successor_count(gbz::NodeCode code) const {
  const auto words = record(code);
  if (words.empty()) return 0;
  return one_way(words, 0).is_one ? 1 : with_view(words, 0, [](const auto& view) { return view.edges; });
}

gbz::NodeCode Pangenome::successor(gbz::NodeCode code, uint64_t i) const {
  const auto words = record(code);
  if (words.empty()) return gbz::kEndmarker;
  if (const OneWay one = one_way(words, place_of(code)); one.is_one) return i == 0 ? code_of(one.successor) : gbz::kEndmarker;
  return with_view(words, place_of(code), [&](const auto& view) { return i < view.edges ? code_of(view.successor(i)) : gbz::kEndmarker; });
}

gbz::Visit Pangenome::next(gbz::Visit at) const {
  const auto words = record(at.node);
  if (at.visit >= visits_of(words)) return {};
  if (const OneWay one = one_way(words, place_of(at.node)); one.is_one) return {code_of(one.successor), one.base + at.visit};
  return with_view(words, place_of(at.node), [&](const auto& view) -> gbz::Visit {
    if (view.edges == 0) return {};
    const Checkpoint from = checkpoint_before(view, at.visit);
    uint64_t passed = from.visits, run = from.run;
    while (run < view.runs && at.visit >= passed + view.run_length(run)) passed += view.run_length(run++);
    if (run == view.runs || view.run_edge(run) >= view.edges) return {};
    const uint32_t edge = view.run_edge(run);
    uint64_t before = from.index ? view.checkpoint(*from.index, 1 + uint64_t{edge}) : 0;
    for (uint64_t earlier = from.run; earlier < run; ++earlier)
      before += view.run_edge(earlier) == edge ? view.run_length(earlier) : 0;
    return {code_of(view.successor(edge)), view.base(edge) + before + (at.visit - passed)};
  });
}

void Pangenome::follow(gbz::NodeCode code, uint64_t first, uint64_t count, std::vector<Stretch>& out) const {
  out.clear();
  const auto words = record(code);
  const uint64_t visits = visits_of(words);
  if (first >= visits) return;
  const uint64_t end = first + std::min(count, visits - first);
  if (const OneWay one = one_way(words, place_of(code)); one.is_one) {
    out.push_back({{code_of(one.successor), one.base + first}, end - first});
    return;
  }
  with_view(words, place_of(code), [&](const auto& view) {
    const Checkpoint from = view.edges == 0 ? Checkpoint{} : checkpoint_before(view, first);
    EdgeCounts seen(view, from);
    uint64_t passed = from.visits;
    for (uint64_t run = from.run; run < view.runs && passed < end; ++run) {
      const uint64_t length = view.run_length(run), edge = view.run_edge(run);
      if (edge >= view.edges) return;
      if (passed + length > first) {
        const uint64_t start = std::max(first, passed), stop = std::min(end, passed + length);
        out.push_back({{code_of(view.successor(edge)), view.base(edge) + uint64_t{seen[edge]} + (start - passed)}, stop - start});
      }
      seen[edge] += static_cast<uint32_t>(length);
      passed += length;
    }
  });
}

std::optional<PathPlace> Pangenome::locate(uint64_t path, uint64_t offset) const {
  if (path >= paths_.size() || offset >= paths_[path].bases) return std::nullopt;
  const auto key = [this](uint64_t index) {
    const PathEntry& entry = paths_[std::min(index, paths_.size() - 1)];
    return std::make_tuple(entry.sample, entry.contig, entry.phase, entry.fragment, index);
  };
  const auto rank = std::lower_bound(indexed_paths_.begin(), indexed_paths_.end(), path, [&](uint64_t a, uint64_t b) { return key(a) < key(b); });
  if (rank == indexed_paths_.end() || *rank != path) return std::nullopt;
  const auto start = static_cast<size_t>(rank - indexed_paths_.begin());
  if (position_starts_[start] >= position_starts_[start + 1] || position_starts_[start + 1] > positions_.size()) return std::nullopt;
  const auto samples = positions_.subspan(position_starts_[start], position_starts_[start + 1] - position_starts_[start]);
  auto sample = std::upper_bound(samples.begin(), samples.end(), offset, [](uint64_t wanted, const Position& at) { return wanted < at.offset; });
  if (sample == samples.begin()) return std::nullopt;
  --sample;
  gbz::Visit at = visit_of(sample->place);
  uint64_t before = sample->offset;
  for (uint64_t steps = 0; at.node != gbz::kEndmarker; ++steps) {
    const uint64_t length = node_length(at.node);
    if (length == 0) corrupt(fmt::format("path {} passes node {} that has no bases", path, gbz::node_id(at.node)));
    if (steps > visit_total()) corrupt(fmt::format("path {} goes round for ever", path));  // no walk has more steps than all paths visits
    if (offset < before + length) return PathPlace{at, offset - before};
    before += length;
    at = next(at);
  }
  return std::nullopt;
}

uint64_t Pangenome::longest_path() const {
  uint64_t longest = 0;
  for (const PathEntry& path : paths_) longest = std::max(longest, path.bases);
  return longest;
}

std::optional<Owner> Pangenome::sampled_owner(gbz::Visit visit) const {
  const auto record = record_index(visit.node);
  if (!record || *record / 2 % kOwnerStep != 0) return std::nullopt;
  const uint64_t strand = *record / 2 / kOwnerStep * 2 + *record % 2;
  const uint64_t start = owner_starts_[strand], end = owner_starts_[strand + 1];
  if (start > end || end > owners_.size() || visit.visit >= end - start || owners_[start + visit.visit].sequence / 2 >= paths_.size())
    corrupt(fmt::format("visit {} of code {} has no owner", visit.visit, visit.node));
  return owners_[start + visit.visit];
}

VisitOwner Pangenome::owner(gbz::Visit visit) const {
  uint64_t walked = 0, longest = std::numeric_limits<uint64_t>::max();
  gbz::Visit at = visit;
  for (uint64_t steps = 0; at.node != gbz::kEndmarker; ++steps) {
    if (const auto owner = sampled_owner(at)) return {owner->sequence / 2, owner->sequence % 2 != 0, owner->offset() - walked};
    const uint64_t length = node_length(at.node);
    if (steps == kManySteps) longest = longest_path();  // it may go round for ever
    if (length == 0 || walked + length > longest || steps > visit_total()) break;  // no walk has more steps than all paths visits
    walked += length;
    at = next(at);
  }
  if (at.node != gbz::kEndmarker || at.visit >= sequence_ends_.size()) corrupt(fmt::format("visit {} of code {} has no owner", visit.visit, visit.node));
  const uint64_t sequence = sequence_ends_[at.visit];
  if (sequence / 2 >= paths_.size()) corrupt(fmt::format("a path of {} ends in sequence {}", paths_.size(), sequence));
  return {sequence / 2, sequence % 2 != 0, paths_[sequence / 2].bases - walked};
}

}  // namespace haploom::shared_image
