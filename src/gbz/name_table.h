// Distinct names, numbered from 0 as they come. Memory: the text and 13 to 19 bytes a name.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haploom::gbz {

class NameTable {
 public:
  // False if it is there already.
  bool add(std::string_view name);
  std::optional<uint32_t> find(std::string_view name) const;
  uint64_t size() const { return starts_.size() - 1; }
  std::string_view operator[](uint64_t number) const { return std::string_view(text_).substr(starts_[number], starts_[number + 1] - starts_[number]); }

 private:
  size_t slot_of(std::string_view name) const;
  void rehash();

  std::string text_;
  std::vector<uint64_t> starts_{0};
  std::vector<uint32_t> slots_;  // number + 1, 0 for none; the name's hash says where to look first
};

}  // namespace haploom::gbz
