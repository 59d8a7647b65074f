// A GBZ file as the source of a shared image: the one way in for the caller and for `haploom gbz load`.
//
// Attaching reads 66 blocks of the file. Only the process that must load reads and parses all of it; where an index
// (index_file.h) lies beside it, that is copied or mapped instead.
// Memory: a loader maps the file and takes little of its own beside the image (docs/pangenome_image.md, "Memory").
// Errors: those of the store; kInput/kReadGbz when the file cannot be read or changes meanwhile; those of gbz::Gbz
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>

#include "shared_image/backing.h"
#include "shared_image/lease.h"
#include "shared_image/store.h"

namespace haploom::shared_image {

struct HoldOptions {
  Placement placement;
  StoreOptions store;        // directory: that of the placement is taken
  unsigned threads = 1;      // of a conversion
  bool verify = false;       // the whole GBZ and every byte of the image, not their samples and headers alone
  bool lock_memory = false;  // against swapping
};

// name: as the user gave it, or nothing for the family of this graph. Looks wherever the placement may put it before it
// loads, so that jobs meet although room came or went between them.
Lease attach_or_load_gbz(const std::string& gbz_path, const std::optional<std::string>& name, Policy policy, const HoldOptions& options);

// Compares every byte of an index (p.gbz.haploom) with its checksums. Its bytes; kInput/kReadGbz, kInput/kCorrupt, and
// the reasons of a header that is none.
uint64_t verify_index(const std::string& path);

struct IndexWritten {
  std::string path;
  uint64_t bytes = 0;
  bool made = false;  // false: the one that was there fits
};
// Converts the GBZ and puts the image beside it (index_file.h), complete or not at all. anew: also where a good one is.
IndexWritten write_index(const std::string& gbz_path, bool anew, unsigned threads);

}  // namespace haploom::shared_image
