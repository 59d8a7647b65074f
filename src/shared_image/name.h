// Names of objects: what a user may give, and the files that stand for it in the store directory.
//
// A name: 1..64 of [A-Za-z0-9._-], not starting with '.', one leading '/' dropped. {job}, {pid} and {fp} in a given name
// are replaced first. No name: the family GBZ_SHARED_MEMORY.<fingerprint>, so equal graphs meet and others never do.
// Files bear the uid: users cannot meet by accident, and squatting shows.
// Errors: kUsage before anything is opened
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>

#include "shared_image/fingerprint.h"

namespace haploom::shared_image {

inline constexpr const char* kDefaultName = "GBZ_SHARED_MEMORY";

struct StoreName {
  std::string name;      // after {job} {pid} {fp} were replaced, validated
};
StoreName resolve_name(const std::optional<std::string>& given, const Fingerprint& fingerprint);

// The name, without the leading slash, or kUsage.
std::string validated_name(std::string name);

// Job and array task of Slurm, LSF, PBS or SGE from the environment: "1234" or "1234_7"; empty outside of a job.
std::string job_id();
// The same from the environment of any process: what lookup() answers, empty for a variable that is not set.
std::string job_id(const std::function<std::string(const char*)>& variable);

struct ObjectPlace {
  uid_t owner = 0;              // whose object it is
  std::string name;             // as users know it
  std::string directory;
  std::string object;           // <directory>/haploom.<uid>.<name>
  std::string lock;             // <object>.lock: held by whoever loads or removes
  std::string allocation_lock;  // one for all names of the user; two dots, so that it is nobody's name lock
  std::string temporary;        // <object>.tmp. : before <pid>.<random>, where unnamed files are refused
};
ObjectPlace place_of(const std::string& directory, const std::string& name);  // of the caller
ObjectPlace place_of(const std::string& directory, const std::string& name, uid_t owner);

// What a file of the store directory is, by its name alone; nullopt when it is none of ours.
enum class FileKind { kObject, kNameLock, kAllocationLock, kTemporary };
struct StoreFile {
  uid_t owner = 0;   // as the name says; the file itself may be anyone's
  std::string name;  // of the object; empty for an allocation lock
  FileKind kind = FileKind::kObject;
};
std::optional<StoreFile> store_file(const std::string& file_name);

}  // namespace haploom::shared_image
