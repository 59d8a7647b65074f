#include "pipeline/site_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/error.h"

namespace haploom::pipeline {
namespace {

using formats::VariantRecord;

constexpr int64_t kMostInVcf = std::numeric_limits<int32_t>::max();  // of an Integer

[[noreturn]] void refuse(const VariantRecord& record, const std::string& cause,
                         const std::string& remedy = "make the records again with the step that wrote them") {
  throw Error{Exit::kInput, Reason::kRecord, "pipeline", fmt::format("{}:{} {}: {}", record.contig, record.start + 1, record.ref, cause), remedy};
}

const std::vector<formats::InfoValue>* values_of(const formats::InfoMap& info, const std::string& key) {
  const auto found = info.find(key);
  return found == info.end() || found->second.empty() ? nullptr : &found->second;
}

// Finite numbers; none where the record lacks the key.
std::vector<double> numbers(const VariantRecord& record, const formats::InfoMap& info, const std::string& key) {
  std::vector<double> out;
  const auto* values = values_of(info, key);
  if (values == nullptr) return out;
  for (const formats::InfoValue& value : *values) {
    const int* whole = std::get_if<int>(&value);
    const double* number = std::get_if<double>(&value);
    if (whole == nullptr && number == nullptr) refuse(record, fmt::format("{} holds something else than numbers", key));
    out.push_back(whole != nullptr ? *whole : *number);
    if (!std::isfinite(out.back())) refuse(record, fmt::format("{} is {}, not a finite number", key, out.back()));
  }
  return out;
}

// Counts: whole and not negative, as a VCF can hold them.
std::vector<int> whole_numbers(const VariantRecord& record, const formats::InfoMap& info, const std::string& key) {
  std::vector<int> out;
  for (const double number : numbers(record, info, key)) {
    if (!(number >= 0 && number <= static_cast<double>(kMostInVcf)) || number != std::floor(number))
      refuse(record, fmt::format("{} is {}, not a whole number from 0 to {}", key, number, kMostInVcf));
    out.push_back(static_cast<int>(number));
  }
  return out;
}

std::optional<int> whole_number(const VariantRecord& record, const formats::InfoMap& info, const std::string& key) {
  const std::vector<int> all = whole_numbers(record, info, key);
  return all.empty() ? std::nullopt : std::optional(all[0]);
}

std::string text(const formats::InfoMap& info, const std::string& key) {
  const auto* values = values_of(info, key);
  const std::string* out = values == nullptr ? nullptr : std::get_if<std::string>(values->data());
  return out == nullptr ? "" : *out;
}

const formats::SampleCallRecord& only_call(const VariantRecord& record, const std::string& sample) {
  if (record.calls.size() != 1) refuse(record, fmt::format("the record has {} samples where one is expected", record.calls.size()));
  const formats::SampleCallRecord& call = record.calls[0];
  if (call.sample != sample)
    refuse(record, fmt::format("the record is of sample '{}', the first one was of '{}'", call.sample, sample), "give files of one sample");
  return call;
}

// "task-stretch", both whole numbers.
int phase_set_of(const VariantRecord& record, const std::string& stretch) {
  constexpr int64_t kStretchesATask = 100'000;  // _MAX_REGIONS_INSIDE_SHARD of variantcall_utils.py
  const size_t dash = stretch.find('-');
  const auto number = [&](size_t from, size_t to) {
    int out = -1;
    const auto [stop, wrong] = std::from_chars(stretch.data() + from, stretch.data() + to, out);
    if (wrong != std::errc() || stop != stretch.data() + to || out < 0) refuse(record, fmt::format("PS_CONTIG '{}' is not TASK-NUMBER", stretch));
    return out;
  };
  if (dash == std::string::npos) refuse(record, fmt::format("PS_CONTIG '{}' is not TASK-NUMBER", stretch));
  const int64_t set = number(0, dash) * kStretchesATask + number(dash + 1, stretch.size());
  if (set > kMostInVcf) refuse(record, fmt::format("PS_CONTIG '{}' makes a phase set above {}, which no VCF holds", stretch, kMostInVcf));
  return static_cast<int>(set);
}

// Whether a line of a VCF can hold it: nothing that ends a column or a line, nor one of `others`, which part a column.
bool fits_line(std::string_view text, std::string_view others) {
  return std::none_of(text.begin(), text.end(), [others](char byte) {
    return static_cast<unsigned char>(byte) <= ' ' || byte == 0x7f || others.find(byte) != std::string_view::npos;
  });
}

void check_texts(const VariantRecord& record, const std::string& model) {
  if (!fits_line(record.ref, ",")) refuse(record, "its REF holds a blank, a control character or a comma");
  for (const std::string& alt : record.alts)
    if (!fits_line(alt, ",")) refuse(record, "an ALT of the record holds a blank, a control character or a comma");
  for (const std::string& name : record.names)
    if (name.empty() || !fits_line(name, "")) refuse(record, "a name of the record is empty, or holds a blank or a control character");
  if (!fits_line(model, ",:")) refuse(record, "its MID holds a blank, a control character, a comma or a colon");
}

void check_alleles(const VariantRecord& record) {
  if (record.ref.empty() || record.alts.empty()) refuse(record, "the record has no REF or no ALT");
  for (const std::string& alt : record.alts)
    if (alt.empty()) refuse(record, "an ALT of the record is empty");
  if (record.end != record.start + static_cast<int64_t>(record.ref.size())) refuse(record, "the record's end does not fit its REF");
}

template <typename T>
void check_size(const VariantRecord& record, const char* key, const std::vector<T>& values, size_t wanted) {
  if (!values.empty() && values.size() != wanted)
    refuse(record, fmt::format("{} has {} values where {} are expected", key, values.size(), wanted));
}

genotype::Site site_of(const VariantRecord& record, int contig, const std::string& sample, bool with_model) {
  check_alleles(record);
  const formats::SampleCallRecord& call = only_call(record, sample);
  genotype::Site site;
  site.contig = contig;
  site.start = record.start;
  site.ref = record.ref;
  site.alts = record.alts;
  site.depth = whole_number(record, call.info, "DP");
  site.allele_depth = whole_numbers(record, call.info, "AD");
  site.vaf = numbers(record, call.info, "VAF");
  site.notes.names = record.names;
  if (with_model) site.notes.model = text(call.info, "MID");
  check_texts(record, site.notes.model);
  site.notes.methylated_fraction = numbers(record, call.info, "MF");
  site.notes.methylation_depth = whole_numbers(record, call.info, "MD");
  check_size(record, "AD", site.allele_depth, site.alts.size() + 1);
  check_size(record, "VAF", site.vaf, site.alts.size());
  check_size(record, "MF", site.notes.methylated_fraction, site.alts.size() + 1);
  check_size(record, "MD", site.notes.methylation_depth, site.alts.size() + 1);
  const std::string stretch = text(record.info, "PS_CONTIG");
  const std::vector<int> haplotypes = whole_numbers(record, record.info, "ALT_PS");
  if (!stretch.empty() && !haplotypes.empty()) {
    if (std::any_of(haplotypes.begin(), haplotypes.end(), [](int haplotype) { return haplotype < 0 || haplotype > 2; }))
      refuse(record, "ALT_PS holds another haplotype than 0, 1 or 2");
    site.phase = genotype::Phase{haplotypes, phase_set_of(record, stretch)};
  }
  return site;
}

std::string text_of(const genome::AltSet& set) { return fmt::format("[{}]", fmt::join(set, ",")); }

void check_probabilities(const VariantRecord& record, const formats::CallOutputView& output) {
  constexpr double kTolerance = 1e-3;  // float32 of a softmax sums to 1 within 1e-6; some writers round to few decimals
  double sum = 0;
  for (const double probability : output.probabilities) {
    if (!(probability >= 0 && probability <= 1))
      refuse(record, fmt::format("a probability of alt set {} is {}, not between 0 and 1", text_of(output.alt_set), probability));
    sum += probability;
  }
  if (!(std::abs(sum - 1) <= kTolerance)) refuse(record, fmt::format("the probabilities of alt set {} sum to {}, not to 1", text_of(output.alt_set), sum));
}

constexpr const char* kGroupRemedy =
    "give all outputs of call_variants once; if sites come split over several lines of a VCF of candidates, add --nogroup_variants";

}  // namespace

SiteAnswers site_answers(std::span<const formats::CallOutputView> outputs, int contig, const std::string& sample, bool with_model) {
  check(!outputs.empty(), "a site has an output");
  const VariantRecord record = formats::parse_variant(outputs[0].variant);
  // Maps may be written in any order: other bytes may be the same variant.
  for (const formats::CallOutputView& other : outputs.subspan(1))
    if (other.variant != outputs[0].variant && formats::parse_variant(other.variant) != record)
      refuse(record, "the outputs of this site did not pass sanity check: their variants differ", kGroupRemedy);
  SiteAnswers out{site_of(record, contig, sample, with_model), {}};
  const std::vector<genome::AltSet> sets = genome::alt_sets(static_cast<int>(record.alts.size()));
  for (const genome::AltSet& set : sets) {
    const auto found = std::find_if(outputs.begin(), outputs.end(), [&set](const auto& output) { return output.alt_set == set; });
    if (found == outputs.end())
      refuse(record, fmt::format("the outputs of this site did not pass sanity check: none is about alt set {}", text_of(set)), kGroupRemedy);
    check_probabilities(record, *found);
    out.probabilities.push_back((*found).probabilities);
  }
  if (outputs.size() != sets.size())
    refuse(record, fmt::format("the outputs of this site did not pass sanity check: {} outputs about {} alt sets", outputs.size(), sets.size()),
           kGroupRemedy);
  return out;
}

genotype::GvcfBlock gvcf_block(const VariantRecord& record, int contig, const std::string& sample) {
  const formats::SampleCallRecord& call = only_call(record, sample);
  if (record.alts != std::vector<std::string>{"<*>"} || record.ref.size() != 1) refuse(record, "not a reference record: its alleles are not one base and <*>");
  check_texts(record, "");
  if (call.genotype.size() != 2 || call.likelihoods.size() != 3) refuse(record, "a reference record has not two alleles and three likelihoods");
  const auto quality = whole_number(record, call.info, "GQ");
  const auto depth = whole_number(record, call.info, "MIN_DP");
  if (!quality || !depth) refuse(record, "a reference record lacks GQ or MIN_DP");
  genotype::GvcfBlock block;
  block.contig = contig;
  block.start = record.start;
  block.end = record.end;
  block.ref = record.ref[0];
  for (size_t i = 0; i < 2; ++i) {
    if (call.genotype[i] < -1 || call.genotype[i] > 1) refuse(record, "a reference record's genotype names an allele that it lacks");
    block.genotype[i] = call.genotype[i];
  }
  constexpr double kLeastLikely = 1e8;  // as log10; what PL can say with 32 bits
  for (const double likelihood : call.likelihoods)
    if (!(std::abs(likelihood) <= kLeastLikely)) refuse(record, fmt::format("a log10 likelihood is {}", likelihood));
  std::copy(call.likelihoods.begin(), call.likelihoods.end(), block.likelihoods.begin());
  block.genotype_quality = *quality;
  block.min_depth = *depth;
  block.median_depth = whole_number(record, call.info, "MED_DP");
  return block;
}

std::string sample_of(std::string_view variant) {
  const VariantRecord record = formats::parse_variant(variant);
  if (record.calls.size() != 1) refuse(record, fmt::format("the record has {} samples where one is expected", record.calls.size()));
  const std::string& sample = record.calls[0].sample;
  if (sample.empty()) refuse(record, "the record does not say of which sample it is");
  const auto controls = [](char byte) { return static_cast<unsigned char>(byte) < ' ' || byte == 0x7f; };
  if (std::any_of(sample.begin(), sample.end(), controls)) refuse(record, "the name of the record's sample holds a control character");
  return sample;
}

}  // namespace haploom::pipeline
