#include "gbz/gbz.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstring>

#include "base/error.h"
#include "base/signals.h"
#include "gbz/bwt.h"
#include "gbz/elements.h"
#include "gbz/layout.h"
#include "gbz/strings.h"
#include "gbz/texts.h"

namespace haploom::gbz {
namespace {

// 90 haplotypes take 0.1 bytes a visit and a million would take 0.0001: more visits than this are no graph's.
constexpr uint64_t kVisitsPerByte = 65536;

bool same_key(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y)); });
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (size_t from = 0; from < text.size();) {
    const size_t to = std::min(text.find(' ', from), text.size());
    if (to > from) words.emplace_back(text.substr(from, to - from));
    from = to + 1;
  }
  return words;
}

// A structure's tag and version, which share one element.
void expect_header(Elements& in, std::string_view piece, uint32_t tag, uint32_t version) {
  const uint64_t start = in.offset();
  const auto [found_tag, found_version] = in.halves(piece);
  if (found_tag != tag) in.refuse(piece, start, fmt::format("its tag is {:#010x}, not {:#010x}", found_tag, tag));
  if (found_version != version) in.refuse(piece, start + 4, fmt::format("its version is {}, not {}", found_version, version));
}

void expect_flags(Elements& in, std::string_view piece, uint64_t flags, uint64_t required, uint64_t known) {
  if ((flags & ~known) != 0) in.refuse(piece, in.offset() - 8, fmt::format("unknown flags {:#x}", flags & ~known));
  if ((flags & required) != required) in.refuse(piece, in.offset() - 8, fmt::format("flags {:#x} lack {:#x}", flags, required & ~flags));
}

}  // namespace

struct Gbz::State {
  uint32_t version = 0;
  Tags tags;
  std::vector<std::string> reference_samples;
  std::string source;
  uint64_t file_bytes = 0;
  std::string inflated;  // the BWT's bytes in version 3
  Bwt bwt;
  uint64_t bwt_at = 0, graph_at = 0, nodes = 0;
  std::vector<Visit> starts;
  std::vector<PathName> paths;
  Strings samples, contigs;
  std::vector<uint8_t> is_reference;  // of each sample
  uint32_t generic_sample = kNoPhase;
  Texts labels;
  Texts segments;
  SparseInts segment_firsts;

  void read_head(Elements& in);
  uint64_t read_gbwt(Elements& in);
  void read_bwt(Elements& in, BwtFacts facts);
  void read_metadata(Elements& in, uint64_t bytes);
  void read_names(Elements& in, uint64_t flags, uint64_t sample_count, uint64_t contig_count);
  void read_graph(Elements& in);
  void read_translation(Elements& in, bool present);
  void verify(unsigned threads, const std::function<void(const Strands&)>& look);
  void expand_sequences(const Elements& in);
  void find_references();
};

void Gbz::State::read_head(Elements& in) {
  const auto [tag, found] = in.halves("GBZ header");
  if (tag != kGbzTag) in.refuse("GBZ header", 0, "it does not start with 'GBZ '");
  if (found < 1 || found > kNewestVersion) in.refuse("GBZ header", 4, fmt::format("version {} is unknown", found));
  version = found;
  expect_flags(in, "GBZ header", in.element("GBZ header"), 0, 0);
  tags = read_tags(in, "GBZ tags");
}

// Gives the GBWT flags.
uint64_t Gbz::State::read_gbwt(Elements& in) {
  const uint64_t start = in.offset();
  expect_header(in, "GBWT header", kGbwtTag, gbwt_version(version));
  BwtFacts facts;
  facts.sequences = in.element("GBWT header");
  facts.size = in.element("GBWT header");
  facts.offset = in.element("GBWT header");
  facts.alphabet_size = in.element("GBWT header");
  const uint64_t flags = in.element("GBWT header");
  expect_flags(in, "GBWT header", flags, kBidirectional | kGbwtSimpleSds, kBidirectional | kMetadata | kGbwtSimpleSds);
  if (facts.sequences % 2 != 0) in.refuse("GBWT header", start + 8, fmt::format("{} sequences are not two a path", facts.sequences));
  if (facts.sequences > facts.size) in.refuse("GBWT header", start + 16, fmt::format("{} visits for {} sequences", facts.size, facts.sequences));
  if (facts.size / kVisitsPerByte > in.file_bytes()) in.refuse("GBWT header", start + 16, fmt::format("{} visits in a file of {} bytes", facts.size, in.file_bytes()));
  if (facts.alphabet_size == 0 && facts.size != 0) in.refuse("GBWT header", start + 32, fmt::format("no node codes for {} visits", facts.size));
  if (facts.alphabet_size == 0) facts.offset = 0;
  if (facts.alphabet_size != 0 && facts.offset >= facts.alphabet_size)
    in.refuse("GBWT header", start + 24, fmt::format("{} unused codes of an alphabet of {}", facts.offset, facts.alphabet_size));
  if (facts.records() > 1 && (facts.offset % 2 == 0 || facts.alphabet_size % 2 != 0))
    in.refuse("GBWT header", start + 24, fmt::format("codes {}..{} are not whole nodes", facts.offset + 1, facts.alphabet_size - 1));
  const Tags more = read_tags(in, "GBWT tags");
  for (const auto& [key, value] : more)
    if (same_key(key, kReferenceSamples)) reference_samples = words_of(value);
  tags.insert(tags.end(), more.begin(), more.end());
  read_bwt(in, facts);
  return flags;
}

