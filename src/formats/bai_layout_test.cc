#include "formats/bai_layout.h"

#include <gtest/gtest.h>

#include <vector>

namespace haploom::formats {
namespace {

class Bai {
 public:
  Bai& number(uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out_.push_back(static_cast<std::byte>(value >> 8 * i));
    return *this;
  }
  Bai& n32(uint64_t value) { return number(value, 4); }
  Bai& n64(uint64_t value) { return number(value, 8); }
  std::optional<std::string> fault(uint64_t file_size = 1000) const { return fault_in_bai(out_, file_size); }

 private:
  std::vector<std::byte> out_;
};

constexpr uint64_t kMagic = 0x01494142;
constexpr uint64_t at(uint64_t block) { return block << 16; }

// One contig: one bin with one pair, the statistics, two windows.
Bai whole() {
  return Bai().n32(kMagic).n32(1).n32(2).n32(4681).n32(1).n64(at(100)).n64(at(900)).n32(37450).n32(2).n64(at(100)).n64(at(900)).n64(1ULL << 62).n64(5)
      .n32(2).n64(0).n64(at(100));
}

}  // namespace

TEST(BaiLayout, AcceptsAWholeIndexWithAndWithoutItsLastCount) {
  EXPECT_EQ(whole().fault(), std::nullopt);
  EXPECT_EQ(whole().n64(17).fault(), std::nullopt);
  EXPECT_EQ(Bai().n32(kMagic).n32(1).n32(0).n32(0).fault(), std::nullopt);
}

TEST(BaiLayout, RefusesWhatIsTruncatedOrGoesOn) {
  EXPECT_NE(Bai().fault(), std::nullopt);
  EXPECT_NE(Bai().n32(kMagic).n32(1).n32(1).n32(4681).n32(1).n64(at(100)).fault(), std::nullopt);
  EXPECT_NE(whole().n32(1).fault(), std::nullopt);
  EXPECT_NE(whole().n64(17).n64(1).fault(), std::nullopt);
}

TEST(BaiLayout, RefusesCountsThatTheBytesCannotHold) {
  EXPECT_NE(Bai().n32(kMagic).n32(0xFFFFFFFF).n64(0).fault(), std::nullopt);
  EXPECT_NE(Bai().n32(kMagic).n32(1).n32(1).n32(4681).n32(0xFFFFFFFF).n64(0).n64(0).fault(), std::nullopt);
  EXPECT_NE(Bai().n32(kMagic).n32(1).n32(0).n32(0xFFFFFFFF).n64(0).fault(), std::nullopt);
}

TEST(BaiLayout, RefusesBinsThatAreNoneOrComeTwice) {
  EXPECT_NE(Bai().n32(kMagic).n32(1).n32(1).n32(37451).n32(0).n32(0).fault(), std::nullopt);
  EXPECT_NE(Bai().n32(kMagic).n32(1).n32(2).n32(5).n32(0).n32(5).n32(0).n32(0).fault(), std::nullopt);
  EXPECT_NE(Bai().n32(kMagic).n32(1).n32(1).n32(37450).n32(1).n64(0).n64(0).n32(0).fault(), std::nullopt);
}

TEST(BaiLayout, RefusesPlacesBehindTheReadsEnd) {
  EXPECT_NE(whole().fault(899), std::nullopt);
  EXPECT_EQ(whole().fault(900), std::nullopt);
}

}  // namespace haploom::formats
