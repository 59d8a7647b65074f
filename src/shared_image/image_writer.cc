#include "shared_image/image_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <limits>
#include <numeric>
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

constexpr uint32_t kMax32 = std::numeric_limits<uint32_t>::max();
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

// Items of a block with the table that a long one begins with.
template <typename Item>
uint64_t block_size(std::span<const uint64_t> sizes) {
  const uint64_t sum = std::accumulate(sizes.begin(), sizes.end(), uint64_t{0});
  return sum > kNearBlock ? sum + kFarTable<Item> : sum;
}

// Items of all blocks, of which the first item begins one.
template <typename Item>
class BlockSum {
 public:
  void add(uint64_t size) {
    sizes_.push_back(size);
    if (sizes_.size() == kBlock) total();
  }
  uint64_t total() {
    total_ += block_size<Item>(sizes_);
    sizes_.clear();
    return total_;
  }

 private:
  std::vector<uint64_t> sizes_;
  uint64_t total_ = 0;
};

// One block of a Blocked: says where its items go.
template <typename Item>
class BlockPlacer {
 public:
  BlockPlacer(std::span<uint64_t> blocks, std::span<uint16_t> starts, Item* data) : blocks_(blocks), starts_(starts), data_(data) {}

  // The items first, first + 1, ... of these sizes (a whole block, or the last, shorter one) begin at `written`. Gives the end.
  uint64_t place(uint64_t first, std::span<const uint64_t> sizes, uint64_t written) {
    const uint64_t size = block_size<Item>(sizes);
    const bool far = size > kNearBlock;
    blocks_[first / kBlock] = far ? written | kFarBlock : written;
    uint64_t distance = far ? kFarTable<Item> : 0;
    for (uint64_t i = 0; i <= sizes.size() && i < kBlock; ++i) {
      starts_[first + i] = far ? 0 : static_cast<uint16_t>(distance);
      at_[i] = data_ + written + distance;
      if (far) put_far(data_ + written, i, narrow(distance, "bytes or words in a block"));
      if (i < sizes.size()) distance += sizes[i];
    }
    if (far)
      for (uint64_t i = sizes.size() + 1; i < kBlock; ++i) put_far(data_ + written, i, static_cast<uint32_t>(size));
    return written + size;
  }
  Item* at(uint64_t index_in_block) const { return at_[index_in_block]; }

 private:
  static void put_far(Item* block, uint64_t i, uint32_t distance) {
    std::memcpy(block + i * sizeof distance / sizeof(Item), &distance, sizeof distance);
  }

  std::span<uint64_t> blocks_;
  std::span<uint16_t> starts_;
  Item* data_;
  std::array<Item*, kBlock> at_{};
};

// How the image holds a record.
struct Form {
  bool wide = false;
  uint64_t runs = 0;   // long ones are split
  uint64_t words = 0;  // 0: nobody visits
};

uint64_t split_runs(const gbz::Record& record, uint64_t longest) {
  uint64_t runs = 0;
  for (const gbz::Run& run : record.runs) runs += run.length <= longest ? 1 : (run.length + longest - 1) / longest;
  return runs;
}

int64_t distance_to(gbz::NodeCode successor, gbz::NodeCode own) { return static_cast<int64_t>(successor) - static_cast<int64_t>(own); }

// Path ends never do: the base of their edge is known only when all records before have been seen.
bool fits_narrow(const gbz::Record& record, gbz::NodeCode own) {
  return record.visits() <= kNarrowVisits && record.edges.size() <= kNarrowEdges && std::ranges::all_of(record.edges, [&](const gbz::Edge& edge) {
    return edge.successor != gbz::kEndmarker && edge.base <= std::numeric_limits<uint16_t>::max() && std::abs(distance_to(edge.successor, own)) <= kNarrowDistance;
  });
}

Form form_of(const gbz::Record& record, gbz::NodeCode own) {
  if (record.edges.empty() || record.runs.empty()) return {};
  const uint64_t edges = record.edges.size();
  Form form{!fits_narrow(record, own), 0, 0};
  if (edges == 1) {
    form.words = form.wide ? kWideOneWords : record.edges[0].base == 0 ? 2 : 3;
    return form;
  }
  form.runs = split_runs(record, longest_run(form.wide, edges));
  if (!form.wide && form.runs > kNarrowRuns) {
    form.wide = true;
    form.runs = split_runs(record, longest_run(true, edges));
  }
  form.words = record_words(form.wide, edges, form.runs);
  return form;
}

uint64_t path_ends(const gbz::Record& record) {
  if (record.edges.empty() || record.edges[0].successor != gbz::kEndmarker) return 0;
  uint64_t ends = 0;
  for (const gbz::Run& run : record.runs) ends += run.rank == 0 ? run.length : 0;
  return ends;
}

// A sequence on its way, and its walk in short: a path's has the same mark from its front as from its end.
struct Traveller {
  uint64_t bases = 0;
  uint64_t mark = 0;
  uint64_t power = 1;

