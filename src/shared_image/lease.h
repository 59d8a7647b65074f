// A process's hold on a shared image: the bytes, and the kernel's promise that they stay.
//
// Safe: many leases on one image in one process; image() from many threads. One lease is left by one thread.
// A forked child may read through its copy; its exit removes nothing, and while it lives the lease stands.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "shared_image/object_header.h"

namespace haploom::shared_image {

struct Attachment;

// The bytes of an attached image (mapped read-only, PROT_READ) and the lease on them. Leaving: a transient image that
// nobody else holds is removed.
class Lease {
 public:
  ~Lease();
  Lease(Lease&&) noexcept;
  Lease& operator=(Lease&&) noexcept;
  std::span<const std::byte> image() const;  // the sections' space, behind the header page
  bool loaded_here() const;                  // this process converted and published it
  Policy policy() const;
  bool shared() const;                       // false: this process's own memory
  void verify() const;                       // every byte of the image against its checksum; kInput/kCorrupt
  void lock_memory() const;                  // against swapping; a warning where the limit forbids it
  const std::string& name() const;
  const std::string& directory() const;  // of the store; empty for what is in none
  const ObjectHeader& header() const;
  void leave();                              // what the destructor does, with errors reported

 private:
  friend class Store;
  friend class IndexFile;
  explicit Lease(std::unique_ptr<Attachment> attachment);
  const Attachment& attached() const;
  std::unique_ptr<Attachment> attachment_;
};

}  // namespace haploom::shared_image
