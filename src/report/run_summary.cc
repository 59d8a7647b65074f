#include "report/run_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/atomic_file.h"
#include "base/quantity.h"

namespace haploom::report {
namespace {

constexpr std::array kKinds = {VariantKind::kSnp, VariantKind::kInsertion, VariantKind::kDeletion, VariantKind::kOther};

// Without a blank: a value of key=value.
std::string size_text(int64_t bytes) { return base::size_text(static_cast<uint64_t>(bytes), ""); }

double staged_seconds(const RunSummary& summary) {
  double sum = 0;
  for (const auto& [stage, seconds] : summary.stage_cpu_seconds) sum += seconds;
  return sum;
}

// What no stage took: start-up, attaching, compiling the network, waiting threads.
double other_seconds(const RunSummary& summary) { return std::max(0.0, summary.usage.cpu_seconds - staged_seconds(summary)); }

double megabases(const RunSummary& summary) { return static_cast<double>(summary.bases) / 1e6; }

std::string counts_line(const RunSummary& summary) {
  std::string out = fmt::format("called bases={} reads={} sites={} records={}", summary.bases, summary.reads, summary.sites,
                                summary.variants.total());
  for (const std::string& filter : summary.variants.filters()) out += fmt::format(" {}={}", filter, summary.variants.of(filter));
  return out;
}

std::string kinds_line(const RunSummary& summary) {
  std::string out = "passed";
  for (const VariantKind kind : kKinds) out += fmt::format(" {}={}", name(kind), summary.variants.of("PASS", kind));
  return out;
}

std::string stages_line(const RunSummary& summary) {
  std::string out = "cpu by stage";
  for (const auto& [stage, seconds] : summary.stage_cpu_seconds) out += fmt::format(" {}={:.2f}s", stage, seconds);
  return out + fmt::format(" other={:.2f}s", other_seconds(summary));
}

std::string cost_line(const RunSummary& summary) {
  const base::Usage& usage = summary.usage;
  std::string out = fmt::format("finished wall={:.1f}s cpu={:.1f}s threads={} peak_memory={}", usage.wall_seconds, usage.cpu_seconds,
                                summary.threads, size_text(usage.peak_memory_bytes));
  if (usage.shared_memory_bytes > 0) out += fmt::format(" of_it_shared={}", size_text(usage.shared_memory_bytes));
  if (summary.bases > 0) out += fmt::format(" cpu_per_mb={:.2f}s", usage.cpu_seconds / megabases(summary));
  return out;
}

// Text out of file names and headers may hold bytes that are no UTF-8; JSON may not.
std::string dumped(const nlohmann::ordered_json& object) {
  return object.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

std::vector<std::string> closing_lines(const RunSummary& summary) {
  std::vector<std::string> out{counts_line(summary), kinds_line(summary)};
  if (!summary.image_name.empty()) out.push_back(fmt::format("image name={} size={}", summary.image_name, size_text(summary.image_bytes)));
  if (!summary.stage_cpu_seconds.empty()) out.push_back(stages_line(summary));
  if (!summary.output.empty()) out.push_back(fmt::format("wrote {}", summary.output));
  out.push_back(cost_line(summary));
  return out;
}

std::string json(const RunSummary& summary) {
  nlohmann::ordered_json out;
  out["version"] = summary.version;
  out["command_line"] = summary.command_line;
  out["sample"] = summary.sample;
  out["output"] = summary.output;
  out["threads"] = summary.threads;
  out["bases"] = summary.bases;
  out["reads"] = summary.reads;
  out["sites"] = summary.sites;
  out["windows_with_candidates"] = summary.windows_with_candidates;
  out["windows_with_haplotypes"] = summary.windows_with_haplotypes;
  out["records"] = summary.variants.total();
  out["variants"] = nlohmann::ordered_json::object();
  for (const std::string& filter : summary.variants.filters())
    for (const VariantKind kind : kKinds) out["variants"][filter][std::string(name(kind))] = summary.variants.of(filter, kind);
  if (!summary.image_name.empty()) out["image"] = {{"name", summary.image_name}, {"bytes", summary.image_bytes}};
  out["wall_seconds"] = summary.usage.wall_seconds;
  out["cpu_seconds"] = summary.usage.cpu_seconds;
  out["stage_cpu_seconds"] = nlohmann::ordered_json::object();
  for (const auto& [stage, seconds] : summary.stage_cpu_seconds) out["stage_cpu_seconds"][stage] = seconds;
  out["stage_cpu_seconds"]["other"] = other_seconds(summary);
  out["peak_memory_bytes"] = summary.usage.peak_memory_bytes;
  out["shared_memory_bytes"] = summary.usage.shared_memory_bytes;
  return dumped(out);
}

void write_json(const RunSummary& summary, const std::string& path) {
  base::AtomicFile file(path, "report");
  file.write(json(summary));
  file.commit();
}

}  // namespace haploom::report
