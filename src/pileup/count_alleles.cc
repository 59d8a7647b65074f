#include <algorithm>
#include <bit>
#include <cstring>

#include "base/error.h"
#include "genome/dna.h"
#include "pileup/pileup.h"

namespace haploom::pileup {
namespace {

using genome::Read;

// Of a read's key, eight letters at a time.
size_t hash_of(const Read& read) {
  constexpr uint64_t kMix = 0x9E3779B97F4A7C15;
  const char* at = read.name.data();
  size_t left = read.name.size();
  uint64_t hash = (left << 1 | read.number) * kMix;
  const auto mix = [&hash](uint64_t word) {
    hash = (hash ^ word) * kMix;
    hash ^= hash >> 32;
  };
  for (; left > 8; left -= 8, at += 8) {
    uint64_t word = 0;
    std::memcpy(&word, at, 8);
    mix(word);
  }
  uint64_t rest = 0;
  std::memcpy(&rest, at, left);
  mix(rest);
  return hash;
}

// For each read the number of its key (name, number) among those that several reads bear, -1 for all others.
// A read and its supplementary alignment share a key, and a key shows one allele a position.
std::vector<int32_t> shared_keys(const std::vector<Read>& reads) {
  constexpr size_t kAhead = 8;  // names lie scattered
  std::vector<int32_t> shared(reads.size(), -1);
  const size_t slots = std::bit_ceil(2 * reads.size() + 1);
  std::vector<std::pair<size_t, int32_t>> table(slots, {0, -1});  // hash and first read of each key
  for (size_t i = 0; i < reads.size(); ++i) {
    const Read& read = reads[i];
    if (i + kAhead < reads.size()) __builtin_prefetch(reads[i + kAhead].name.data());
    const size_t hash = hash_of(read);
    size_t slot = hash & (slots - 1);
    while (true) {
      auto& [its_hash, first] = table[slot];
      if (first < 0) {
        table[slot] = {hash, static_cast<int32_t>(i)};
        break;
      }
      const Read& other = reads[static_cast<size_t>(first)];
      if (its_hash == hash && other.number == read.number && other.name == read.name) {
        shared[static_cast<size_t>(first)] = first;
        shared[i] = first;
        break;
      }
      slot = (slot + 1) & (slots - 1);
    }
  }
  return shared;
}

class Counter {
 public:
  Counter(const genome::Region& region, const std::vector<Read>& reads, const ReferenceWindow& reference,
          const CountOptions& options, std::span<const int64_t> tracked)
      : region_(region),
        reads_(reads),
        reference_(reference),
        legacy_(options.legacy),
        min_quality_(std::clamp(options.min_base_quality, 0, 255)),
        tracked_(tracked),
        shared_key_(shared_keys(reads)),
        plain_(reference.bases.substr(static_cast<size_t>(region.start - reference.start),
                                      static_cast<size_t>(region.length()))),
        agreeing_(plain_.size(), 0),
        counts_(plain_.size()) {
    std::replace_if(plain_.begin(), plain_.end(), [](char base) { return !genome::is_acgt(base); }, '\0');
  }

  void add(int32_t index) {
    read_ = index;
    if (unflushed_++ == UINT8_MAX) flush();  // before a byte could run over: a read agrees once a position
    const Read& read = reads_[static_cast<size_t>(index)];
    int64_t position = read.start;
    int64_t offset = 0;
    for (const genome::CigarOp& part : read.cigar) {
      if (part.length <= 0) continue;
      switch (part.op) {
        case 'M': case '=': case 'X':
          add_bases(read, position, offset, part.length);
          position += part.length;
          offset += part.length;
          break;
        case 'I': case 'S':
          add_indel(read, position, offset, part);
          offset += part.length;
          break;
        case 'D':
          add_indel(read, position, offset, part);
          position += part.length;
          break;
        case 'N': case 'P':  // upstream lets padding move the reference, too
          position += part.length;
          break;
        default:
          break;
      }
    }
    settle();
  }

  std::vector<PositionCounts> take() {
    flush();
    return std::move(counts_);
  }

 private:
  void flush() {
    for (size_t i = 0; i < counts_.size(); ++i) counts_[i].reference += agreeing_[i];
    std::fill(agreeing_.begin(), agreeing_.end(), uint8_t{0});
    unflushed_ = 1;
  }

  enum class Held : uint8_t { kNothing, kReference, kAllele, kTracked };  // kTracked: the reference base, to be listed

