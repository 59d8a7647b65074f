#include "shared_image/image_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <tuple>

#include "base/error.h"
#include "base/signals.h"
#include "shared_image/pangenome.h"

namespace haploom::shared_image {
namespace {

constexpr uint64_t kMax32 = std::numeric_limits<uint32_t>::max();

[[noreturn]] void refuse_size(const std::string& what) {
  throw Error{Exit::kInput, Reason::kGbzFormat, "shared_image", fmt::format("the pangenome outgrows the image: {}", what),
              "report this with the size of the graph"};
}

[[noreturn]] void refuse_path(uint64_t path) {
  throw Error{Exit::kInput, Reason::kGbzFormat, "shared_image", fmt::format("the graph is damaged: path {} is another one when it is read from its end", path),
              "copy or build the GBZ again"};
}

uint32_t narrow(uint64_t value, const char* what) {
  if (value > kMax32) refuse_size(fmt::format("{} {}", value, what));
  return static_cast<uint32_t>(value);
}

constexpr uint64_t blocks_of(uint64_t items) { return items / kBlock + 1; }  // of items + 1 offsets
constexpr uint64_t sampled_strands(uint64_t records) { return 2 * ((records / 2 + kOwnerStep - 1) / kOwnerStep); }
constexpr uint64_t aligned(uint64_t bytes) { return (bytes + kSectionAlignment - 1) / kSectionAlignment * kSectionAlignment; }

// Fills a two-level offset table in step with what it points into.
class OffsetTable {
 public:
  OffsetTable(std::span<uint64_t> blocks, std::span<uint32_t> offsets) : blocks_(blocks), offsets_(offsets) {}
  void add(uint64_t offset) {
    if (count_ % kBlock == 0) blocks_[count_ / kBlock] = offset;
    offsets_[count_] = narrow(offset - blocks_[count_ / kBlock], "bytes or words in a block");
    ++count_;
  }

 private:
  std::span<uint64_t> blocks_;
  std::span<uint32_t> offsets_;
  uint64_t count_ = 0;
};

uint64_t pieces_of(uint64_t run_length, uint64_t edges) { return edges > kNarrowEdges ? 1 : (run_length + kNarrowRunLength - 1) / kNarrowRunLength; }

// Runs as the image holds them: long ones of narrow records are split.
uint64_t image_runs(const gbz::Record& record) {
  uint64_t runs = 0;
  for (const gbz::Run& run : record.runs) runs += pieces_of(run.length, record.edges.size());
  return runs;
}

uint64_t words_of(const gbz::Record& record) {
  if (record.edges.empty() || record.runs.empty()) return 0;
  return record.edges.size() == 1 ? kOneSuccessorWords : record_words(record.edges.size(), image_runs(record));
}

uint64_t path_ends(const gbz::Record& record) {
  if (record.edges.empty() || record.edges[0].successor != gbz::kEndmarker) return 0;
  uint64_t ends = 0;
  for (const gbz::Run& run : record.runs) ends += run.rank == 0 ? run.length : 0;
  return ends;
}

// The walk of a path, in short: taken from its front as forward codes, or from its end as reverse ones, it is the same.
class WalkMark {
 public:
  void add_forward(gbz::NodeCode code) { sum_ = sum_ * kBase + code; }
  void add_reverse(gbz::NodeCode code) {
    sum_ += gbz::flipped(code) * power_;
    power_ *= kBase;
  }
  bool operator==(const WalkMark& other) const { return sum_ == other.sum_; }

 private:
  static constexpr uint64_t kBase = 0x9E3779B97F4A7C15;  // any large odd number: damage is no malice
  uint64_t sum_ = 0;
  uint64_t power_ = 1;
};

// The runs and checkpoints of a record with several successors.
class RunsWriter {
 public:
  RunsWriter(uint64_t edges, uint64_t runs, uint32_t* checkpoint, uint32_t* run)
      : edges_(edges), step_(checkpoint_step(edges)), seen_(edges, 0), checkpoint_(checkpoint), run_(run), left_(runs) {}

  void add(const gbz::Run& run) {
    for (uint64_t rest = run.length; rest > 0;) {
      const uint64_t length = edges_ > kNarrowEdges ? rest : std::min(rest, kNarrowRunLength);
      put(run.rank, static_cast<uint32_t>(length));
      rest -= length;
    }
  }
  bool complete() const { return left_ == 0; }

