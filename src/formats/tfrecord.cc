#include "formats/tfrecord.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include "base/atomic_file.h"
#include "base/error.h"
#include "formats/crc32c.h"

namespace haploom::formats {
namespace {

constexpr size_t kBufferBytes = 256 << 10;
constexpr int kGzipWindow = 15 + 16;  // zlib: the largest window, gzip's header
// Images are long runs of few values. Of the 84 golden images (155 KB each), level 1 makes 11.7 KB an image in 0.95 ms, level 6
// 8.2 KB in 3.3 ms; these files are read once and removed.
constexpr int kLevel = 1;
constexpr size_t kHeaderBytes = 12;  // length and its checksum
constexpr size_t kFooterBytes = 4;
constexpr uint64_t kLongestRecord = (uint64_t{1} << 31) - 1;  // protobuf's own limit
constexpr const char* kMakeAgain = "make this file again with the step that wrote it";

void put32(char* to, uint32_t value) { std::memcpy(to, &value, sizeof(value)); }
uint32_t get32(const char* from) {
  uint32_t value = 0;
  std::memcpy(&value, from, sizeof(value));
  return value;
}
uint64_t get64(const char* from) {
  uint64_t value = 0;
  std::memcpy(&value, from, sizeof(value));
  return value;
}

bool is_header(std::string_view bytes) {
  return bytes.size() >= kHeaderBytes && get32(bytes.data() + 8) == masked_crc32c(bytes.substr(0, 8));
}

Bytef* zlib_bytes(const char* bytes) { return reinterpret_cast<Bytef*>(const_cast<char*>(bytes)); }

}  // namespace

bool gzipped_by_name(const std::string& path) {
  return std::filesystem::path(path).filename().string().find(".gz") != std::string::npos;
}

// ---- writing

struct RecordWriter::State {
  State(const std::string& path, bool zip) : file(path, "formats"), gzip(zip), out(kBufferBytes) {
    if (gzip) check(::deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, 9, Z_DEFAULT_STRATEGY) == Z_OK, "zlib can deflate");
    stream.next_out = zlib_bytes(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
  }
  ~State() {
    if (gzip) ::deflateEnd(&stream);
  }
  State(const State&) = delete;

  void put(std::string_view bytes) {
    if (!gzip) return put_plain(bytes);
    while (!bytes.empty()) {
      const size_t part = std::min<size_t>(bytes.size(), 1 << 30);
      stream.next_in = zlib_bytes(bytes.data());
      stream.avail_in = static_cast<uInt>(part);
      while (stream.avail_in > 0) {
        check(::deflate(&stream, Z_NO_FLUSH) == Z_OK, "zlib takes more bytes");
        if (stream.avail_out == 0) flush();
      }
      bytes.remove_prefix(part);
    }
  }

  void put_plain(std::string_view bytes) {
    if (bytes.size() > stream.avail_out) flush();
    if (bytes.size() > out.size()) return file.write(bytes);
    std::memcpy(stream.next_out, bytes.data(), bytes.size());
    stream.next_out += bytes.size();
    stream.avail_out -= static_cast<uInt>(bytes.size());
  }

  void flush() {
    file.write({out.data(), out.size() - stream.avail_out});
    stream.next_out = zlib_bytes(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
  }

  base::AtomicFile file;
  bool gzip;
  std::vector<char> out;
  z_stream stream{};
  bool closed = false;
  uint64_t records = 0;
};

RecordWriter::RecordWriter(const std::string& path) : state_(std::make_unique<State>(path, gzipped_by_name(path))) {}
RecordWriter::~RecordWriter() = default;
RecordWriter::RecordWriter(RecordWriter&&) noexcept = default;
RecordWriter& RecordWriter::operator=(RecordWriter&&) noexcept = default;

void RecordWriter::write(std::string_view record) {
  check(!state_->closed, "records are written before they are closed");
  char header[kHeaderBytes];
  const uint64_t length = record.size();
  std::memcpy(header, &length, sizeof(length));
  put32(header + 8, masked_crc32c({header, 8}));
  char footer[kFooterBytes];
  put32(footer, masked_crc32c(record));
  state_->put({header, sizeof(header)});
  state_->put(record);
  state_->put({footer, sizeof(footer)});
  ++state_->records;
}

void RecordWriter::close() {
  State& state = *state_;
  if (state.gzip) {
    state.stream.avail_in = 0;
    while (::deflate(&state.stream, Z_FINISH) != Z_STREAM_END) state.flush();
  }
  state.flush();
  state.file.sync();
  state.closed = true;
}

void RecordWriter::commit() {
  check(state_->closed, "records are closed before they get their name");
  state_->file.commit();
}

uint64_t RecordWriter::records() const { return state_->records; }
const std::string& RecordWriter::path() const { return state_->file.path(); }

// ---- reading

struct RecordReader::State {
  explicit State(const std::string& name) : path(name), in(kBufferBytes) {
    fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
      const int why = errno;
      fail(fmt::format("cannot open it: {}", std::strerror(why)), why == EMFILE || why == ENFILE ? "raise the limit of open files (ulimit -n)" : kMakeAgain);
    }
    try {
      while (available() < kHeaderBytes && fill()) {
      }
      // A first record of 35,615 bytes has gzip's two magic bytes: only a header that does not hold tells.
      const std::string_view start(in.data(), available());
      gzip = !is_header(start) && start.starts_with("\x1f\x8b");
      if (gzip && ::inflateInit2(&stream, kGzipWindow) != Z_OK) throw std::bad_alloc();
    } catch (...) {
      ::close(fd);
      throw;
    }
  }
  ~State() {
    if (gzip) ::inflateEnd(&stream);
    ::close(fd);
  }
  State(const State&) = delete;

