#include "gbz/name_table.h"

#include <algorithm>
#include <functional>

namespace haploom::gbz {

// Where the name stands, or should. slots_ has a power of two of them, and a free one.
size_t NameTable::slot_of(std::string_view name) const {
  const size_t mask = slots_.size() - 1;
  size_t slot = std::hash<std::string_view>{}(name) & mask;
  while (slots_[slot] != 0 && (*this)[slots_[slot] - 1] != name) slot = (slot + 1) & mask;
  return slot;
}

void NameTable::rehash() {
  slots_.assign(std::max<size_t>(64, 2 * slots_.size()), 0);
  for (uint32_t number = 0; number < size(); ++number) slots_[slot_of((*this)[number])] = number + 1;
}

bool NameTable::add(std::string_view name) {
  if (4 * size() >= 3 * slots_.size()) rehash();
  const size_t slot = slot_of(name);
  if (slots_[slot] != 0) return false;
  text_ += name;
  starts_.push_back(text_.size());
  slots_[slot] = static_cast<uint32_t>(size());
  return true;
}

std::optional<uint32_t> NameTable::find(std::string_view name) const {
  if (slots_.empty()) return std::nullopt;
  const uint32_t found = slots_[slot_of(name)];
  return found == 0 ? std::nullopt : std::optional(found - 1);
}

}  // namespace haploom::gbz
