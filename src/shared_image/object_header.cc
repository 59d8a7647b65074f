#include "shared_image/object_header.h"

#include <fmt/format.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <climits>
#include <cstddef>
#include <ctime>
#include <fstream>
#include <string_view>
#include <type_traits>

#include "shared_image/backing.h"
#include "shared_image/checksum.h"
#include "shared_image/failure.h"

namespace haploom::shared_image {
namespace {

static_assert(std::endian::native == std::endian::little, "objects are written as they lie in memory");
static_assert(std::is_trivially_copyable_v<ObjectHeader>);

constexpr std::array<char, 8> kMagic = {'H', 'A', 'P', 'L', 'O', 'O', 'M', '\n'};  // a text transfer would spoil the end
constexpr uint32_t kLayout = 2;
constexpr uint32_t kByteOrder = 0x01020304;
constexpr uint64_t kReady = 0x0A59444145520A0A;  // "\n\nREADY\n"

uint64_t header_checksum(const ObjectHeader& header) { return XXH3_64bits(&header, offsetof(ObjectHeader, checksum)); }

std::string boot_id_now() {
  std::string text;
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::getline(file, text);
  return text;
}

// path, name: of an object; or both the path of an index beside its GBZ.
std::string unload_and_load(const std::string& path, const std::string& name) {
  constexpr std::string_view kIndexSuffix = ".haploom";
  if (name.find('/') != std::string::npos && name.ends_with(kIndexSuffix)) return fmt::format("haploom gbz index --force {}", name.substr(0, name.size() - kIndexSuffix.size()));
  return unload_command(name, path.substr(0, path.rfind('/'))) + ", then load it again";
}

bool sections_fit(const ObjectHeader& header) {
  if (header.section_count > kMostSections) return false;
  uint64_t end = kPageBytes;
  for (uint32_t i = 0; i < header.section_count; ++i) {
    const ObjectSection& section = header.sections[i];
    if (section.offset % kPageBytes != 0 || section.offset < end || section.offset > header.total_bytes) return false;
    if (section.length > header.total_bytes - section.offset) return false;
    end = section.offset + section.length;
  }
  return true;
}

}  // namespace

ObjectHeader new_header() {
  ObjectHeader header;
  header.magic = kMagic;
  header.layout = kLayout;
  header.header_bytes = kPageBytes;
  header.byte_order = kByteOrder;
  header.pointer_bytes = sizeof(void*);
  header.page_bytes = kPageBytes;
  header.uid = ::geteuid();
  header.pid = static_cast<uint64_t>(::getpid());
  header.created_unix = std::time(nullptr);
  char host[HOST_NAME_MAX + 1] = {};
  ::gethostname(host, HOST_NAME_MAX);
  header.host.set(host);
  header.boot_id.set(boot_id_now());
  header.version.set(HAPLOOM_VERSION);
  return header;
}

void seal(ObjectHeader& header) { header.checksum = header_checksum(header); }
void mark_ready(ObjectHeader& header) { header.state = kReady; }
bool sealed(const ObjectHeader& header) { return header.magic == kMagic && header.checksum == header_checksum(header); }

void verify_header(const ObjectHeader& header, uint64_t file_bytes, const std::string& place, const std::string& name) {
  const auto require = [&](bool holds, const char* what) {
    if (!holds) throw failure(Reason::kFormat, fmt::format("{} {}", place, what), unload_and_load(place, name));
  };
  require(header.magic == kMagic, "is no shared pangenome of haploom, or its first bytes are damaged");
  require(header.byte_order == kByteOrder && header.pointer_bytes == sizeof(void*), "was made on another kind of machine");
  require(header.layout == kLayout && header.header_bytes == kPageBytes && header.page_bytes == kPageBytes, "was built by another release (layout)");
  require(sealed(header), "has a damaged header (checksum)");
  if (header.version.text() != HAPLOOM_VERSION)
    require(false, fmt::format("was built by another release ({}, this is {})", header.version.text(), HAPLOOM_VERSION).c_str());
  require(header.state == kReady || header.state == 0, "has a damaged header (state)");
  if (header.state == 0) throw failure(Reason::kNotReady, fmt::format("{} was never finished", place), unload_and_load(place, name));
  require(sections_fit(header), "has sections that do not fit into it");
  if (header.total_bytes != file_bytes) {
    throw failure(Reason::kSize, fmt::format("{} has {} bytes, its header says {}", place, file_bytes, header.total_bytes), unload_and_load(place, name));
  }
}

bool of_another_version(const ObjectHeader& header) {
  return header.magic == kMagic && header.layout == kLayout && header.checksum == header_checksum(header) && header.version.text() != HAPLOOM_VERSION;
}

bool of_another_layout(const ObjectHeader& header) { return header.magic == kMagic && header.layout != kLayout && header.layout != 0; }

bool of_this_boot(const ObjectHeader& header) { return header.boot_id.text() == boot_id_now(); }

void verify_sections(const ObjectHeader& header, std::span<const std::byte> object, const std::string& place, const std::string& name) {
  for (uint32_t i = 0; i < header.section_count; ++i) {
    const ObjectSection& section = header.sections[i];
    if (checksum_of(object.subspan(section.offset, section.length)) == section.checksum) continue;
    throw Error{Exit::kInput, Reason::kCorrupt, kModule, fmt::format("{}: section {} differs from its checksum", place, i), unload_and_load(place, name)};
  }
}

}  // namespace haploom::shared_image