  size_t available() const { return end - at; }

  // More bytes of the file behind those not yet used. False at its end.
  bool fill() {
    std::memmove(in.data(), in.data() + at, available());
    end -= at;
    at = 0;
    while (true) {
      const ssize_t got = ::read(fd, in.data() + end, in.size() - end);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) fail(fmt::format("cannot read it: {}", std::strerror(errno)));
      end += static_cast<size_t>(got);
      return got > 0;
    }
  }

  // Up to `most` unpacked bytes; 0 at the end.
  size_t some(char* to, size_t most) {
    if (gzip) return some_inflated(to, most);
    if (available() == 0 && !fill()) return 0;
    const size_t part = std::min(most, available());
    std::memcpy(to, in.data() + at, part);
    at += part;
    return part;
  }

  size_t some_inflated(char* to, size_t most) {
    stream.next_out = zlib_bytes(to);
    stream.avail_out = static_cast<uInt>(std::min<size_t>(most, 1 << 30));
    const size_t wanted = stream.avail_out;
    while (stream.avail_out == wanted) {
      if (available() == 0 && !fill()) {
        if (!member_open) return 0;
        fail("its gzip data end too early: the file is cut off");
      }
      if (!member_open) {
        if (::inflateReset(&stream) != Z_OK) fail("its gzip data are damaged");
        member_open = true;
      }
      stream.next_in = zlib_bytes(in.data() + at);
      stream.avail_in = static_cast<uInt>(available());
      const int state = ::inflate(&stream, Z_NO_FLUSH);
      at = end - stream.avail_in;
      if (state == Z_STREAM_END) {
        member_open = false;
      } else if (state != Z_OK && state != Z_BUF_ERROR) {
        fail(fmt::format("its gzip data are damaged{}", stream.msg ? fmt::format(" ({})", stream.msg) : ""));
      }
    }
    return wanted - stream.avail_out;
  }

  // Fills `to`, growing it as bytes come: a length that lies costs no memory. False when there is not even one byte.
  bool read(std::string& to, uint64_t length) {
    to.clear();
    while (to.size() < length) {
      const size_t have = to.size();
      to.resize(have + std::min<uint64_t>(length - have, std::max(kBufferBytes, have)));
      size_t filled = have;
      while (filled < to.size()) {
        const size_t part = some(to.data() + filled, to.size() - filled);
        if (part == 0 && filled == 0) return false;
        if (part == 0) fail("it ends inside the record: the file is cut off");
        filled += part;
      }
    }
    return true;
  }

  [[noreturn]] void fail(std::string_view cause, const char* remedy = kMakeAgain) const {
    throw Error{Exit::kInput, Reason::kRecord, "formats",
                fmt::format("TFRecord file '{}': record {} at byte {}{}: {}", path, records + 1, offset,
                            gzip ? " of the unpacked data" : "", cause),
                remedy};
  }

  std::string path;
  int fd = -1;
  bool gzip = false;
  std::vector<char> in;
  size_t at = 0, end = 0;  // of `in`: not yet used
  z_stream stream{};
  bool member_open = true;
  std::string header, record, footer;
  uint64_t records = 0;
  uint64_t offset = 0;
};

RecordReader::RecordReader(const std::string& path) : state_(std::make_unique<State>(path)) {}
RecordReader::~RecordReader() = default;
RecordReader::RecordReader(RecordReader&&) noexcept = default;
RecordReader& RecordReader::operator=(RecordReader&&) noexcept = default;

std::optional<std::string_view> RecordReader::next() {
  State& state = *state_;
  if (!state.read(state.header, kHeaderBytes)) return std::nullopt;
  if (!is_header(state.header)) state.fail(state.records == 0 ? "no TFRecord file, or damaged: the length does not fit its checksum" : "the length does not fit its checksum");
  const uint64_t length = get64(state.header.data());
  if (length > kLongestRecord) state.fail(fmt::format("it says to be {} bytes long", length));
  if (length == 0) {
    state.record.clear();
  } else if (!state.read(state.record, length)) {
    state.fail("it ends inside the record: the file is cut off");
  }
  if (!state.read(state.footer, kFooterBytes)) state.fail("it ends inside the record: the file is cut off");
  if (get32(state.footer.data()) != masked_crc32c(state.record)) state.fail("its bytes do not fit their checksum");
  state.offset += kHeaderBytes + length + kFooterBytes;
  ++state.records;
  return state.record;
}

uint64_t RecordReader::records() const { return state_->records; }
const std::string& RecordReader::path() const { return state_->path; }

}  // namespace haploom::formats
