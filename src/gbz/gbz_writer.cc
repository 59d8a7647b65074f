#include "gbz/gbz_writer.h"

#include <algorithm>
#include <set>
#include <span>

#include "base/error.h"
#include "base/signals.h"
#include "gbz/byte_code.h"
#include "gbz/gbwt_builder.h"
#include "gbz/gfa.h"
#include "gbz/layout.h"

namespace haploom::gbz {
namespace {

void add_run(uint64_t sigma, Run run, std::string& out) {
  if (sigma >= kSigmaOfWideRuns) {
    append_byte_code(run.rank, out);
    append_byte_code(run.length - 1, out);
    return;
  }
  const uint64_t longest = 256 / sigma;
  out += static_cast<char>(run.rank + sigma * (std::min(run.length, longest) - 1));
  if (run.length >= longest) append_byte_code(run.length - longest, out);
}

void add_record(const Record& record, std::string& out) {
  append_byte_code(record.edges.size(), out);
  NodeCode before = 0;
  for (const Edge& edge : record.edges) {
    append_byte_code(edge.successor - before, out);
    append_byte_code(edge.base, out);
    before = edge.successor;
  }
  for (const Run& run : record.runs) add_run(record.edges.size(), run, out);
}

// The ids that walks visit.
struct Visited {
  uint64_t first = 0, last = 0, count = 0;
  std::vector<bool> at;  // by id - graph.first_id
};

Visited visited_ids(const PathGraph& graph) {
  Visited out;
  out.at.resize(graph.labels.size());
  for (const CompactWalk& walk : graph.walks) {
    base::throw_if_stopped();
    for (WalkCursor at(walk, false); at.code() != kEndmarker; at.advance()) out.at[node_id(at.code()) - graph.first_id] = true;
  }
  for (uint64_t i = 0; i < out.at.size(); ++i) {
    if (!out.at[i]) continue;
    if (out.count++ == 0) out.first = graph.first_id + i;
    out.last = graph.first_id + i;
  }
  check(out.count > 0, "a graph with a step in a walk");
  return out;
}

struct EncodedBwt {
  uint64_t visits = 0;
  std::vector<uint64_t> starts;
  std::string data;
};

// Uses up the walks.
EncodedBwt encode(std::vector<CompactWalk>& walks, NodeCode first_code, uint64_t alphabet_size) {
  GbwtBuilder builder(first_code, alphabet_size);
  builder.build(walks);
  walks = {};
  EncodedBwt out;
  out.visits = builder.visit_total();
  out.starts.reserve(builder.records());
  Record record;
  for (uint64_t i = 0; i < builder.records(); ++i) {
    base::throw_if_stopped(i);
    out.starts.push_back(out.data.size());
    builder.take_record(i, record);
    add_record(record, out.data);
  }
  return out;
}

void write_gbwt(PathGraph& graph, const Visited& visited, uint32_t version, ElementWriter& out) {
  const NodeCode first_code = 2 * visited.first;
  const uint64_t alphabet_size = 2 * visited.last + 2;
  const uint64_t sequences = 2 * graph.walks.size();
  const EncodedBwt bwt = encode(graph.walks, first_code, alphabet_size);
  out.halves(kGbwtTag, gbwt_version(version));
  out.element(sequences);
  out.element(bwt.visits);
  out.element(first_code - 1);
  out.element(alphabet_size);
  out.element(kBidirectional | kMetadata | kGbwtSimpleSds);
  std::string references;
  const std::set<std::string> names(graph.reference_samples.begin(), graph.reference_samples.end());
  for (const std::string& name : names) references += (references.empty() ? "" : " ") + name;
  std::vector<std::pair<std::string, std::string>> tags{{"source", std::string(kSource)}};
  if (!references.empty()) tags.insert(tags.begin(), {std::string(kReferenceSamples), references});
  out.tags(tags);
  out.sparse_ints(bwt.starts, bwt.data.size());
  out.byte_vector(version == 3 ? compressed(bwt.data) : bwt.data);
  out.absent();  // document array samples
}

// Metadata goes behind its own size: written to memory first.
void write_metadata(const PathGraph& graph, ElementWriter& out) {
  std::string bytes;
  ElementWriter inner([&](std::string_view part) { bytes += part; });
  std::set<std::pair<uint32_t, uint32_t>> haplotypes;
  for (const PathName& name : graph.paths) haplotypes.emplace(name.sample, name.phase);
  inner.halves(kMetadataTag, kMetadataVersion);
  inner.element(graph.samples.size());
  inner.element(haplotypes.size());
  inner.element(graph.contigs.size());
  inner.element(kPathNames | kSampleNames | kContigNames);
  inner.element(graph.paths.size());
  for (const PathName& name : graph.paths) {
    inner.halves(name.sample, name.contig);
    inner.halves(name.phase, name.fragment);
  }
  inner.dictionary(graph.samples);
  inner.dictionary(graph.contigs);
  inner.flush();
  out.element(bytes.size() / 8);
  out.bytes(bytes);
}

// The labels of visited nodes in the order of their ids. They lie so already where the file lists its segments by id.
std::string take_text(PathGraph& graph, const Visited& visited, std::span<const uint64_t> starts) {
  bool in_place = true;
  for (uint64_t id = visited.first; in_place && id <= visited.last; ++id)
    in_place = !visited.at[id - graph.first_id] || graph.labels[id - graph.first_id].offset == starts[id - visited.first];
  if (in_place) {
    const PathGraph::Label& last = graph.labels[visited.last - graph.first_id];
    graph.bases.resize(last.offset + last.length);
    return std::move(graph.bases);
  }
  std::string text;
  text.reserve(graph.bases.size());
  for (uint64_t id = visited.first; id <= visited.last; ++id) {
    base::throw_if_stopped(id);
    if (visited.at[id - graph.first_id]) text += graph.label(id);
  }
  graph.bases = {};
  return text;
}

// Uses up the bases.
void write_labels(PathGraph& graph, const Visited& visited, uint32_t version, ElementWriter& out) {
  std::vector<uint64_t> starts;
  starts.reserve(visited.last - visited.first + 1);
  uint64_t length = 0;
  for (uint64_t id = visited.first; id <= visited.last; ++id) {
    starts.push_back(length);
    if (visited.at[id - graph.first_id]) length += graph.labels[id - graph.first_id].length;
  }
  const std::string text = take_text(graph, visited, starts);
  if (version == 1)
    out.strings(starts, text, text.size());
  else
    out.compressed_strings(starts, text);
}

void write_translation(const PathGraph& graph, const Visited& visited, ElementWriter& out) {
  const std::vector<uint64_t> firsts(graph.segment_firsts.begin(), graph.segment_firsts.end());
  std::vector<uint64_t> starts;
  starts.reserve(firsts.size());
  std::string text;
  for (uint64_t segment = 0; segment < firsts.size(); ++segment) {
    starts.push_back(text.size());
    if (visited.at[firsts[segment] - graph.first_id]) text += graph.segments[segment];
  }
  out.strings(starts, text, 0);
  out.sparse_ints(firsts, firsts.empty() ? 0 : graph.first_id + graph.labels.size());
}

}  // namespace

void write_gbz(PathGraph graph, int version, const ElementWriter::Sink& sink) {
  check(version >= 1 && version <= static_cast<int>(kNewestVersion), "a version of GBZ");
  const auto gbz_version = static_cast<uint32_t>(version);
  const Visited visited = visited_ids(graph);
  ElementWriter out(sink);
  out.halves(kGbzTag, gbz_version);
  out.element(0);
  out.tags({{"source", std::string(kSource)}});
  write_gbwt(graph, visited, gbz_version, out);
  write_metadata(graph, out);
  out.halves(kGraphTag, graph_version(gbz_version));
  out.element(visited.count);
  out.element(kGraphSimpleSds | (graph.segment_firsts.empty() ? 0 : kTranslation));
  write_labels(graph, visited, gbz_version, out);
  write_translation(graph, visited, out);
  out.flush();
}

void build_gbz(const std::string& gfa, uint32_t max_node, int version, const std::function<void(std::string_view)>& sink) {
  write_gbz(read_gfa(gfa, max_node), version, sink);
}

}  // namespace haploom::gbz
