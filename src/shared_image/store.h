// The store: pangenome images as immutable named files that any number of processes share, and that no death can spoil.
//
// An image gets its public name only when its last byte is in place (O_TMPFILE + linkat). Every user holds a shared flock
// on its own descriptor for as long as it has the mapping; the kernel drops it on any death. Names: haploom.<uid>.<name>.
// Source: docs/shared_memory.md (protocol, states, names, reasons).
// Errors: kResource with reasons 10..34 (base/error.h), kUsage for a name that breaks the rules, kInput/22 and /40.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace haploom::shared_image {

enum class Policy { kTransient, kKept };  // the last to leave removes it / it stays until unloaded

// What identifies a pangenome: the file's size and a hash over sampled blocks (first and last included).
struct Fingerprint {
  uint64_t file_bytes = 0;
  uint64_t sampled = 0;
  bool operator==(const Fingerprint&) const = default;
  std::string text() const;  // 16 hex digits
};
Fingerprint fingerprint_of(const std::string& path);  // kInput/kReadGbz when it cannot be read

// A name as the user gave it, or nothing: then the family GBZ_SHARED_MEMORY.<fingerprint>.
struct StoreName {
  std::string name;      // after {job} {pid} {fp} were replaced, validated
  bool family = false;
};
inline constexpr const char* kDefaultName = "GBZ_SHARED_MEMORY";
StoreName resolve_name(const std::optional<std::string>& given, const Fingerprint& fingerprint);

struct StoreOptions {
  std::string directory = "/dev/shm";       // the tests' and --gbz_store_dir's place
  std::chrono::seconds wait_timeout{1800};
  uint64_t ceiling_bytes = 0;               // --gbz_shared_memory_size_gb; 0 = none. An image over it is reason 20
};

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
  void leave();                              // what the destructor does, with errors reported

 private:
  friend class Store;
  struct State;
  explicit Lease(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

struct Holder { int pid = 0; };
struct Entry {  // one row of `haploom gbz ls`
  std::string name;
  std::string path;
  uint64_t bytes = 0;
  Policy policy = Policy::kTransient;
  std::string gbz_path;
  Fingerprint fingerprint;
  int64_t created_unix = 0;
  std::string problem;          // empty when the object is whole
  std::vector<Holder> holders;  // from /proc/locks by inode
};

class Store {
 public:
  explicit Store(StoreOptions options);

  // How to make the image when nobody has it: the size is known before a byte is reserved; fill() writes it.
  struct Source {
    std::string gbz_path;
    Fingerprint fingerprint;
    std::function<uint64_t()> measure;                  // bytes of the image; parses the GBZ
    std::function<void(std::span<std::byte>)> fill;     // writes exactly that many bytes
  };

  // Attaches, or loads when nobody has. One of many concurrent callers loads, the others wait and attach.
  Lease attach_or_load(const StoreName& name, Policy policy, const Source& source) const;
  // Attaches or nullopt. expected: refuse another pangenome (reason 16).
  std::optional<Lease> attach(const StoreName& name, const std::optional<Fingerprint>& expected) const;

  std::vector<Entry> list() const;                      // the caller's objects
  void unload(const std::string& name, bool force) const;  // reasons 31, 32

 private:
  StoreOptions options_;
};

}  // namespace haploom::shared_image
