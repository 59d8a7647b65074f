#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "base/error.h"
#include "haplotypes/haplotypes.h"

namespace haploom::haplotypes {
namespace {

using shared_image::Pangenome;

constexpr const char* kDefaultReference = "GRCh38";  // DeepVariant's --ref_name_pangenome

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::vector<std::string> indexed_samples(const Pangenome& pangenome) {
  std::vector<std::string> samples;
  for (const uint32_t index : pangenome.indexed_paths()) {
    const auto sample = pangenome.path(index).sample;  // paths come sample by sample
    if (samples.empty() || samples.back() != sample) samples.emplace_back(sample);
  }
  return samples;
}

[[noreturn]] void refuse(const Pangenome& pangenome, const std::string& cause, const std::vector<std::string>& choices) {
  if (!choices.empty())
    throw Error{Exit::kInput, Reason::kNoReferenceSample, "haplotypes", fmt::format("{}; it has {}", cause, fmt::join(choices, ", ")),
                fmt::format("--ref_name_pangenome {}", choices.front())};
  const auto samples = pangenome.samples();
  if (samples.empty()) throw Error{Exit::kInput, Reason::kNoReferenceSample, "haplotypes", fmt::format("{}; it has no paths at all", cause), "build it from a GFA with W lines"};
  const std::span shown(samples.data(), std::min<size_t>(samples.size(), 5));
  throw Error{Exit::kInput, Reason::kNoReferenceSample, "haplotypes",
              fmt::format("{}; none of its samples is marked as one (samples: {}{})", cause, fmt::join(shown, ", "), samples.size() > shown.size() ? ", ..." : ""),
              "mark one: `RS:Z:SAMPLE` in the H line of the GFA, or vg gbwt --set-reference SAMPLE"};
}

// A contig name taken apart: `GRCh38#0#chr20` and `GRCh38.chr20` say whose `chr20` it is.
struct SpokenName {
  std::string assembly;  // empty when the name does not say
  std::string core;      // without `chr`
};

std::string without_chr(std::string_view name) {
  if (name.size() > 3 && same_word(name.substr(0, 3), "chr")) name.remove_prefix(3);
  return same_word(name, "MT") ? "M" : std::string(name);
}

// A dot is part of many names (`KI270706.1`): what stands before it counts only if it is one of the known assemblies.
SpokenName spoken(std::string_view name, const ReferenceNaming& naming) {
  if (const size_t last = name.rfind('#'); last != std::string_view::npos)
    return {std::string(name.substr(0, name.find('#'))), without_chr(name.substr(last + 1))};
  if (const size_t dot = name.find('.'); dot != std::string_view::npos) {
    const std::string_view before = name.substr(0, dot);
    if (same_word(before, naming.sample) || same_word(before, naming.assembly)) return {std::string(before), without_chr(name.substr(dot + 1))};
  }
  return {"", without_chr(name)};
}

// The assembly that a graph's contig belongs to: what its name says, else its sample, unless that says nothing.
std::string assembly_of(const SpokenName& contig, const ReferenceNaming& naming) {
  if (!contig.assembly.empty()) return contig.assembly;
  return naming.sample == gbz::kGenericSample ? "" : naming.sample;
}

}  // namespace

ReferenceNaming choose_reference(const Pangenome& pangenome, const std::optional<std::string>& ref_name_pangenome, const std::string& ref_chrom_prefix) {
  const auto choices = indexed_samples(pangenome);
  const std::string wanted = ref_name_pangenome.value_or(kDefaultReference);
  const auto named = [&](const std::string& name) { return std::find(choices.begin(), choices.end(), name) != choices.end(); };
  const auto spelled = std::find_if(choices.begin(), choices.end(), [&](const std::string& sample) { return same_word(sample, wanted); });
  if (named(wanted)) return {wanted, ref_chrom_prefix, wanted};
  if (spelled != choices.end()) return {*spelled, ref_chrom_prefix, wanted};

  const std::string generic(gbz::kGenericSample);
  if (ref_name_pangenome) {  // a graph of P lines has it in the contigs' names, if at all
    const bool in_names = named(generic) && std::any_of(pangenome.indexed_paths().begin(), pangenome.indexed_paths().end(), [&](uint32_t index) {
      return same_word(spoken(pangenome.path(index).contig, {generic, "", wanted}).assembly, wanted);
    });
    if (in_names) return {generic, ref_chrom_prefix, wanted};
    refuse(pangenome, fmt::format("the pangenome has no reference sample '{}'", wanted), choices);
  }
  auto references = choices;
  std::erase(references, generic);
  if (references.size() == 1) return {references.front(), ref_chrom_prefix, references.front()};
  if (references.empty() && named(generic)) return {generic, ref_chrom_prefix, wanted};
  refuse(pangenome, choices.empty() ? "the pangenome has no reference sample" : "the pangenome has several reference samples", choices);
}

std::optional<std::string> match_contig(const Pangenome& pangenome, const ReferenceNaming& naming, const std::string& name) {
  std::set<std::string> contigs;
  for (const uint32_t index : pangenome.indexed_paths()) {
    const auto path = pangenome.path(index);
    if (path.sample == naming.sample) contigs.emplace(path.contig);
  }
  const bool prefixed = !naming.chrom_prefix.empty();
  const std::string exact = prefixed && name.starts_with(naming.chrom_prefix) ? name.substr(naming.chrom_prefix.size()) : name;
  if (contigs.contains(exact)) return exact;
  if (prefixed) return std::nullopt;

  const SpokenName wanted = spoken(name, naming);
  std::vector<std::string> fitting, of_assembly;
  for (const std::string& contig : contigs) {
    const SpokenName offered = spoken(contig, naming);
    if (offered.core != wanted.core) continue;
    const std::string assembly = assembly_of(offered, naming);
    if (!wanted.assembly.empty() && !assembly.empty() && !same_word(wanted.assembly, assembly)) continue;
    fitting.push_back(contig);
    if (same_word(assembly, naming.assembly)) of_assembly.push_back(contig);
  }
  if (of_assembly.size() == 1) return of_assembly.front();
  if (fitting.size() > 1)
    throw Error{Exit::kInput, Reason::kContigs, "haplotypes", fmt::format("contig '{}' may be {} of the pangenome", name, fmt::join(fitting, " or ")),
                "say which with --ref_name_pangenome"};
  return fitting.empty() ? std::nullopt : std::optional(fitting.front());
}

}  // namespace haploom::haplotypes
