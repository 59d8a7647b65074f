#include "shared_image/checksum.h"

#include <xxhash.h>

#include <algorithm>
#include <memory>
#include <new>

#include "base/signals.h"

namespace haploom::shared_image {
namespace {

constexpr size_t kStep = size_t{64} << 20;

using State = std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)>;

// reset and update: those of the width that is wanted.
template <typename Reset, typename Update>
State state_after(std::span<const std::byte> bytes, Reset reset, Update update) {
  State state(XXH3_createState(), XXH3_freeState);
  if (!state) throw std::bad_alloc();
  reset(state.get());
  while (!bytes.empty()) {
    base::throw_if_stopped();
    const auto step = bytes.first(std::min(kStep, bytes.size()));
    update(state.get(), step.data(), step.size());
    bytes = bytes.subspan(step.size());
  }
  return state;
}

}  // namespace

Checksum::Checksum() : state_(XXH3_createState(), XXH3_freeState) {
  if (!state_) throw std::bad_alloc();
  XXH3_64bits_reset(state_.get());
}

void Checksum::add(std::span<const std::byte> bytes) { XXH3_64bits_update(state_.get(), bytes.data(), bytes.size()); }
uint64_t Checksum::sum() const { return XXH3_64bits_digest(state_.get()); }

uint64_t checksum_of(std::span<const std::byte> bytes) {
  return XXH3_64bits_digest(state_after(bytes, XXH3_64bits_reset, XXH3_64bits_update).get());
}

std::array<uint64_t, 2> wide_checksum_of(std::span<const std::byte> bytes) {
  const XXH128_hash_t hash = XXH3_128bits_digest(state_after(bytes, XXH3_128bits_reset, XXH3_128bits_update).get());
  return {hash.low64, hash.high64};
}

}  // namespace haploom::shared_image
