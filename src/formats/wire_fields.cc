#include "formats/wire_fields.h"

#include <fmt/format.h>

namespace haploom::formats {

Error record_error(std::string_view kind, std::string_view cause) {
  return Error{Exit::kInput, Reason::kRecord, "formats", fmt::format("a record is no {}: {}", kind, cause),
               "give a file that DeepVariant 1.9 or this program wrote for this step"};
}

Fields::Fields(std::string_view message, std::string_view kind)
    : message_(message), kind_(kind), in_(reinterpret_cast<const uint8_t*>(message.data()), static_cast<int>(message.size())) {}

std::optional<Field> Fields::next() {
  const uint32_t tag = in_.ReadTag();
  if (tag == 0) {
    if (!in_.ConsumedEntireMessage()) throw record_error(kind_, kBrokenWire);
    return std::nullopt;
  }
  Field field{tag >> 3U, static_cast<WireType>(tag & 7U), 0, {}};
  if (!read(field)) throw record_error(kind_, kBrokenWire);
  return field;
}

bool Fields::read(Field& field) {
  uint32_t length = 0;
  switch (field.type) {
    case WireType::kVarint: return in_.ReadVarint64(&field.value);
    case WireType::kEightBytes: return in_.ReadLittleEndian64(&field.value);
    case WireType::kFourBytes: return in_.Skip(4);
    case WireType::kBytes:
      if (!in_.ReadVarint32(&length)) return false;
      if (length > message_.size() - static_cast<size_t>(in_.CurrentPosition())) throw record_error(kind_, "a field is longer than the record");
      field.bytes = message_.substr(static_cast<size_t>(in_.CurrentPosition()), length);
      return in_.Skip(static_cast<int>(length));
    default: return false;
  }
}

}  // namespace haploom::formats
