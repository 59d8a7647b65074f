// A GBZ file as the source of a shared image: the one way in for the caller and for `haploom gbz load`.
//
// Attaching reads 66 blocks of the file. Only the process that must load reads and parses all of it.
// Memory: a loader holds the file's bytes and the parsed index beside the image until it has published.
// Errors: those of the store; kInput/kReadGbz when the file cannot be read or changes meanwhile; those of gbz::Gbz
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>

#include "shared_image/lease.h"
#include "shared_image/store.h"

namespace haploom::shared_image {

// name: as the user gave it, or nothing for the family of this graph.
Lease attach_or_load_gbz(const std::string& gbz_path, const std::optional<std::string>& name, Policy policy, const StoreOptions& options);

}  // namespace haploom::shared_image
