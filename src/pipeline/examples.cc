#include "pipeline/examples.h"

#include <fmt/format.h>

#include <fstream>

#include "base/error.h"
#include "pipeline/ordered_shards.h"
#include "pipeline/shard_worker.h"

namespace haploom::pipeline {
namespace {

struct ShardExamples {
  std::vector<uint8_t> images;
  std::vector<std::string> lines;  // without the image number
};

std::string site_columns(const genome::Candidate& candidate, const genome::AltSet& set, const genome::ContigList& contigs) {
  return fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}", contigs[candidate.contig].name, candidate.start, candidate.end(),
                     candidate.ref, fmt::join(candidate.alts, ","), fmt::join(set, ","), candidate.depth,
                     fmt::join(candidate.allele_depth, ","));
}

void write_all(std::ofstream& out, const std::string& path, const char* data, size_t bytes) {
  out.write(data, static_cast<std::streamsize>(bytes));
  if (!out) {
    throw Error{Exit::kResource, Reason::kOutput, "pipeline", fmt::format("cannot write {}", path),
                "check the folder and the free space of its disk"};
  }
}

}  // namespace

uint64_t write_examples(const ExamplesRequest& request) {
  const Inputs inputs(request.inputs);
  const std::string images_path = request.output_prefix + ".images.u8";
  const std::string sites_path = request.output_prefix + ".sites.tsv";
  std::ofstream images(images_path, std::ios::binary);
  std::ofstream sites(sites_path);
  const std::string head = "contig\tstart\tend\tref\talts\talt_set\tdepth\tallele_depth\timage\n";
  write_all(sites, sites_path, head.data(), head.size());
  write_all(images, images_path, "", 0);

  std::vector<std::unique_ptr<ShardWorker>> workers;
  for (int i = 0; i < request.threads; ++i)
    workers.push_back(std::make_unique<ShardWorker>(inputs, request.options, request.shape));
  const genome::ContigList& contigs = inputs.reference.contigs();
  const size_t bytes = request.shape.bytes();
  uint64_t written = 0;
  in_order<ShardExamples>(
      request.threads, inputs.work.size(),
      [&](int thread, size_t shard) {
        ShardExamples out;
        workers[static_cast<size_t>(thread)]->run(
            inputs.work[shard], [&](genome::Candidate&& candidate, std::span<const uint8_t> drawn) {
              out.images.insert(out.images.end(), drawn.begin(), drawn.end());
              for (const auto& set : genome::alt_sets(static_cast<int>(candidate.alts.size())))
                out.lines.push_back(site_columns(candidate, set, contigs));
            });
        return out;
      },
      [&](size_t, ShardExamples&& done) {
        check(done.images.size() == done.lines.size() * bytes, "an image for every line of sites");
        write_all(images, images_path, reinterpret_cast<const char*>(done.images.data()), done.images.size());
        for (const std::string& line : done.lines) {
          const std::string whole = fmt::format("{}\t{}\n", line, written++);
          write_all(sites, sites_path, whole.data(), whole.size());
        }
      });
  images.close();
  sites.close();
  write_all(images, images_path, "", 0);
  write_all(sites, sites_path, "", 0);
  return written;
}

}  // namespace haploom::pipeline
