#include "shared_image/checksum.h"

#include <algorithm>
#include <new>
#include <vector>

#include "base/signals.h"

namespace haploom::shared_image {

uint64_t checksum_of(std::span<const std::byte> bytes) {
  std::vector<uint64_t> sums;
  for (; !bytes.empty(); bytes = bytes.subspan(std::min<uint64_t>(kChunkBytes, bytes.size()))) {
    base::throw_if_stopped();
    sums.push_back(XXH3_64bits(bytes.data(), std::min<uint64_t>(kChunkBytes, bytes.size())));
  }
  return checksum_of_chunks(sums);
}

std::array<uint64_t, 2> wide_checksum_of(std::span<const std::byte> bytes) {
  const std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state(XXH3_createState(), XXH3_freeState);
  if (!state) throw std::bad_alloc();
  XXH3_128bits_reset(state.get());
  for (; !bytes.empty(); bytes = bytes.subspan(std::min<uint64_t>(kChunkBytes, bytes.size()))) {
    base::throw_if_stopped();
    XXH3_128bits_update(state.get(), bytes.data(), std::min<uint64_t>(kChunkBytes, bytes.size()));
  }
  const XXH128_hash_t hash = XXH3_128bits_digest(state.get());
  return {hash.low64, hash.high64};
}

ChunkSum::ChunkSum() : state_(XXH3_createState(), XXH3_freeState) {
  if (!state_) throw std::bad_alloc();
  start();
}
void ChunkSum::start() { XXH3_64bits_reset(state_.get()); }
void ChunkSum::add(std::span<const std::byte> piece) { XXH3_64bits_update(state_.get(), piece.data(), piece.size()); }
uint64_t ChunkSum::sum() const { return XXH3_64bits_digest(state_.get()); }

uint64_t checksum_of_chunks(std::span<const uint64_t> sums) { return XXH3_64bits(sums.data(), sums.size_bytes()); }

}  // namespace haploom::shared_image
