#include "shared_image/image_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>
#include <thread>
#include <tuple>
#include <utility>

#include "base/error.h"
#include "base/parallel.h"
#include "base/signals.h"
#include "shared_image/pangenome.h"
#include "shared_image/sequence_sweep.h"

namespace haploom::shared_image {
namespace {

constexpr uint64_t kMax32 = std::numeric_limits<uint32_t>::max();
constexpr uint64_t kChunkIds = 8192;
static_assert(kChunkIds % kBlock == 0, "a block of offsets belongs to one chunk");

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
  OffsetTable(std::span<uint64_t> blocks, std::span<uint32_t> offsets, uint64_t from) : blocks_(blocks), offsets_(offsets), count_(from) {}
  void add(uint64_t offset) {
    if (count_ % kBlock == 0) blocks_[count_ / kBlock] = offset;
    offsets_[count_] = narrow(offset - blocks_[count_ / kBlock], "bytes or words in a block");
    ++count_;
  }

 private:
  std::span<uint64_t> blocks_;
  std::span<uint32_t> offsets_;
  uint64_t count_;
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

class ImageWriter::Stage {
 public:
  Stage(const Progress& progress, int number, uint64_t units) : progress_(progress), number_(number), units_(units) {}
  void add(uint64_t units) {
    const uint64_t done = done_.fetch_add(units) + units;
    if (progress_ && std::this_thread::get_id() == caller_)
      progress_((number_ + static_cast<double>(done) / static_cast<double>(units_)) / 3);
  }