  void pass_forward(gbz::NodeCode code) { mark = mark * kMarkBase + code; }
  void pass_reverse(gbz::NodeCode code) {
    mark += gbz::flipped(code) * power;
    power *= kMarkBase;
  }

 private:
  static constexpr uint64_t kMarkBase = 0x9E3779B97F4A7C15;  // any large odd number: damage is no malice
};

// Puts words of either form one after the other.
class WordWriter {
 public:
  WordWriter(bool wide, uint16_t* at) : wide_(wide), at_(at) {}
  void put(uint32_t word) {
    if (wide_) {
      std::memcpy(at_, &word, sizeof word);
      at_ += 2;
    } else {
      *at_++ = static_cast<uint16_t>(word);
    }
  }
  WordWriter skipped(uint64_t words) const { return {wide_, at_ + words * (wide_ ? 2 : 1)}; }

 private:
  bool wide_;
  uint16_t* at_;
};

// The runs and checkpoints of a record with several successors; they begin at `out`.
class RunsWriter {
 public:
  RunsWriter(const Form& form, uint64_t edges, WordWriter out)
      : wide_(form.wide), edges_(edges), longest_(longest_run(form.wide, edges)), step_(checkpoint_step(edges)), seen_(edges, 0), checkpoint_(out),
        run_(out.skipped(checkpoints(edges, form.runs) * (1 + edges))), left_(form.runs) {}

  void add(const gbz::Run& run) {
    for (uint64_t rest = run.length; rest > 0;) {
      const uint64_t length = std::min(rest, longest_);
      put(run.rank, static_cast<uint32_t>(length));
      rest -= length;
    }
  }
  bool complete() const { return left_ == 0; }

 private:
  void put(uint32_t edge, uint32_t length) {
    if (written_ > 0 && written_ % step_ == 0) {
      checkpoint_.put(visits_);
      for (const uint32_t seen : seen_) checkpoint_.put(seen);
    }
    if (wide_ && edges_ > kByteEdges) {
      run_.put(edge);
      run_.put(length);
    } else {
      run_.put(edge | length << (wide_ ? 8 : 4));
    }
    ++written_;
    --left_;
    visits_ += length;
    seen_[edge] += length;
  }

  bool wide_;
  uint64_t edges_;
  uint64_t longest_;
  uint64_t step_;
  std::vector<uint32_t> seen_;
  WordWriter checkpoint_;
  WordWriter run_;
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
  BlockSum<char> labels;
  BlockSum<uint16_t> records;
  for (uint64_t id = chunk * kChunkIds, end = std::min(id + kChunkIds, facts_.records / 2); id < end; ++id) {
    labels.add(gbz_.label(first_id() + id).size());
    if (sum.stretches.empty() || sum.stretches.back().high < id) sum.stretches.push_back({id, id, id});
    for (const uint64_t strand : {0, 1}) {
      const gbz::NodeCode code = facts_.first_code + 2 * id + strand;
      gbz_.record(code, record);
      records.add(form_of(record, code).words);
      measure_record(record, code, sum);
    }
  }
  sum.bases = labels.total();
  sum.words = records.total();
}