void Gbz::State::read_bwt(Elements& in, BwtFacts facts) {
  const uint64_t start = in.offset();
  SparseInts index = in.sparse_ints("BWT index");
  if (index.size() != facts.records()) in.refuse("BWT index", start, fmt::format("{} records, the header says {}", index.size(), facts.records()));
  bwt_at = in.offset();
  std::span<const std::byte> data = in.byte_vector("BWT");
  if (version == 3 && !(data.empty() && index.universe() == 0)) {
    inflated = inflate(in, "BWT", data, index.universe());
    data = std::as_bytes(std::span(inflated.data(), inflated.size()));
  }
  if (index.universe() != data.size()) in.refuse("BWT", bwt_at, fmt::format("{} bytes, its index says {}", data.size(), index.universe()));
  if ((index.size() == 0) != data.empty()) in.refuse("BWT", bwt_at, fmt::format("{} bytes in {} records", data.size(), index.size()));
  if (index.size() != 0 && (index[0] != 0 || index.last() >= data.size())) in.refuse("BWT index", start, "its records do not cover the BWT");
  bwt = Bwt(facts, std::move(index), data);
}

void Gbz::State::read_names(Elements& in, uint64_t flags, uint64_t sample_count, uint64_t contig_count) {
  const uint64_t start = in.offset();
  samples = read_dictionary(in, "sample names");
  contigs = read_dictionary(in, "contig names");
  if (samples.size() != ((flags & kSampleNames) != 0 ? sample_count : 0))
    in.refuse("sample names", start, fmt::format("{} names, the header says {} (flags {:#x})", samples.size(), sample_count, flags));
  if (contigs.size() != ((flags & kContigNames) != 0 ? contig_count : 0))
    in.refuse("contig names", start, fmt::format("{} names, the header says {} (flags {:#x})", contigs.size(), contig_count, flags));
}

void Gbz::State::read_metadata(Elements& in, uint64_t bytes) {
  const uint64_t start = in.offset();
  expect_header(in, "metadata", kMetadataTag, kMetadataVersion);
  const uint64_t sample_count = in.element("metadata");
  in.element("metadata");  // haplotypes: a statistic
  const uint64_t contig_count = in.element("metadata");
  const uint64_t flags = in.element("metadata");
  expect_flags(in, "metadata", flags, 0, kPathNames | kSampleNames | kContigNames);
  const uint64_t paths_at = in.offset();
  const uint64_t count = in.element("path names");
  if (count > in.remaining() / sizeof(PathName)) in.refuse("path names", paths_at, fmt::format("{} names are declared, {} bytes are left in the file", count, in.remaining()));
  if (count != ((flags & kPathNames) != 0 ? bwt.facts().sequences / 2 : 0))
    in.refuse("path names", paths_at, fmt::format("{} names for {} paths (flags {:#x})", count, bwt.facts().sequences / 2, flags));
  paths.resize(count);
  static_assert(sizeof(PathName) == 16);
  if (count > 0) std::memcpy(paths.data(), in.raw("path names", count * sizeof(PathName)).data(), count * sizeof(PathName));
  for (uint64_t i = 0; i < count; ++i) {
    base::throw_if_stopped(i);
    if (paths[i].sample >= sample_count) in.refuse("path names", paths_at, fmt::format("path {} has sample {} of {}", i, paths[i].sample, sample_count));
    if (paths[i].contig >= contig_count) in.refuse("path names", paths_at, fmt::format("path {} has contig {} of {}", i, paths[i].contig, contig_count));
  }
  read_names(in, flags, sample_count, contig_count);
  if (in.offset() - start != bytes) in.refuse("metadata", start, fmt::format("it has {} bytes, its size says {}", in.offset() - start, bytes));
}

