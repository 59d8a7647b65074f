#include "shared_image/image_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>
#include <numeric>
#include <optional>
#include <thread>
#include <tuple>
#include <utility>

#include "base/error.h"
#include "base/parallel.h"
#include "base/signals.h"
#include "shared_image/narrow.h"
#include "shared_image/pangenome.h"
#include "shared_image/path_mark.h"
#include "shared_image/record_writer.h"
#include "shared_image/sequence_sweep.h"

namespace haploom::shared_image {
namespace {

constexpr uint32_t kMax32 = std::numeric_limits<uint32_t>::max();
constexpr uint64_t kChunkIds = gbz::Gbz::kIdsAtOnce;
static_assert(kChunkIds % kBlock == 0, "a block of offsets belongs to one chunk");

[[noreturn]] void refuse_path(uint64_t path) {
  throw Error{Exit::kInput, Reason::kGbzFormat, "shared_image", fmt::format("the graph is damaged: path {} is another one when it is read from its end", path),
              "copy or build the GBZ again"};
}

constexpr uint64_t blocks_of(uint64_t items) { return items / kBlock + 1; }  // of items + 1 offsets
constexpr uint64_t sampled_strands(uint64_t records) { return 2 * ((records / 2 + kOwnerStep - 1) / kOwnerStep); }
constexpr uint64_t aligned(uint64_t bytes) { return (bytes + kSectionAlignment - 1) / kSectionAlignment * kSectionAlignment; }

[[noreturn]] void refuse_changed() {
  throw Error{Exit::kInput, Reason::kReadGbz, "shared_image", "the graph's file changed while it was read", "give a GBZ file that nobody writes to"};
}

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

void ImageWriter::measure_records() {
  chunks_.resize(facts_.records / 2 / kChunkIds + 1);
  Stage stage(progress_, 0, chunks_.size());
  gbz_.verify(threads_, [&](const gbz::Gbz::Strands& at) {
    measure(at);
    if ((at.id - first_id()) % kChunkIds == 0) stage.add(1);
  });
  find_components();
  sum_up_chunks();
}

void ImageWriter::measure(const gbz::Gbz::Strands& at) {
  const uint64_t id = at.id - first_id();
  Chunk& sum = chunks_[id / kChunkIds];
  sum.labels.add(at.bases);
  if (sum.stretches.empty() || sum.stretches.back().high < id) sum.stretches.push_back({id, id, id});
  measure_record(at.forward, facts_.first_code + 2 * id, sum);
  measure_record(at.reverse, facts_.first_code + 2 * id + 1, sum);
}

void ImageWriter::measure_record(const gbz::Record& record, gbz::NodeCode code, Chunk& sum) const {
  const RecordForm form = form_of(record, code);
  narrow(form.visits, "visits of one node");
  sum.records.add(form.words);
  sum.ends += form.ends;
  if (!gbz::is_reverse(code)) sum.nodes += form.visits > 0;
  if ((gbz::node_id(code) - first_id()) % kOwnerStep == 0) sum.owners += form.visits;
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
    chunk.bases = std::exchange(bases_, bases_ + chunk.labels.total());
    chunk.words = std::exchange(words_, words_ + chunk.records.total());
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
        positions_.push_back({offset, {place_of_code(at->node, facts_.first_code), static_cast<uint32_t>(at->visit)}});
        next_sample = offset + kPositionStep;
      }
      offset += gbz_.label_length(gbz::node_id(at->node));
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
  const bool stream = gbz_.has_label_stream();
  Stage stage(progress_, 1, chunks_.size());
  base::for_each_parallel(chunks_.size() + (stream ? 1 : 0), threads_, [&](uint64_t task) {
    if (stream && task == 0) {  // the first, for it is the longest
      gbz::LabelReader labels(gbz_, first_id());
      for (uint64_t chunk = 0; chunk < chunks_.size(); ++chunk) write_nodes(out, chunk, labels);
      return labels.finish();
    }
    const uint64_t chunk = task - (stream ? 1 : 0);
    if (!stream) {
      gbz::LabelReader labels(gbz_, first_id() + chunk * kChunkIds);
      write_nodes(out, chunk, labels);
    }
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

void ImageWriter::write_nodes(std::span<std::byte> out, uint64_t chunk, gbz::LabelReader& labels) const {
  const uint64_t begin = chunk * kChunkIds, end = std::min(begin + kChunkIds, facts_.records / 2);
  const uint64_t limit = chunk + 1 < chunks_.size() ? chunks_[chunk + 1].bases : bases_;
  BlockPlacer<char> placer(section<uint64_t>(out, ImageSection::kBaseBlocks), section<uint16_t>(out, ImageSection::kBaseOffsets),
                           section<char>(out, ImageSection::kBases).data());
  std::vector<uint64_t> sizes;
  uint64_t written = chunks_[chunk].bases;
  for (uint64_t first = begin; first < end || is_tail(chunk, first, facts_.records / 2); first += kBlock) {
    base::throw_if_stopped();
    sizes.clear();
    for (uint64_t id = first; id < std::min(first + kBlock, end); ++id) sizes.push_back(labels.next_length());
    if (block_size<char>(sizes) > limit - written) refuse_changed();
    written = placer.place(first, sizes, written);
    if (!sizes.empty()) labels.read(std::accumulate(sizes.begin(), sizes.end(), uint64_t{0}), placer.at(0));
  }
}

void ImageWriter::write_records(std::span<std::byte> out, uint64_t chunk) const {
  const uint64_t begin = 2 * chunk * kChunkIds, end = std::min(begin + 2 * kChunkIds, facts_.records);
  const uint64_t limit = chunk + 1 < chunks_.size() ? chunks_[chunk + 1].words : words_;
  BlockPlacer<uint16_t> placer(section<uint64_t>(out, ImageSection::kRecordBlocks), section<uint16_t>(out, ImageSection::kRecordOffsets),
                               section<uint16_t>(out, ImageSection::kRecords).data());
  std::optional<gbz::RecordReader> reader;
  if (begin < end) reader.emplace(gbz_, facts_.first_code + begin);
  std::vector<gbz::Record> records(kBlock);
  std::vector<RecordForm> forms(kBlock);
  std::vector<uint64_t> sizes;
  uint64_t written = chunks_[chunk].words, ended = chunks_[chunk].ends;
  for (uint64_t first = begin; first < end || is_tail(chunk, first, facts_.records); first += kBlock) {
    sizes.clear();
    for (uint64_t i = first; i < std::min(first + kBlock, end); ++i) {
      gbz::Record& record = records[i - first];
      if (!reader->next(record)) refuse_changed();
      const RecordForm form = forms[i - first] = form_of(record, facts_.first_code + i);
      sizes.push_back(form.words);
      if (form.ends > 0) record.edges[0].base = std::exchange(ended, ended + form.ends);
    }
    if (block_size<uint16_t>(sizes) > limit - written) refuse_changed();
    written = placer.place(first, sizes, written);
    for (uint64_t i = 0; i < sizes.size(); ++i)
      if (sizes[i] != 0) write_record(records[i], forms[i], facts_.first_code + first + i, facts_.first_code, placer.at(i));
  }
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
  if (before != owners_) refuse_changed();
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
  std::vector<PathMark> travellers(2 * facts_.paths);  // each sequence is at one place at a time
  const auto pass = [&](gbz::NodeCode code, uint64_t visit, std::span<const uint32_t> sequences) {
    if (code == gbz::kEndmarker) {
      if (visit > ends.size() || sequences.size() > ends.size() - visit) refuse_changed();
      std::copy(sequences.begin(), sequences.end(), ends.begin() + static_cast<int64_t>(visit));
      for (const uint32_t sequence : sequences)
        if (sequence % 2 == 0) paths[sequence / 2].bases = travellers[sequence].bases;
      return;
    }
    const uint64_t index = gbz::node_id(code) - first_id();
    if (index % kOwnerStep == 0) {
      Owner* owner = &owners[owner_starts[index / kOwnerStep * 2 + (gbz::is_reverse(code) ? 1 : 0)] + visit];
      for (const uint32_t sequence : sequences) {
        const uint64_t bases = travellers[sequence].bases;
        *owner++ = {static_cast<uint32_t>(bases), static_cast<uint32_t>(bases >> 32), sequence};
      }
    }
    const MarkStep step(code, image.node_length(code));
    PathMark* const all = travellers.data();
    for (const uint32_t sequence : sequences) step.take(all[sequence], sequence);
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
    if (!MarkStep::same_path(travellers[2 * path], travellers[2 * path + 1])) refuse_path(path);
}

}  // namespace haploom::shared_image
