// What the tests of this folder share: a scratch folder, graphs written as GFA text, the shared data where it is.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/shared_data_test.h"
#include "gbz/gbz.h"

namespace haploom::gbz {

class Scratch {
 public:
  Scratch() : path_(std::filesystem::temp_directory_path() / ("haploom_gbz_" + std::to_string(getpid()) + "_" + std::to_string(count_++))) {
    std::filesystem::create_directories(path_);
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  std::string file(std::string_view name, std::string_view content) const {
    const auto at = path_ / name;
    std::ofstream(at, std::ios::binary) << content;
    return at.string();
  }

 private:
  static inline std::atomic<int> count_ = 0;
  std::filesystem::path path_;
};

// A GBZ in memory, with its bytes at an 8-byte boundary as a mapping has them.
inline std::string built(std::string_view gfa, int version = 1, uint32_t max_node = kMaxNodeBases) {
  const Scratch scratch;
  std::string bytes;
  build_gbz(scratch.file("graph.gfa", gfa), max_node, version, [&](std::string_view part) { bytes += part; });
  return bytes;
}

inline Gbz parsed(const std::string& bytes) { return Gbz::parse(std::as_bytes(std::span(bytes.data(), bytes.size())), "test.gbz"); }

// The message of the Error that `act` must end with; it has to be about an input.
template <typename Act>
std::string refusal(Act act) {
  try {
    act();
  } catch (const Error& error) {
    EXPECT_EQ(error.exit(), Exit::kInput) << error.text();
    return error.message();
  }
  ADD_FAILURE() << "it was accepted";
  return {};
}

inline std::string bases_of(const Gbz& gbz, uint64_t sequence) {
  std::string out;
  Walker walker(gbz);
  std::optional<Visit> at = gbz.sequence_starts().at(sequence);
  for (; at; at = walker.next(*at)) {
    const std::string label(gbz.label(node_id(at->node)));
    if (!is_reverse(at->node)) out += label;
    else
      for (auto base = label.rbegin(); base != label.rend(); ++base) out += complement_gbz(*base);
  }
  return out;
}

inline std::filesystem::path shared_gbz() { return base::shared_data() / "gbz"; }
#define NEEDS_SHARED_GBZ() \
  if (!std::filesystem::is_directory(shared_gbz())) GTEST_SKIP() << "no shared GBZ data at " << shared_gbz()

// Two references, a walk backwards, a loop, a segment that nobody visits, fragments.
inline constexpr std::string_view kGraph =
    "H\tVN:Z:1.1\tRS:Z:GRCh38 CHM13\n"
    "S\t11\tGATTACA\n"
    "S\t12\tA\n"
    "S\t13\tc\n"
    "S\t14\tTTGNAC\n"
    "S\t15\tAAAA\n"
    "S\t16\tCG\n"
    "L\t11\t+\t12\t+\t0M\n"
    "W\tGRCh38\t0\tchr1\t1000\t*\t>11>12>14\n"
    "W\tGRCh38\t0\tchr1\t5000\t*\t>14>16\n"
    "W\tCHM13\t0\tchr1\t0\t*\t>11>13>14\n"
    "W\tHG1\t1\tctg\t0\t*\t<14<13<11\n"
    "W\tHG1\t2\tctg\t4000000000\t*\t>16>16<16>16\n"
    "P\tplain\t11+,12+,14-\t*\n";

}  // namespace haploom::gbz
