// What the tests of this folder share: small candidates and calls, and the shared vectors if they are there.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/shared_data_test.h"
#include "genome/candidate.h"
#include "genotype/genotype.h"

namespace haploom::genotype {

// Alts "C", "G", "T"... of REF "A", each with `count` reads.
inline genome::Candidate snp_candidate(int alts, int count = 10) {
  genome::Candidate out;
  out.start = 99;
  out.ref = "A";
  for (int i = 0; i < alts; ++i) out.alts.push_back(std::string(1, "CGT"[i]));
  out.allele_depth.assign(static_cast<size_t>(alts) + 1, count);
  out.depth = count * (alts + 1);
  return out;
}

// A call that overlaps by its REF length; likelihoods in VCF order.
inline Call call_at(int64_t start, const std::string& ref, std::vector<std::string> alts, std::array<int, 2> genotype,
                    std::vector<double> likelihoods) {
  Call out;
  out.start = start;
  out.ref = ref;
  out.alts = std::move(alts);
  out.genotype = genotype;
  out.likelihoods = std::move(likelihoods);
  out.filter = Filter::kPass;
  return out;
}

// Lines of a file of the shared vectors; empty where they are not there.
inline std::vector<std::string> shared_lines(const std::string& name) {
  std::ifstream in(base::shared_data() / "dv_goldens" / name);
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

}  // namespace haploom::genotype