 private:
  const Progress& progress_;
  int number_;
  uint64_t units_;
  std::atomic<uint64_t> done_{0};
  std::thread::id caller_ = std::this_thread::get_id();
};

ImageWriter::ImageWriter(const gbz::Gbz& gbz, unsigned threads, Progress progress) : gbz_(gbz), threads_(threads), progress_(std::move(progress)) {
  facts_.first_code = std::max<uint64_t>(2, gbz.first_code());
  facts_.records = gbz.alphabet_size() > gbz.first_code() ? gbz.alphabet_size() - gbz.first_code() : 0;
  facts_.visit_total = gbz.visit_total();
  facts_.paths = gbz.path_count();
  narrow(facts_.records + 2, "node strands");
  narrow(2 * facts_.paths + 2, "sequences");
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
  chunks_.resize(facts_.records / 2 / kChunkIds + 1);
  Stage stage(progress_, 0, chunks_.size());
  base::for_each_parallel(chunks_.size(), threads_, [&](uint64_t chunk) {
    measure_chunk(chunk);
    stage.add(1);
  });
  find_components();
  sum_up_chunks();
}

void ImageWriter::measure_chunk(uint64_t chunk) {
  Chunk& sum = chunks_[chunk];
  gbz::Record record;
  for (uint64_t id = chunk * kChunkIds, end = std::min(id + kChunkIds, facts_.records / 2); id < end; ++id) {
    sum.bases += gbz_.label(first_id() + id).size();
    if (sum.stretches.empty() || sum.stretches.back().high < id) sum.stretches.push_back({id, id, id});
    Component& stretch = sum.stretches.back();
    for (const uint64_t strand : {0, 1}) {
      gbz_.record(facts_.first_code + 2 * id + strand, record);
      const uint64_t visits = narrow(record.visits(), "visits of one node");
      sum.words += words_of(record);
      sum.ends += path_ends(record);
      if (strand == 0) sum.nodes += visits > 0;
      if (id % kOwnerStep == 0) sum.owners += visits;
      for (const gbz::Edge& edge : record.edges) {
        if (edge.successor == gbz::kEndmarker) continue;
        stretch.low = std::min(stretch.low, gbz::node_id(edge.successor) - first_id());
        stretch.high = std::max(stretch.high, gbz::node_id(edge.successor) - first_id());
      }
    }
  }
}

// Cuts the ids where no step passes from either side: at chromosomes, when each has its own range of ids.
void ImageWriter::find_components() {
  std::vector<Component> all;
  for (Chunk& chunk : chunks_) {
    all.insert(all.end(), chunk.stretches.begin(), chunk.stretches.end());
    chunk.stretches = {};
  }
  for (size_t i = all.size(); i-- > 1;) all[i - 1].low = std::min(all[i - 1].low, all[i].low);
  uint64_t reach = 0;
  for (const Component& stretch : all) {
    const bool cut = components_.empty() || (reach < stretch.first && stretch.low >= stretch.first);
    if (cut && (components_.empty() || stretch.first - components_.back() >= kChunkIds)) components_.push_back(stretch.first);
    reach = std::max(reach, stretch.high);
  }
}

void ImageWriter::sum_up_chunks() {
  uint64_t ends = 0;
  for (Chunk& chunk : chunks_) {
    bases_ += std::exchange(chunk.bases, bases_);
    words_ += std::exchange(chunk.words, words_);
    ends += std::exchange(chunk.ends, ends);
    facts_.nodes += chunk.nodes;
    owners_ += chunk.owners;
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
  Stage stage(progress_, 1, chunks_.size());
  base::for_each_parallel(chunks_.size(), threads_, [&](uint64_t chunk) {
    write_nodes(out, chunk);
    write_records(out, chunk);
    stage.add(1);
  });
  write_names(out);
  write_positions(out);
  start_owners(out);
  sweep_sequences(out);
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

void ImageWriter::write_nodes(std::span<std::byte> out, uint64_t chunk) const {
  const uint64_t first = chunk * kChunkIds, end = std::min(first + kChunkIds, facts_.records / 2);
  OffsetTable offsets(section<uint64_t>(out, ImageSection::kBaseBlocks), section<uint32_t>(out, ImageSection::kBaseOffsets), first);
  char* const bases = section<char>(out, ImageSection::kBases).data();
  uint64_t written = chunks_[chunk].bases;
  for (uint64_t id = first; id < end; ++id) {
    offsets.add(written);
    const std::string_view label = gbz_.label(first_id() + id);
    std::copy(label.begin(), label.end(), bases + written);
    written += label.size();
  }
  if (chunk + 1 == chunks_.size()) offsets.add(written);
}

void ImageWriter::write_records(std::span<std::byte> out, uint64_t chunk) const {
  const uint64_t first = 2 * chunk * kChunkIds, end = std::min(first + 2 * kChunkIds, facts_.records);
  OffsetTable offsets(section<uint64_t>(out, ImageSection::kRecordBlocks), section<uint32_t>(out, ImageSection::kRecordOffsets), first);
  uint32_t* const words = section<uint32_t>(out, ImageSection::kRecords).data();
  gbz::Record record;
  uint64_t written = chunks_[chunk].words, ended = chunks_[chunk].ends;
  for (uint64_t i = first; i < end; ++i) {
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
  if (chunk + 1 == chunks_.size()) offsets.add(written);
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

void ImageWriter::start_owners(std::span<std::byte> out) const {
  const Pangenome image(out);
  const auto starts = section<uint64_t>(out, ImageSection::kOwnerStarts);
  uint64_t before = 0;
  for (uint64_t i = 0; i + 1 < starts.size(); ++i) {
    base::throw_if_stopped(i);
    starts[i] = before;
    before += image.visits(facts_.first_code + i / 2 * 2 * kOwnerStep + i % 2);
  }
  starts.back() = before;
  check(before == owners_, "the sampled visits are those that were counted");
}

std::vector<std::vector<uint32_t>> ImageWriter::sequences_by_component() const {
  std::vector<std::vector<uint32_t>> sequences(components_.size());
  for (uint64_t sequence = 0; sequence < 2 * facts_.paths; ++sequence) {
    const gbz::Visit start = gbz_.sequence_starts().at(sequence);
    if (start.node == gbz::kEndmarker) continue;
    const auto after = std::upper_bound(components_.begin(), components_.end(), gbz::node_id(start.node) - first_id());
    sequences[static_cast<size_t>(after - components_.begin() - 1)].push_back(static_cast<uint32_t>(sequence));
  }
  return sequences;
}

void ImageWriter::sweep_sequences(std::span<std::byte> out) const {
  const Pangenome image(out);
  const auto owner_starts = section<uint64_t>(out, ImageSection::kOwnerStarts);
  const auto owners = section<Owner>(out, ImageSection::kOwners);
  const auto ends = section<uint32_t>(out, ImageSection::kSequenceEnds);
  const auto paths = section<PathEntry>(out, ImageSection::kPaths);
  std::fill(owners.begin(), owners.end(), Owner{0, kMax32});  // of visits that no sequence reaches
  std::fill(ends.begin(), ends.end(), static_cast<uint32_t>(kMax32));
  std::vector<uint64_t> walked(2 * facts_.paths, 0);  // bases of each sequence so far; each is at one place at a time
  const auto pass = [&](gbz::NodeCode code, uint64_t visit, std::span<const uint32_t> sequences) {
    if (code == gbz::kEndmarker) {
      std::copy(sequences.begin(), sequences.end(), ends.begin() + static_cast<int64_t>(visit));
      for (const uint32_t sequence : sequences)
        if (sequence % 2 == 0) paths[sequence / 2].bases = walked[sequence];
      return;
    }
    const uint64_t index = gbz::node_id(code) - first_id(), length = image.node_length(code);
    if (index % kOwnerStep == 0) {
      Owner* owner = &owners[owner_starts[index / kOwnerStep * 2 + (gbz::is_reverse(code) ? 1 : 0)] + visit];
      for (const uint32_t sequence : sequences) *owner++ = {walked[sequence], sequence};
    }
    for (const uint32_t sequence : sequences) walked[sequence] += length;
  };
  const auto sequences = sequences_by_component();
  Stage stage(progress_, 2, facts_.visit_total);
  base::for_each_parallel(components_.size(), threads_, [&](uint64_t component) {
    const uint64_t first = components_[component], end = component + 1 < components_.size() ? components_[component + 1] : facts_.records / 2;
    SequenceSweep sweep(image, facts_.first_code + 2 * first, facts_.first_code + 2 * end, pass, [&](uint64_t visits) { stage.add(visits); });
    for (const uint32_t sequence : sequences[component]) sweep.start(gbz_.sequence_starts()[sequence], sequence);
    sweep.run();
  });
}

}  // namespace haploom::shared_image
