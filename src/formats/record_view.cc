#include "formats/record_view.h"

#include <bit>

#include "formats/wire_fields.h"

namespace haploom::formats {
namespace {

using google::protobuf::io::CodedInputStream;

// Of a list of numbers, packed or one by one.
template <typename Take>
void each_number(const Field& field, std::string_view kind, WireType type, Take take) {
  if (field.type == type) return take(field.value);
  if (field.type != WireType::kBytes) return;
  CodedInputStream in(reinterpret_cast<const uint8_t*>(field.bytes.data()), static_cast<int>(field.bytes.size()));
  while (static_cast<size_t>(in.CurrentPosition()) < field.bytes.size()) {
    uint64_t value = 0;
    if (!(type == WireType::kEightBytes ? in.ReadLittleEndian64(&value) : in.ReadVarint64(&value))) throw record_error(kind, kBrokenWire);
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
  if (out.contig.empty()) throw record_error("variant", "it names no contig");
  if (out.start < 0 || out.end <= out.start) throw record_error("variant", "it spans no base");
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
  if (out.variant.empty()) throw record_error(kKind, "it has no variant");
  if (probabilities != out.probabilities.size()) throw record_error(kKind, "it has not three probabilities");
  return out;
}

}  // namespace haploom::formats
