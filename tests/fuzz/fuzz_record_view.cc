// Any bytes as a call output or a variant: an Error, or what the whole parser reads in the same bytes.
//
// SPDX-License-Identifier: BSD-3-Clause
#include <bit>
#include <optional>
#include <string>

#include "base/error.h"
#include "formats/record_view.h"
#include "formats/records.h"
#include "fuzz.h"

namespace haploom {
namespace {

using fuzz::require;

template <typename Parse>
auto parsed(Parse parse) -> std::optional<decltype(parse())> {
  try {
    return parse();
  } catch (const Error& error) {
    require(error.exit() == Exit::kInput && error.reason() == Reason::kRecord, "bytes that are no record are the user's input");
    return std::nullopt;
  }
}

void compare(std::string_view bytes) {
  if (const auto place = parsed([&] { return formats::variant_place(bytes); })) {
    // The glance passes over fields that the whole parser looks into, so only the latter may refuse.
    if (const auto whole = parsed([&] { return formats::parse_variant(bytes); }))
      require(place->contig == whole->contig && place->start == whole->start && place->end == whole->end, "a place is the variant's");
  }
  if (const auto view = parsed([&] { return formats::call_output_view(bytes); })) {
    const auto whole = parsed([&] { return formats::parse_call_output(bytes); });
    if (!whole) return;
    require(view->variant == whole->variant && view->alt_set == whole->alt_set, "a glance sees the variant and the set");
    require(whole->genotype_probabilities.size() == view->probabilities.size(), "three probabilities are three");
    for (size_t i = 0; i < view->probabilities.size(); ++i)
      require(std::bit_cast<uint64_t>(view->probabilities[i]) == std::bit_cast<uint64_t>(whole->genotype_probabilities[i]), "a glance sees the probabilities");
  }
}

}  // namespace
}  // namespace haploom

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  haploom::compare({reinterpret_cast<const char*>(data), size});
  return 0;
}
