#include "commands/step_flags.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "commands/flag_values.h"

namespace haploom::commands {
namespace {

// A value in quotes is meant without them: "chr20 chr21".
std::string without_quotes(std::string_view value) {
  const bool both = value.size() >= 2 && value.front() == value.back() && (value.front() == '"' || value.front() == '\'');
  return std::string(both ? value.substr(1, value.size() - 2) : value);
}

// Up to the next comma outside quotes that stand behind a "=".
size_t item_end(std::string_view text) {
  const size_t equals = text.find('=');
  const size_t comma = text.find(',');
  if (equals < comma && equals + 1 < text.size() && (text[equals + 1] == '"' || text[equals + 1] == '\'')) {
    const size_t closing = text.find(text[equals + 1], equals + 2);
    if (closing != std::string_view::npos) return std::min(text.find(',', closing), text.size());
  }
  return std::min(comma, text.size());
}

}  // namespace

void StepFlags::set(const std::string& name, const std::string& value) { flags_[name] = without_quotes(value); }

void StepFlags::set_if(const std::string& name, const std::string& value) {
  if (!value.empty()) set(name, value);
}

void StepFlags::override_with(const std::vector<FlagValue>& flags) {
  for (const auto& [name, value] : flags) {
    const auto before = flags_.find(name);
    if (before != flags_.end() && before->second != without_quotes(value))
      base::warn("commands", "--{} was {} and is now {}", name, before->second, value);
    set(name, value);
  }
}

std::vector<std::string> StepFlags::words() const {
  std::vector<std::string> out;
  for (const auto& [name, value] : flags_) {
    const std::string lower = lower_case(value);
    if (lower == "true") {
      out.push_back("--" + name);
    } else if (lower == "false") {
      out.push_back("--no" + name);
    } else {
      out.insert(out.end(), {"--" + name, value});
    }
  }
  return out;
}

std::vector<FlagValue> extra_args(const std::string& flag, std::string_view text, std::initializer_list<std::string_view> wiring) {
  std::vector<FlagValue> out;
  while (!text.empty()) {
    const size_t end = item_end(text);
    const std::string_view item = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (item.empty()) continue;
    const size_t equals = item.find('=');
    const bool named = item.find_first_not_of(" -") < equals;
    if (!named || equals == std::string_view::npos || item.find('=', equals + 1) != std::string_view::npos)
      throw usage_error(fmt::format("--{}: '{}' is not name=value", flag, item), "write name=value,name=value; for a switch name=true or name=false");
    std::string_view name = item.substr(0, equals);
    name.remove_prefix(std::min(name.find_first_not_of(" -"), name.size()));
    if (std::find(wiring.begin(), wiring.end(), name) != wiring.end())
      throw usage_error(fmt::format("--{}: {} is for the run itself to set", flag, name), "leave it out; a flag of the run, or a step by itself, sets it");
    out.emplace_back(name, item.substr(equals + 1));
  }
  return out;
}

const std::vector<Preset>& pangenome_presets() {
  static const std::vector<FlagValue> both = {{"keep_only_window_spanning_haplotypes", "true"},
                                              {"keep_supplementary_alignments", "true"},
                                              {"sort_by_haplotypes", "true"},
                                              {"trim_reads_for_pileup", "true"}};
  static const std::vector<Preset> presets = [] {
    std::vector<FlagValue> wgs = both;
    wgs.insert(wgs.end(), {{"keep_legacy_allele_counter_behavior", "true"}, {"min_mapping_quality", "0"}, {"normalize_reads", "true"}});
    return std::vector<Preset>{{"WGS", wgs}, {"WES", both}};
  }();
  return presets;
}

const std::vector<Preset>& plain_presets() {
  // Of long reads, by partition width and depth, column count, and least share of a candidate.
  const auto long_reads = [](const char* reads, const char* mapq, const char* width) {
    return std::vector<FlagValue>{{"alt_aligned_pileup", "diff_channels"}, {"max_reads_per_partition", reads}, {"min_mapping_quality", mapq},
                                  {"parse_sam_aux_fields", "true"}, {"partition_size", "25000"}, {"phase_reads", "true"},
                                  {"pileup_image_width", width}, {"realign_reads", "false"}, {"sort_by_haplotypes", "true"},
                                  {"track_ref_reads", "true"}, {"trim_reads_for_pileup", "true"}, {"vsc_min_fraction_indels", "0.12"}};
  };
  static const std::vector<Preset> presets = [&] {
    std::vector<FlagValue> ont = long_reads("600", "5", "99");
    ont.emplace_back("vsc_min_fraction_snps", "0.08");
    std::vector<FlagValue> masseq = long_reads("0", "1", "199");
    masseq.emplace_back("max_reads_for_dynamic_bases_per_region", "1500");
    return std::vector<Preset>{{"WGS", {}},
                               {"WES", {}},
                               {"PACBIO", long_reads("600", "1", "147")},
                               {"ONT_R104", ont},
                               {"HYBRID_PACBIO_ILLUMINA", {{"trim_reads_for_pileup", "true"}}},
                               {"MASSEQ", masseq}};
  }();
  return presets;
}

}  // namespace haploom::commands
