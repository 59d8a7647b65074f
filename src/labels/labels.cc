#include "labels/labels.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "labels/grouping.h"
#include "labels/haplotype_match.h"
#include "labels/positional.h"
#include "labels/truth_reader.h"

namespace haploom::labels {
namespace {

constexpr int64_t kReferenceBehind = 20;  // bases behind a group's last variant, haplotype_labeler.py make_labeler_ref

Genotype diploid(const std::vector<int>& genotype) { return {genotype.front(), genotype.back()}; }

bool has_alt(const Genotype& genotype) { return genotype[0] > 0 || genotype[1] > 0; }

int distinct_alts(const Genotype& genotype) {
  return (genotype[0] > 0) + (genotype[1] > 0 && genotype[1] != genotype[0]);
}

// Copies of an ALT, all known: upstream drops what sums to 0 or less, which takes 0/0, ./. and ./1. (It keeps ./2, and then
// reads some other allele of the record for the missing one.)
bool has_copies(const Truth& truth) {
  return has_alt(diploid(truth.genotype)) && std::none_of(truth.genotype.begin(), truth.genotype.end(), [](int a) { return a < 0; });
}

Variant as_variant(const std::string& ref, const std::vector<std::string>& alts, int64_t start, int64_t end) {
  Variant out{start, end, {ref}, {}};
  out.alleles.insert(out.alleles.end(), alts.begin(), alts.end());
  return out;
}

std::vector<std::string> sorted(std::vector<std::string> alts) {
  std::sort(alts.begin(), alts.end());
  return alts;
}

// In [0, 1), by the candidate's place: the same in every run and for any number of threads. Upstream draws from a
// generator that nobody seeds.
double drawn(const genome::Candidate& candidate) {
  uint64_t x = (static_cast<uint64_t>(candidate.contig) << 40) + static_cast<uint64_t>(candidate.start);  // splitmix64
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return static_cast<double>((x ^ (x >> 31)) >> 11) * 0x1p-53;
}

void check_options(const Options& options) {
  const bool classes = options.algorithm == Algorithm::kCustomizedClasses;
  if (!options.class_shares.empty() && (!classes || options.class_shares.size() != options.classes.size())) {
    throw Error{Exit::kUsage, Reason::kUsage, "labels",
                "--downsample_classes needs one share for each class of --labeler_algorithm customized_classes_labeler",
                "leave --downsample_classes out, or list as many shares as classes"};
  }
  const bool listed = !options.classes.empty(), named = !options.class_info_field.empty();
  if (classes ? listed && named : !listed && !named) return;
  throw Error{Exit::kUsage, Reason::kUsage, "labels",
              "--labeler_algorithm customized_classes_labeler goes with --customized_classes_labeler_classes_list and "
              "--customized_classes_labeler_info_field_name",
              "give all three, or none of them"};
}

}  // namespace

Algorithm parse_algorithm(std::string_view name) {
  if (name == "haplotype_labeler") return Algorithm::kHaplotype;
  if (name == "positional_labeler") return Algorithm::kPositional;
  if (name == "customized_classes_labeler") return Algorithm::kCustomizedClasses;
  throw Error{Exit::kUsage, Reason::kUsage, "labels", fmt::format("there is no labeler '{}'", name),
              "haplotype_labeler, positional_labeler or customized_classes_labeler"};
}

int Label::value(const genome::AltSet& alts) const {
  const auto has = [&](int alt) { return std::find(alts.begin(), alts.end(), alt) != alts.end(); };
  if (classed_alt >= 0) return has(classed_alt) ? truth_class : 0;
  return static_cast<int>(std::count_if(genotype.begin(), genotype.end(), [&](int allele) { return allele > 0 && has(allele - 1); }));
}

void Metrics::add(const Metrics& other) {
  for (const auto member :
       {&Metrics::truth_sites, &Metrics::truth_alleles, &Metrics::candidate_sites, &Metrics::candidate_alleles,
        &Metrics::non_confident_candidate_sites, &Metrics::true_positive_sites, &Metrics::false_negative_sites,
        &Metrics::false_positive_sites, &Metrics::true_positive_alleles, &Metrics::false_negative_alleles,
        &Metrics::false_positive_alleles, &Metrics::truth_multiallelics_with_missed_alleles, &Metrics::exact_positions,
        &Metrics::exact_positions_and_alleles, &Metrics::exact_positions_alleles_and_genotypes, &Metrics::inexact_positions,
        &Metrics::abandoned_candidate_sites}) {
    this->*member += other.*member;
  }
}

struct Labeler::State {
  Options options;
  RegionSet confident;
  const formats::Reference& reference;
  std::string truth_path;
  TruthReader reader;
  Metrics metrics;

