#include "pipeline/example_files.h"

#include <fmt/format.h>

#include <cmath>
#include <type_traits>

#include "formats/candidate_positions.h"

namespace haploom::pipeline {
namespace {

constexpr const char* kVersion = "1.9.0";  // of DeepVariant, whose layout the examples have
constexpr const char* kCostColumns =
    "region\tget reads\tfind candidates\tmake pileup images\twrite outputs\tnum reads\tnum candidates\tnum examples\t"
    "small model generate examples\tsmall model call examples\tsmall model write variants\tsmall model total\n";

template <typename File>
void open(std::optional<File>& file, const std::string& path) {
  if (path.empty()) return;
  if constexpr (std::is_same_v<File, base::AtomicFile>) {
    file.emplace(path, "pipeline");
  } else {
    file.emplace(path);
  }
}

double milliseconds(double seconds) { return std::round(seconds * 1000) / 1000; }

}  // namespace

ExampleFiles::ExampleFiles(const MakeExamplesOutputs& outputs, const tensor::ImageShape& shape, bool images) {
  open(positions_, outputs.candidate_positions);
  open(run_info_, outputs.run_info);
  if (!images) return;
  open(examples_, outputs.examples);
  open(candidates_, outputs.candidates);
  open(reference_, outputs.gvcf);
  open(call_outputs_, outputs.call_outputs);
  open(summaries_, outputs.summaries);
  open(costs_, outputs.runtime_by_region);
  open(sites_, outputs.sitelist);
  open(phases_, outputs.read_phases);
  open(info_, outputs.examples.empty() ? "" : outputs.examples + ".example_info.json");
  if (info_) example_info(shape);
  if (costs_) costs_->write(kCostColumns);
  if (phases_) phases_->write("fragment_name\tphase\tregion_order\n");
}

void ExampleFiles::example_info(const tensor::ImageShape& shape) {
  std::vector<int> channels;
  for (const tensor::Channel channel : shape.channels) channels.push_back(static_cast<int>(channel));
  info_->write(fmt::format("{{\"version\": \"{}\", \"shape\": [{}, {}, {}], \"channels\": [{}]}}", kVersion, shape.rows(), shape.width,
                           channels.size(), fmt::join(channels, ", ")));
}

void ExampleFiles::example(const formats::ExampleRecord& example, const formats::VariantRecord& variant) {
  examples_->write(formats::encode(example));
  if (!sites_) return;
  sites_->write(fmt::format("{}\t{}\t{}\t{}\t{}\n", variant.contig, variant.start, variant.ref, fmt::join(variant.alts, ","),
                            example.label.value_or(-1)));
}

void ExampleFiles::positions(const std::vector<int64_t>& positions, bool region_ends) {
  std::vector<int32_t> numbers(positions.begin(), positions.end());
  numbers.push_back(formats::kEndOfPartition);
  if (region_ends) numbers.push_back(formats::kEndOfCallingRegion);
  if (positions_) positions_->write({reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(int32_t)});
}

void ExampleFiles::cost(const PartitionCost& cost) {
  const auto small = [&cost](auto part) {
    const std::optional<double> seconds = cost.small_model ? part(*cost.small_model) : std::nullopt;
    return seconds ? fmt::format("{}", milliseconds(*seconds)) : "NA";
  };
  costs_->write(fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", cost.region, milliseconds(cost.reads),
                            milliseconds(cost.candidates), milliseconds(cost.images), milliseconds(cost.output), cost.read_count,
                            cost.candidate_count, cost.example_count,
                            small([](const SmallModelCost& of) { return std::optional(of.numbers); }),
                            small([](const SmallModelCost& of) { return of.answers; }), small([](const SmallModelCost& of) { return of.records; }),
                            small([](const SmallModelCost& of) { return of.all; })));
}

void ExampleFiles::phases(const std::vector<genome::Read>& reads, int64_t partition) {
  for (const genome::Read& read : reads) {
    if (read.haplotype_tag >= 0) phases_->write(fmt::format("{}\t{}\t{}\n", read.key(), read.haplotype_tag, partition));
  }
}

void ExampleFiles::finish(const std::string& run_info) {
  if (run_info_) run_info_->write(run_info);
  const auto all_files = {&positions_, &costs_, &sites_, &phases_, &run_info_, &info_};
  const auto all_records = {&candidates_, &reference_, &call_outputs_, &summaries_, &examples_};
  // What can fail for want of room comes before the first name.
  for (auto* records : all_records) {
    if (*records) (*records)->close();
  }
  for (auto* file : all_files) {
    if (*file) (*file)->sync();
  }
  // The examples last: whoever sees them sees a finished task.
  for (auto* file : all_files) {
    if (*file) (*file)->commit();
  }
  for (auto* records : all_records) {
    if (*records) (*records)->commit();
  }
}

}  // namespace haploom::pipeline