  // The last base of the run is held back: an indel that follows stands at the same position and takes its place.
  void add_bases(const Read& read, int64_t position, int64_t offset, int64_t length) {
    settle();
    const int64_t first = std::max(position, region_.start);
    const int64_t last = std::min(position + length - 1, region_.end);  // without the run's last base
    if (first < last) add_inner(read, first, offset + first - position, last - first);
    const int64_t end = position + length - 1;
    if (region_.contains(end)) hold_base(read, end, static_cast<size_t>(offset + length - 1));
  }

  // [position, position + length) inside the region.
  void add_inner(const Read& read, int64_t position, int64_t offset, int64_t length) {
    const auto n = static_cast<size_t>(length);
    const auto from = static_cast<size_t>(position - region_.start);
    const char* bases = read.bases.data() + offset;
    const uint8_t* quality = read.quality.data() + offset;
    const char* plain = plain_.data() + from;
    count_agreeing(bases, plain, quality, static_cast<uint8_t>(min_quality_), n, agreeing_.data() + from);

    size_t i = 0;
    const auto differing = [&](size_t end) {
      for (; i < end; ++i) {
        if (bases[i] != plain[i]) put_substitution(read, from + i, static_cast<size_t>(offset) + i);
      }
    };
    while (i + sizeof(uint64_t) <= n) {
      uint64_t ours = 0;
      uint64_t theirs = 0;
      std::memcpy(&ours, bases + i, sizeof ours);
      std::memcpy(&theirs, plain + i, sizeof theirs);
      if (ours == theirs) {
        i += sizeof ours;
      } else {
        differing(i + sizeof ours);
      }
    }
    differing(n);
    if (!tracked_.empty()) list_reference(read, position, offset, length);
  }

  // The reference bases of an inner run at tracked positions.
  void list_reference(const Read& read, int64_t position, int64_t offset, int64_t length) {
    for (auto at = std::lower_bound(tracked_.begin(), tracked_.end(), position); at != tracked_.end() && *at < position + length; ++at) {
      const auto base = static_cast<size_t>(offset + *at - position);
      const auto place = static_cast<size_t>(*at - region_.start);
      if (read.bases[base] == plain_[place] && usable(read, base)) put(place, observed(read, base, AlleleType::kReference));
    }
  }

  // Bytes throughout, so that a vector register takes 16 and more at a time.
  static void count_agreeing(const char* __restrict bases, const char* __restrict plain, const uint8_t* __restrict quality,
                             uint8_t least, size_t n, uint8_t* __restrict agreeing) {
    for (size_t i = 0; i < n; ++i) {
      const bool agrees = static_cast<unsigned>(bases[i] == plain[i]) & static_cast<unsigned>(quality[i] >= least);
      agreeing[i] = static_cast<uint8_t>(agreeing[i] + agrees);
    }
  }

  bool is_tracked(int64_t position) const { return std::binary_search(tracked_.begin(), tracked_.end(), position); }

  AlleleObservation observed(const Read& read, size_t offset, AlleleType type) const {
    const uint8_t quality = read.quality[offset];
    return {read_, type, quality < min_quality_, quality, std::string(1, read.bases[offset])};
  }

  bool usable(const Read& read, size_t offset) const {
    return genome::is_acgt(read.bases[offset]) && !(legacy_ && read.quality[offset] < min_quality_);
  }

  void put_substitution(const Read& read, size_t at, size_t offset) {
    if (!usable(read, offset)) return;
    put(at, observed(read, offset, AlleleType::kSubstitution));
  }

  void hold_base(const Read& read, int64_t position, size_t offset) {
    if (!usable(read, offset)) return;
    held_position_ = position;
    if (read.bases[offset] != plain_[static_cast<size_t>(position - region_.start)]) {
      held_ = Held::kAllele;
      held_allele_ = observed(read, offset, AlleleType::kSubstitution);
    } else if (!tracked_.empty() && is_tracked(position)) {
      held_ = Held::kTracked;
      held_allele_ = observed(read, offset, AlleleType::kReference);
    } else if (read.quality[offset] >= min_quality_) {
      held_ = Held::kReference;
    }
  }

  void add_indel(const Read& read, int64_t position, int64_t offset, const genome::CigarOp& part) {
    const int64_t anchor = position - 1;
    if (!region_.contains(anchor)) return settle();
    AlleleObservation seen{read_, AlleleType::kDeletion, false, 0, {}};
    if (!spell(read, position, static_cast<size_t>(offset), part, seen)) return settle();
    if (held_ != Held::kNothing && held_position_ != anchor) settle();
    held_ = Held::kAllele;
    held_position_ = anchor;
    held_allele_ = std::move(seen);
  }

