#include "realign/window_selector.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <tuple>
#include <utility>

#include "genome/dna.h"

namespace haploom::realign {
namespace {

using genome::Read;
using pileup::AlleleType;

constexpr int kMinAlleleSupport = 2;
constexpr double kStrictInsertionFraction = 0.08;

// Upstream's linear model of how much a position gains by assembly. Source: realigner.py
constexpr float kBias = -0.683379F;
constexpr float kSoftClip = 2.997000F;
constexpr float kSubstitution = -0.086644F;
constexpr float kInsertion = 2.493585F;
constexpr float kDeletion = 1.795914F;
constexpr float kReference = -0.059787F;
constexpr float kDecisionBoundary = 3.0F;

constexpr int64_t kNowhere = -1;

}  // namespace

bool WindowSelector::usable(const Read& read, size_t offset) const {
  return genome::is_acgt(read.bases[offset]) && !(options_.keep_legacy && read.quality[offset] < options_.min_base_quality);
}

void WindowSelector::collect_base(const Read& read, int32_t index, int64_t position, size_t offset) {
  if (!usable(read, offset)) return;
  const char base = read.bases[offset];
  const bool low_quality = read.quality[offset] < options_.min_base_quality;
  const auto at = static_cast<int32_t>(position - region_.start);
  last_position_ = position;
  last_is_event_ = base != reference_.at(position);
  if (last_is_event_) {
    events_.push_back({at, index, AlleleType::kSubstitution, low_quality, base, 0, 0});
  } else if (count_agreement_ && !low_quality) {
    ++agreeing_[static_cast<size_t>(at)];
  }
}

// Goes over bases that agree eight at a time, but for the last one, which an indel may follow.
void WindowSelector::collect_bases(const Read& read, int32_t index, int64_t position, int64_t offset, int64_t length) {
  const int64_t first = std::max(position, region_.start);
  const int64_t last = std::min(position + length, region_.end);
  if (first >= last) return;
  const auto n = static_cast<size_t>(last - first);
  const auto from = static_cast<size_t>(offset + first - position);
  const char* bases = read.bases.data() + from;
  const char* reference = reference_.bases.data() + (first - reference_.start);
  size_t i = 0;
  while (i + 1 < n) {
    uint64_t ours = 0;
    uint64_t theirs = 0;
    if (!count_agreement_ && i + sizeof ours < n) {
      std::memcpy(&ours, bases + i, sizeof ours);
      std::memcpy(&theirs, reference + i, sizeof theirs);
      if (ours == theirs) {
        i += sizeof ours;
        continue;
      }
    }
    if (count_agreement_ || bases[i] != reference[i]) collect_base(read, index, first + static_cast<int64_t>(i), from + i);
    ++i;
  }
  collect_base(read, index, last - 1, from + n - 1);
}

// An indel takes the place of the allele before it when that stands at its anchor.
void WindowSelector::collect_indel(const Read& read, int32_t index, int64_t position, int64_t offset, const genome::CigarOp& part) {
  const int64_t before = std::exchange(last_position_, kNowhere);
  const int64_t anchor = position - 1;
  if (!region_.contains(anchor)) return;
  Event event{static_cast<int32_t>(anchor - region_.start), index, AlleleType::kDeletion, false, 0, static_cast<int32_t>(offset), part.length};
  event.anchor = offset > 0 ? read.bases[static_cast<size_t>(offset - 1)] : reference_.at(anchor);
  if (!genome::is_acgt(event.anchor)) return;
  if (part.op == 'D') {
    for (int64_t i = position; i < position + part.length; ++i) {
      if (!genome::is_acgt(reference_.at(i))) return;  // so beyond the contig, too
    }
  } else {
    int64_t sum = 0;
    for (int64_t i = offset; i < offset + part.length; ++i) {
      if (!usable(read, static_cast<size_t>(i))) return;
      sum += read.quality[static_cast<size_t>(i)];
    }
    event.type = part.op == 'I' ? AlleleType::kInsertion : AlleleType::kSoftClip;
    event.low_quality = sum < int64_t{options_.min_base_quality} * part.length;
  }
  if (before == anchor) {
    if (last_is_event_) {
      events_.pop_back();
    } else if (count_agreement_ && read.quality[static_cast<size_t>(offset - 1)] >= options_.min_base_quality) {
      --agreeing_[static_cast<size_t>(event.position)];
    }
  }
  events_.push_back(event);
  last_position_ = anchor;
  last_is_event_ = true;
}

void WindowSelector::collect(const Read& read, int32_t index) {
  int64_t position = read.start;
  int64_t offset = 0;
  last_position_ = kNowhere;
  for (const genome::CigarOp& part : read.cigar) {
    if (part.length <= 0) continue;
    if (genome::is_match(part.op)) {
      collect_bases(read, index, position, offset, part.length);
    } else if (part.op == 'I' || part.op == 'S' || part.op == 'D') {
      collect_indel(read, index, position, offset, part);
    }
    if (genome::consumes_reference(part.op) || part.op == 'P') position += part.length;
    if (genome::consumes_read(part.op)) offset += part.length;
  }
}

uint64_t WindowSelector::key_hash(int32_t read) {
  uint64_t& hash = key_hashes_[static_cast<size_t>(read)];
  if (hash == 0) {
    const Read& each = *reads_[static_cast<size_t>(read)];
    hash = (std::hash<std::string_view>{}(each.name) << 1 | 1) + 2 * uint64_t{each.number};
  }
  return hash;
}

// A read and its supplementary alignment share a key, and a key shows one allele a position: the last.
void WindowSelector::keep_last_of_each_key(std::vector<Event>& site) {
  const auto same_key = [this](const Event& a, const Event& b) {
    if (a.read == b.read) return true;
    if (key_hash(a.read) != key_hash(b.read)) return false;
    const Read& one = *reads_[static_cast<size_t>(a.read)];
    const Read& other = *reads_[static_cast<size_t>(b.read)];
    return one.number == other.number && one.name == other.name;
  };
  if (site.size() < 2) return;
  by_key_.clear();
  for (size_t i = 0; i < site.size(); ++i) by_key_.emplace_back(key_hash(site[i].read), site.size() - i);
  std::sort(by_key_.begin(), by_key_.end());  // of equal keys the last comes first
  for (size_t first = 0, end = 0; first < by_key_.size(); first = end) {
    while (end < by_key_.size() && by_key_[end].first == by_key_[first].first) ++end;
    size_t kept = first + 1;
    for (size_t i = first + 1; i < end; ++i) {
      Event& event = site[site.size() - by_key_[i].second];
      const bool shown = std::any_of(by_key_.begin() + static_cast<std::ptrdiff_t>(first), by_key_.begin() + static_cast<std::ptrdiff_t>(kept),
                                     [&](const auto& later) { return same_key(event, site[site.size() - later.second]); });
      if (shown) {
        duplicates_.push_back(&event);
      } else {
        by_key_[kept++] = by_key_[i];
      }
    }
  }
  for (Event* event : duplicates_) event->read = -1;
  duplicates_.clear();
  std::erase_if(site, [](const Event& event) { return event.read < 0; });
}

std::string_view WindowSelector::bases(const Event& event) const {
  if (event.type == AlleleType::kSubstitution || event.type == AlleleType::kDeletion) return {};
  return std::string_view(reads_[static_cast<size_t>(event.read)]->bases)
      .substr(static_cast<size_t>(event.offset), static_cast<size_t>(event.length));
}

// An insertion or clip of n bases counts for n before it and n after.
void WindowSelector::add(const Event& allele, float by) {
  int64_t first = allele.position;
  int64_t last = allele.position + 1;  // one further
  if (allele.type == AlleleType::kDeletion) {
    first = allele.position + 1;
    last = first + allele.length;
  } else if (allele.type != AlleleType::kSubstitution) {
    first = allele.position + 1 - allele.length;
    last = allele.position + 1 + allele.length;
  }
  first = std::max<int64_t>(first, 0);
  last = std::min(last, static_cast<int64_t>(scores_.size()));
  for (int64_t i = first; i < last; ++i) scores_[static_cast<size_t>(i)] += by;
}

void WindowSelector::score_by_thresholds(std::vector<Event>& site) {
  if (site.size() < kMinAlleleSupport) return;
  std::erase_if(site, [](const Event& event) { return event.low_quality; });
  const auto allele = [this](const Event& event) { return std::tuple(event.type, event.length, event.anchor, bases(event)); };
  std::sort(site.begin(), site.end(), [&](const Event& a, const Event& b) { return allele(a) < allele(b); });
  const auto at = site.empty() ? 0 : static_cast<size_t>(site.front().position);
  const auto total = static_cast<int>(site.size()) + (count_agreement_ ? agreeing_[at] : 0);
  for (auto first = site.begin(); first != site.end();) {
    const auto last = std::find_if(first, site.end(), [&](const Event& event) { return allele(event) != allele(*first); });
    const auto support = static_cast<int>(last - first);
    bool enough = support >= kMinAlleleSupport;
    if (options_.enable_strict_insertion_filter && first->type == AlleleType::kInsertion && first->length == 1) {
      enough = enough && static_cast<double>(static_cast<float>(support) / static_cast<float>(total)) >= kStrictInsertionFraction;
    }
    if (enough) add(*first, static_cast<float>(support));
    first = last;
  }
}

void WindowSelector::score_by_model(const std::vector<Event>& site) {
  for (const Event& event : site) {
    switch (event.type) {
      case AlleleType::kSubstitution: add(event, kSubstitution); break;
      case AlleleType::kInsertion: add(event, kInsertion); break;
      case AlleleType::kDeletion: add(event, kDeletion); break;
      case AlleleType::kSoftClip: add(event, kSoftClip); break;
      case AlleleType::kReference: break;  // never an event
    }
  }
}

bool WindowSelector::is_candidate(float score) const {
  if (options_.use_window_selector_model) return score > kDecisionBoundary;
  return score >= static_cast<float>(options_.min_num_supporting_reads) && score <= static_cast<float>(options_.max_num_supporting_reads);
}

std::vector<Interval> WindowSelector::windows() const {
  std::vector<Interval> out;
  const int64_t distance = options_.min_windows_distance;
  int64_t previous = 0;
  for (size_t i = 0; i < scores_.size(); ++i) {
    if (!is_candidate(scores_[i])) continue;
    const int64_t position = region_.start + static_cast<int64_t>(i);
    if (out.empty() || position > previous + 2 * distance) out.push_back({position - distance, 0});
    out.back().end = position + distance;
    previous = position;
  }
  return out;
}

std::vector<Interval> WindowSelector::select(const genome::Region& partition, std::span<const Read* const> reads,
                                             const pileup::ReferenceWindow& reference, int64_t contig_length) {
  if (reads.empty()) return {};
  if (options_.realign_all) return {{partition.start, partition.end}};
  region_ = {partition.contig, std::max({int64_t{0}, partition.start - options_.region_expansion_in_bp, reference.start}),
             std::min({contig_length, partition.end + options_.region_expansion_in_bp, reference.end()})};
  if (region_.length() <= 0) return {};
  reference_ = reference;
  reads_ = reads;
  count_agreement_ = options_.use_window_selector_model || options_.enable_strict_insertion_filter;
  events_.clear();
  key_hashes_.assign(reads.size(), 0);
  scores_.assign(static_cast<size_t>(region_.length()), options_.use_window_selector_model ? kBias : 0.0F);
  if (count_agreement_) agreeing_.assign(scores_.size(), 0);

  for (size_t i = 0; i < reads.size(); ++i) {
    if (reads[i]->mapq >= options_.min_mapq) collect(*reads[i], static_cast<int32_t>(i));
  }
  std::stable_sort(events_.begin(), events_.end(), [](const Event& a, const Event& b) { return a.position < b.position; });
  size_t scored = 0;  // positions whose agreement is in; floats are added from left to right, as upstream does
  const auto add_agreement = [&](size_t end) {
    for (; options_.use_window_selector_model && scored < end; ++scored) scores_[scored] += static_cast<float>(agreeing_[scored]) * kReference;
  };
  for (auto first = events_.begin(); first != events_.end();) {
    add_agreement(static_cast<size_t>(first->position) + 1);
    const auto last = std::find_if(first, events_.end(), [&](const Event& event) { return event.position != first->position; });
    site_.assign(first, last);
    keep_last_of_each_key(site_);
    if (options_.use_window_selector_model) {
      score_by_model(site_);
    } else {
      score_by_thresholds(site_);
    }
    first = last;
  }
  add_agreement(scores_.size());
  return windows();
}

}  // namespace haploom::realign
