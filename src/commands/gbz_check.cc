#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "commands/commands.h"
#include "commands/private_pangenome.h"
#include "formats/alignments.h"
#include "formats/contig_match.h"
#include "formats/reference.h"
#include "genome/dna.h"
#include "haplotypes/haplotypes.h"

namespace haploom::commands {
namespace {

using haplotypes::ReferenceFragment;
using haplotypes::ReferenceNaming;
using shared_image::Pangenome;

constexpr uint64_t kWindows = 20;       // compared on each contig, evenly spread over its fragments
constexpr uint64_t kWindowBases = 200;
constexpr size_t kNamed = 5;            // names spelled out in a line
constexpr size_t kListed = 3;           // fragments listed; more are counted

struct Options {
  std::string pangenome;
  std::string ref;
  std::string reads;
  std::string ref_name_pangenome;
  std::string ref_chrom_prefix;
};

// What the graph is compared with; any of them may be left out.
struct Others {
  explicit Others(const Options& options) {
    if (!options.ref.empty()) reference.emplace(options.ref);
    if (!options.reads.empty()) reads = formats::Alignments(options.reads, options.ref).header().contigs;
  }
  std::optional<formats::Reference> reference;
  std::optional<genome::ContigList> reads;
};

// The bases sampled on one contig: those that are a plain letter in both.
struct Sample {
  uint64_t compared = 0;
  uint64_t equal = 0;
  std::string first_difference;
};

enum class Verdict { kOk, kMissingInReads, kLengthDiffers, kAmbiguous, kNoHaplotypes, kBeyondEnd, kOtherSequence };

const char* text_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kOk: return "ok";
    case Verdict::kMissingInReads: return "missing in reads";
    case Verdict::kLengthDiffers: return "length differs";
    case Verdict::kAmbiguous: return "several contigs fit";
    case Verdict::kNoHaplotypes: return "no haplotypes";
    case Verdict::kBeyondEnd: return "graph is longer";
    case Verdict::kOtherSequence: return "other sequence";
  }
  return "";
}

struct Row {
  std::string contig;
  std::optional<int64_t> reference_length;
  std::optional<int64_t> reads_length;
  std::optional<std::string> graph_contig;
  std::vector<ReferenceFragment> fragments;
  std::optional<Sample> sample;
  Verdict verdict = Verdict::kOk;
};

std::string some(const std::vector<std::string>& names) {
  const std::span shown(names.data(), std::min(names.size(), kNamed));
  return names.empty() ? "none" : fmt::format("{}{}", fmt::join(shown, ", "), names.size() > kNamed ? ", ..." : "");
}

uint64_t end_of(const Pangenome& graph, const ReferenceFragment& fragment) { return fragment.start + graph.path(fragment.path).bases; }

// Up to `length` bases of a path from `offset` on.
std::string path_bases(const Pangenome& graph, uint64_t path, uint64_t offset, uint64_t length) {
  std::string out;
  const auto place = graph.locate(path, offset);
  if (!place) return out;
  for (gbz::Visit at = place->visit; at.node != gbz::kEndmarker && out.size() < place->node_offset + length; at = graph.next(at)) graph.append_bases(at.node, out);
  return out.substr(std::min<size_t>(place->node_offset, out.size()), length);
}

// Ambiguous letters and masked stretches say nothing about which sequence it is.
void compare(const std::string& ours, const std::string& theirs, const std::string& contig, uint64_t start, Sample& sample) {
  for (size_t i = 0; i < std::min(ours.size(), theirs.size()); ++i) {
    const char base = genome::upper_case(ours[i]);
    if (!genome::is_acgt(base) || !genome::is_acgt(theirs[i])) continue;
    ++sample.compared;
    if (base == theirs[i]) {
      ++sample.equal;
    } else if (sample.first_difference.empty()) {
      sample.first_difference = fmt::format("{}:{} (graph {}, reference {})", contig, start + i + 1, base, theirs[i]);
    }
  }
}

