// A published object as a file: opened without trusting what lies under its name, its header read without mapping it.
//
// Errors: kResource with kOpen (no permission, a symlink), kFileType (directory, FIFO, device), kOwner (another user's, or
//         writable by others), kSize; those of object_header.h
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <optional>
#include <string>

#include "base/descriptor.h"
#include "base/error.h"
#include "shared_image/name.h"
#include "shared_image/object_header.h"

namespace haploom::shared_image {

struct ObjectFile {
  Descriptor file;        // read-only
  struct stat status {};  // as at opening
};

// nullopt when there is none. Checks type, owner and mode; never blocks, never follows a link.
std::optional<ObjectFile> open_object(const ObjectPlace& place);

// That its owner and mode are those of an object: nothing that others could write to, or put there. kFileType, kOwner.
void require_owners_regular_file(const ObjectPlace& place, const struct stat& status);

// The files of a store directory; kResource/kStoreDirectory when it cannot be read.
std::filesystem::directory_iterator entries_of(const std::string& directory);

// Reads and verifies the header, against the file's size too.
ObjectHeader read_header(const ObjectFile& object, const ObjectPlace& place);

// Whether `reason`, met when attaching, comes of a crash of the node: the object is of an earlier boot and its bytes or its
// length are not what its header, which is whole, says.
bool lost_in_a_crash(const ObjectPlace& place, Reason reason);

// Whether the object stays when its last user leaves: made so, or marked since by mark_kept(). The mark is the file's
// sticky bit, because an object's bytes never change.
Policy policy_of(const ObjectHeader& header, const struct stat& status);
void mark_kept(int file, const ObjectPlace& place);  // the rest of the mode stays

inline constexpr mode_t kObjectMode = 0400;
inline constexpr mode_t kGroupObjectMode = 0440;  // of an object that is shared with a group

}  // namespace haploom::shared_image
