// What `haploom gbz ls|unload|gc` do, for themselves and for the flags of load_gbz_into_shared_memory that mean the same.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "shared_image/garbage.h"

namespace haploom::commands {

enum class ListFormat { kTable, kJson, kPrometheus };

// owner: of whom; of everyone when there is none.
void print_store(const std::string& directory, ListFormat format, std::optional<uid_t> owner);
void unload(const std::string& directory, const std::string& name, bool force);
void collect_garbage(const std::string& directory, const shared_image::GarbageRules& rules);

}  // namespace haploom::commands