  // Fills all but the read; false when the allele cannot be used.
  bool spell(const Read& read, int64_t position, size_t offset, const genome::CigarOp& part, AlleleObservation& seen) const {
    const char anchor = offset > 0 ? read.bases[offset - 1] : reference_.at(position - 1);
    if (!genome::is_acgt(anchor)) return false;
    const auto length = static_cast<size_t>(part.length);
    std::string_view rest;
    if (part.op == 'D') {
      if (position + part.length > reference_.end()) return false;
      rest = reference_.bases.substr(static_cast<size_t>(position - reference_.start), length);
      if (!std::all_of(rest.begin(), rest.end(), genome::is_acgt)) return false;
      if (!read.quality.empty()) seen.base_quality = read.quality[offset > 0 ? offset - 1 : 0];
    } else {
      int64_t sum = 0;
      for (size_t i = offset; i < offset + length; ++i) {
        if (!usable(read, i)) return false;
        sum += read.quality[i];
      }
      seen.type = part.op == 'I' ? AlleleType::kInsertion : AlleleType::kSoftClip;
      seen.low_quality = sum < static_cast<int64_t>(min_quality_) * part.length;
      seen.base_quality = static_cast<uint8_t>(sum / part.length);
      rest = std::string_view(read.bases).substr(offset, length);
    }
    seen.bases.reserve(1 + length);
    seen.bases += anchor;
    seen.bases += rest;
    return true;
  }

  void settle() {
    const auto at = static_cast<size_t>(held_position_ - region_.start);
    if (held_ == Held::kReference || (held_ == Held::kTracked && !held_allele_.low_quality)) ++counts_[at].reference;
    if (held_ == Held::kAllele || held_ == Held::kTracked) put(at, std::move(held_allele_));
    held_ = Held::kNothing;
  }

  void put(size_t at, AlleleObservation&& seen) {
    std::vector<AlleleObservation>& alleles = counts_[at].alleles;
    if (const int32_t key = shared_key_[static_cast<size_t>(seen.read)]; key >= 0) {
      for (AlleleObservation& other : alleles) {
        if (shared_key_[static_cast<size_t>(other.read)] != key) continue;
        other = std::move(seen);
        return;
      }
    } else if (!alleles.empty() && alleles.back().read == seen.read) {  // an unusable indel lay between the two
      alleles.back() = std::move(seen);
      return;
    }
    alleles.push_back(std::move(seen));
  }

  const genome::Region region_;
  const std::vector<Read>& reads_;
  const ReferenceWindow reference_;
  const bool legacy_;
  const int min_quality_;
  const std::span<const int64_t> tracked_;
  const std::vector<int32_t> shared_key_;
  std::string plain_;              // the region's reference, 0 where it is not ACGT: equal to no read base
  std::vector<uint8_t> agreeing_;  // [region] reference bases of runs, apart from counts_ so that the loop is plain
  int unflushed_ = 0;              // reads since agreeing_ went into counts_
  std::vector<PositionCounts> counts_;
  int32_t read_ = 0;
  Held held_ = Held::kNothing;
  int64_t held_position_ = 0;
  AlleleObservation held_allele_;
};

bool well_formed(const Read& read) {
  return read.bases.size() == read.quality.size() &&
         genome::read_length(read.cigar) <= static_cast<int64_t>(read.bases.size());
}

}  // namespace

int32_t depth(const PositionCounts& counts) {
  return counts.reference + static_cast<int32_t>(std::count_if(counts.alleles.begin(), counts.alleles.end(),
                                                               [](const auto& seen) {
                                                                 return !seen.low_quality && seen.type != AlleleType::kReference;
                                                               }));
}

std::vector<PositionCounts> count_alleles(const genome::Region& region, const std::vector<Read>& reads,
                                          const ReferenceWindow& reference, const CountOptions& options,
                                          std::span<const int64_t> tracked) {
  check(reference.start <= region.start && region.start <= region.end && region.end <= reference.end(),
        "the partition lies inside its reference window");
  Counter counter(region, reads, reference, options, tracked);
  for (size_t i = 0; i < reads.size(); ++i) {
    const Read& read = reads[i];
    if (read.mapq < options.min_mapq || read.contig != region.contig || read.start >= region.end || read.end <= region.start) {
      continue;
    }
    check(well_formed(read), "a read has a quality for each base and no more CIGAR than bases");
    counter.add(static_cast<int32_t>(i));
  }
  return counter.take();
}

}  // namespace haploom::pileup
