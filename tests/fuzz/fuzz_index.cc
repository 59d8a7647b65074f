// Any bytes as the index beside a GBZ, or as an object of a store: refused with the reason of its header or of its bytes, or
// used; then it has the bytes that it declares, and what it gives is an image or refused as none.
//
// Each input is tried twice: as it comes, and with sums that fit, as an attacker would make them.
//
// SPDX-License-Identifier: BSD-3-Clause
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/log.h"
#include "fuzz.h"
#include "shared_image/gbz_source.h"
#include "shared_image/object_bytes_test.h"
#include "shared_image/pangenome.h"
#include "shared_image/store.h"

namespace haploom {
namespace {

using fuzz::require;
using shared_image::ObjectHeader;

// A folder that is a store with one object, and holds a GBZ with its index.
class Place {
 public:
  Place() {
    std::string name = "/dev/shm/haploom_fuzz_index_XXXXXX";
    require(::mkdtemp(name.data()) != nullptr, "a folder in /dev/shm");
    folder_ = name;
    base::set_log_level(base::LogLevel::kError);
    write(gbz(), "");
  }
  ~Place() { std::filesystem::remove_all(folder_); }
  Place(const Place&) = delete;

  std::string folder() const { return folder_.string(); }
  std::string gbz() const { return folder_ / "p.gbz"; }
  std::string index() const { return shared_image::index_path_of(gbz()); }
  std::string object() const { return folder_ / ("haploom." + std::to_string(::geteuid()) + ".x"); }
  void write(const std::string& path, const std::string& bytes) const {
    ::unlink(path.c_str());
    const base::Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0400));
    require(file && ::write(file.number(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()), "room for the file");
  }

 private:
  std::filesystem::path folder_;
};

// What it comes to: no Error at all, or one that says whose fault it is.
template <typename Work>
bool refused(Work work) {
  try {
    work();
    return false;
  } catch (const Error& error) {
    require(error.exit() == Exit::kInput || error.exit() == Exit::kResource, "what is no index is refused as that");
    return true;
  }
}

void look_at(std::span<const std::byte> image) {
  refused([&] {
    const shared_image::Pangenome pangenome(image);
    for (uint64_t path = 0; path < std::min<uint64_t>(pangenome.path_count(), 8); ++path) (void)pangenome.path(path);
  });
}

void try_index(const Place& place, const ObjectHeader& header, uint64_t bytes) {
  const bool whole = !refused([&] { require(shared_image::verify_index(place.index()) == bytes, "a whole index has the bytes that it declares"); });
  const auto index = shared_image::IndexFile::open(place.gbz(), header.fingerprint());
  if (!index) return;
  require(index->image_bytes() == bytes - shared_image::kPageBytes, "an index is a page and an image");
  std::vector<std::byte> image(index->image_bytes());
  require(refused([&] { index->read_into(image); }) != whole, "an index is read as it is verified");
  const shared_image::Lease lease = index->map();
  require(lease.image().size() == image.size() && (!whole || std::equal(image.begin(), image.end(), lease.image().begin())), "it is mapped as it is read");
  look_at(lease.image());
}

void try_object(const Place& place) {
  shared_image::StoreOptions options;
  options.directory = place.folder();
  options.wait_timeout = std::chrono::milliseconds{0};
  const shared_image::Store store(options);
  (void)store.list();
  const bool whole = !refused([&] { (void)store.inspect("x", true); });
  std::optional<shared_image::Lease> lease;
  const bool barred = refused([&] { lease = store.attach({"x"}, std::nullopt); });
  require(!whole || (!barred && lease), "what is whole is attached to");
  if (lease) look_at(lease->image());
}

void try_both(const std::string& bytes) {
  static const Place place;
  place.write(place.index(), bytes);
  try_index(place, shared_image::header_in(bytes), bytes.size());
  place.write(place.object(), bytes);
  try_object(place);
}

}  // namespace
}  // namespace haploom

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  haploom::try_both(bytes);
  if (size >= sizeof(haploom::shared_image::ObjectHeader)) haploom::try_both(haploom::shared_image::resealed(bytes));
  return 0;
}

// Most changes are made where the header has its numbers.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  using haploom::shared_image::ObjectHeader;
  std::minstd_rand random(seed + 1);
  if (size == 0 || random() % 16 == 0) return LLVMFuzzerMutate(data, size, max_size);
  const size_t numbers = std::min(size, offsetof(ObjectHeader, gbz_path));
  for (auto changes = 1 + random() % 3; changes > 0; --changes) {
    switch (random() % 8) {
      case 0: haploom::fuzz::mutate_in_place(data, size, random); break;
      case 1: haploom::fuzz::mutate_in_place(data, std::min(size, sizeof(ObjectHeader)), random); break;
      default: haploom::fuzz::mutate_in_place(data, numbers, random);
    }
  }
  return size;
}
