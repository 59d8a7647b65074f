// Records of a VCF, counted by kind of variant and by FILTER.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace haploom::report {

enum class VariantKind { kSnp, kInsertion, kDeletion, kOther };  // kOther: alts of different kinds, or of several bases
inline constexpr int kVariantKinds = 4;
std::string_view name(VariantKind kind);  // "SNP", "insertion", "deletion", "other"

VariantKind kind_of(std::string_view ref, const std::vector<std::string>& alts);

class VariantCounts {
 public:
  void add(VariantKind kind, std::string_view filter, int64_t records = 1);
  void add(const VariantCounts& other);

  int64_t total() const;
  int64_t of(std::string_view filter) const;
  int64_t of(std::string_view filter, VariantKind kind) const;
  // FILTER names seen, sorted.
  std::vector<std::string> filters() const;

 private:
  std::map<std::string, std::array<int64_t, kVariantKinds>, std::less<>> counts_;
};

}  // namespace haploom::report
