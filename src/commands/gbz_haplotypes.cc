#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/log.h"
#include "commands/commands.h"
#include "commands/private_pangenome.h"
#include "genome/region.h"
#include "haplotypes/haplotypes.h"

namespace haploom::commands {
namespace {

struct Options {
  std::string file;
  std::string region;
  std::string ref_name_pangenome;
  std::string ref_chrom_prefix;
  std::string format = "tsv";
};

void put(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size()) return;
  throw Error{Exit::kResource, Reason::kOutput, "commands", fmt::format("cannot write the haplotypes to the standard output: {}", std::strerror(errno)),
              "check the disk or the program that reads it"};
}

// The region's contig as the user spelled it, with the length that the graph knows.
genome::ContigList contig_of(const std::string& region, const haplotypes::Reader& reader) {
  for (const std::string& name : {region, region.substr(0, region.rfind(':'))})
    if (const auto end = reader.contig_end(name)) return genome::ContigList({{name, *end}});
  throw Error{Exit::kUsage, Reason::kRegions, "commands", fmt::format("the pangenome's reference sample has no contig of region '{}'", region),
              "haploom gbz paths lists the contigs; --ref_name_pangenome chooses another reference sample"};
}

// One piece, as every format needs it.
struct Row {
  std::string name;     // haplotype_k, or reference
  std::string path;     // composed name of its path
  uint64_t start = 0;   // on the path's forward strand, path-relative, 0-based
  uint64_t end = 0;
  bool reverse = false;
  bool is_reference = false;
  const haplotypes::Sequence* sequence = nullptr;
};

std::vector<Row> rows_of(const haplotypes::WindowHaplotypes& window, const gbz::Gbz& gbz, const shared_image::Pangenome& pangenome) {
  std::vector<Row> rows;
  size_t number = 0;
  for (const haplotypes::Piece& piece : window.pieces) {
    const haplotypes::Sequence& sequence = window.sequences[piece.sequence];
    const shared_image::VisitOwner owner = pangenome.owner(piece.start);
    const uint64_t length = sequence.bases.size();
    const uint64_t start = owner.reverse ? pangenome.path(owner.path).bases - owner.offset - length : owner.offset;
    rows.push_back({piece.is_reference ? "reference" : fmt::format("haplotype_{}", ++number), gbz.composed_name(owner.path), start, start + length,
                    owner.reverse, piece.is_reference, &sequence});
  }
  return rows;
}

void print_tsv(const std::vector<Row>& rows, const std::string& contig, int64_t start) {
  put("#name\tpath\tfirst\tlast\tstrand\tcontig\tposition\tcigar\tbases\n");
  for (const Row& row : rows)
    put(fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", row.name, row.path, row.start + 1, row.end, row.reverse ? '-' : '+', contig, start + 1,
                    genome::text(row.sequence->cigar), row.sequence->bases));
}

void print_fasta(const std::vector<Row>& rows, const std::string& contig, int64_t start) {
  for (const Row& row : rows)
    put(fmt::format(">{} {}:{}-{}({}) {}:{} {}\n{}\n", row.name, row.path, row.start + 1, row.end, row.reverse ? '-' : '+', contig, start + 1,
                    genome::text(row.sequence->cigar), row.sequence->bases));
}

std::string shown(const std::string& bases) { return bases.empty() ? "*" : bases; }  // as SAM wants it

// As DeepVariant sees them: reads of mapping quality 90 and base quality 30, without the reference piece.
void print_sam(const std::vector<Row>& rows, const genome::Contig& contig, int64_t start) {
  std::string command = command_line();
  std::replace_if(command.begin(), command.end(), [](unsigned char letter) { return std::iscntrl(letter) != 0; }, ' ');  // a tab would end the field
  put(fmt::format("@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:{}\tLN:{}\n@PG\tID:haploom\tPN:haploom\tVN:" HAPLOOM_VERSION "\tCL:{}\n", contig.name, contig.length, command));
  for (const Row& row : rows) {
    if (row.is_reference) continue;
    put(fmt::format("{}\t0\t{}\t{}\t90\t{}\t*\t0\t0\t{}\t{}\tpn:Z:{}:{}-{}({})\n", row.name, contig.name, start + 1, genome::text(row.sequence->cigar),
                    shown(row.sequence->bases), shown(std::string(row.sequence->bases.size(), '?')), row.path, row.start + 1, row.end, row.reverse ? '-' : '+'));
  }
}

void print_haplotypes(const Options& options) {
  const PrivatePangenome graph(options.file);
  const auto naming = haplotypes::choose_reference(graph.image(), options.ref_name_pangenome.empty() ? std::nullopt : std::optional(options.ref_name_pangenome),
                                                   options.ref_chrom_prefix);
  haplotypes::Reader reader(graph.image(), naming);
  const genome::ContigList contigs = contig_of(options.region, reader);
  const genome::Region region = genome::parse_region(options.region, contigs);
  if (region.length() > static_cast<int64_t>(2 * haplotypes::kContext))
    base::warn("commands", "the region has {} bases; shown is the window of some {} bases around its middle", region.length(), 2 * haplotypes::kContext);
  const auto* window = reader.window(region, contigs[0].name);
  if (window == nullptr)
    throw Error{Exit::kUsage, Reason::kRegions, "commands", fmt::format("no piece of the reference path holds the middle of region '{}'", options.region),
                "haploom gbz paths lists where reference paths start and how long they are"};
  const auto rows = rows_of(window->haplotypes, graph.gbz(), graph.image());
  if (options.format == "sam")
    print_sam(rows, contigs[0], window->start);
  else
    options.format == "fasta" ? print_fasta(rows, contigs[0].name, window->start) : print_tsv(rows, contigs[0].name, window->start);
}

}  // namespace

void add_gbz_haplotypes(CLI::App& parent) {
  CLI::App* command = parent.add_subcommand("haplotypes", "the haplotypes around the middle of a region, in the order and with the CIGARs of DeepVariant");
  const auto options = std::make_shared<Options>();
  command->add_option("file", options->file, "GBZ file, version 1, 2 or 3")->required()->type_name("FILE.gbz");
  command->add_option("region", options->region, "contig:first-last, 1-based; the contig as in the reads or in the graph")->required()->type_name("REGION");
  command->add_option("--ref_name_pangenome", options->ref_name_pangenome, "sample of the reference paths in the graph (default: GRCh38, or the only one)");
  command->add_option("--ref_chrom_prefix", options->ref_chrom_prefix,
                      "cut from the contig name before it is looked up in the graph (default: matched by the usual spellings)");
  command->add_option("--format", options->format, "tsv or fasta (every piece, the reference's too), sam (as the caller sees them)")
      ->check(CLI::IsMember({"tsv", "fasta", "sam"}))
      ->capture_default_str();
  command->footer("example, in the source folder:\n  haploom gbz build tests/data/small.gfa -o small.gbz\n  haploom gbz haplotypes small.gbz chr20:41-80 --format sam");
  command->callback([options] { print_haplotypes(*options); });
}

}  // namespace haploom::commands
