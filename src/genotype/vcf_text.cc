#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "genotype/genotype.h"
#include "genotype/merge.h"

namespace haploom::genotype {
namespace {

// Every line is DeepVariant 1.9's, text and order too: what reads or compares its headers finds nothing new.
// Source: deepvariant/dv_vcf_constants.py, nucleus/util/vcf_constants.py
constexpr std::string_view kFiltersAndEnd =
    "##fileformat=VCFv4.2\n"
    "##FILTER=<ID=PASS,Description=\"All filters passed\">\n"
    "##FILTER=<ID=RefCall,Description=\"Genotyping model thinks this site is reference.\">\n"
    "##FILTER=<ID=LowQual,Description=\"Confidence in this variant being real is below calling threshold.\">\n"
    "##FILTER=<ID=NoCall,Description=\"Site has depth=0 resulting in no call.\">\n"
    "##INFO=<ID=END,Number=1,Type=Integer,Description=\"End position (for use with symbolic alleles)\">\n";
constexpr std::string_view kCandidates = "##INFO=<ID=CANDIDATES,Number=1,Type=String,Description=\"pipe-delimited candidate alleles.\">\n";
constexpr std::string_view kFormats =
    "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n"
    "##FORMAT=<ID=GQ,Number=1,Type=Integer,Description=\"Conditional genotype quality\">\n"
    "##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"Read depth\">\n"
    "##FORMAT=<ID=MIN_DP,Number=1,Type=Integer,Description=\"Minimum DP observed within the GVCF block.\">\n"
    "##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"Read depth for each allele\">\n"
    "##FORMAT=<ID=VAF,Number=A,Type=Float,Description=\"Variant allele fractions.\">\n"
    "##FORMAT=<ID=PL,Number=G,Type=Integer,Description=\"Phred-scaled genotype likelihoods rounded to the closest integer\">\n"
    "##FORMAT=<ID=PS,Number=1,Type=Integer,Description=\"Phase set\">\n"
    "##FORMAT=<ID=MF,Number=R,Type=Float,Description=\"Methylation fraction for each of the reference and alternate allele\">\n"
    "##FORMAT=<ID=MD,Number=R,Type=Integer,Description=\"Methylation depth for each of the reference and alternate allele\">\n"
    "##FORMAT=<ID=MT,Number=1,Type=String,Description=\"Methylation type: 0/0=Unmethylated, 0/1=Heterozygous, 1/1=Methylated\">\n"
    "##FORMAT=<ID=MED_DP,Number=1,Type=Integer,Description=\"Median DP observed within the GVCF block rounded to the nearest integer.\">\n";
constexpr std::string_view kModel = "##FORMAT=<ID=MID,Number=1,Type=String,Description=\"Identifies which model called this variant.\">\n";

// What a VCF line cannot hold becomes a blank.
std::string one_line(std::string text) {
  std::replace_if(text.begin(), text.end(), [](char letter) { return letter == '\n' || letter == '\r' || letter == '\t'; }, ' ');
  return text;
}

// A number with six significant digits as htslib's kputd writes it, which upstream's VCFs went through: %g, but a tie of
// the decimal digits is rounded up where printf rounds the exact binary value to even (9/256 is 0.0351563, not 0.0351562).
std::string six_digits(double value) {
  if (!(value >= 0.0001 && value <= 999999)) return fmt::format("{:g}", value);
  constexpr uint64_t kOne = 10'000'000'000;  // ten decimals in an integer
  auto scaled = static_cast<uint64_t>(value * static_cast<double>(kOne));
  uint64_t unit = 10;  // of the sixth digit
  while (scaled >= unit * 1'000'000) unit *= 10;
  scaled = (scaled + unit / 2) / unit * unit;
  std::string out = fmt::format("{}.{:010}", scaled / kOne, scaled % kOne);
  out.erase(out.find_last_not_of('0') + 1);
  if (out.back() == '.') out.pop_back();
  return out;
}

// VCF holds numbers as 32-bit floats on their way through htslib.
std::string float_text(double value) { return six_digits(static_cast<double>(static_cast<float>(value))); }

std::string quality_text(double quality) { return float_text(std::floor(quality * 10 + 0.5) / 10); }

std::vector<std::string> float_texts(const std::vector<double>& values) {
  std::vector<std::string> out;
  for (const double value : values) out.push_back(float_text(value));
  return out;
}

void append_allele(std::string& out, int allele) { allele < 0 ? out += '.' : out += std::to_string(allele); }

// The columns FORMAT and sample, grown key by key.
class SampleFields {
 public:
  void genotype(const std::array<int, 2>& alleles, bool phased) {
    append_allele(values_, alleles[0]);
    values_ += phased ? '|' : '/';
    append_allele(values_, alleles[1]);
  }
  void add(std::string_view key, int value) {
    open(key);
    fmt::format_to(std::back_inserter(values_), "{}", value);
  }
  void add(std::string_view key, const std::string& value) {
    open(key);
    values_ += value;
  }
  // values: none of them, no field. last: what stands after them, with its comma.
  template <typename T>
  void add(std::string_view key, const std::vector<T>& values, std::string_view last = "") {
    if (values.empty()) return;
    open(key);
    fmt::format_to(std::back_inserter(values_), "{}{}", fmt::join(values, ","), last);
  }
  std::string text() const { return keys_ + '\t' + values_ + '\n'; }

