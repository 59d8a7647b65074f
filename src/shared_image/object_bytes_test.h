// The bytes of an object, and of the index beside a GBZ, for tests that make them and change them.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstring>
#include <span>
#include <string>

#include "shared_image/checksum.h"
#include "shared_image/index_file.h"
#include "shared_image/object_header.h"

namespace haploom::shared_image {

// Of bytes that are shorter the rest is zero.
inline ObjectHeader header_in(const std::string& bytes) {
  ObjectHeader header;
  std::memcpy(&header, bytes.data(), std::min(bytes.size(), sizeof header));
  return header;
}

// The sums of the header, and of the sections that lie inside, made anew. bytes: a header at least.
inline std::string resealed(std::string bytes) {
  ObjectHeader header = header_in(bytes);
  for (ObjectSection& section : header.sections)
    if (section.offset <= bytes.size() && section.length <= bytes.size() - section.offset)
      section.checksum = checksum_of(std::as_bytes(std::span(bytes)).subspan(section.offset, section.length));
  seal(header);
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

}  // namespace haploom::shared_image
