#include "formats/line_reader.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace haploom::formats {
namespace {

constexpr unsigned kBlock = 1U << 20;
constexpr unsigned kFirstBlock = 1U << 14;  // a small file is not worth the clearing of a large buffer

}  // namespace

LineReader::LineReader(std::string path, std::string module, Reason reason) : path_(std::move(path)), module_(std::move(module)), reason_(reason) {
  errno = 0;
  file_ = gzopen(path_.c_str(), "rbe");
  if (file_ == nullptr)
    throw Error{Exit::kInput, reason_, module_, fmt::format("cannot open '{}': {}", path_, errno != 0 ? std::strerror(errno) : "out of memory"),
                "give the path of a readable file"};
  gzbuffer(file_, kBlock);
}

LineReader::~LineReader() { gzclose(file_); }

void LineReader::fail(std::string_view cause) const {
  throw Error{Exit::kInput, reason_, module_, fmt::format("cannot read '{}' after line {}: {}", path_, line_, cause), "copy or make the file again"};
}

// Adds one block behind what is left; false at the end of the file.
bool LineReader::fill() {
  buffer_.erase(0, at_);
  at_ = 0;
  const size_t have = buffer_.size();
  const auto block = static_cast<unsigned>(std::clamp<int64_t>(gztell(file_), kFirstBlock, kBlock));  // as much as all before
  buffer_.resize(have + block);
  const int got = gzread(file_, buffer_.data() + have, block);
  buffer_.resize(have + static_cast<size_t>(got > 0 ? got : 0));
  int state = Z_OK;
  const char* cause = gzerror(file_, &state);  // a file that is cut short reads to its end and says so here
  if (got < 0 || state != Z_OK) fail(state == Z_ERRNO ? std::strerror(errno) : cause);
  return got > 0;
}

std::optional<std::string_view> LineReader::next() {
  size_t searched = at_;
  for (;;) {
    const size_t end = buffer_.find('\n', searched);
    const size_t behind = end == std::string::npos ? buffer_.size() - at_ : 0;
    if (end == std::string::npos && fill()) {
      searched = behind;
      continue;
    }
    if (end == std::string::npos && behind == 0) return std::nullopt;
    const size_t from = at_, to = end == std::string::npos ? buffer_.size() : end;
    at_ = end == std::string::npos ? to : to + 1;
    ++line_;
    std::string_view text(buffer_.data() + from, to - from);
    if (text.ends_with('\r')) text.remove_suffix(1);
    return text;
  }
}

}  // namespace haploom::formats