Sample sampled(const Pangenome& graph, const std::vector<ReferenceFragment>& fragments, const formats::Reference& reference, int contig) {
  uint64_t total = 0;
  for (const ReferenceFragment& fragment : fragments) total += graph.path(fragment.path).bases;
  const uint64_t windows = std::min(kWindows, (total + kWindowBases - 1) / kWindowBases);
  const uint64_t span = total - std::min(total, kWindowBases);
  Sample sample;
  auto fragment = fragments.begin();
  uint64_t before = 0;  // bases of the fragments before this one
  for (uint64_t i = 0; i < windows; ++i) {
    const uint64_t at = windows == 1 ? 0 : span / (windows - 1) * i;
    for (; at - before >= graph.path(fragment->path).bases; ++fragment) before += graph.path(fragment->path).bases;
    const std::string ours = path_bases(graph, fragment->path, at - before, kWindowBases);
    const auto start = static_cast<int64_t>(fragment->start + at - before);
    if (start >= reference.contigs()[contig].length) break;
    compare(ours, reference.bases({contig, start, start + static_cast<int64_t>(ours.size())}), reference.contigs()[contig].name, static_cast<uint64_t>(start), sample);
  }
  return sample;
}

Verdict verdict_of(const Row& row, const Others& others, const Pangenome& graph) {
  if (others.reads && !row.reads_length) return Verdict::kMissingInReads;
  if (row.reference_length && row.reads_length && *row.reference_length != *row.reads_length) return Verdict::kLengthDiffers;
  if (row.verdict == Verdict::kAmbiguous) return row.verdict;
  if (row.fragments.empty()) return Verdict::kNoHaplotypes;
  if (row.sample && row.sample->compared > 0) return row.sample->equal < row.sample->compared ? Verdict::kOtherSequence : Verdict::kOk;
  const auto length = row.reference_length ? row.reference_length : row.reads_length;  // a FASTA that was cut short shows equal bases
  return length && end_of(graph, row.fragments.back()) > static_cast<uint64_t>(*length) ? Verdict::kBeyondEnd : Verdict::kOk;
}

Row row_of(const std::string& contig, const Others& others, const Pangenome& graph, const ReferenceNaming& naming) {
  Row row;
  row.contig = contig;
  const int in_reference = others.reference ? others.reference->contigs().index_of(contig).value_or(-1) : -1;
  const int in_reads = others.reads ? others.reads->index_of(contig).value_or(-1) : -1;
  if (in_reference >= 0) row.reference_length = others.reference->contigs()[in_reference].length;
  if (in_reads >= 0) row.reads_length = (*others.reads)[in_reads].length;
  try {
    row.graph_contig = haplotypes::match_contig(graph, naming, contig);
  } catch (const Error& several) {
    row.verdict = Verdict::kAmbiguous;
  }
  if (row.graph_contig) row.fragments = haplotypes::reference_fragments(graph, naming, *row.graph_contig);
  if (in_reference >= 0 && row.graph_contig) row.sample = sampled(graph, row.fragments, *others.reference, in_reference);
  row.verdict = verdict_of(row, others, graph);
  return row;
}

// The contigs that are called: the reference's, else the reads', else whatever the graph has.
std::vector<std::string> contigs_of(const Others& others, const std::vector<std::string>& of_graph) {
  if (!others.reference && !others.reads) return of_graph;
  std::vector<std::string> names;
  for (const genome::Contig& contig : others.reference ? others.reference->contigs() : *others.reads)
    if (!formats::is_excluded_contig(contig.name)) names.push_back(contig.name);
  return names;
}

std::vector<std::string> graph_contigs(const Pangenome& graph, const ReferenceNaming& naming) {
  std::vector<std::string> names;
  for (const uint32_t index : graph.indexed_paths()) {
    const auto path = graph.path(index);
    if (path.sample == naming.sample && std::find(names.begin(), names.end(), path.contig) == names.end()) names.emplace_back(path.contig);
  }
  return names;
}

void print_graph(const Options& options, const gbz::Gbz& gbz) {
  std::set<std::string> samples;
  std::set<std::pair<uint32_t, uint32_t>> haplotypes;
  for (uint64_t path = 0; path < gbz.path_count(); ++path) {
    const gbz::PathName name = gbz.path_name(path);
    if (gbz.sense(path) != gbz::Sense::kGeneric) samples.insert(gbz.sample_name(name.sample));
    if (gbz.sense(path) == gbz::Sense::kHaplotype) haplotypes.emplace(name.sample, name.phase);
  }
  fmt::print("#pangenome\t{}\n#version\t{}\n", options.pangenome, gbz.version());
  fmt::print("#samples\t{} ({})\n#haplotypes\t{}\n", samples.size(), some({samples.begin(), samples.end()}), haplotypes.size());
  fmt::print("#reference_samples\t{}\n", gbz.reference_samples().empty() ? "none tagged" : fmt::format("{}", fmt::join(gbz.reference_samples(), ", ")));
}

