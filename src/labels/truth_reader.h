// The truth VCF, read ahead in long stretches: what overlaps a partition is asked for again and again.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "formats/vcf_reader.h"
#include "genome/region.h"
#include "labels/truth.h"

namespace haploom::labels {

class TruthReader {
 public:
  // info: the INFO field to keep; empty for none. confident must outlive this.
  TruthReader(const std::string& path, const std::string& info, const genome::ContigList& contigs, const RegionSet& confident);

  // Records that overlap the region, pass the file's filters and start inside the confident regions; by start and end.
  // Errors: as formats::VcfReader; kInput/kVariants for genotypes of no sample, or of none or more than two copies
  std::vector<Truth> overlapping(const genome::Region& region);

 private:
  void read(const genome::Region& stretch);

  formats::VcfReader reader_;
  const genome::ContigList& contigs_;
  const RegionSet& confident_;
  genome::Region held_{-1, 0, 0};
  std::vector<Truth> truths_;  // of held_, by start and end
};

}  // namespace haploom::labels