void ImageWriter::measure_record(const gbz::Record& record, gbz::NodeCode code, Chunk& sum) const {
  const uint64_t visits = narrow(record.visits(), "visits of one node");
  sum.ends += path_ends(record);
  if (!gbz::is_reverse(code)) sum.nodes += visits > 0;
  if ((gbz::node_id(code) - first_id()) % kOwnerStep == 0) sum.owners += visits;
  Component& stretch = sum.stretches.back();
  for (const gbz::Edge& edge : record.edges) {
    if (edge.successor == gbz::kEndmarker) continue;
    stretch.low = std::min(stretch.low, gbz::node_id(edge.successor) - first_id());
    stretch.high = std::max(stretch.high, gbz::node_id(edge.successor) - first_id());
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
  add(ImageSection::kBaseOffsets, 2, ids + 1);
  add(ImageSection::kRecords, 2, words_);
  add(ImageSection::kRecordBlocks, 8, blocks_of(facts_.records));
  add(ImageSection::kRecordOffsets, 2, facts_.records + 1);
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
  const uint64_t begin = chunk * kChunkIds, end = std::min(begin + kChunkIds, facts_.records / 2);
  BlockPlacer<char> placer(section<uint64_t>(out, ImageSection::kBaseBlocks), section<uint16_t>(out, ImageSection::kBaseOffsets),
                           section<char>(out, ImageSection::kBases).data());
  std::vector<uint64_t> sizes;
  uint64_t written = chunks_[chunk].bases;
  for (uint64_t first = begin; first < end || is_tail(chunk, first, facts_.records / 2); first += kBlock) {
    sizes.clear();
    for (uint64_t id = first; id < std::min(first + kBlock, end); ++id) sizes.push_back(gbz_.label(first_id() + id).size());
    written = placer.place(first, sizes, written);
    for (uint64_t i = 0; i < sizes.size(); ++i) {
      const std::string_view label = gbz_.label(first_id() + first + i);
      std::copy(label.begin(), label.end(), placer.at(i));
    }
  }
}

void ImageWriter::write_records(std::span<std::byte> out, uint64_t chunk) const {
  const uint64_t begin = 2 * chunk * kChunkIds, end = std::min(begin + 2 * kChunkIds, facts_.records);
  BlockPlacer<uint16_t> placer(section<uint64_t>(out, ImageSection::kRecordBlocks), section<uint16_t>(out, ImageSection::kRecordOffsets),
                               section<uint16_t>(out, ImageSection::kRecords).data());
  std::vector<gbz::Record> records(kBlock);
  std::vector<uint64_t> sizes;
  uint64_t written = chunks_[chunk].words, ended = chunks_[chunk].ends;
  for (uint64_t first = begin; first < end || is_tail(chunk, first, facts_.records); first += kBlock) {
    sizes.clear();
    for (uint64_t i = first; i < std::min(first + kBlock, end); ++i) {
      gbz::Record& record = records[i - first];
      gbz_.record(facts_.first_code + i, record);
      sizes.push_back(form_of(record, facts_.first_code + i).words);
      if (const uint64_t ends = path_ends(record); ends > 0) record.edges[0].base = std::exchange(ended, ended + ends);
    }
    written = placer.place(first, sizes, written);
    for (uint64_t i = 0; i < sizes.size(); ++i)
      if (sizes[i] != 0) write_record(records[i], facts_.first_code + first + i, placer.at(i));
  }
}

void ImageWriter::write_record(const gbz::Record& record, gbz::NodeCode own, uint16_t* at) const {
  const Form form = form_of(record, own);
  const uint64_t visits = record.visits(), edges = record.edges.size();
  *at++ = static_cast<uint16_t>(form.wide ? kWideHead : visits << 1);
  WordWriter out(form.wide, at);
  if (form.wide) out.put(static_cast<uint32_t>(visits));
  if (form.wide && edges > 1) {
    out.put(static_cast<uint32_t>(edges));
    out.put(narrow(form.runs, "runs of one node"));
  }
  if (!form.wide && edges > 1) out.put(static_cast<uint32_t>(form.runs << 4 | (edges - 1)));
  for (const gbz::Edge& edge : record.edges) {
    out.put(form.wide ? place_of(edge.successor) : static_cast<uint32_t>(distance_to(edge.successor, own)));
    if (edges > 1 || form.wide || edge.base != 0) out.put(narrow(edge.base, "visits of one node"));
  }
  if (edges == 1) return;
  RunsWriter writer(form, edges, out);
  for (const gbz::Run& run : record.runs) writer.add(run);
  check(writer.complete(), "a record has the runs that were counted");
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
  std::fill(owners.begin(), owners.end(), Owner{0, 0, kMax32});  // of visits that no sequence reaches
  std::fill(ends.begin(), ends.end(), static_cast<uint32_t>(kMax32));
  std::vector<Traveller> travellers(2 * facts_.paths);  // each sequence is at one place at a time
  const auto pass = [&](gbz::NodeCode code, uint64_t visit, std::span<const uint32_t> sequences) {
    if (code == gbz::kEndmarker) {
      std::copy(sequences.begin(), sequences.end(), ends.begin() + static_cast<int64_t>(visit));
      for (const uint32_t sequence : sequences)
        if (sequence % 2 == 0) paths[sequence / 2].bases = travellers[sequence].bases;
      return;
    }
    const uint64_t index = gbz::node_id(code) - first_id(), length = image.node_length(code);
    if (index % kOwnerStep == 0) {
      Owner* owner = &owners[owner_starts[index / kOwnerStep * 2 + (gbz::is_reverse(code) ? 1 : 0)] + visit];
      for (const uint32_t sequence : sequences) {
        const uint64_t bases = travellers[sequence].bases;
        *owner++ = {static_cast<uint32_t>(bases), static_cast<uint32_t>(bases >> 32), sequence};
      }
    }
    for (const uint32_t sequence : sequences) {
      Traveller& traveller = travellers[sequence];
      traveller.bases += length;
      sequence % 2 == 0 ? traveller.pass_forward(code) : traveller.pass_reverse(code);
    }
  };
  const auto sequences = sequences_by_component();
  Stage stage(progress_, 2, facts_.visit_total);
  base::for_each_parallel(components_.size(), threads_, [&](uint64_t component) {
    const uint64_t first = components_[component], end = component + 1 < components_.size() ? components_[component + 1] : facts_.records / 2;
    SequenceSweep sweep(image, facts_.first_code + 2 * first, facts_.first_code + 2 * end, pass, [&](uint64_t visits) { stage.add(visits); });
    for (const uint32_t sequence : sequences[component]) sweep.start(gbz_.sequence_starts()[sequence], sequence);
    sweep.run();
  });
  for (uint64_t path = 0; path < facts_.paths; ++path)
    if (travellers[2 * path].mark != travellers[2 * path + 1].mark) refuse_path(path);
}

}  // namespace haploom::shared_image
