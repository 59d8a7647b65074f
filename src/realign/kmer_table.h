// The distinct k-mers of a window, numbered in the order in which they come.
//
// Letters are compared as they are, so that an N is a letter like any other. The k-mers point into the sequences given, which
// must outlive the table's use.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

namespace haploom::realign {

// 0..3 for upper-case A, C, T, G, 4 for any other letter.
inline int letter_code(char base) {
  switch (base) {
    case 'A': return 0;
    case 'C': return 1;
    case 'T': return 2;
    case 'G': return 3;
    default: return 4;
  }
}

class KmerTable {
 public:
  static constexpr int32_t kNone = -1;

  void reset(int k) {
    k_ = static_cast<size_t>(k);
    kmers_.clear();
    if (slots_.empty()) slots_.resize(kSmallest);
    std::fill(slots_.begin(), slots_.end(), kNone);
  }
  int k() const { return static_cast<int>(k_); }
  int32_t size() const { return static_cast<int32_t>(kmers_.size()); }
  const char* kmer(int32_t number) const { return kmers_[static_cast<size_t>(number)]; }

  int32_t find(const char* kmer) const { return slots_[slot_of(kmer)]; }
  int32_t insert(const char* kmer) {
    size_t slot = slot_of(kmer);
    if (slots_[slot] != kNone) return slots_[slot];
    if (2 * (kmers_.size() + 1) > slots_.size()) {
      grow();
      slot = slot_of(kmer);
    }
    kmers_.push_back(kmer);
    return slots_[slot] = size() - 1;
  }

 private:
  static constexpr size_t kSmallest = 4096;

  static uint64_t mixed(uint64_t hash, uint64_t word) {
    const auto product = static_cast<unsigned __int128>(hash ^ word) * 0x9E3779B97F4A7C15u;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }
  uint64_t hash(const char* kmer) const {
    uint64_t out = 0x2545F4914F6CDD1Du;
    uint64_t word = 0;
    size_t i = 0;
    for (; i + sizeof word <= k_; i += sizeof word) {
      std::memcpy(&word, kmer + i, sizeof word);
      out = mixed(out, word);
    }
    if (i < k_) {
      word = 0;
      if (k_ >= sizeof word) {
        std::memcpy(&word, kmer + k_ - sizeof word, sizeof word);
      } else {
        std::memcpy(&word, kmer, k_);
      }
      out = mixed(out, word);
    }
    return out;
  }
  size_t slot_of(const char* kmer) const {
    const size_t mask = slots_.size() - 1;
    size_t slot = hash(kmer) & mask;
    while (slots_[slot] != kNone && std::memcmp(this->kmer(slots_[slot]), kmer, k_) != 0) slot = (slot + 1) & mask;
    return slot;
  }
  void grow() {
    const size_t larger = 2 * slots_.size();
    slots_.assign(larger, kNone);
    for (int32_t i = 0; i < size(); ++i) slots_[slot_of(kmer(i))] = i;
  }

  size_t k_ = 0;
  std::vector<const char*> kmers_;
  std::vector<int32_t> slots_;  // a power of two, at most half of it in use
};

}  // namespace haploom::realign
