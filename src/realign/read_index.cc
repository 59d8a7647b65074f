#include "realign/read_index.h"

namespace haploom::realign {

void ReadIndex::build(std::span<const std::string_view> reads, int k) {
  kmers_.reset(k);
  next_.clear();
  before_.clear();
  path_.clear();
  const auto length = static_cast<size_t>(k);
  constexpr std::array<int32_t, 4> kNoNext = {KmerTable::kNone, KmerTable::kNone, KmerTable::kNone, KmerTable::kNone};
  const auto insert = [&](const char* kmer) {
    const int32_t number = kmers_.insert(kmer);
    if (static_cast<size_t>(number) == next_.size()) {
      next_.push_back(kNoNext);
      before_.push_back(0);
    }
    return number;
  };
  for (const std::string_view read : reads) {
    if (read.size() <= length) continue;
    int32_t number = insert(read.data());
    before_[static_cast<size_t>(number)] |= kReadBegins;
    path_.push_back(number);
    for (size_t end = length; end < read.size(); ++end) {
      const int letter = letter_code(read[end]);
      const auto from = static_cast<size_t>(number);
      number = letter < 4 ? next_[from][static_cast<size_t>(letter)] : KmerTable::kNone;
      if (number == KmerTable::kNone) {
        number = insert(read.data() + end + 1 - length);
        if (letter < 4) next_[from][static_cast<size_t>(letter)] = number;
      }
      before_[static_cast<size_t>(number)] |= static_cast<uint8_t>(1 << letter_code(read[end - length]));
      path_.push_back(number);
    }
  }

  first_.assign(static_cast<size_t>(kmers_.size()) + 1, 0);
  for (const int32_t number : path_) ++first_[static_cast<size_t>(number) + 1];
  for (size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
  occurrences_.resize(path_.size());
  size_t at = 0;
  for (size_t i = 0; i < reads.size(); ++i) {
    if (reads[i].size() <= length) continue;
    for (size_t offset = 0; offset + length <= reads[i].size(); ++offset) {
      const auto slot = static_cast<size_t>(first_[static_cast<size_t>(path_[at++])]++);
      occurrences_[slot] = {static_cast<int32_t>(i), static_cast<int32_t>(offset), offset == 0 ? '\0' : reads[i][offset - 1]};
    }
  }
  for (size_t i = first_.size() - 1; i > 0; --i) first_[i] = first_[i - 1];
  first_[0] = 0;
}

int32_t ReadIndex::Walk::kmer_at(int32_t at) {
  const auto k = static_cast<size_t>(index_.kmers_.k());
  const char* kmer = sequence_.data() + at;
  const int letter = letter_code(kmer[k - 1]);
  int32_t number = KmerTable::kNone;
  if (last_ != KmerTable::kNone && letter < 4) number = index_.next_[static_cast<size_t>(last_)][static_cast<size_t>(letter)];
  if (number == KmerTable::kNone) number = index_.kmers_.find(kmer);
  return last_ = number;
}

}  // namespace haploom::realign