 private:
  void open(std::string_view key) {
    keys_ += ':';
    keys_ += key;
    values_ += ':';
  }
  std::string keys_ = "GT";
  std::string values_;
};

// Truncated, not rounded, as upstream.
template <typename Likelihoods>
std::vector<int> phred_likelihoods(const Likelihoods& likelihoods) {
  const double best = likelihoods.empty() ? 0 : *std::max_element(likelihoods.begin(), likelihoods.end());
  std::vector<int> out;
  for (const double likelihood : likelihoods) out.push_back(static_cast<int>(-10 * (likelihood - best)));
  return out;
}

constexpr std::string_view kOther = "<*>";  // any allele that was not looked for
constexpr int kOtherPhred = 990;            // of a genotype with it: upstream's log10 likelihood of -99

// with_other: a gVCF's line, where the last allele is <*>.
std::string line_of(const Call& call, const genome::ContigList& contigs, bool with_other) {
  SampleFields sample;
  sample.genotype(call.genotype, call.phased);
  sample.add("GQ", call.genotype_quality);
  if (call.depth) sample.add("DP", *call.depth);
  sample.add("AD", call.allele_depth, with_other ? ",0" : "");
  sample.add("VAF", float_texts(call.vaf), with_other ? ",0" : "");
  if (call.phase_set) sample.add("PS", *call.phase_set);
  sample.add("MF", float_texts(call.notes.methylated_fraction));
  sample.add("MD", call.notes.methylation_depth);
  if (!call.methylation_type.empty()) sample.add("MT", call.methylation_type);
  if (!call.notes.model.empty()) sample.add("MID", call.notes.model);
  std::vector<int> phred = phred_likelihoods(call.likelihoods);
  if (with_other) {
    // Where no read is, upstream has two likelihoods whatever the alleles; programs that merge gVCFs refuse such a line.
    phred.resize(static_cast<size_t>(genotype_count(static_cast<int>(call.alts.size()) + 1)), 0);
    phred.insert(phred.end(), call.alts.size() + 2, kOtherPhred);
  }
  sample.add("PL", phred);
  return fmt::format("{}\t{}\t{}\t{}\t{}{}\t{}\t{}\t{}{}\t{}", contigs[call.contig].name, call.start + 1,
                     call.notes.names.empty() ? "." : fmt::format("{}", fmt::join(call.notes.names, ";")), call.ref,
                     fmt::join(call.alts, ","), with_other ? fmt::format(",{}", kOther) : "", quality_text(call.quality),
                     name(call.filter), call.candidates.empty() ? "." : "CANDIDATES=", call.candidates, sample.text());
}

}  // namespace

std::string vcf_header(const genome::ContigList& contigs, const std::string& sample, const std::vector<std::string>& extra_lines,
                       const HeaderFields& fields) {
  std::string out(kFiltersAndEnd);
  if (fields.candidates) out += kCandidates;
  out += kFormats;
  if (fields.model) out += kModel;
  for (const std::string& line : extra_lines) out += one_line(line) + "\n";
  for (const genome::Contig& contig : contigs) out += fmt::format("##contig=<ID={},length={}>\n", contig.name, contig.length);
  out += fmt::format("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{}\n", one_line(sample));
  return out;
}

std::string vcf_line(const Call& call, const genome::ContigList& contigs) { return line_of(call, contigs, false); }
std::string gvcf_line(const Call& call, const genome::ContigList& contigs) { return line_of(call, contigs, true); }

std::string gvcf_line(const GvcfBlock& block, const genome::ContigList& contigs) {
  SampleFields sample;
  sample.genotype(block.genotype, false);
  sample.add("GQ", block.genotype_quality);
  sample.add("MIN_DP", block.min_depth);
  if (block.median_depth) sample.add("MED_DP", *block.median_depth);
  sample.add("PL", phred_likelihoods(block.likelihoods));
  return fmt::format("{}\t{}\t.\t{}\t{}\t0\t.\tEND={}\t{}", contigs[block.contig].name, block.start + 1, block.ref, kOther,
                     block.end, sample.text());
}

}  // namespace haploom::genotype
