// Any bytes as the image in the shared object: an Error, or answers that may be wrong, yet come.
//
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <memory>
#include <vector>

#include "base/error.h"
#include "fuzz.h"
#include "haplotypes/haplotypes.h"
#include "shared_image/pangenome.h"  // and the layout

namespace haploom {
namespace {

using fuzz::require;
using shared_image::Pangenome;

constexpr uint64_t kFewVisits = 2'000;  // what walks for more is slow, yet ends
constexpr uint64_t kMost = 64;          // of anything that is tried one by one

// What a damaged image may do instead of answering.
template <typename Ask>
void ask(Ask ask_it) {
  try {
    ask_it();
  } catch (const Error& error) {
    require(error.exit() == Exit::kInput, "damage is the input's");
  }
}

void ask_node(const Pangenome& image, gbz::NodeCode code) {
  std::string bases;
  image.append_bases(code, bases);
  require(bases.size() == image.node_length(code), "a node has its length");
  image.for_each_successor(code, [&](gbz::NodeCode to) { (void)image.label(gbz::node_id(to)); });
  std::vector<shared_image::Stretch> stretches;
  const uint64_t visits = image.visits(code);
  image.follow(code, 0, visits, stretches);
  image.follow(code, visits / 2, UINT64_MAX, stretches);
  for (uint64_t i = 0; i < std::min<uint64_t>(8, visits + 1); ++i) {
    const gbz::Visit at{code, i < 6 ? i : visits + i - 7};
    (void)image.next(at);
    ask([&] { (void)image.owner(at); });
  }
}

void ask_path(const Pangenome& image, uint64_t path) {
  const shared_image::PathInfo info = image.path(path);
  for (const uint64_t offset : {uint64_t{0}, info.bases / 2, info.bases - 1, info.bases}) {
    (void)image.locate(path, offset);
    for (const uint64_t context : {uint64_t{10}, haplotypes::kContext}) ask([&] { (void)haplotypes::query(image, path, offset, context); });
  }
}

void ask_reader(const Pangenome& image) {
  haplotypes::Reader reader(image, haplotypes::choose_reference(image, std::nullopt, ""));
  for (const std::string_view contig : image.contigs()) {
    const std::string name(contig);
    const auto end = reader.contig_end(name);
    if (!end) continue;
    for (const int64_t middle : {int64_t{0}, *end / 2}) ask([&] { (void)reader.reads({0, middle, middle + 1}, name); });
  }
}

}  // namespace
}  // namespace haploom

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace haploom;
  const auto copy = std::make_unique<std::byte[]>(size);  // aligned, and with nothing readable behind it
  if (size > 0) std::memcpy(copy.get(), data, size);
  std::optional<Pangenome> image;
  try {
    image.emplace(std::span(copy.get(), size));
  } catch (const Error& error) {
    require(error.exit() == Exit::kResource && error.reason() == Reason::kFormat, "what is no image is refused as that");
    return 0;
  }
  (void)image->samples();
  (void)image->reference_samples();
  if (image->visit_total() > kFewVisits) return 0;
  for (gbz::NodeCode code = 0; code < kMost; ++code) ask_node(*image, code);
  const auto indexed = image->indexed_paths();
  for (size_t i = 0; i < std::min<size_t>(indexed.size(), 4); ++i) ask([&] { ask_path(*image, indexed[i]); });
  for (uint64_t path = 0; path < std::min<uint64_t>(image->path_count(), kMost); ++path) (void)image->path(path);
  ask([&] { ask_reader(*image); });
  return 0;
}

// Most inputs keep a header and a table that hold, so that what is behind them is reached.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  using namespace haploom::shared_image;
  std::minstd_rand random(seed + 1);
  constexpr size_t kTable = sizeof(ImageHeader) + kSectionCount * sizeof(SectionEntry);
  if (size <= kTable || random() % 64 == 0) return LLVMFuzzerMutate(data, size, max_size);
  if (random() % 8 == 0) {
    haploom::fuzz::mutate_in_place(data, size, random);
    return size;
  }
  for (auto changes = 1 + random() % 3; changes > 0; --changes) {
    SectionEntry entry;  // each section is as likely as another
    std::memcpy(&entry, data + sizeof(ImageHeader) + random() % kSectionCount * sizeof entry, sizeof entry);
    if (entry.offset < kTable || entry.offset >= size) entry.offset = kTable;
    haploom::fuzz::mutate_in_place(data + entry.offset, std::min(std::max<uint64_t>(entry.bytes, 1), size - entry.offset), random);
  }
  return size;
}
