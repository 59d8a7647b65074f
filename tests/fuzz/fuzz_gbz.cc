// Any bytes as a GBZ: an Error, or a graph whose walks all end. A crash, a hang or a sanitizer's report is a find.
//
//   CXX=clang++-14 CXXFLAGS=-Wno-unknown-warning-option cmake -S . -B build-fuzz -G Ninja -DHAPLOOM_FUZZ=ON -DHAPLOOM_SANITIZE=ON 
//     -DOpenVINO_DIR=... && ninja -C build-fuzz fuzz_gbz      (Debian: clang-14 libfuzzer-14-dev libclang-rt-14-dev)
//   build-fuzz/bin/fuzz_gbz -max_len=8192 -rss_limit_mb=1024 CORPUS    libFuzzer; graphs of `haploom gbz build` are good seeds
//
// Built by another compiler it runs each file named on the command line once.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "base/error.h"
#include "gbz/gbz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace haploom;
  try {
    const gbz::Gbz graph = gbz::Gbz::parse(std::as_bytes(std::span(data, size)), "fuzz");
    if (graph.visit_total() > 1'000'000) return 0;  // long, yet finite
    gbz::Walker walker(graph);
    uint64_t steps = 0;
    for (const gbz::Visit start : graph.sequence_starts()) {
      std::optional<gbz::Visit> at = start;
      if (start.node == gbz::kEndmarker) at.reset();
      for (; at; at = walker.next(*at))
        if (++steps > graph.visit_total()) std::abort();
    }
    for (uint64_t path = 0; path < graph.path_count(); ++path) gbz::path_row(graph, walker, path);
  } catch (const Error& error) {
    if (error.exit() != Exit::kInput) std::abort();
  }
  return 0;
}

#ifndef HAPLOOM_LIBFUZZER
int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
    std::printf("%s: ok\n", argv[i]);
  }
}
#endif
