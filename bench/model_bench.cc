// What a network costs here: seconds to load it, CPU an image, memory by threads; and what it answers.
//
// usage: model_bench MODEL_FOLDER IMAGES.u8 [threads=1] [rounds=1]
// IMAGES.u8 holds whole images of the model's shape, bytes as they stand in an example. Every thread answers all of them; the
// CPU is that of the cheapest round. JSON on stdout; "answers" are those of the first thread.
//
// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "base/usage.h"
#include "measure.h"
#include "model/model.h"

namespace haploom {
namespace {

using Answers = std::vector<genome::GenotypeProbabilities>;

std::vector<uint8_t> bytes_of(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// CPU seconds of the threads themselves: what they ask others to do is not in it.
double answer(const model::Model& model, const std::vector<uint8_t>& images, int threads, Answers& first) {
  const size_t n = images.size() / model.info().image_bytes();
  std::mutex lock;
  double cpu = 0;
  std::vector<std::jthread> pool;
  for (int i = 0; i < threads; ++i) {
    pool.emplace_back([&, i] {
      auto session = model.session();
      Answers own;
      session.infer(images, n, own);
      const std::lock_guard guard(lock);
      cpu += base::thread_cpu_seconds();
      if (i == 0) first = own;
    });
  }
  pool.clear();
  return cpu;
}

int measure(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "usage: model_bench MODEL_FOLDER IMAGES.u8 [threads=1] [rounds=1]\n");
    return 2;
  }
  const int threads = argc > 3 ? std::stoi(argv[3]) : 1;
  const int rounds = argc > 4 ? std::stoi(argv[4]) : 1;
  const std::vector<uint8_t> images = bytes_of(argv[2]);
  const base::Usage before = base::process_usage();
  const model::Model model(argv[1], threads);
  const base::Usage loaded = base::process_usage();
  Answers answers;
  double accounted = 0;
  const double cpu = bench::least_cpu_seconds(rounds, [&] {
    const double own_before = model.cpu_seconds();
    const double thread_cpu = answer(model, images, threads, answers);
    accounted = thread_cpu + model.cpu_seconds() - own_before;  // of the last round
  });
  const base::Usage done = base::process_usage();
  const double asked = static_cast<double>(answers.size()) * threads;
  fmt::print("{}\n", nlohmann::json{{"load_wall_s", loaded.wall_seconds - before.wall_seconds},
                                    {"load_cpu_s", loaded.cpu_seconds - before.cpu_seconds},
                                    {"loaded_peak_mb", loaded.peak_memory_bytes >> 20},
                                    {"images", asked},
                                    {"cpu_s", cpu},
                                    {"accounted_cpu_s", accounted},
                                    {"cpu_s_per_1000", cpu * 1000 / asked},
                                    {"peak_mb", done.peak_memory_bytes >> 20},
                                    {"answers", answers}}.dump());
  return 0;
}

}  // namespace
}  // namespace haploom

int main(int argc, char** argv) {
  return haploom::bench::run_program([&] { return haploom::measure(argc, argv); });
}
