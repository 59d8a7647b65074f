#include "shared_image/checksum.h"

#include <gtest/gtest.h>
#include <xxhash.h>

#include <csignal>
#include <vector>

#include "base/signals.h"
#include "shared_image/store_fixture.h"

namespace haploom::shared_image {
namespace {

TEST(Checksum, InStepsIsThatOfTheWhole) {
  for (const size_t size : {size_t{0}, size_t{1000}, (size_t{64} << 20) + 77}) {
    std::vector<std::byte> bytes(size);
    for (size_t at = 0; at < size; at += 999) bytes[at] = static_cast<std::byte>(at >> 3);
    EXPECT_EQ(checksum_of(bytes), XXH3_64bits(bytes.data(), size));
    const XXH128_hash_t wide = XXH3_128bits(bytes.data(), size);
    EXPECT_EQ(wide_checksum_of(bytes), (std::array<uint64_t, 2>{wide.low64, wide.high64}));
  }
}

TEST(Checksum, EndsOnASignal) {
  Job job([] {
    base::install_signal_handlers();
    ::raise(SIGTERM);
    try {
      checksum_of(std::vector<std::byte>(10));
    } catch (const base::Interrupted& stop) {
      ::_exit(stop.signal());
    }
  });
  EXPECT_EQ(job.result(), SIGTERM);
}

}  // namespace
}  // namespace haploom::shared_image
