// Any bytes as a record of DeepVariant's files, and as a TFRecord file: an Error of the input, or values that come back the
// same when they are written and read again.
//
// SPDX-License-Identifier: BSD-3-Clause
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "formats/records.h"
#include "formats/tfrecord.h"
#include "fuzz.h"

namespace haploom {
namespace {

using fuzz::require;

template <typename Work>
void or_input_error(Work work) {
  try {
    work();
  } catch (const Error& error) {
    require(error.exit() == Exit::kInput && error.reason() == Reason::kRecord, "bytes that are no record are the user's input");
  }
}

// Text that is not UTF-8 cannot be read back, and is no record's to hold; nothing parsed holds any.
template <typename Parse>
void round_trip(std::string_view bytes, Parse parse) {
  or_input_error([&] {
    const std::string once = formats::encode(parse(bytes));
    require(formats::encode(parse(once)) == once, "a record comes back as it was");
  });
}

void as_file(std::string_view bytes) {
  const int file = ::memfd_create("records", 0);
  require(file >= 0 && ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()), "memory for the file");
  or_input_error([&] {
    formats::RecordReader reader("/proc/self/fd/" + std::to_string(file));
    size_t total = 0;
    while (const auto record = reader.next()) total += record->size();
    require(bytes.starts_with("\x1f\x8b") || total < bytes.size() || bytes.empty(), "records lie in the file");
  });
  ::close(file);
}

}  // namespace
}  // namespace haploom

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace haploom;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  as_file(bytes);
  round_trip(bytes, formats::parse_variant);
  round_trip(bytes, formats::parse_candidate);
  round_trip(bytes, formats::parse_call_output);
  round_trip(bytes, formats::parse_example);
  return 0;
}
