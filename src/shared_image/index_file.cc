#include "shared_image/index_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/parallel.h"
#include "base/signals.h"
#include "shared_image/attachment.h"
#include "shared_image/checksum.h"
#include "shared_image/failure.h"

namespace haploom::shared_image {
namespace {

constexpr std::string_view kSuffix = ".haploom";
constexpr unsigned kMostCopiers = 4;  // threads: memory is the limit beyond that

// What forbids its use; empty when nothing does.
std::string distrust(const struct stat& index, const struct stat& gbz) {
  if (!S_ISREG(index.st_mode)) return "it is no regular file";
  if (index.st_uid != 0 && index.st_uid != ::geteuid() && index.st_uid != gbz.st_uid)
    return fmt::format("it belongs to uid {}, who is neither you nor the owner of the GBZ nor root", index.st_uid);
  if ((index.st_mode & 0022) != 0) return fmt::format("others than its owner can write to it (mode {:04o})", index.st_mode & 07777);
  return "";
}

}  // namespace

struct IndexFile::ChunkReader {
  ChunkSum sum;
  std::vector<std::byte> piece = std::vector<std::byte>(size_t{256} << 10);  // read, summed and written while it is in the cache
};

std::string IndexFile::make_anew() const { return fmt::format("haploom gbz index --force {}", path_.substr(0, path_.size() - kSuffix.size())); }

std::string index_path_of(const std::string& gbz_path) { return gbz_path + std::string(kSuffix); }

std::optional<IndexFile> IndexFile::open(const std::string& gbz_path, const Fingerprint& fingerprint) {
  const std::string path = index_path_of(gbz_path);
  Descriptor file = base::opened(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (!file && errno == ENOENT) return std::nullopt;
  const auto refused = [&](const std::string& why) {
    base::warn(kModule, "the index {} is not used: {}; {}", path, why, fmt::format("haploom gbz index {}", gbz_path));
    return std::nullopt;
  };
  if (!file) return refused(errno_text(errno));
  struct stat status {}, gbz {};
  if (::fstat(file.number(), &status) != 0 || ::stat(gbz_path.c_str(), &gbz) != 0) return refused(errno_text(errno));
  if (const std::string why = distrust(status, gbz); !why.empty()) return refused(why);
  ObjectHeader header;
  if (::pread(file.number(), &header, sizeof header, 0) != static_cast<ssize_t>(sizeof header)) return refused("it is shorter than a header");
  try {
    verify_header(header, static_cast<uint64_t>(status.st_size), path, path);
  } catch (const Error& error) {
    return refused(error.message());
  }
  if (header.section_count != 1 || header.sections[0].offset != kPageBytes || header.sections[0].length != header.total_bytes - kPageBytes) return refused("it is laid out in another way");
  if (header.policy != static_cast<uint32_t>(Policy::kKept)) return refused("it is a transient object of a store");
  if (header.fingerprint() != fingerprint) return refused(fmt::format("it was made from another state of the GBZ (fingerprint {}, now {})", header.fingerprint().text(), fingerprint.text()));
  return IndexFile(path, std::move(file), header);
}

// One chunk (checksum.h) from the file through a buffer to take(piece, offset in the image); its sum.
template <typename Take>
uint64_t IndexFile::read_chunk(uint64_t chunk, ChunkReader& reader, Take take) const {
  reader.sum.start();
  const uint64_t end = std::min(image_bytes(), (chunk + 1) * kChunkBytes);
  for (uint64_t at = chunk * kChunkBytes; at < end;) {
    base::throw_if_stopped();
    const ssize_t got = ::pread(file_.number(), reader.piece.data(), std::min<uint64_t>(reader.piece.size(), end - at), static_cast<off_t>(kPageBytes + at));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      throw Error{Exit::kInput, Reason::kReadGbz, kModule, fmt::format("cannot read the index {} at byte {}: {}", path_, kPageBytes + at, got < 0 ? errno_text(errno) : "it became shorter"),
                  make_anew()};
    }
    const auto bytes = std::span<const std::byte>(reader.piece).first(static_cast<size_t>(got));
    reader.sum.add(bytes);
    take(bytes, at);
    at += bytes.size();
  }
  return reader.sum.sum();
}

template <typename Take>  // Take(span<const byte> piece, uint64_t offset in the image), from several threads
uint64_t IndexFile::for_each_piece(Take take) const {
  std::vector<uint64_t> sums((image_bytes() + kChunkBytes - 1) / kChunkBytes);
  base::for_each_parallel(sums.size(), std::min(kMostCopiers, std::thread::hardware_concurrency()), [&](uint64_t chunk) {
    ChunkReader reader;
    sums[chunk] = read_chunk(chunk, reader, take);
  });
  if (checksum_of_chunks(sums) != header_.sections[0].checksum) {
    throw Error{Exit::kInput, Reason::kCorrupt, kModule, fmt::format("the index {} differs from its checksum", path_), make_anew()};
  }
  return header_.sections[0].checksum;
}

void IndexFile::read_into(std::span<std::byte> out) const {
  check(out.size() == image_bytes(), "the space for an index is what it says");
  for_each_piece([&](std::span<const std::byte> piece, uint64_t at) { std::memcpy(out.data() + at, piece.data(), piece.size()); });
}

uint64_t IndexFile::copy_to(int file, uint64_t offset) const {
  return for_each_piece([&](std::span<const std::byte> piece, uint64_t at) {
    while (!piece.empty()) {
      const ssize_t written = ::pwrite(file, piece.data(), piece.size(), static_cast<off_t>(offset + at));
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) throw failure(Reason::kNoSpace, fmt::format("cannot write the pangenome image: {}", errno_text(errno)), "free space there, or give --gbz_store_dir a directory on a local disk");
      piece = piece.subspan(static_cast<size_t>(written));
      at += static_cast<uint64_t>(written);
    }
  });
}

Lease IndexFile::map() const {
  auto attachment = std::make_unique<Attachment>();
  attachment->place.name = path_;
  attachment->place.object = path_;
  attachment->file = Descriptor(::fcntl(file_.number(), F_DUPFD_CLOEXEC, 0));
  if (!attachment->file) throw failure(Reason::kOpen, fmt::format("cannot keep {} open: {}", path_, errno_text(errno)), "raise ulimit -n");
  attachment->mapping = Mapping::readable(file_.number(), header_.total_bytes, path_);
  attachment->header = header_;
  attachment->owner = ::getpid();
  return Lease(std::move(attachment));  // of a kept object: it stays when it is left
}

}  // namespace haploom::shared_image
