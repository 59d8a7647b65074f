#include "pipeline/block_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/error.h"
#include "formats/record_view.h"

namespace haploom::pipeline {
namespace {

std::string text(const Place& place, const genome::ContigList& contigs) { return genome::text({place.contig, place.start, place.end}, contigs); }

constexpr auto kLater = [](const auto* a, const auto* b) { return b->record.place < a->record.place; };

}  // namespace

Place place_of(std::string_view variant, const genome::ContigList& contigs, const std::string& file) {
  const formats::VariantPlace place = formats::variant_place(variant);
  const auto contig = contigs.index_of(place.contig);
  if (!contig) {
    throw Error{Exit::kInput, Reason::kContigs, "pipeline", fmt::format("'{}': a record is on contig '{}', which the reference lacks", file, place.contig),
                "give the reference that the reads are aligned to"};
  }
  if (place.end > contigs[*contig].length) {
    throw Error{Exit::kInput, Reason::kContigs, "pipeline",
                fmt::format("'{}': a record ends at {}:{}, behind the contig's {} bases", file, place.contig, place.end, contigs[*contig].length),
                "give the reference that the reads are aligned to"};
  }
  return {*contig, place.start, place.end};
}

bool StartsIn::operator()(const Place& place) const {
  if (regions_.empty()) return true;
  const auto behind = std::upper_bound(regions_.begin(), regions_.end(), place, [](const Place& a, const genome::Region& b) {
    return std::tuple(a.contig, a.start) < std::tuple(b.contig, b.start);
  });
  return behind != regions_.begin() && std::prev(behind)->contig == place.contig && std::prev(behind)->contains(place.start);
}

BlockStream::BlockStream(const std::vector<std::string>& files, const genome::ContigList& contigs, const StartsIn& wanted)
    : contigs_(contigs), wanted_(wanted) {
  for (const std::string& file : files) {
    shards_.push_back(std::make_unique<Shard>(Shard{formats::RecordReader(file), {{-1, 0, 0}, {}}}));
    if (advance(*shards_.back())) heap_.push_back(shards_.back().get());
  }
  std::make_heap(heap_.begin(), heap_.end(), kLater);
  check_apart();
}

bool BlockStream::advance(Shard& shard) {
  while (const auto bytes = shard.reader.next()) {
    const Place place = place_of(*bytes, contigs_, shard.reader.path());
    if (place < shard.record.place) {
      throw Error{Exit::kInput, Reason::kRecord, "pipeline",
                  fmt::format("'{}' is out of order: {} after {}", shard.reader.path(), text(place, contigs_), text(shard.record.place, contigs_)),
                  "give the files of make_examples --gvcf as they were written"};
    }
    shard.record = {place, *bytes};
    if (wanted_(place)) return true;
  }
  return false;
}

// Of the record that peek() shows.
void BlockStream::check_apart() {
  if (heap_.empty()) return;
  const Place& place = heap_.front()->record.place;
  if (place.contig == last_.contig && place.start < last_.end) {
    throw Error{Exit::kInput, Reason::kRecord, "pipeline",
                fmt::format("'{}': reference records overlap: {} and {}", heap_.front()->reader.path(), text(last_, contigs_), text(place, contigs_)),
                "give every shard once, and of one run"};
  }
  last_ = place;
  ++records_;
}

void BlockStream::take() {
  std::pop_heap(heap_.begin(), heap_.end(), kLater);
  if (advance(*heap_.back())) {
    std::push_heap(heap_.begin(), heap_.end(), kLater);
  } else {
    heap_.pop_back();
  }
  check_apart();
}

}  // namespace haploom::pipeline
