#include "pipeline/examples.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/atomic_file.h"
#include "base/error.h"
#include "model/model.h"
#include "pipeline/ordered_shards.h"
#include "pipeline/shard_worker.h"
#include "pipeline/weigh_sites.h"

namespace haploom::pipeline {
namespace {

constexpr const char* kHead = "contig\tstart\tend\tref\talts\talt_set\tdepth\tallele_depth\timage\n";

struct ShardExamples {
  std::vector<uint8_t> images;
  std::vector<std::string> lines;  // without the image number
};

std::string site_columns(const genome::Candidate& candidate, const genome::AltSet& set, const genome::ContigList& contigs) {
  return fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}", contigs[candidate.contig].name, candidate.start, candidate.end(),
                     candidate.ref, fmt::join(candidate.alts, ","), fmt::join(set, ","), candidate.depth,
                     fmt::join(candidate.allele_depth, ","));
}

// The lines with their numbers at the end; next: of the first, moved on.
std::string numbered(const std::vector<std::string>& lines, uint64_t& next) {
  std::string text;
  for (const std::string& line : lines) text += fmt::format("{}\t{}\n", line, next++);
  return text;
}

void leave_open_ones(Partition& partition, evidence::Shard& evidence, const model::Cascade& cascade) {
  const size_t first = evidence.sites().size();
  add_evidence(partition, evidence);
  std::vector<genome::Candidate> open;
  for (size_t i = 0; i < partition.candidates.size(); ++i) {
    if (!settled(cascade, evidence, first + i)) open.push_back(std::move(partition.candidates[i]));
  }
  partition.candidates = std::move(open);
}

}  // namespace

uint64_t write_examples(const ExamplesRequest& request) {
  Inputs inputs(request.inputs);
  base::AtomicFile images(request.output_prefix + ".images.u8", "pipeline");
  base::AtomicFile sites(request.output_prefix + ".sites.tsv", "pipeline");
  sites.write(kHead);

  std::optional<model::Cascade> cascade;
  if (!request.settled_by.empty()) cascade.emplace(request.settled_by, evidence::names());
  ExamineOptions options = request.options;
  options.panel_evidence |= cascade.has_value();
  inputs.attach_pangenome();
  std::vector<std::unique_ptr<ShardWorker>> workers;
  const int threads = std::max(1, std::min(request.threads, static_cast<int>(inputs.work.size())));
  for (int i = 0; i < threads; ++i) workers.push_back(std::make_unique<ShardWorker>(inputs, options, request.shape));
  const genome::ContigList& contigs = inputs.reference.contigs();
  const size_t bytes = request.shape.bytes();
  uint64_t written = 0;
  in_order<ShardExamples>(
      threads, inputs.work.size(),
      [&](int thread, size_t shard) {
        ShardExamples out;
        ShardWorker& worker = *workers[static_cast<size_t>(thread)];
        const TakeExamples take = [&](genome::Candidate&& candidate, std::span<const uint8_t> drawn) {
          out.images.insert(out.images.end(), drawn.begin(), drawn.end());
          for (const auto& set : genome::alt_sets(static_cast<int>(candidate.alts.size()))) out.lines.push_back(site_columns(candidate, set, contigs));
        };
        if (cascade) {
          with_panel_or_anew_without([&](bool with_panel) {
            out = {};
            evidence::Shard evidence;
            worker.examiner().trust_panel(with_panel);
            worker.run(inputs.work[shard], take, {}, [&](Partition& partition) {
              leave_open_ones(partition, evidence, *cascade);
              if (with_panel && evidence.panel_misleads()) throw ShardWorker::Again();
            });
          });
        } else {
          worker.run(inputs.work[shard], take);
        }
        return out;
      },
      [&](size_t, ShardExamples&& done) {
        check(done.images.size() == done.lines.size() * bytes, "an image for every line of sites");
        images.write({reinterpret_cast<const char*>(done.images.data()), done.images.size()});
        sites.write(numbered(done.lines, written));
      },
      1);  // a shard's images are hundreds of MB
  // Sites of other images must never stand beside these, nor numbers beside other sites.
  for (const char* other : {".sites.tsv", ".numbers.f32"}) std::filesystem::remove(request.output_prefix + other);
  images.commit();
  sites.commit();
  return written;
}

uint64_t write_numbers(const ExamplesRequest& request) {
  Inputs inputs(request.inputs);
  const model::Model model(request.network, request.threads);
  base::AtomicFile numbers(request.output_prefix + ".numbers.f32", "pipeline"), names(request.output_prefix + ".numbers.txt", "pipeline");
  base::AtomicFile sites(request.output_prefix + ".sites.tsv", "pipeline");
  sites.write(kHead);
  names.write(fmt::format("{}\n", fmt::join(evidence::names(), "\n")));
  inputs.attach_pangenome();

  ExamineOptions options = request.options;
  options.panel_evidence = true;
  std::vector<std::unique_ptr<ShardWorker>> workers;
  std::vector<Questions> questions;
  const int threads = std::max(1, std::min(request.threads, static_cast<int>(inputs.work.size())));
  for (int i = 0; i < threads; ++i) {
    workers.push_back(std::make_unique<ShardWorker>(inputs, options, request.shape));
    questions.emplace_back(model.session(), request.shape.bytes());
  }
  const genome::ContigList& contigs = inputs.reference.contigs();
  struct ShardNumbers {
    std::vector<float> rows;
    std::vector<std::string> lines;
  };
  uint64_t written = 0;
  in_order<ShardNumbers>(
      threads, inputs.work.size(),
      [&](int thread, size_t shard) {
        ShardNumbers out;
        const auto i = static_cast<size_t>(thread);
        weigh_sites(*workers[i], questions[i], nullptr, inputs.work[shard], {}, {}, [&](const genome::Candidate& candidate, const evidence::Shard& evidence, size_t site) {
          for (size_t set = 0; set < evidence.sites()[site].sets.size(); ++set) {
            const auto row = evidence.row(site, set);
            out.rows.insert(out.rows.end(), row.begin(), row.end());
            out.lines.push_back(site_columns(candidate, evidence.sites()[site].sets[set], contigs));
          }
        });
        return out;
      },
      [&](size_t, ShardNumbers&& done) {
        numbers.write({reinterpret_cast<const char*>(done.rows.data()), done.rows.size() * sizeof(float)});
        sites.write(numbered(done.lines, written));
      },
      1);
  for (const char* other : {".sites.tsv", ".images.u8"}) std::filesystem::remove(request.output_prefix + other);  // as above
  numbers.commit();
  names.commit();
  sites.commit();
  return written;
}

}  // namespace haploom::pipeline
