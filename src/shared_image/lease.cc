#include "shared_image/lease.h"

#include <sys/stat.h>

#include <cerrno>
#include <exception>

#include "base/error.h"
#include "base/log.h"
#include "shared_image/attachment.h"
#include "shared_image/failure.h"
#include "shared_image/object_file.h"

namespace haploom::shared_image {

Lease::Lease(std::unique_ptr<Attachment> attachment) : attachment_(std::move(attachment)) {}
Lease::Lease(Lease&&) noexcept = default;

Lease& Lease::operator=(Lease&& other) noexcept {
  std::swap(attachment_, other.attachment_);  // other's destructor leaves ours
  return *this;
}

Lease::~Lease() {
  try {
    leave();
  } catch (const std::exception& error) {
    base::warn(kModule, "leaving the shared pangenome: {}", error.what());
  }
}

const Attachment& Lease::attached() const {
  check(attachment_ != nullptr, "a lease is used before it is left");
  return *attachment_;
}

std::span<const std::byte> Lease::image() const { return attached().mapping.bytes().subspan(kPageBytes); }
bool Lease::loaded_here() const { return attached().loaded_here; }
const std::string& Lease::name() const { return attached().place.name; }
const std::string& Lease::directory() const { return attached().place.directory; }
const ObjectHeader& Lease::header() const { return attached().header; }

bool Lease::shared() const { return static_cast<bool>(attached().file); }

void Lease::verify() const {
  const Attachment& here = attached();
  verify_sections(here.header, here.mapping.bytes(), here.place.object, here.place.name);
}

void Lease::lock_memory() const {
  if (attached().mapping.lock()) return;
  base::warn(kModule, "the pangenome is not locked in memory ({}): raise ulimit -l (RLIMIT_MEMLOCK), or leave out --gbz_mlock", errno_text(errno));
}

Policy Lease::policy() const {
  if (!shared()) return Policy::kTransient;
  struct stat status {};
  check(::fstat(attached().file.number(), &status) == 0, "a leased object has a status");
  return policy_of(attached().header, status);
}

void Lease::leave() {
  if (attachment_ == nullptr) return;
  const std::unique_ptr<Attachment> attachment = std::move(attachment_);
  leave_object(std::move(*attachment));
}

}  // namespace haploom::shared_image