// By which rule of choose_reference().
std::string reason_of(const ReferenceNaming& naming, const Options& options) {
  const bool generic = naming.sample == gbz::kGenericSample;
  if (!options.ref_name_pangenome.empty()) {
    if (generic) return fmt::format("contigs of paths without a sample that bear the name of --ref_name_pangenome {}", options.ref_name_pangenome);
    return fmt::format("--ref_name_pangenome {}", options.ref_name_pangenome);
  }
  if (generic) return "the graph has only paths without a sample";
  return ReferenceNaming{}.assembly == naming.assembly ? "the default" : "the graph's only one";
}

std::string names_text(const std::vector<Row>& rows, const Options& options) {
  const auto renamed = std::find_if(rows.begin(), rows.end(), [](const Row& row) { return row.graph_contig && row.graph_contig != row.contig; });
  const std::string example = renamed == rows.end() ? "" : fmt::format(": {} is {}", renamed->contig, *renamed->graph_contig);
  if (!options.ref_chrom_prefix.empty()) return fmt::format("--ref_chrom_prefix {} is cut off, the rest is equal{}", options.ref_chrom_prefix, example);
  if (renamed != rows.end()) return fmt::format("equal, else equal but for chr, SAMPLE#0# or SAMPLE. before them (MT is M){}", example);
  return "equal";
}

std::string covered(const Row& row, const Pangenome& graph) {
  std::vector<std::string> pieces;
  uint64_t bases = 0;
  for (const ReferenceFragment& fragment : row.fragments) {
    bases += graph.path(fragment.path).bases;
    if (row.fragments.size() <= kListed) pieces.push_back(fmt::format("{}-{}", fragment.start + 1, end_of(graph, fragment)));
  }
  if (row.fragments.size() > kListed) return fmt::format("{} bases in {} fragments", bases, row.fragments.size());
  return pieces.empty() ? "." : fmt::format("{}", fmt::join(pieces, ","));
}

void print_rows(const std::vector<Row>& rows, const Pangenome& graph) {
  const auto number = [](const std::optional<int64_t>& value) { return value ? std::to_string(*value) : "."; };
  fmt::print("contig\treference_length\treads_length\tgraph_contig\tcovered\tequal_bases\tverdict\n");
  for (const Row& row : rows)
    fmt::print("{}\t{}\t{}\t{}\t{}\t{}\t{}\n", row.contig, number(row.reference_length), number(row.reads_length), row.graph_contig.value_or("."),
               covered(row, graph), row.sample ? fmt::format("{}/{}", row.sample->equal, row.sample->compared) : ".", text_of(row.verdict));
}

std::vector<std::string> contigs_with(const std::vector<Row>& rows, Verdict verdict) {
  std::vector<std::string> names;
  for (const Row& row : rows)
    if (row.verdict == verdict) names.push_back(row.contig);
  return names;
}

[[noreturn]] void refuse(std::string cause, std::string remedy) {
  throw Error{Exit::kInput, Reason::kContigs, "commands", std::move(cause), std::move(remedy)};
}

void refuse_other_sequence(const std::vector<Row>& rows, const Options& options, const ReferenceNaming& naming) {
  const auto other = contigs_with(rows, Verdict::kOtherSequence);
  const auto longer = contigs_with(rows, Verdict::kBeyondEnd);
  if (other.empty() && longer.empty()) return;
  const std::string remedy = fmt::format("give the FASTA and reads of the assembly that the graph's {} is (GRCh37 and GRCh38 use the same contig names), "
                                         "or name another reference sample of the graph with --ref_name_pangenome", naming.sample);
  const std::string file = options.ref.empty() ? fmt::format("reads '{}'", options.reads) : fmt::format("reference '{}'", options.ref);
  if (other.empty()) refuse(fmt::format("pangenome '{}' and {} are of different assemblies: the graph is longer on {}", options.pangenome, file, some(longer)), remedy);
  const Row& first = *std::find_if(rows.begin(), rows.end(), [](const Row& row) { return row.verdict == Verdict::kOtherSequence; });
  refuse(fmt::format("pangenome '{}' and {} differ in sequence on {}: {} of {} sampled bases of {} are equal, the first other one is {}", options.pangenome, file,
                     some(other), first.sample->equal, first.sample->compared, first.contig, first.sample->first_difference),
         remedy);
}

