#include "tensor/trim.h"

#include <algorithm>

namespace haploom::tensor {

TrimmedAlignment trimmed(const genome::Read& read, int64_t start, int64_t end) {
  TrimmedAlignment kept;
  int64_t cut = std::max<int64_t>(start - read.start, 0);
  int64_t wanted = end - std::max(start, read.start);
  kept.position = std::max(start, read.start);
  if (wanted <= 0) return kept;

  const int32_t ops = static_cast<int32_t>(read.cigar.size());
  int32_t op = 0;
  int64_t skipped = 0;
  int64_t first_cut = 0;  // bases of the first kept operation that are cut away
  for (; op < ops && cut > 0; ++op) {
    const auto [kind, length] = read.cigar[static_cast<size_t>(op)];
    const int64_t step = genome::consumes_reference(kind) ? length : 0;
    if (step > cut) {
      first_cut = cut;
      skipped += genome::consumes_read(kind) ? cut : 0;
      break;
    }
    cut -= step;
    skipped += genome::consumes_read(kind) ? length : 0;
  }
  kept.first_op = op;
  int64_t bases = 0;
  for (; op < ops; ++op) {
    const auto [kind, whole] = read.cigar[static_cast<size_t>(op)];
    const int64_t length = whole - (op == kept.first_op ? first_cut : 0);
    const bool on_reference = genome::consumes_reference(kind);
    const bool fits = !on_reference || length <= wanted;
    const int64_t taken = fits ? length : wanted;
    if (on_reference) {
      wanted -= taken;
      kept.reference_length += taken;
    }
    bases += genome::consumes_read(kind) ? taken : 0;
    if (op == kept.first_op) kept.first_length = static_cast<int32_t>(taken);
    kept.last_length = static_cast<int32_t>(taken);
    if (!fits) {
      ++op;
      break;
    }
  }
  kept.end_op = op;
  const int64_t available = static_cast<int64_t>(std::min(read.bases.size(), read.quality.size()));
  if (skipped + bases > available) return {.position = kept.position};
  kept.read_start = static_cast<int32_t>(skipped);
  kept.read_length = static_cast<int32_t>(bases);
  return kept;
}

}  // namespace haploom::tensor
