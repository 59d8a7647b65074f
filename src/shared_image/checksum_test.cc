#include "shared_image/checksum.h"

#include <gtest/gtest.h>
#include <xxhash.h>

#include <algorithm>
#include <csignal>
#include <vector>

#include "base/signals.h"
#include "shared_image/store_fixture.h"

namespace haploom::shared_image {
namespace {

TEST(Checksum, IsThatOfItsChunksSums) {
  for (const size_t size : {size_t{0}, size_t{1000}, 2 * kChunkBytes, 2 * kChunkBytes + 77}) {
    std::vector<std::byte> bytes(size);
    for (size_t at = 0; at < size; at += 999) bytes[at] = static_cast<std::byte>(at >> 3);
    std::vector<uint64_t> sums;
    ChunkSum chunk;
    for (size_t at = 0; at < size; at += kChunkBytes) {
      const size_t length = std::min<size_t>(kChunkBytes, size - at);
      chunk.start();
      for (size_t piece = 0; piece < length; piece += 1'000'003) chunk.add(std::span(bytes).subspan(at + piece, std::min<size_t>(1'000'003, length - piece)));
      EXPECT_EQ(chunk.sum(), XXH3_64bits(bytes.data() + at, length));
      sums.push_back(chunk.sum());
    }
    EXPECT_EQ(checksum_of(bytes), checksum_of_chunks(sums));
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
