#include "gbz/compact_walk.h"

#include <utility>

namespace haploom::gbz {

void WalkWriter::add(uint32_t code) {
  if (walk_.steps++ == 0) {
    walk_.first = code;
  } else {
    const bool falls = code < walk_.last;
    append_byte_code(uint64_t{falls ? walk_.last - code : code - walk_.last} << 1 | uint64_t{falls}, walk_.differences);
  }
  walk_.last = code;
}

CompactWalk WalkWriter::take() {
  CompactWalk out{walk_.first, walk_.last, walk_.steps, std::string(walk_.differences)};
  walk_.first = walk_.last = 0;
  walk_.steps = 0;
  walk_.differences.clear();  // its memory serves the next one
  return out;
}

CompactWalk compact(const Walk& walk) {
  WalkWriter writer;
  for (const uint32_t code : walk) writer.add(code);
  return writer.take();
}

Walk steps_of(const CompactWalk& walk) {
  Walk out;
  for (WalkCursor at(walk, false); at.code() != kEndmarker; at.advance()) out.push_back(at.code());
  return out;
}

}  // namespace haploom::gbz