// What would end a call, or give a wrong one.
void refuse_misfits(const std::vector<Row>& rows, const Options& options, const Others& others, const Pangenome& graph, const ReferenceNaming& naming) {
  if (others.reference && others.reads) formats::callable_contigs(others.reference->contigs(), options.ref, *others.reads, options.reads);
  if (const auto several = contigs_with(rows, Verdict::kAmbiguous); !several.empty()) haplotypes::match_contig(graph, naming, several.front());
  const bool any = std::any_of(rows.begin(), rows.end(), [](const Row& row) { return row.graph_contig.has_value(); });
  if (!any) {
    std::vector<std::string> names;
    for (const Row& row : rows) names.push_back(row.contig);
    refuse(fmt::format("pangenome '{}' has none of the contigs that are called ({}); its {} has {}", options.pangenome, some(names), naming.sample,
                       some(graph_contigs(graph, naming))),
           options.ref_chrom_prefix.empty() ? "name another reference sample of the graph with --ref_name_pangenome, or take a graph that covers them"
                                            : "leave out --ref_chrom_prefix: the usual spellings are matched without it");
  }
  refuse_other_sequence(rows, options, naming);
}

void check_fit(const Options& options) {
  if (options.ref.empty() && options.reads.ends_with(".cram"))
    throw Error{Exit::kUsage, Reason::kUsage, "commands", fmt::format("reads '{}' are CRAM, which is read with its reference", options.reads), "--ref FASTA"};
  const Others others(options);
  const PrivatePangenome graph(options.pangenome);
  print_graph(options, graph.gbz());
  const auto wanted = options.ref_name_pangenome.empty() ? std::nullopt : std::optional(options.ref_name_pangenome);
  const ReferenceNaming naming = haplotypes::choose_reference(graph.image(), wanted, options.ref_chrom_prefix);
  fmt::print("#reference_sample\t{} ({})\n", naming.sample, reason_of(naming, options));

  std::vector<Row> rows;
  for (const std::string& contig : contigs_of(others, graph_contigs(graph.image(), naming))) rows.push_back(row_of(contig, others, graph.image(), naming));
  fmt::print("#contig_names\t{}\n", names_text(rows, options));
  print_rows(rows, graph.image());
  refuse_misfits(rows, options, others, graph.image(), naming);
  if (const auto bare = contigs_with(rows, Verdict::kNoHaplotypes); !bare.empty())
    base::warn("commands", "the pangenome has no {} of {}: called from reads alone", some(bare), naming.sample);
  std::vector<std::string> blank;
  for (const Row& row : rows)
    if (row.sample && row.sample->compared == 0) blank.push_back(row.contig);
  if (!blank.empty()) base::warn("commands", "the reference is masked where the pangenome lies on {}: the sequence could not be compared", some(blank));
}

}  // namespace

void add_gbz_check(CLI::App& parent) {
  CLI::App* command = parent.add_subcommand("check", "whether a pangenome fits a reference and reads: a table, exit 0 or 3");
  const auto options = std::make_shared<Options>();
  command->add_option("--pangenome", options->pangenome, "GBZ file, version 1, 2 or 3")->required()->type_name("FILE.gbz");
  command->add_option("--ref", options->ref, "reference FASTA with its .fai (may be bgzipped, with .gzi); its bases are compared with the graph's");
  command->add_option("--reads", options->reads, "BAM or CRAM, sorted, with its index");
  command->add_option("--ref_name_pangenome", options->ref_name_pangenome, "sample of the reference paths in the graph (default: GRCh38, or the only one)");
  command->add_option("--ref_chrom_prefix", options->ref_chrom_prefix,
                      "cut from contig names before they are looked up in the graph (default: matched by the usual spellings)");
  command->footer("example, in the source folder:\n  haploom gbz build tests/data/small.gfa -o small.gbz\n  haploom gbz check --pangenome small.gbz");
  command->callback([options] { check_fit(*options); });
}

}  // namespace haploom::commands
