// The reference FASTA (plain or bgzipped, with its .fai/.gzi), read a contig's stretch at a time.
//
// Errors: kInput/kReference with the file and the remedy (`samtools faidx ...`) for a missing, unindexed or truncated file.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <string>

#include "genome/region.h"

namespace haploom::formats {

class Reference {
 public:
  explicit Reference(const std::string& path);
  ~Reference();
  Reference(Reference&&) noexcept;
  Reference& operator=(Reference&&) noexcept;

  const std::string& path() const;
  const genome::ContigList& contigs() const;  // order of the .fai

  // Upper-case bases of the region, clipped to the contig: result.size() == clipped length.
  // Safe from many threads (a lock inside: fetch long stretches).
  std::string bases(const genome::Region& region) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace haploom::formats