  State(Options wanted, const std::string& path, std::vector<genome::Region> regions, const formats::Reference& fasta)
      : options(std::move(wanted)),
        confident(std::move(regions)),
        reference(fasta),
        truth_path(path),
        reader(path, options.class_info_field, fasta.contigs(), confident) {}

  std::vector<Label> by_haplotype(const std::vector<genome::Candidate>& candidates, std::vector<Truth> truths);
  void match(const genome::Candidate* candidates, const Truth* truths, const Group& group, Label* labels);
  void count_truths(const std::vector<Genotype>& original, const std::vector<Genotype>& assigned);
  void count_candidates(const genome::Candidate* candidates, const Truth* truths, const Group& group, const Match& match);
  std::vector<Label> by_position(const std::vector<genome::Candidate>& candidates, const std::vector<Truth>& truths) const;
  Label classed(const genome::Candidate& candidate, const Truth* truth) const;
};

std::vector<Label> Labeler::State::by_haplotype(const std::vector<genome::Candidate>& candidates, std::vector<Truth> truths) {
  std::erase_if(truths, [](const Truth& truth) { return !has_copies(truth); });
  std::vector<Span> candidate_spans, truth_spans;
  for (const genome::Candidate& c : candidates) candidate_spans.push_back({c.start, c.end(), c.alts.size()});
  for (const Truth& t : truths) truth_spans.push_back({t.start, t.end, t.alts.size()});
  std::vector<Label> out(candidates.size());
  for (const Group& group : labels::group(candidate_spans, truth_spans)) match(candidates.data(), truths.data(), group, out.data());
  return out;
}

// Labels the group's candidates: a group without candidates, or without truths, has but one answer.
void Labeler::State::match(const genome::Candidate* candidates, const Truth* truths, const Group& group, Label* labels) {
  std::vector<Variant> left, right;
  std::vector<Genotype> original;
  int64_t start = INT64_MAX, end = 0;
  for (size_t i = group.first_candidate; i < group.last_candidate; ++i) {
    const genome::Candidate& c = candidates[i];
    left.push_back(as_variant(c.ref, c.alts, c.start, c.end()));
    left.back().genotypes = genotype_order(c.alts.size());
  }
  for (size_t i = group.first_truth; i < group.last_truth; ++i) {
    const Truth& t = truths[i];
    right.push_back(as_variant(t.ref, t.alts, t.start, t.end));
    original.push_back(diploid(t.genotype));
    right.back().genotypes = with_missed_copies(original.back());
  }
  for (const auto* side : {&left, &right}) {
    for (const Variant& variant : *side) {
      start = std::min(start, variant.start);
      end = std::max(end, variant.end);
    }
  }
  Match found{std::vector<Genotype>(left.size()), std::vector<Genotype>(right.size())};
  if (!left.empty() && !right.empty()) {
    const int contig = candidates[group.first_candidate].contig;
    const int64_t from = std::max<int64_t>(0, start - 1);
    const std::string bases = reference.bases({contig, from, end + kReferenceBehind});
    Failure failure = Failure::kNone;
    auto best = best_match(left, right, original, {from, bases}, failure);
    if (failure == Failure::kNoMatch) {
      throw Error{Exit::kInput, Reason::kVariants, "labels",
                  fmt::format("{}: near {} a REF of the truth set is not the reference's", truth_path,
                              genome::text({contig, start, end}, reference.contigs())),
                  "give the truth set made on this reference"};
    }
    if (failure == Failure::kTooMany) {
      metrics.abandoned_candidate_sites += static_cast<int64_t>(left.size());
      return;
    }
    found = std::move(*best);
  }
  for (size_t i = 0; i < left.size(); ++i) {
    const genome::Candidate& c = candidates[group.first_candidate + i];
    labels[group.first_candidate + i] = {confident.contains(c.contig, c.start), {found.candidates[i][0], found.candidates[i][1]}};
  }
  count_truths(original, found.truths);
  count_candidates(candidates, truths, group, found);
}

void Labeler::State::count_truths(const std::vector<Genotype>& original, const std::vector<Genotype>& assigned) {
  for (size_t i = 0; i < original.size(); ++i) {
    const int alts = distinct_alts(original[i]);
    ++metrics.truth_sites;
    metrics.truth_alleles += alts;
    ++(has_alt(assigned[i]) ? metrics.true_positive_sites : metrics.false_negative_sites);
    metrics.truth_multiallelics_with_missed_alleles += alts > 1 && distinct_alts(assigned[i]) < alts;
    for (size_t copy = 0; copy < 2; ++copy) {
      if (original[i][copy] > 0) ++(assigned[i][copy] > 0 ? metrics.true_positive_alleles : metrics.false_negative_alleles);
    }
  }
}

void Labeler::State::count_candidates(const genome::Candidate* candidates, const Truth* truths, const Group& group, const Match& match) {
  for (size_t i = group.first_candidate; i < group.last_candidate; ++i) {
    const genome::Candidate& candidate = candidates[i];
    if (!confident.contains(candidate.contig, candidate.start)) {
      ++metrics.non_confident_candidate_sites;
      continue;
    }
    const Genotype& genotype = match.candidates[i - group.first_candidate];
    const auto alts = static_cast<int64_t>(candidate.alts.size());
    ++metrics.candidate_sites;
    metrics.candidate_alleles += alts;
    metrics.false_positive_sites += !has_alt(genotype);
    metrics.false_positive_alleles += alts - distinct_alts(genotype);
    size_t same = group.last_truth;  // the last one that starts here
    while (same > group.first_truth && truths[same - 1].start != candidate.start) --same;
    if (same == group.first_truth) {
      metrics.inexact_positions += has_alt(genotype);
      continue;
    }
    const Truth& truth = truths[same - 1];
    ++metrics.exact_positions;
    if (sorted(candidate.alts) != sorted(truth.alts)) continue;
    ++metrics.exact_positions_and_alleles;
    const Genotype& assigned = match.truths[same - 1 - group.first_truth];
    metrics.exact_positions_alleles_and_genotypes += std::minmax(genotype[0], genotype[1]) == std::minmax(assigned[0], assigned[1]);
  }
}

std::vector<Label> Labeler::State::by_position(const std::vector<genome::Candidate>& candidates, const std::vector<Truth>& truths) const {
  std::vector<Label> out;
  for (const genome::Candidate& candidate : candidates) {
    Label label{confident.contains(candidate.contig, candidate.start), {}};
    if (label.confident) {
      const Truth* truth = matching(candidate, truths);
      if (options.algorithm == Algorithm::kCustomizedClasses) {
        label = classed(candidate, truth);
      } else {
        label.genotype = truth == nullptr ? std::vector<int>{0, 0} : genotype_in(candidate, *truth);
      }
    }
    out.push_back(std::move(label));
  }
  return out;
}

Label Labeler::State::classed(const genome::Candidate& candidate, const Truth* truth) const {
  Label label{true, {}};
  if (truth != nullptr) {
    label.classed_alt = classed_alt(candidate, *truth);
    const auto named = std::find(options.classes.begin(), options.classes.end(), truth->info);
    if (named != options.classes.end()) label.truth_class = static_cast<int>(named - options.classes.begin());
    if (named == options.classes.end() && label.classed_alt >= 0) {
      const std::string place = genome::text({candidate.contig, truth->start, truth->start + 1}, reference.contigs());
      throw Error{Exit::kInput, Reason::kVariants, "labels",
                  fmt::format("{}: INFO {} at {} is '{}', which is no class", truth_path, options.class_info_field, place, truth->info),
                  "list every class in --customized_classes_labeler_classes_list"};
    }
  }
  if (!options.class_shares.empty()) label.confident = drawn(candidate) < options.class_shares[static_cast<size_t>(label.truth_class)];
  return label;
}

Labeler::Labeler(Options options, const std::string& truth_vcf, std::vector<genome::Region> confident, const formats::Reference& reference) {
  check_options(options);
  state_ = std::make_unique<State>(std::move(options), truth_vcf, std::move(confident), reference);
  if (state_->confident.empty()) {
    throw Error{Exit::kInput, Reason::kRegions, "labels", "the confident regions hold no base: nothing can be labelled",
                "give --confident_regions with the regions in which the truth set is complete"};
  }
}

Labeler::~Labeler() = default;
Labeler::Labeler(Labeler&&) noexcept = default;
Labeler& Labeler::operator=(Labeler&&) noexcept = default;

std::vector<Label> Labeler::label(const genome::Region& region, const std::vector<genome::Candidate>& candidates) {
  std::vector<Truth> truths = state_->reader.overlapping(region);
  if (state_->options.algorithm == Algorithm::kHaplotype) return state_->by_haplotype(candidates, std::move(truths));
  return state_->by_position(candidates, truths);
}

const Metrics& Labeler::metrics() const { return state_->metrics; }

}  // namespace haploom::labels
