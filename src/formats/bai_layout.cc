#include "formats/bai_layout.h"

#include <fmt/format.h>

#include <array>
#include <bitset>
#include <cstring>

namespace haploom::formats {
namespace {

constexpr uint32_t kBins = 37450;        // 1 + 8 + 64 + ... + 32768, and one past them
constexpr uint32_t kStatistics = kBins;  // a bin of two pairs: where the contig's reads lie, and how many there are
constexpr uint32_t kMostWindows = 1U << 15;  // of 2^14 bases in 2^29, the contigs' limit in this format

struct Fault {
  std::string text;
};

class Walk {
 public:
  Walk(std::span<const std::byte> bytes, uint64_t file_size) : bytes_(bytes), file_size_(file_size) {}

  void all() {
    if (bytes_.size() < 4 || std::memcmp(bytes_.data(), "BAI\1", 4) != 0) throw Fault{"is no BAI index"};
    at_ = 4;
    for (uint32_t left = number<uint32_t>(); left > 0; --left) contig();
    if (at_ != bytes_.size()) number<uint64_t>();  // reads without a place, when counted
    if (at_ != bytes_.size()) throw Fault{fmt::format("has {} bytes too many", bytes_.size() - at_)};
  }

 private:
  template <typename T>
  T number() {
    T value{};
    if (bytes_.size() - at_ < sizeof value) throw Fault{fmt::format("is damaged or truncated at byte {}", at_)};
    std::memcpy(&value, bytes_.data() + at_, sizeof value);
    at_ += sizeof value;
    return value;
  }

  void place(uint64_t offset) const {
    if (offset >> 16 > file_size_) throw Fault{"points past the reads' end"};
  }

  void contig() {
    std::bitset<kBins + 1> seen;
    for (uint32_t left = number<uint32_t>(); left > 0; --left) {
      const auto bin = number<uint32_t>();
      if (bin > kBins || seen[bin]) throw Fault{fmt::format("is damaged at byte {}", at_ - 4)};
      seen[bin] = true;
      const auto pairs = number<uint32_t>();
      if (bin == kStatistics && pairs != 2) throw Fault{fmt::format("is damaged at byte {}", at_ - 4)};
      for (uint32_t pair = 0; pair < pairs; ++pair) {
        const std::array<uint64_t, 2> ends = {number<uint64_t>(), number<uint64_t>()};
        if (bin == kStatistics && pair == 1) continue;  // counts, not places
        place(ends[0]);
        place(ends[1]);
      }
    }
    const auto windows = number<uint32_t>();
    if (windows > kMostWindows) throw Fault{fmt::format("is damaged at byte {}", at_ - 4)};
    for (uint32_t left = windows; left > 0; --left) number<uint64_t>();  // some writers mark empty ones by places that are none
  }

  std::span<const std::byte> bytes_;
  uint64_t file_size_;
  size_t at_ = 0;
};

}  // namespace

std::optional<std::string> fault_in_bai(std::span<const std::byte> bytes, uint64_t file_size) {
  try {
    Walk(bytes, file_size).all();
    return std::nullopt;
  } catch (const Fault& fault) {
    return fault.text;
  }
}

}  // namespace haploom::formats
