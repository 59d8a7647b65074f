// A protobuf message looked through field by field, without being copied. For formats alone.
//
//   Fields fields(message, "example");
//   while (const auto field = fields.next()) ...   // bytes point into the message
//
// Errors: kInput/kRecord for bytes that do not follow the wire format, naming the kind of record
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <google/protobuf/io/coded_stream.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.h"

namespace haploom::formats {

inline constexpr std::string_view kBrokenWire = "its bytes do not follow the protobuf wire format";

// "a record is no KIND: CAUSE", with the remedy.
Error record_error(std::string_view kind, std::string_view cause);

// How a field's value is written; a field of the right number and another type is passed over, as protobuf does.
enum class WireType : uint32_t { kVarint = 0, kEightBytes = 1, kBytes = 2, kFourBytes = 5 };

// One field of a message: its value is a number or, for kBytes, bytes.
struct Field {
  uint32_t number = 0;
  WireType type = WireType::kVarint;
  uint64_t value = 0;
  std::string_view bytes;

  bool is(uint32_t wanted, WireType wanted_type) const { return number == wanted && type == wanted_type; }
};

class Fields {
 public:
  Fields(std::string_view message, std::string_view kind);
  std::optional<Field> next();  // nothing behind the last

 private:
  bool read(Field& field);

  std::string_view message_;
  std::string_view kind_;
  google::protobuf::io::CodedInputStream in_;
};

}  // namespace haploom::formats