void Gbz::State::read_translation(Elements& in, bool present) {
  const uint64_t names_at = in.offset();
  segments = Texts::read(in, "segment names", Letters::kAny);
  const uint64_t start = in.offset();
  segment_firsts = in.sparse_ints("segment mapping");
  if (segments.size() != segment_firsts.size()) in.refuse("segment mapping", start, fmt::format("{} segments for {} names", segment_firsts.size(), segments.size()));
  if (present == (segments.size() == 0) && !(present && bwt.facts().sequences == 0))
    in.refuse("segment names", names_at, "the graph header's translation flag says otherwise");
  SparseCursor firsts(segment_firsts);
  for (uint64_t i = 0, first = firsts.next(); i < segments.size(); ++i) {
    base::throw_if_stopped(i);
    const uint64_t end = firsts.next();  // the universe behind the last
    if (first == 0 || first >= end) in.refuse("segment mapping", start, fmt::format("segment {} covers the nodes from {} to before {}", i, first, end));
    first = end;
  }
  segments.unpack();
}

void Gbz::State::read_graph(Elements& in) {
  graph_at = in.offset();
  expect_header(in, "graph header", kGraphTag, graph_version(version));
  nodes = in.element("graph header");
  const uint64_t flags = in.element("graph header");
  expect_flags(in, "graph header", flags, kGraphSimpleSds, kTranslation | kGraphSimpleSds);
  const uint64_t labels_at = in.offset();
  labels = version == 1 ? Texts::read(in, "node sequences", Letters::kBases) : Texts::read_compressed(in, "node sequences", Letters::kBases);
  if (labels.size() != bwt.facts().ids()) in.refuse("node sequences", labels_at, fmt::format("{} sequences for {} node ids", labels.size(), bwt.facts().ids()));
  read_translation(in, (flags & kTranslation) != 0);
}

// The BWT, and the graph against it: a node has bases exactly when it is visited.
void Gbz::State::verify(unsigned threads, const std::function<void(const Strands&)>& look) {
  const Elements in({}, source);
  std::atomic<uint64_t> visited{0};
  const uint64_t first_id = bwt.facts().first_id();
  bwt.verify(in, bwt_at, threads, kIdsAtOnce, [&](uint64_t first) {
    return [&, lengths = LengthCursor(labels, first)](uint64_t id, const Record& forward, const Record& reverse) mutable {
      const uint64_t bases = lengths.next();
      if (!forward.edges.empty() && bases == 0) in.refuse("node sequences", graph_at, fmt::format("node {} is visited but has no bases", first_id + id));
      if (!forward.edges.empty()) visited.fetch_add(1, std::memory_order_relaxed);
      if (look) look({first_id + id, bases, forward, reverse});
    };
  });
  if (visited != nodes) in.refuse("graph header", graph_at, fmt::format("{} nodes are declared, {} are visited", nodes, visited.load()));
  expand_sequences(in);
}

void Gbz::State::expand_sequences(const Elements& in) {
  const uint64_t sequences = bwt.facts().sequences;
  if (sequences == 0) return;
  // Runs can declare any number of paths in a few bytes; names or the size of the file must justify it.
  if (paths.empty() && sequences > file_bytes) in.refuse("GBWT header", 0, fmt::format("{} sequences without names in {} bytes", sequences, file_bytes));
  Record endmarker;
  check(bwt.decode(0, endmarker), "a verified record decodes");
  starts = expand_endmarker(endmarker);
}

void Gbz::State::find_references() {
  is_reference.assign(samples.size(), 0);
  for (uint32_t i = 0; i < samples.size(); ++i) {
    is_reference[i] = std::find(reference_samples.begin(), reference_samples.end(), samples[i]) != reference_samples.end();
    if (samples[i] == kGenericSample) generic_sample = i;
  }
}

Gbz Gbz::parse(std::span<const std::byte> bytes, std::string source) {
  Gbz out = open(bytes, std::move(source));
  out.verify(1, {});
  out.state_->labels.unpack();
  return out;
}

void Gbz::verify(unsigned threads, const std::function<void(const Strands&)>& look) const { state_->verify(threads, look); }

Gbz Gbz::open(std::span<const std::byte> bytes, std::string source) {
  Elements in(bytes, std::move(source));
  auto state = std::make_unique<State>();
  state->source = in.source();
  state->file_bytes = in.file_bytes();
  state->read_head(in);
  const uint64_t flags = state->read_gbwt(in);
  in.raw("document array samples", in.optional_size("document array samples"));
  const uint64_t metadata_at = in.offset();
  const uint64_t metadata = in.optional_size("metadata");
  if ((metadata != 0) != ((flags & kMetadata) != 0)) in.refuse("metadata", metadata_at, "the GBWT header's metadata flag says otherwise");
  if (metadata != 0) state->read_metadata(in, metadata);
  state->read_graph(in);
  if (in.remaining() != 0) in.refuse("end of file", in.offset(), fmt::format("{} bytes follow the last piece", in.remaining()));
  state->find_references();
  return Gbz(std::move(state));
}