 private:
  void put(uint32_t edge, uint32_t length) {
    if (written_ > 0 && written_ % step_ == 0) {
      *checkpoint_++ = visits_;
      checkpoint_ = std::copy(seen_.begin(), seen_.end(), checkpoint_);
    }
    if (edges_ > kNarrowEdges) {
      *run_++ = edge;
      *run_++ = length;
    } else {
      *run_++ = edge | length << 8;
    }
    ++written_;
    --left_;
    visits_ += length;
    seen_[edge] += length;
  }

  uint64_t edges_;
  uint64_t step_;
  std::vector<uint32_t> seen_;
  uint32_t* checkpoint_;
  uint32_t* run_;
  uint64_t left_;
  uint64_t written_ = 0;
  uint32_t visits_ = 0;
};

}  // namespace

ImageWriter::ImageWriter(const gbz::Gbz& gbz) : gbz_(gbz) {
  facts_.first_code = std::max<uint64_t>(2, gbz.first_code());
  facts_.records = gbz.alphabet_size() > gbz.first_code() ? gbz.alphabet_size() - gbz.first_code() : 0;
  facts_.visit_total = gbz.visit_total();
  facts_.paths = gbz.path_count();
  narrow(facts_.records + 2, "node strands");
  narrow(2 * facts_.paths, "sequences");
  measure_records();
  measure_names();
  sort_indexed_paths();
  sample_positions();
  lay_out();
}

uint32_t ImageWriter::place_of(gbz::NodeCode code) const {
  return code == gbz::kEndmarker ? 0 : static_cast<uint32_t>(code - facts_.first_code + 2);
}

void ImageWriter::measure_records() {
  gbz::Record record;
  for (uint64_t i = 0; i < facts_.records; ++i) {
    base::throw_if_stopped(i);
    gbz_.record(facts_.first_code + i, record);
    const uint64_t visits = narrow(record.visits(), "visits of one node");
    words_ += words_of(record);
    if (i % 2 != 0) continue;
    bases_ += gbz_.label(first_id() + i / 2).size();
    facts_.nodes += visits > 0;
    if (i / 2 % kOwnerStep == 0) owners_ += 2 * visits;  // both strands are visited equally often
  }
}

void ImageWriter::measure_names() {
  for (uint64_t path = 0; path < facts_.paths; ++path) {
    const gbz::PathName name = gbz_.path_name(path);
    facts_.samples = std::max<uint64_t>(facts_.samples, uint64_t{name.sample} + 1);
    facts_.contigs = std::max<uint64_t>(facts_.contigs, uint64_t{name.contig} + 1);
  }
  facts_.reference_samples = gbz_.reference_samples().size();
  for (uint64_t i = 0; i < facts_.samples; ++i) texts_.push_back(gbz_.sample_name(static_cast<uint32_t>(i)));
  for (uint64_t i = 0; i < facts_.contigs; ++i) texts_.push_back(gbz_.contig_name(static_cast<uint32_t>(i)));
  texts_.insert(texts_.end(), gbz_.reference_samples().begin(), gbz_.reference_samples().end());
}

void ImageWriter::sort_indexed_paths() {
  for (uint64_t path = 0; path < facts_.paths; ++path)
    if (gbz_.sense(path) != gbz::Sense::kHaplotype) indexed_paths_.push_back(static_cast<uint32_t>(path));
  const auto key = [this](uint32_t path) {
    const gbz::PathName name = gbz_.path_name(path);
    return std::make_tuple(name.sample, name.contig, name.phase, name.fragment, path);
  };
  std::sort(indexed_paths_.begin(), indexed_paths_.end(), [&](uint32_t a, uint32_t b) { return key(a) < key(b); });
}

void ImageWriter::sample_positions() {
  gbz::Walker walker(gbz_);
  position_starts_.push_back(0);
  for (const uint32_t path : indexed_paths_) {
    std::optional<gbz::Visit> at = gbz_.sequence_starts().at(2 * uint64_t{path});
    if (at->node == gbz::kEndmarker) at.reset();
    uint64_t offset = 0, next_sample = 0;
    for (uint64_t step = 0; at; at = walker.next(*at), ++step) {
      base::throw_if_stopped(step);
      if (offset >= next_sample) {
        positions_.push_back({offset, {place_of(at->node), static_cast<uint32_t>(at->visit)}});
        next_sample = offset + kPositionStep;
      }
      offset += gbz_.label(gbz::node_id(at->node)).size();
    }
    position_starts_.push_back(positions_.size());
  }
}

void ImageWriter::lay_out() {
  uint64_t text_bytes = 0;
  for (const std::string& text : texts_) text_bytes += text.size();
  const uint64_t ids = facts_.records / 2;
  uint64_t offset = aligned(sizeof(ImageHeader) + kSectionCount * sizeof(SectionEntry));
  const auto add = [&](ImageSection which, uint64_t item_bytes, uint64_t items) {
    table_[static_cast<size_t>(which)] = {static_cast<uint32_t>(which), static_cast<uint32_t>(item_bytes), offset, item_bytes * items};
    offset = aligned(offset + item_bytes * items);
  };
  add(ImageSection::kFacts, sizeof(Facts), 1);
  add(ImageSection::kBases, 1, bases_);
  add(ImageSection::kBaseBlocks, 8, blocks_of(ids));
  add(ImageSection::kBaseOffsets, 4, ids + 1);
  add(ImageSection::kRecords, 4, words_);
  add(ImageSection::kRecordBlocks, 8, blocks_of(facts_.records));
  add(ImageSection::kRecordOffsets, 4, facts_.records + 1);
  add(ImageSection::kSequenceEnds, 4, 2 * facts_.paths);
  add(ImageSection::kPaths, sizeof(PathEntry), facts_.paths);
  add(ImageSection::kIndexedPaths, 4, indexed_paths_.size());
  add(ImageSection::kPositionStarts, 8, position_starts_.size());
  add(ImageSection::kPositions, sizeof(Position), positions_.size());
  add(ImageSection::kOwnerStarts, 8, sampled_strands(facts_.records) + 1);
  add(ImageSection::kOwners, sizeof(Owner), owners_);
  add(ImageSection::kTextStarts, 8, texts_.size() + 1);
  add(ImageSection::kText, 1, text_bytes);
  image_bytes_ = offset;
}

void ImageWriter::write(std::span<std::byte> out) const {
  check(out.size() == image_bytes_, "the space for an image is what bytes() says");
  write_table(out);
  write_nodes(out);
  write_records(out);
  write_names(out);
  write_positions(out);
  walk_sequences(out);
}

void ImageWriter::write_table(std::span<std::byte> out) const {
  ImageHeader header{};
  std::memcpy(header.magic, kImageMagic, sizeof header.magic);
  header.layout_version = kLayoutVersion;
  header.section_count = kSectionCount;
  header.image_bytes = image_bytes_;
  std::memcpy(out.data(), &header, sizeof header);
  std::memcpy(out.data() + sizeof header, table_.data(), sizeof table_);
  uint64_t written = sizeof header + sizeof table_;
  for (const SectionEntry& entry : table_) {  // what lies between sections is zero, whatever the space held before
    std::memset(out.data() + written, 0, entry.offset - written);
    written = entry.offset + entry.bytes;
  }
  std::memset(out.data() + written, 0, image_bytes_ - written);
  section<Facts>(out, ImageSection::kFacts)[0] = facts_;
}

void ImageWriter::write_nodes(std::span<std::byte> out) const {
  OffsetTable offsets(section<uint64_t>(out, ImageSection::kBaseBlocks), section<uint32_t>(out, ImageSection::kBaseOffsets));
  char* const bases = section<char>(out, ImageSection::kBases).data();
  uint64_t written = 0;
  for (uint64_t i = 0; i < facts_.records / 2; ++i) {
    base::throw_if_stopped(i);
    offsets.add(written);
    const std::string_view label = gbz_.label(first_id() + i);
    std::copy(label.begin(), label.end(), bases + written);
    written += label.size();
  }
  offsets.add(written);
}

void ImageWriter::write_records(std::span<std::byte> out) const {
  OffsetTable offsets(section<uint64_t>(out, ImageSection::kRecordBlocks), section<uint32_t>(out, ImageSection::kRecordOffsets));
  uint32_t* const words = section<uint32_t>(out, ImageSection::kRecords).data();
  gbz::Record record;
  uint64_t written = 0, ended = 0;
  for (uint64_t i = 0; i < facts_.records; ++i) {
    base::throw_if_stopped(i);
    offsets.add(written);
    gbz_.record(facts_.first_code + i, record);
    const uint64_t needed = words_of(record);
    if (needed == 0) continue;
    uint32_t* at = words + written;
    written += needed;
    *at++ = static_cast<uint32_t>(record.visits());
    const uint64_t runs = image_runs(record), edges = record.edges.size();
    if (edges > 1) {
      *at++ = static_cast<uint32_t>(edges);
      *at++ = narrow(runs, "runs of one node");
    }
    for (const gbz::Edge& edge : record.edges) {
      *at++ = place_of(edge.successor);
      *at++ = narrow(edge.successor == gbz::kEndmarker ? ended : edge.base, "visits of one node");
    }
    ended += path_ends(record);
    if (edges == 1) continue;
    RunsWriter writer(edges, runs, at, at + checkpoints(edges, runs) * (1 + edges));
    for (const gbz::Run& run : record.runs) writer.add(run);
    check(writer.complete(), "a record has the runs that were counted");
  }
  offsets.add(written);
}

void ImageWriter::write_names(std::span<std::byte> out) const {
  const auto paths = section<PathEntry>(out, ImageSection::kPaths);
  for (uint64_t path = 0; path < facts_.paths; ++path) {
    const gbz::PathName name = gbz_.path_name(path);
    paths[path] = {name.sample, name.contig, name.phase, name.fragment, 0, static_cast<uint64_t>(gbz_.sense(path))};
  }
  const auto text_starts = section<uint64_t>(out, ImageSection::kTextStarts);
  char* const text = section<char>(out, ImageSection::kText).data();
  uint64_t written = 0;
  for (uint64_t i = 0; i < texts_.size(); ++i) {
    text_starts[i] = written;
    std::copy(texts_[i].begin(), texts_[i].end(), text + written);
    written += texts_[i].size();
  }
  text_starts[texts_.size()] = written;
}

void ImageWriter::write_positions(std::span<std::byte> out) const {
  std::copy(indexed_paths_.begin(), indexed_paths_.end(), section<uint32_t>(out, ImageSection::kIndexedPaths).begin());
  std::copy(position_starts_.begin(), position_starts_.end(), section<uint64_t>(out, ImageSection::kPositionStarts).begin());
  std::copy(positions_.begin(), positions_.end(), section<Position>(out, ImageSection::kPositions).begin());
}

void ImageWriter::walk_sequences(std::span<std::byte> out) const {
  const Pangenome image(out);
  const auto owner_starts = section<uint64_t>(out, ImageSection::kOwnerStarts);
  uint64_t before = 0;
  for (uint64_t i = 0; i + 1 < owner_starts.size(); ++i) {
    base::throw_if_stopped(i);
    owner_starts[i] = before;
    before += image.visits(facts_.first_code + i / 2 * 2 * kOwnerStep + i % 2);
  }
  owner_starts.back() = before;
  check(before == owners_, "the sampled visits are those that were counted");

  const auto owners = section<Owner>(out, ImageSection::kOwners);
  const auto ends = section<uint32_t>(out, ImageSection::kSequenceEnds);
  const auto paths = section<PathEntry>(out, ImageSection::kPaths);
  std::fill(ends.begin(), ends.end(), static_cast<uint32_t>(kMax32));
  WalkMark forward;
  for (uint64_t sequence = 0; sequence < 2 * facts_.paths; ++sequence) {
    gbz::Visit at = gbz_.sequence_starts().at(sequence);
    const bool reverse = sequence % 2 != 0, empty = at.node == gbz::kEndmarker;
    WalkMark mark;
    uint64_t offset = 0;
    for (uint64_t step = 0; at.node != gbz::kEndmarker; ++step) {
      base::throw_if_stopped(step);
      reverse ? mark.add_reverse(at.node) : mark.add_forward(at.node);
      const uint64_t index = gbz::node_id(at.node) - first_id();
      if (index % kOwnerStep == 0)
        owners[owner_starts[index / kOwnerStep * 2 + (gbz::is_reverse(at.node) ? 1 : 0)] + at.visit] = {offset, sequence};
      offset += image.node_length(at.node);
      at = image.next(at);
    }
    if (!empty) ends[at.visit] = static_cast<uint32_t>(sequence);
    if (reverse && !(mark == forward)) refuse_path(sequence / 2);
    if (reverse) continue;
    forward = mark;
    paths[sequence / 2].bases = offset;
  }
}

}  // namespace haploom::shared_image
