#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "base/error.h"
#include "commands/call_flags.h"
#include "commands/commands.h"
#include "model/model.h"
#include "pipeline/shard_worker.h"

namespace haploom::commands {
namespace {

constexpr int kReferenceRows = 5;  // at the head of each block

// One image as letters, the way samtools tview shows reads: '.' equals the reference, a letter differs, '*' stands for an
// indel; blank where nothing is drawn. A '>' marks rows that support the alleles of the image.
class PileupText {
 public:
  PileupText(const tensor::ImageShape& shape, std::span<const uint8_t> image) : shape_(shape), image_(image) {
    for (size_t i = 0; i < shape.channels.size(); ++i) {
      if (shape.channels[i] == tensor::Channel::kReadBase) base_ = i;
      if (shape.channels[i] == tensor::Channel::kBaseDiffersFromRef) differs_ = i;
      if (shape.channels[i] == tensor::Channel::kReadSupportsVariant) supports_ = i;
    }
  }

  void print() const {
    if (shape_.height_pangenome > 0) print_block("pangenome", 0, shape_.height_pangenome);
    print_block("reads", shape_.height_pangenome, shape_.rows());
  }

 private:
  uint8_t pixel(int row, int column, size_t channel) const {
    return image_[(static_cast<size_t>(row) * static_cast<size_t>(shape_.width) + static_cast<size_t>(column)) * shape_.channels.size() + channel];
  }

  // Colours of tensor.h: A 250, G 180, T 100, C 30; nothing and '*' are 0.
  static char letter(uint8_t colour) {
    switch (colour) {
      case 250: return 'A';
      case 180: return 'G';
      case 100: return 'T';
      case 30: return 'C';
      default: return '*';
    }
  }

  char symbol(int row, int column, bool reference) const {
    const uint8_t differs = pixel(row, column, differs_);
    if (differs == 0) return ' ';
    const char base = letter(pixel(row, column, base_));
    return reference || differs > 127 ? base : '.';
  }

  void print_block(const char* name, int first, int end) const {
    fmt::print("{}\n", name);
    for (int row = first + kReferenceRows - 1; row < end; ++row) {  // the reference rows are alike: one is enough
      const bool reference = row < first + kReferenceRows;
      std::string line;
      bool supports = false;
      for (int column = 0; column < shape_.width; ++column) {
        line += symbol(row, column, reference);
        supports |= !reference && pixel(row, column, supports_) == 254;
      }
      if (line.find_first_not_of(' ') == std::string::npos) return;
      fmt::print("{} {}\n", supports ? '>' : ' ', line);
    }
  }

  const tensor::ImageShape& shape_;
  std::span<const uint8_t> image_;
  size_t base_ = 0, differs_ = 0, supports_ = 0;
};

// The partition of a whole-contig run that holds the position, as --regions takes it.
std::string partition_text(const std::string& reference_path, const std::string& at) {
  const formats::Reference reference(reference_path);
  genome::Region region = genome::parse_region(at, reference.contigs());
  region.start -= region.start % pipeline::kPartitionBases;
  region.end = std::min(region.start + pipeline::kPartitionBases, reference.contigs()[region.contig].length);
  return genome::text(region, reference.contigs());
}

void show(const CallFlags& flags, pipeline::InputPaths paths, const std::string& at) {
  const tensor::ImageShape shape = model::read_shape(flags.model_folder());
  if (paths.regions.empty()) paths.regions = {partition_text(paths.reference, at)};
  const pipeline::Inputs inputs(paths);
  const genome::Region site = genome::parse_region(at, inputs.reference.contigs());
  const pipeline::ExamineOptions options = pipeline::preset(flags.model_type);
  pipeline::ShardWorker worker(inputs, options, shape);
  bool found = false;
  for (const pipeline::Shard& shard : inputs.work) {
    worker.run(shard, [&](genome::Candidate&& candidate, std::span<const uint8_t> images) {
      if (candidate.start != site.start || candidate.contig != site.contig) return;
      found = true;
      const auto sets = genome::alt_sets(static_cast<int>(candidate.alts.size()));
      for (size_t i = 0; i < sets.size(); ++i) {
        std::string alts;
        for (const int alt : sets[i]) alts += (alts.empty() ? "" : " + ") + candidate.alts[static_cast<size_t>(alt)];
        fmt::print("{} {} > {}   depth {}, allele depth {}\n", at,
                   candidate.ref, alts, candidate.depth, fmt::join(candidate.allele_depth, ","));
        PileupText(shape, images.subspan(i * shape.bytes(), shape.bytes())).print();
      }
    });
  }
  if (!found) fmt::print("no candidate starts at {}\n", at);
}

}  // namespace

void add_show_pileup(CLI::App& parent) {
  auto flags = std::make_shared<CallFlags>();
  auto at = std::make_shared<std::string>();
  CLI::App* command = parent.add_subcommand("pileup", "what the network sees at a site, as letters");
  flags->add_to(*command);
  command->add_option("--at", *at, "the candidate's position: chr20:10,000,117")->required();
  command->callback([flags, at, command] {
    show(*flags, flags->input_paths(*command), *at);
  });
}

}  // namespace haploom::commands
