// An interval of a contig, and the ordered list of contigs that gives it meaning.
//
// Coordinates are 0-based and half-open; 1-based closed text ("chr20:10,000,001-10,100,000") is read and written here only.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haploom::genome {

struct Contig {
  std::string name;
  int64_t length = 0;
  bool operator==(const Contig&) const = default;
};

// Contigs in file order; the order of regions, records and shards is this order.
class ContigList {
 public:
  ContigList() = default;
  explicit ContigList(std::vector<Contig> contigs);
  std::optional<int> index_of(std::string_view name) const;
  const Contig& operator[](int index) const { return contigs_[static_cast<size_t>(index)]; }
  int size() const { return static_cast<int>(contigs_.size()); }
  auto begin() const { return contigs_.begin(); }
  auto end() const { return contigs_.end(); }

 private:
  std::vector<Contig> contigs_;
  std::vector<int> by_name_;  // indices sorted by name
};

struct Region {
  int contig = 0;  // index in the reference's ContigList
  int64_t start = 0;
  int64_t end = 0;
  int64_t length() const { return end - start; }
  bool contains(int64_t position) const { return start <= position && position < end; }
  auto operator<=>(const Region&) const = default;
};

int64_t overlap(const Region& a, const Region& b);  // bases in common, 0 or more

// "chr20:10,000,001-10,000,100" for a person.
std::string text(const Region& region, const ContigList& contigs);
// The same without commas, for a table.
std::string plain_text(const Region& region, const ContigList& contigs);

// One literal: `chr`, `chr:position`, `chr:first-last` (1-based closed, commas allowed). A contig name that itself holds
// a colon is tried whole first. Errors: kUsage/kRegions for an unknown contig, a malformed or a reversed interval, or an
// interval that leaves the contig.
Region parse_region(std::string_view literal, const ContigList& contigs);

// Sorted by contig and start; overlapping and adjacent ones merged.
std::vector<Region> merged(std::vector<Region> regions);
// The bases of `regions` that no interval of `other` holds / that one holds. Both inputs may be in any order.
std::vector<Region> without(std::vector<Region> regions, std::vector<Region> other);
std::vector<Region> intersection(std::vector<Region> regions, std::vector<Region> other);

}  // namespace haploom::genome
