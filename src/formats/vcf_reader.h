// A VCF or BCF, read record by record: known sites, cohorts, truth sets. htslib's record type stays inside.
//
// A record must make sense before it is handed on: it lies inside its contig, its genotypes name alleles that it has. Alleles
// are given as written ("<DEL>", "*", lower case): what they may be is the caller's matter. Records of contigs that the
// reference lacks, and those at POS 0 (telomeres), are passed over.
//
// Cost:   memory is one record; one seek a query: ask for long regions
// Errors: kInput/kVariants naming the file, the place and the remedy: absent, not VCF, truncated, without an index (or with
//         one that does not fit) where regions are asked for, a line that makes no sense. A contig that the header lacks
//         has no records; a warning says so, once
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "genome/region.h"

namespace haploom::formats {

struct VcfGenotype {
  std::vector<int> alleles;  // 0: REF, 1..: ALTs, -1: missing; as many as the sample's ploidy
  bool phased = false;       // any allele stands behind a '|'
  bool operator==(const VcfGenotype&) const = default;
};

struct VcfRecord {
  int contig = 0;     // index in the reference's ContigList
  int64_t start = 0;  // of the first REF base
  int64_t end = 0;    // start + ref.size(), or INFO END where that is given
  std::string id;     // empty for '.'
  std::string ref;
  std::vector<std::string> alts;  // none for '.'
  std::optional<float> quality;
  std::vector<std::string> filters;      // {"PASS"}; none for '.'
  std::vector<VcfGenotype> genotypes;    // one a sample; none without a GT column
  std::vector<float> allele_frequency;   // INFO AF as written, 0 for a missing value; only if wanted
  std::optional<std::string> info;       // the wanted INFO field as text, values separated by commas

  bool passes() const { return filters.empty() || (filters.size() == 1 && filters.front() == "PASS"); }
};

// What to take from a record besides its site, filters and alleles.
struct VcfFields {
  bool genotypes = true;
  bool allele_frequency = false;  // kInput if AF is there but not declared as numbers
  std::string info = {};          // name of one more INFO field; empty for none
};

class VcfReader {
 public:
  explicit VcfReader(const std::string& path, VcfFields fields = {});
  ~VcfReader();
  VcfReader(VcfReader&&) noexcept;
  VcfReader& operator=(VcfReader&&) noexcept;

  using Take = std::function<void(VcfRecord&&)>;

  const std::string& path() const;
  const std::vector<std::string>& samples() const;
  bool has_index() const;

  // All records, in file order. Starts from the front at each call; not for pipes twice.
  void for_each(const genome::ContigList& reference_contigs, const Take& take);
  // Records that overlap the region ([start, end) as above), in file order. Needs a .tbi or .csi beside the file.
  void for_each(const genome::Region& region, const genome::ContigList& reference_contigs, const Take& take);
  // The contig of the first record, as the file names it; none when there is no record.
  std::optional<std::string> first_contig();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace haploom::formats
