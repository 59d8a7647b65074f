// The store's own times, on pangenomes whose bytes do not matter.
//
// usage: store_bench attach MB...       attaches to images of that many MB in /dev/shm: median and worst of 301
//        store_bench index FILE MB      writes FILE.gbz, which holds no graph, and FILE.gbz.haploom, an image of MB
//        store_bench load FILE.gbz      loads it into /dev/shm and unloads it: wall and CPU seconds
//        store_bench hold FILE.gbz NAME attaches (or loads), touches every page, writes its Pss, and again when stdin says so
// (./run bench store)
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "measure.h"
#include "shared_image/gbz_source.h"

namespace haploom {
namespace {

using Clock = std::chrono::steady_clock;
using shared_image::HoldOptions;
using shared_image::Lease;
using shared_image::Policy;

constexpr int kAttaches = 301;

double milliseconds(Clock::duration time) { return std::chrono::duration<double, std::milli>(time).count(); }
std::string own_name() { return fmt::format("bench.{}", ::getpid()); }

HoldOptions in_shm() {
  HoldOptions options;
  options.placement.backing = shared_image::Backing::kShm;
  return options;
}

void fill(std::span<std::byte> out) {
  uint64_t state = 1;
  for (size_t at = 0; at + 8 <= out.size(); at += 8) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    std::memcpy(out.data() + at, &state, 8);
  }
}

// A file of no meaning and of a GBZ's size, a third of the image's.
std::string no_graph(const std::string& path, uint64_t image_bytes) {
  std::ofstream(path, std::ios::binary) << "no graph";
  std::filesystem::resize_file(path, image_bytes / 3);
  return path;
}

void attach(uint64_t image_bytes) {
  const std::string gbz = no_graph((std::filesystem::temp_directory_path() / (own_name() + ".gbz")).string(), image_bytes);
  const shared_image::Store store({});
  {
    const Lease kept = store.attach_or_load({own_name()}, Policy::kKept,
                                            {gbz, shared_image::fingerprint_of(gbz), [&] { return image_bytes; }, fill});
    std::vector<double> times;
    for (int i = 0; i < kAttaches; ++i) {
      const auto start = Clock::now();
      const Lease lease = shared_image::attach_or_load_gbz(gbz, own_name(), Policy::kTransient, in_shm());
      times.push_back(milliseconds(Clock::now() - start));
    }
    std::sort(times.begin(), times.end());
    fmt::print("{:.0f}\t{:.3f}\t{:.3f}\n", static_cast<double>(image_bytes) / 1e6, times[times.size() / 2], times.back());
  }
  store.unload(own_name(), false);
  std::filesystem::remove(gbz);
}

void write_index(const std::string& stem, uint64_t image_bytes) {
  const std::string gbz = no_graph(stem + ".gbz", image_bytes);
  const Lease image = shared_image::Store::own_copy({"bench"}, Policy::kKept, {gbz, shared_image::fingerprint_of(gbz), [&] { return image_bytes; }, fill}, {});
  std::ofstream out(gbz + ".haploom", std::ios::binary);
  out.write(reinterpret_cast<const char*>(&image.header()), sizeof image.header());
  out.write(reinterpret_cast<const char*>(image.image().data()), static_cast<std::streamsize>(image.image().size()));
}

void load(const std::string& gbz) {
  const auto start = Clock::now();
  const double cpu = bench::cpu_seconds();
  { const Lease lease = shared_image::attach_or_load_gbz(gbz, own_name(), Policy::kKept, in_shm()); }
  fmt::print("{:.3f}\t{:.3f}\n", milliseconds(Clock::now() - start) / 1e3, bench::cpu_seconds() - cpu);
  shared_image::Store({}).unload(own_name(), false);
}

uint64_t pss_kilobytes() {
  std::ifstream in("/proc/self/smaps_rollup");
  for (std::string word; in >> word;)
    if (uint64_t kilobytes = 0; word == "Pss:" && in >> kilobytes) return kilobytes;
  return 0;
}

void hold(const std::string& gbz, const std::string& name) {
  const Lease lease = shared_image::attach_or_load_gbz(gbz, name, Policy::kTransient, in_shm());
  uint64_t sum = 0;
  for (size_t at = 0; at < lease.image().size(); at += 4096) sum += static_cast<uint64_t>(lease.image()[at]);
  fmt::print("held {} {}\n", lease.image().size(), sum);
  std::fflush(stdout);
  for (std::string line; std::getline(std::cin, line);) {
    fmt::print("{}\n", pss_kilobytes());
    std::fflush(stdout);
  }
}

uint64_t megabytes(const std::string& text) { return std::stoull(text) * 1'000'000; }

int run(const std::vector<std::string>& words) {
  base::set_log_level(base::LogLevel::kError);
  if (words.size() >= 2 && words[0] == "attach") {
    for (size_t i = 1; i < words.size(); ++i) attach(megabytes(words[i]));
  } else if (words.size() == 3 && words[0] == "index") {
    write_index(words[1], megabytes(words[2]));
  } else if (words.size() == 2 && words[0] == "load") {
    load(words[1]);
  } else if (words.size() == 3 && words[0] == "hold") {
    hold(words[1], words[2]);
  } else {
    fmt::print(stderr, "usage: store_bench attach MB... | index FILE MB | load FILE.gbz | hold FILE.gbz NAME\n");
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace haploom

int main(int argc, char** argv) {
  return haploom::bench::run_program([&] { return haploom::run({argv + 1, argv + argc}); });
}
