#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "genotype/genotype.h"

namespace haploom::genotype {
namespace {

// IDs, numbers and types are DeepVariant's, in its order; programs read those. The descriptions are ours.
constexpr std::string_view kFixedHeader =
    "##fileformat=VCFv4.2\n"
    "##FILTER=<ID=PASS,Description=\"All filters passed\">\n"
    "##FILTER=<ID=RefCall,Description=\"Looked at and called reference\">\n"
    "##FILTER=<ID=LowQual,Description=\"QUAL below --qual_filter\">\n"
    "##FILTER=<ID=NoCall,Description=\"No read shows any of the alleles\">\n"
    "##INFO=<ID=END,Number=1,Type=Integer,Description=\"Last position of a record with a symbolic allele\">\n"
    "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n"
    "##FORMAT=<ID=GQ,Number=1,Type=Integer,Description=\"Phred-scaled probability that GT is wrong\">\n"
    "##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"Reads at the site\">\n"
    "##FORMAT=<ID=MIN_DP,Number=1,Type=Integer,Description=\"Least DP in a gVCF block\">\n"
    "##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"Reads that show each allele\">\n"
    "##FORMAT=<ID=VAF,Number=A,Type=Float,Description=\"Fraction of DP that shows each ALT\">\n"
    "##FORMAT=<ID=PL,Number=G,Type=Integer,Description=\"Phred-scaled genotype likelihoods relative to the best, truncated to integers\">\n"
    "##FORMAT=<ID=PS,Number=1,Type=Integer,Description=\"Phase set\">\n"
    "##FORMAT=<ID=MF,Number=R,Type=Float,Description=\"Methylated fraction of each allele\">\n"
    "##FORMAT=<ID=MD,Number=R,Type=Integer,Description=\"Reads with methylation data of each allele\">\n"
    "##FORMAT=<ID=MT,Number=1,Type=String,Description=\"Methylation: 0/0 none, 0/1 on one haplotype, 1/1 on both\">\n"
    "##FORMAT=<ID=MED_DP,Number=1,Type=Integer,Description=\"Median DP in a gVCF block\">\n";

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

std::string allele_text(int allele) { return allele < 0 ? "." : std::to_string(allele); }

std::vector<int> phred_likelihoods(const std::vector<double>& likelihoods) {
  const double best = likelihoods.empty() ? 0 : *std::max_element(likelihoods.begin(), likelihoods.end());
  std::vector<int> out;
  for (const double likelihood : likelihoods) out.push_back(static_cast<int>(-10 * (likelihood - best)));
  return out;
}

}  // namespace

std::string vcf_header(const genome::ContigList& contigs, const std::string& sample, const std::vector<std::string>& extra_lines) {
  std::string out(kFixedHeader);
  for (const std::string& line : extra_lines) out += one_line(line) + "\n";
  for (const genome::Contig& contig : contigs) out += fmt::format("##contig=<ID={},length={}>\n", contig.name, contig.length);
  out += fmt::format("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{}\n", one_line(sample));
  return out;
}

std::string vcf_line(const Call& call, const genome::ContigList& contigs) {
  std::vector<std::string> fractions;
  for (const double fraction : call.vaf) fractions.push_back(float_text(fraction));
  return fmt::format("{}\t{}\t.\t{}\t{}\t{}\t{}\t.\tGT:GQ:DP:AD:VAF:PL\t{}/{}:{}:{}:{}:{}:{}\n", contigs[call.contig].name,
                     call.start + 1, call.ref, fmt::join(call.alts, ","), quality_text(call.quality), name(call.filter),
                     allele_text(call.genotype[0]), allele_text(call.genotype[1]), call.genotype_quality, call.depth,
                     fmt::join(call.allele_depth, ","), fmt::join(fractions, ","), fmt::join(phred_likelihoods(call.likelihoods), ","));
}

}  // namespace haploom::genotype