Gbz::Gbz(std::unique_ptr<State> state) : state_(std::move(state)) {}
Gbz::~Gbz() = default;
Gbz::Gbz(Gbz&&) noexcept = default;
Gbz& Gbz::operator=(Gbz&&) noexcept = default;

int Gbz::version() const { return static_cast<int>(state_->version); }
const std::vector<std::pair<std::string, std::string>>& Gbz::tags() const { return state_->tags; }
const std::vector<std::string>& Gbz::reference_samples() const { return state_->reference_samples; }

uint64_t Gbz::path_count() const { return state_->bwt.facts().sequences / 2; }
PathName Gbz::path_name(uint64_t path) const { return path < state_->paths.size() ? state_->paths[path] : PathName{}; }

std::string Gbz::sample_name(uint32_t sample) const {
  return sample < state_->samples.size() ? std::string(state_->samples[sample]) : std::to_string(sample);
}
std::string Gbz::contig_name(uint32_t contig) const {
  return contig < state_->contigs.size() ? std::string(state_->contigs[contig]) : std::to_string(contig);
}

Sense Gbz::sense(uint64_t path) const {
  if (path >= state_->paths.size()) return Sense::kHaplotype;
  const uint32_t sample = state_->paths[path].sample;
  if (sample == state_->generic_sample) return Sense::kGeneric;
  return sample < state_->is_reference.size() && state_->is_reference[sample] != 0 ? Sense::kReference : Sense::kHaplotype;
}

std::string Gbz::composed_name(uint64_t path) const {
  const PathName name = path_name(path);
  const Sense is = sense(path);
  const std::string contig = contig_name(name.contig);
  if (is == Sense::kGeneric) return contig;
  const std::string sample = sample_name(name.sample);
  if (is == Sense::kHaplotype) return fmt::format("{}#{}#{}#{}", sample, name.phase, contig, name.fragment);
  const std::string where = name.fragment != 0 ? fmt::format("[{}]", name.fragment) : "";
  return name.phase == kNoPhase ? fmt::format("{}#{}{}", sample, contig, where) : fmt::format("{}#{}#{}{}", sample, name.phase, contig, where);
}

uint64_t Gbz::alphabet_size() const { return state_->bwt.facts().alphabet_size; }
NodeCode Gbz::first_code() const { return state_->bwt.facts().offset + 1; }
uint64_t Gbz::visit_total() const { return state_->bwt.facts().size; }

uint64_t Gbz::label_length(uint64_t id) const {
  const uint64_t index = id - state_->bwt.facts().first_id();  // wraps for smaller ids
  return index < state_->labels.size() ? state_->labels.length(index) : 0;
}

std::string Gbz::label(uint64_t id) const {
  const uint64_t index = id - state_->bwt.facts().first_id();
  return index < state_->labels.size() ? state_->labels[index] : std::string();
}

bool Gbz::has_label_stream() const { return !state_->labels.random_access(); }

void Gbz::record(NodeCode code, Record& out) const {
  const BwtFacts& facts = state_->bwt.facts();
  if (code >= facts.alphabet_size || (code != kEndmarker && code <= facts.offset)) {
    out.edges.clear();
    out.runs.clear();
    return;
  }
  check(state_->bwt.decode(facts.record_of(code), out), "a verified record decodes");
}

const std::vector<Visit>& Gbz::sequence_starts() const { return state_->starts; }

uint64_t Gbz::segment_count() const { return state_->segments.size(); }

RecordReader::RecordReader(const Gbz& gbz, NodeCode first) : cursor_(std::make_unique<RecordCursor>(gbz.state_->bwt, gbz.state_->bwt.facts().record_of(first))) {}
RecordReader::~RecordReader() = default;
bool RecordReader::next(Record& out) { return cursor_->next(out); }

struct LabelReader::State {
  TextReader texts;
  LengthCursor lengths;
};
LabelReader::LabelReader(const Gbz& gbz, uint64_t first) {
  const uint64_t index = first - gbz.state_->bwt.facts().first_id();
  state_ = std::make_unique<State>(State{TextReader(gbz.state_->labels, index), LengthCursor(gbz.state_->labels, index)});
}
LabelReader::~LabelReader() = default;
uint64_t LabelReader::next_length() { return state_->lengths.next(); }
void LabelReader::read(uint64_t count, char* out) { state_->texts.read(count, out); }
void LabelReader::finish() { state_->texts.finish(); }

}  // namespace haploom::gbz
