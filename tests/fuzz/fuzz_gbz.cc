// Any bytes as a GBZ: an Error, or a graph whose walks all end, and whose image steps, names and locates as it does.
//
// SPDX-License-Identifier: BSD-3-Clause
#include <memory>
#include <optional>

#include "base/error.h"
#include "fuzz.h"
#include "gbz/gbz.h"
#include "haplotypes/haplotypes.h"
#include "shared_image/image_writer.h"
#include "shared_image/pangenome.h"

namespace haploom {
namespace {

using fuzz::require;
constexpr uint64_t kFewVisits = 20'000;  // more is long, yet finite

std::optional<gbz::Visit> start_of(const gbz::Gbz& graph, uint64_t sequence) {
  const gbz::Visit start = graph.sequence_starts().at(sequence);
  return start.node == gbz::kEndmarker ? std::nullopt : std::optional(start);
}

void walk_all(const gbz::Gbz& graph) {
  gbz::Walker walker(graph);
  uint64_t steps = 0;
  for (uint64_t sequence = 0; sequence < graph.sequence_starts().size(); ++sequence)
    for (auto at = start_of(graph, sequence); at; at = walker.next(*at)) require(++steps <= graph.visit_total(), "walks end within the visits declared");
  for (uint64_t path = 0; path < graph.path_count(); ++path) gbz::path_row(graph, walker, path);
}

// Offsets of the sequence's visits, where asked for the path's owner too.
void compare_sequence(const gbz::Gbz& graph, const shared_image::Pangenome& image, uint64_t sequence, gbz::Walker& walker) {
  gbz::Visit there = start_of(graph, sequence).value_or(gbz::Visit{});
  const shared_image::PathInfo info = image.path(sequence / 2);
  uint64_t offset = 0, step = 0;
  for (auto at = start_of(graph, sequence); at; at = walker.next(*at), there = image.next(there), ++step) {
    require(there == *at, "the image steps as the GBZ");
    require(image.label(gbz::node_id(at->node)) == graph.label(gbz::node_id(at->node)), "the image has the GBZ's bases");
    if (step % 64 == 0) {
      const shared_image::VisitOwner owner = image.owner(*at);
      require(owner.path == sequence / 2 && owner.reverse == (sequence % 2 != 0) && owner.offset == offset, "a visit's owner is the path that was walked");
      if (sequence % 2 == 0 && info.sense != gbz::Sense::kHaplotype) {
        const auto place = image.locate(sequence / 2, offset);
        require(place && place->visit == *at && place->node_offset == 0, "a position is where the walk passes it");
      }
    }
    offset += graph.label(gbz::node_id(at->node)).size();
  }
  require(there.node == gbz::kEndmarker, "the image ends where the GBZ does");
  require(info.bases == offset || sequence % 2 != 0, "the image knows the length of a path");
}

void compare_image(const gbz::Gbz& graph) {
  const shared_image::ImageWriter writer(graph);
  const auto space = std::make_unique<std::byte[]>(writer.bytes());
  const std::span<std::byte> bytes(space.get(), writer.bytes());
  writer.write(bytes);
  const shared_image::Pangenome image(bytes);
  require(image.path_count() == graph.path_count(), "the image has the GBZ's paths");
  gbz::Walker walker(graph);
  for (uint64_t sequence = 0; sequence < 2 * graph.path_count(); ++sequence) compare_sequence(graph, image, sequence, walker);
  for (const uint32_t path : image.indexed_paths().first(std::min<size_t>(4, image.indexed_paths().size()))) {
    const uint64_t length = image.path(path).bases;
    for (const uint64_t offset : {uint64_t{0}, length / 2})
      if (length > 0) require(haplotypes::query(image, path, offset, 30).has_value(), "there is a window at every base of a reference path");
  }
}

}  // namespace
}  // namespace haploom

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace haploom;
  try {
    const gbz::Gbz graph = gbz::Gbz::parse(std::as_bytes(std::span(data, size)), "fuzz");
    if (graph.visit_total() > kFewVisits) return 0;
    walk_all(graph);
    compare_image(graph);
  } catch (const Error& error) {
    require(error.exit() == Exit::kInput, "a file that is no GBZ is the user's input");
  }
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  std::minstd_rand random(seed + 1);
  if (size < 16 || random() % 4 == 0) return LLVMFuzzerMutate(data, size, max_size);
  for (auto changes = 1 + random() % 3; changes > 0; --changes) haploom::fuzz::mutate_in_place(data, size, random);
  return size;
}
