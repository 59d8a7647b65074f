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
#include <unistd.h>

#include <optional>
#include <string>

#include "shared_image/fingerprint.h"

namespace haploom::shared_image {

inline constexpr const char* kDefaultName = "GBZ_SHARED_MEMORY";

struct StoreName {
  std::string name;      // after {job} {pid} {fp} were replaced, validated
  bool family = false;
};
StoreName resolve_name(const std::optional<std::string>& given, const Fingerprint& fingerprint);

// The name, without the leading slash, or kUsage.
std::string validated_name(std::string name);

// Job and array task of Slurm, LSF, PBS or SGE from the environment: "1234" or "1234_7"; empty outside of a job.
std::string job_id();

struct ObjectPlace {
  std::string name;             // as users know it
  std::string directory;
  uid_t owner = 0;              // whose object it is
  std::string object;           // <directory>/haploom.<uid>.<name>
  std::string lock;             // <object>.lock: held by whoever loads or removes
  std::string allocation_lock;  // one for all names of the user; two dots, so that it is nobody's name lock
  std::string temporary;        // <object>.tmp. : before <pid>.<random>, where unnamed files are refused
};
ObjectPlace place_of(const std::string& directory, const std::string& name, uid_t owner = ::geteuid());

// The name behind a file of the store directory; nullopt when it is no object of this user.
std::optional<std::string> name_of_file(const std::string& file_name);

}  // namespace haploom::shared_image
