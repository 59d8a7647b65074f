// The first page of an object: what it is, who made it from what, where its sections lie, and whether it is whole.
//
// 4096 bytes, little-endian, followed by sections aligned to 4096 bytes. The state word is written last; the header
// checksum covers everything before it. Nothing in an object depends on the address where it is mapped.
// Errors: kResource with kSize (shorter or longer than it says), kFormat (no object, damaged, or of another release),
//         kNotReady
// Source: docs/shared_memory.md, "The object"
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "shared_image/fingerprint.h"

namespace haploom::shared_image {

enum class Policy { kTransient, kKept };  // the last to leave removes it / it stays until unloaded

inline constexpr uint64_t kPageBytes = 4096;
inline constexpr uint32_t kMostSections = 16;

enum class ObjectSectionType : uint32_t { kNone = 0, kPangenome = 1 };

struct ObjectSection {
  ObjectSectionType type = ObjectSectionType::kNone;
  uint32_t reserved = 0;
  uint64_t offset = 0;  // from the start of the file
  uint64_t length = 0;
  uint64_t checksum = 0;  // of the bytes: checksum.h
};

// Text in a header: zero-terminated, cut if longer.
template <size_t kBytes>
struct HeaderText {
  std::array<char, kBytes> letters{};
  void set(const std::string& text) { text.copy(letters.data(), kBytes - 1); }
  std::string text() const { return {letters.data(), std::find(letters.begin(), letters.end(), '\0')}; }
};

struct ObjectHeader {
  std::array<char, 8> magic{};
  uint32_t layout = 0;
  uint32_t header_bytes = 0;
  uint32_t byte_order = 0;
  uint32_t pointer_bytes = 0;
  uint64_t page_bytes = 0;
  uint64_t total_bytes = 0;  // of the file
  uint32_t section_count = 0;
  uint32_t policy = 0;  // as made; policy_of() also asks the file's mode
  std::array<ObjectSection, kMostSections> sections{};
  // the pangenome
  uint64_t gbz_bytes = 0;
  uint64_t gbz_sampled = 0;
  std::array<uint64_t, 2> gbz_full{};  // XXH3-128 of the whole file; zero when unknown
  HeaderText<1024> gbz_path;
  HeaderText<512> reference_samples;  // separated by blanks
  // the maker
  uint64_t uid = 0;
  uint64_t pid = 0;
  int64_t created_unix = 0;
  HeaderText<128> host;
  HeaderText<40> boot_id;
  HeaderText<40> version;

  std::array<std::byte, 4096 - 2376> reserved{};
  uint64_t checksum = 0;
  uint64_t state = 0;

  Fingerprint fingerprint() const { return {gbz_bytes, gbz_sampled}; }
};
static_assert(sizeof(ObjectHeader) == kPageBytes);

// A header of this program, host, boot, process and time, not yet sealed.
ObjectHeader new_header();
// Writes the checksum. The state word stays unfinished: mark_ready() is the last step.
void seal(ObjectHeader& header);
void mark_ready(ObjectHeader& header);
// The checksum is that of the bytes before it.
bool sealed(const ObjectHeader& header);

// file_bytes: as the file system says. place: the file, name: the user's, both for messages.
void verify_header(const ObjectHeader& header, uint64_t file_bytes, const std::string& place, const std::string& name);

// A whole header that verify_header() refuses only because another version of this program made the object.
bool of_another_version(const ObjectHeader& header);
// The same of a release that lays headers out in another way: nothing behind the layout number can be read.
bool of_another_layout(const ObjectHeader& header);

// True when the object was made since this node started: its pages cannot have been lost by a crash.
bool of_this_boot(const ObjectHeader& header);
// Every section against its checksum. object: the whole file. kInput/kCorrupt.
void verify_sections(const ObjectHeader& header, std::span<const std::byte> object, const std::string& place, const std::string& name);

}  // namespace haploom::shared_image
