#include "formats/record_view.h"

#include <google/protobuf/io/coded_stream.h>

#include <bit>
#include <optional>
#include <string>

#include "base/error.h"

namespace haploom::formats {
namespace {

using google::protobuf::io::CodedInputStream;

constexpr std::string_view kBroken = "its bytes do not follow the protobuf wire format";

[[noreturn]] void refuse(std::string_view kind, std::string_view cause) {
  throw Error{Exit::kInput, Reason::kRecord, "formats", "a record is no " + std::string(kind) + ": " + std::string(cause),
              "give a file that DeepVariant 1.9 or this program wrote for this step"};
}

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
  Fields(std::string_view message, std::string_view kind)
      : message_(message), kind_(kind), in_(reinterpret_cast<const uint8_t*>(message.data()), static_cast<int>(message.size())) {}

  std::optional<Field> next() {
    const uint32_t tag = in_.ReadTag();
    if (tag == 0) {
      if (!in_.ConsumedEntireMessage()) refuse(kind_, kBroken);
      return std::nullopt;
    }
    Field field{tag >> 3U, static_cast<WireType>(tag & 7U), 0, {}};
    if (!read(field)) refuse(kind_, kBroken);
    return field;
  }

 private:
  bool read(Field& field) {
    uint32_t length = 0;
    switch (field.type) {
      case WireType::kVarint: return in_.ReadVarint64(&field.value);
      case WireType::kEightBytes: return in_.ReadLittleEndian64(&field.value);
      case WireType::kFourBytes: return in_.Skip(4);
      case WireType::kBytes:
        if (!in_.ReadVarint32(&length) || length > message_.size() - static_cast<size_t>(in_.CurrentPosition())) return false;
        field.bytes = message_.substr(static_cast<size_t>(in_.CurrentPosition()), length);
        return in_.Skip(static_cast<int>(length));
      default: return false;
    }
  }

  std::string_view message_;
  std::string_view kind_;
  CodedInputStream in_;
};

// Of a list of numbers, packed or one by one.
template <typename Take>
void each_number(const Field& field, std::string_view kind, WireType type, Take take) {
  if (field.type == type) return take(field.value);
  if (field.type != WireType::kBytes) return;
  CodedInputStream in(reinterpret_cast<const uint8_t*>(field.bytes.data()), static_cast<int>(field.bytes.size()));
  while (static_cast<size_t>(in.CurrentPosition()) < field.bytes.size()) {
    uint64_t value = 0;
    if (!(type == WireType::kEightBytes ? in.ReadLittleEndian64(&value) : in.ReadVarint64(&value))) refuse(kind, kBroken);
    take(value);
  }
}

}  // namespace

VariantPlace variant_place(std::string_view variant) {
  VariantPlace out;
  Fields fields(variant, "variant");
  while (const auto field = fields.next()) {
    if (field->is(14, WireType::kBytes)) out.contig = field->bytes;
    if (field->is(16, WireType::kVarint)) out.start = static_cast<int64_t>(field->value);
    if (field->is(13, WireType::kVarint)) out.end = static_cast<int64_t>(field->value);
  }
  if (out.contig.empty()) refuse("variant", "it names no contig");
  if (out.start < 0 || out.end <= out.start) refuse("variant", "it spans no base");
  return out;
}

CallOutputView call_output_view(std::string_view output) {
  constexpr std::string_view kKind = "call output";
  CallOutputView out;
  size_t probabilities = 0;
  Fields fields(output, kKind);
  while (const auto field = fields.next()) {
    if (field->is(1, WireType::kBytes)) out.variant = field->bytes;
    if (field->is(2, WireType::kBytes)) {
      Fields sets(field->bytes, kKind);
      while (const auto indices = sets.next())
        if (indices->number == 1) each_number(*indices, kKind, WireType::kVarint, [&](uint64_t alt) { out.alt_set.push_back(static_cast<int>(alt)); });
    }
    if (field->number == 3) {
      each_number(*field, kKind, WireType::kEightBytes, [&](uint64_t bits) {
        if (probabilities < out.probabilities.size()) out.probabilities[probabilities] = std::bit_cast<double>(bits);
        ++probabilities;
      });
    }
  }
  if (out.variant.empty()) refuse(kKind, "it has no variant");
  if (probabilities != out.probabilities.size()) refuse(kKind, "it has not three probabilities");
  return out;
}

}  // namespace haploom::formats
