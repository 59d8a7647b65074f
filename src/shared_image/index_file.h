// A pangenome's image kept beside its GBZ, made once for all nodes: p.gbz.haploom.
//
// Byte for byte what a store holds: header page and image (object_header.h). A job with the file backing maps it as it stands;
// whoever loads a store copies it instead of converting the GBZ. It is used only while it fits: same fingerprint as the GBZ, this release,
// owned by the caller, by the GBZ's owner or by root, and writable by nobody else; otherwise the GBZ is converted, with a
// warning that says why. It is replaced by renaming, so whoever has the old one mapped keeps it.
// Errors: kInput/kReadGbz for the GBZ, kInput/kCorrupt for an index whose bytes contradict its checksum
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/descriptor.h"
#include "shared_image/fingerprint.h"
#include "shared_image/lease.h"
#include "shared_image/object_header.h"

namespace haploom::shared_image {

std::string index_path_of(const std::string& gbz_path);

class IndexFile {
 public:
  // nullopt when there is none, or none that may be used: the log says why.
  static std::optional<IndexFile> open(const std::string& gbz_path, const Fingerprint& fingerprint);

  const std::string& path() const { return path_; }
  const ObjectHeader& header() const { return header_; }
  uint64_t image_bytes() const { return header_.sections[0].length; }

  // The image, checked on the way.
  void read_into(std::span<std::byte> out) const;
  uint64_t copy_to(int file, uint64_t offset) const;  // gives the checksum
  // Mapped as it stands; only its header has been looked at.
  Lease map() const;

 private:
  IndexFile(std::string path, Descriptor file, const ObjectHeader& header) : path_(std::move(path)), file_(std::move(file)), header_(header) {}
  std::string make_anew() const;  // the command
  struct ChunkReader;
  template <typename Take>
  uint64_t read_chunk(uint64_t chunk, ChunkReader& reader, Take take) const;
  template <typename Take>
  uint64_t for_each_piece(Take take) const;

  std::string path_;
  Descriptor file_;
  ObjectHeader header_;
};

}  // namespace haploom::shared_image
