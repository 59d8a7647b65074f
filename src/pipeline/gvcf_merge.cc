#include "pipeline/gvcf_merge.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace haploom::pipeline {
namespace {

// Whether `a` lies wholly before `b`.
template <typename A>
bool ends_before(const A& a, int64_t end, int contig, int64_t start) {
  return std::tuple(a.contig, end) <= std::tuple(contig, start);
}

constexpr int kNoContig = std::numeric_limits<int>::max();

}  // namespace

// The left part of the first block goes out, the part behind the call stays.
void GvcfMerge::cut(const genotype::Call& call) {
  genotype::GvcfBlock& block = blocks_.front();
  if (block.start < call.start) {
    genotype::GvcfBlock left = block;
    left.end = call.start;
    take_block_(left);
  }
  if (block.end <= call.end()) return blocks_.pop_front();
  block.start = call.end();
  block.ref = base_at_(block.contig, block.start);
}

bool GvcfMerge::step(int contig, int64_t position) {
  if (calls_.empty() && blocks_.empty()) return false;
  // A stream at its end counts as one that goes on at the place where nothing is settled any more.
  const bool call_first = !calls_.empty() && (blocks_.empty() ? ends_before(calls_.front(), calls_.front().end(), contig, position)
                                                              : ends_before(calls_.front(), calls_.front().end(), blocks_.front().contig,
                                                                            blocks_.front().start));
  if (call_first) {
    take_call_(calls_.front());
    calls_.pop_front();
    return true;
  }
  if (blocks_.empty()) return false;
  const genotype::GvcfBlock& block = blocks_.front();
  if (calls_.empty() ? ends_before(block, block.end, contig, position)
                     : ends_before(block, block.end, calls_.front().contig, calls_.front().start)) {
    take_block_(block);
    blocks_.pop_front();
    return true;
  }
  if (calls_.empty()) return false;
  cut(calls_.front());
  return true;
}

void GvcfMerge::settle(int contig, int64_t position) {
  while (step(contig, position)) {
  }
}

void GvcfMerge::finish() { settle(kNoContig, 0); }

char ReferenceBases::at(int contig, int64_t position) {
  constexpr int64_t kStretch = 65'536;
  if (position < 0 || position >= reference_.contigs()[contig].length) return 'N';
  if (contig != held_.contig || !held_.contains(position)) {
    held_ = {contig, position, std::min(position + kStretch, reference_.contigs()[contig].length)};
    bases_ = reference_.bases(held_);
  }
  const auto at = static_cast<size_t>(position - held_.start);
  return at < bases_.size() ? bases_[at] : 'N';
}

}  // namespace haploom::pipeline
