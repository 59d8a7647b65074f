#include "shared_image/narrow.h"

#include <fmt/format.h>

#include <limits>

#include "base/error.h"

namespace haploom::shared_image {

uint32_t narrow(uint64_t value, const char* what) {
  if (value <= std::numeric_limits<uint32_t>::max()) return static_cast<uint32_t>(value);
  throw Error{Exit::kInput, Reason::kGbzFormat, "shared_image", fmt::format("the pangenome outgrows the image: {} {}", value, what), "report this with the size of the graph"};
}

}  // namespace haploom::shared_image
