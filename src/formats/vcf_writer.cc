#include "formats/vcf_writer.h"

#include <fmt/format.h>
#include <htslib/bgzf.h>
#include <htslib/tbx.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>

#include "base/atomic_file.h"
#include "base/error.h"

namespace haploom::formats {
namespace {

constexpr int64_t kLongestForTbi = 500'000'000;  // upstream's limit; the format itself ends at 2^29
constexpr int kCsiMinShift = 14;                 // as `tabix -C`
constexpr int kCompressionLevel = -1;            // the library's default

int64_t longest_contig(std::string_view header) {
  int64_t longest = 0;
  for (size_t at = 0; at < header.size();) {
    const size_t end = std::min(header.find('\n', at), header.size());
    const std::string_view line = header.substr(at, end - at);
    at = end + 1;
    const size_t length = line.find("length=");
    if (!line.starts_with("##contig=") || length == std::string_view::npos) continue;
    int64_t value = 0;
    std::from_chars(line.data() + length + 7, line.data() + line.size(), value);
    longest = std::max(longest, value);
  }
  return longest;
}

// Appends one block of at most BGZF_BLOCK_SIZE bytes.
void append_block(std::string& out, std::string_view bytes) {
  const size_t before = out.size();
  size_t size = BGZF_MAX_BLOCK_SIZE;
  out.resize(before + size);
  check(bgzf_compress(out.data() + before, &size, bytes.data(), bytes.size(), kCompressionLevel) == 0, "a bgzip block can be compressed");
  out.resize(before + size);
}

// Bytes of a VCF to their file: as they are, or in bgzip blocks.
class Sink {
 public:
  Sink(base::AtomicFile file, bool compressed) : file_(std::move(file)), compressed_(compressed) {
    buffer_.reserve(BGZF_BLOCK_SIZE);
  }

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const size_t piece = std::min(bytes.size(), BGZF_BLOCK_SIZE - buffer_.size());
      buffer_.append(bytes.substr(0, piece));
      bytes.remove_prefix(piece);
      if (buffer_.size() == BGZF_BLOCK_SIZE) flush();
    }
  }

  void write_blocks(std::string_view blocks) {
    if (!buffer_.empty()) flush();
    file_.write(blocks);
  }

  void end() {
    if (!buffer_.empty()) flush();
    if (compressed_) flush();  // the empty block that ends a bgzip file
  }

  bool compressed() const { return compressed_; }
  base::AtomicFile& file() { return file_; }

 private:
  void flush() {
    if (!compressed_) {
      file_.write(buffer_);
    } else {
      block_.clear();
      append_block(block_, buffer_);
      file_.write(block_);
    }
    buffer_.clear();
  }

  base::AtomicFile file_;
  bool compressed_;
  std::string buffer_;  // at most one block
  std::string block_;
};

}  // namespace

std::string bgzip_blocks(std::string_view lines) {
  std::string out;
  for (size_t at = 0; at < lines.size(); at += BGZF_BLOCK_SIZE) append_block(out, lines.substr(at, BGZF_BLOCK_SIZE));
  return out;
}

struct VcfWriter::State {
  State(std::string vcf_path, std::string_view header)
      : path(std::move(vcf_path)),
        csi(longest_contig(header) > kLongestForTbi),
        sink(base::AtomicFile(path, "formats"), path.ends_with(".gz")) {
    if (path.ends_with(".gz") && !sink.file().straight_through()) index.emplace(path + (csi ? ".csi" : ".tbi"), "formats");
    sink.write(header);
  }

  void build_index(int threads) {
    // htslib writes the index by name, over our empty file: what commit() syncs is that file.
    // It does not try again when a signal comes between.
    int built = -1, why = EINTR;
    for (int attempt = 0; attempt < 3 && built != 0 && why == EINTR; ++attempt) {
      errno = 0;
      built = tbx_index_build3(sink.file().working_path().c_str(), index->working_path().c_str(), csi ? kCsiMinShift : 0, threads, &tbx_conf_vcf);
      why = errno;
    }
    if (built == 0) return;
    for (const int of_the_node : {ENOSPC, EDQUOT, EFBIG, EIO, ENOMEM, EACCES, EPERM, EMFILE, ENFILE, EINTR})
      if (why == of_the_node)
        throw Error{Exit::kResource, Reason::kOutput, "formats", fmt::format("cannot write index '{}': {}", index->path(), std::strerror(why)),
                    why == EMFILE || why == ENFILE ? "raise the limit of open files (ulimit -n)" : "free space on that disk, or name an output on another one"};
    check(false, fmt::format("the records of '{}' can be indexed", path));
  }

  std::string path;
  bool csi;
  Sink sink;
  std::optional<base::AtomicFile> index;
};

VcfWriter::VcfWriter(std::string path, std::string_view header_text)
    : state_(std::make_unique<State>(std::move(path), header_text)) {}
VcfWriter::~VcfWriter() = default;
VcfWriter::VcfWriter(VcfWriter&&) noexcept = default;
VcfWriter& VcfWriter::operator=(VcfWriter&&) noexcept = default;

void VcfWriter::write(std::string_view lines) {
  check(state_ != nullptr, "a VCF is written before it is finished");
  state_->sink.write(lines);
}

bool VcfWriter::compressed() const {
  check(state_ != nullptr, "a VCF is asked before it is finished");
  return state_->sink.compressed();
}

void VcfWriter::write_blocks(std::string_view blocks) {
  check(state_ != nullptr && state_->sink.compressed(), "blocks go to a bgzipped VCF that is not finished");
  state_->sink.write_blocks(blocks);
}

void VcfWriter::finish(int threads) {
  check(state_ != nullptr, "a VCF is finished once");
  const std::unique_ptr<State> state = std::move(state_);
  state->sink.end();
  if (state->index) {
    state->build_index(threads);
    for (const char* ending : {".tbi", ".csi"}) ::unlink((state->path + ending).c_str());
  }
  state->sink.file().commit();
  if (state->index) state->index->commit();
}

}  // namespace haploom::formats
