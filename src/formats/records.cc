#include "formats/records.h"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/error.h"
#include "formats/deepvariant.pb.h"
#include "formats/wire_fields.h"

namespace haploom::formats {
namespace {

template <typename Message>
std::string bytes_of(const Message& message) {
  std::string out;
  {
    google::protobuf::io::StringOutputStream stream(&out);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    check(message.SerializeToCodedStream(&coded), "a record can be written to memory");
  }
  return out;
}

template <typename Message>
Message message_of(std::string_view bytes, std::string_view kind) {
  Message message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    throw record_error(kind, kBrokenWire);
  return message;
}

// ---- info maps

wire::Value value_of(const InfoValue& value) {
  wire::Value out;
  if (const int* whole = std::get_if<int>(&value)) out.set_int_value(*whole);
  if (const double* number = std::get_if<double>(&value)) out.set_number_value(*number);
  if (const std::string* text = std::get_if<std::string>(&value)) out.set_string_value(*text);
  if (const bool* flag = std::get_if<bool>(&value)) out.set_bool_value(*flag);
  return out;
}

template <typename Map>
void fill(const InfoMap& info, Map& out) {
  for (const auto& [key, values] : info) {
    wire::ListValue& list = out[key];
    for (const InfoValue& value : values) *list.add_values() = value_of(value);
  }
}

template <typename Map>
InfoMap info_of(const Map& map) {
  InfoMap out;
  for (const auto& [key, list] : map) {
    std::vector<InfoValue>& values = out[key];
    for (const wire::Value& value : list.values()) {
      switch (value.kind_case()) {
        case wire::Value::kNumberValue: values.emplace_back(value.number_value()); break;
        case wire::Value::kStringValue: values.emplace_back(value.string_value()); break;
        case wire::Value::kBoolValue: values.emplace_back(value.bool_value()); break;
        case wire::Value::kIntValue: values.emplace_back(static_cast<int>(value.int_value())); break;
        default: break;  // null, lists and structs: no field that DeepVariant writes has them
      }
    }
  }
  return out;
}

// ---- variants

void fill(const SampleCallRecord& call, wire::VariantCall& out) {
  out.set_call_set_name(call.sample);
  out.mutable_genotype()->Add(call.genotype.begin(), call.genotype.end());
  out.set_is_phased(call.phased);
  out.mutable_genotype_likelihood()->Add(call.likelihoods.begin(), call.likelihoods.end());
  fill(call.info, *out.mutable_info());
}

void fill(const VariantRecord& variant, wire::Variant& out) {
  out.set_reference_name(variant.contig);
  out.set_start(variant.start);
  out.set_end(variant.end);
  out.set_reference_bases(variant.ref);
  for (const std::string& alt : variant.alts) out.add_alternate_bases(alt);
  for (const std::string& name : variant.names) out.add_names(name);
  out.set_quality(variant.quality);
  for (const std::string& filter : variant.filter) out.add_filter(filter);
  fill(variant.info, *out.mutable_info());
  for (const SampleCallRecord& call : variant.calls) fill(call, *out.add_calls());
}

VariantRecord variant_of(const wire::Variant& in) {
  VariantRecord out;
  out.contig = in.reference_name();
  out.start = in.start();
  out.end = in.end();
  out.ref = in.reference_bases();
  out.alts = {in.alternate_bases().begin(), in.alternate_bases().end()};
  out.names = {in.names().begin(), in.names().end()};
  out.quality = in.quality();
  out.filter = {in.filter().begin(), in.filter().end()};
  out.info = info_of(in.info());
  for (const wire::VariantCall& call : in.calls()) {
    SampleCallRecord& record = out.calls.emplace_back();
    record.sample = call.call_set_name();
    record.genotype = {call.genotype().begin(), call.genotype().end()};
    record.phased = call.is_phased();
    record.likelihoods = {call.genotype_likelihood().begin(), call.genotype_likelihood().end()};
    record.info = info_of(call.info());
  }
  return out;
}

// ---- candidates

void fill(const ReadSupportRecord& support, wire::DeepVariantCall::ReadSupport& out) {
  out.set_read_name(support.read);
  out.set_is_low_quality(support.low_quality);
  out.set_mapping_quality(support.mapq);
  out.set_average_base_quality(support.average_base_quality);
  out.set_is_reverse_strand(support.reverse);
  out.set_sample_name(support.sample);
}

template <typename List>
std::vector<ReadSupportRecord> supports_of(const List& list) {
  std::vector<ReadSupportRecord> out;
  for (const auto& in : list) {
    out.push_back({in.read_name(), in.is_low_quality(), in.mapping_quality(), in.average_base_quality(), in.is_reverse_strand(),
                   in.sample_name()});
  }
  return out;
}

template <typename List>
std::vector<ReadSupportRecord> names_of(const List& list) {
  std::vector<ReadSupportRecord> out;
  for (const std::string& name : list) out.emplace_back().read = name;
  return out;
}

// ---- examples

using FeatureMap = google::protobuf::Map<std::string, wire::Feature>;

void set(FeatureMap& features, const char* key, std::string bytes) { features[key].mutable_bytes_list()->add_value(std::move(bytes)); }
void set(FeatureMap& features, const char* key, std::initializer_list<int64_t> numbers) {
  wire::Int64List& list = *features[key].mutable_int64_list();
  for (const int64_t number : numbers) list.add_value(number);
}

std::string set_bytes(const genome::AltSet& alts) {
  wire::CallVariantsOutput::AltAlleleIndices indices;
  indices.mutable_indices()->Add(alts.begin(), alts.end());
  return bytes_of(indices);
}

genome::AltSet alt_set_of(const wire::CallVariantsOutput::AltAlleleIndices& in) { return {in.indices().begin(), in.indices().end()}; }

// Where things lie in the bytes of an Example. The image is most of them: it is pointed to, not copied.
class FeatureReader {
 public:
  explicit FeatureReader(std::string_view example) {
    each(example, 1, [&](std::string_view features) {
      each(features, 1, [&](std::string_view entry) {
        std::string_view key, value;
        each(entry, 1, [&](std::string_view bytes) { key = bytes; });
        each(entry, 2, [&](std::string_view bytes) { value = bytes; });
        found_[std::string(key)] = value;
      });
    });
  }

  bool has(const std::string& key) const { return found_.contains(key); }

  std::string_view bytes(const std::string& key) const {
    std::optional<std::string_view> out;
    each(feature(key), 1, [&](std::string_view list) {
      each(list, 1, [&](std::string_view value) {
        if (!out) out = value;
      });
    });
    if (!out) throw record_error("example", fmt::format("'{}' holds no bytes", key));
    return *out;
  }

  std::vector<int64_t> numbers(const std::string& key) const {
    const auto parsed = message_of<wire::Feature>(feature(key), "example");
    return {parsed.int64_list().value().begin(), parsed.int64_list().value().end()};
  }

  int64_t number(const std::string& key) const {
    const auto all = numbers(key);
    if (all.empty()) throw record_error("example", fmt::format("'{}' holds no number", key));
    return all.front();
  }

 private:
  std::string_view feature(const std::string& key) const {
    const auto at = found_.find(key);
    if (at == found_.end()) throw record_error("example", fmt::format("it has no '{}'", key));
    return at->second;
  }

  // Calls take(bytes) for each field of this number that holds bytes.
  template <typename Take>
  static void each(std::string_view message, uint32_t number, Take take) {
    Fields fields(message, "example");
    while (const auto field = fields.next()) {
      if (field->is(number, WireType::kBytes)) take(field->bytes);
    }
  }

  std::map<std::string, std::string_view> found_;
};

}  // namespace

std::string encode(const VariantRecord& variant) {
  wire::Variant out;
  fill(variant, out);
  return bytes_of(out);
}

VariantRecord parse_variant(std::string_view bytes) { return variant_of(message_of<wire::Variant>(bytes, "variant")); }

std::string encode(const CandidateRecord& candidate) {
  wire::DeepVariantCall out;
  fill(candidate.variant, *out.mutable_variant());
  for (const auto& [allele, supports] : candidate.allele_support) {
    auto& names = (*out.mutable_allele_support())[allele];
    auto& infos = (*out.mutable_allele_support_ext())[allele];
    for (const ReadSupportRecord& support : supports) {
      names.add_read_names(support.read);
      fill(support, *infos.add_read_infos());
    }
  }
  for (const ReadSupportRecord& support : candidate.ref_support) {
    out.add_ref_support(support.read);
    fill(support, *out.mutable_ref_support_ext()->add_read_infos());
  }
  for (const auto& [allele, frequency] : candidate.allele_frequency) (*out.mutable_allele_frequency())[allele] = frequency;
  for (const auto& [position, percent] : candidate.allele_frequency_at_position)
    (*out.mutable_allele_frequency_at_position())[position] = percent;
  for (const genome::AltSet& set : candidate.alt_sets)
    out.add_make_examples_alt_allele_indices()->mutable_indices()->Add(set.begin(), set.end());
  return bytes_of(out);
}

CandidateRecord parse_candidate(std::string_view bytes) {
  const auto in = message_of<wire::DeepVariantCall>(bytes, "candidate");
  CandidateRecord out;
  out.variant = variant_of(in.variant());
  for (const auto& [allele, names] : in.allele_support()) out.allele_support[allele] = names_of(names.read_names());
  for (const auto& [allele, infos] : in.allele_support_ext()) out.allele_support[allele] = supports_of(infos.read_infos());
  out.ref_support = in.has_ref_support_ext() ? supports_of(in.ref_support_ext().read_infos()) : names_of(in.ref_support());
  out.allele_frequency = {in.allele_frequency().begin(), in.allele_frequency().end()};
  out.allele_frequency_at_position = {in.allele_frequency_at_position().begin(), in.allele_frequency_at_position().end()};
  for (const auto& set : in.make_examples_alt_allele_indices()) out.alt_sets.push_back(alt_set_of(set));
  return out;
}

std::string encode(const ExampleRecord& example) {
  wire::Example out;
  FeatureMap& features = *out.mutable_features()->mutable_feature();
  set(features, "locus", example.locus);
  set(features, "variant/encoded", example.variant);
  set(features, "alt_allele_indices/encoded", set_bytes(example.alt_set));
  set(features, "image/encoded", std::string(reinterpret_cast<const char*>(example.image.data()), example.image.size()));
  set(features, "image/shape", {example.shape[0], example.shape[1], example.shape[2]});
  set(features, "variant_type", {example.variant_type});
  set(features, "sequencing_type", {example.sequencing_type});
  if (example.label) set(features, "label", {*example.label});
  if (example.denovo_label) set(features, "denovo_label", {*example.denovo_label});
  return bytes_of(out);
}

ExampleRecord parse_example(std::string_view bytes) {
  const FeatureReader features(bytes);
  ExampleRecord out;
  out.locus = features.bytes("locus");
  out.variant = features.bytes("variant/encoded");
  out.alt_set =
      alt_set_of(message_of<wire::CallVariantsOutput::AltAlleleIndices>(features.bytes("alt_allele_indices/encoded"), "example"));
  const std::string_view image = features.bytes("image/encoded");
  out.image = {reinterpret_cast<const uint8_t*>(image.data()), image.size()};
  const std::vector<int64_t> shape = features.numbers("image/shape");
  if (shape.size() != 3) throw record_error("example", fmt::format("its shape has {} numbers, not 3", shape.size()));
  std::copy(shape.begin(), shape.end(), out.shape.begin());
  int64_t expected = 1;
  for (const int64_t side : shape) {
    if (side < 0 || (side != 0 && expected > (int64_t{1} << 40) / side)) expected = -1;
    if (expected >= 0) expected *= side;
  }
  if (expected != static_cast<int64_t>(image.size()))
    throw record_error("example", fmt::format("its image has {} bytes, its shape says {}", image.size(), fmt::join(shape, " x ")));
  out.variant_type = features.number("variant_type");
  if (features.has("sequencing_type")) out.sequencing_type = features.number("sequencing_type");
  if (features.has("label")) out.label = features.number("label");
  if (features.has("denovo_label")) out.denovo_label = features.number("denovo_label");
  return out;
}

std::string encode(const SummaryRecord& record) {
  check(record.label >= 0 && record.label <= 2, "a small model's label is a number of copies");
  wire::Example out;
  FeatureMap& features = *out.mutable_features()->mutable_feature();
  const auto set_numbers = [&features](const char* key, std::span<const int64_t> numbers) {
    features[key].mutable_int64_list()->mutable_value()->Add(numbers.begin(), numbers.end());
  };
  std::array<int64_t, 3> classes{};
  classes[static_cast<size_t>(record.label)] = 1;
  set_numbers("features/encoded", record.numbers);
  set_numbers("label/encoded", classes);
  set_numbers("genotype/encoded", record.genotype);
  for (const std::string& id : record.ids) set(features, "ids/encoded", id);
  return bytes_of(out);
}

int64_t example_variant_type(const std::string& ref, const std::vector<std::string>& alts) {
  constexpr int64_t kUnknown = 0;
  constexpr int64_t kSnp = 1;
  constexpr int64_t kIndel = 2;
  if (ref.size() > 1) return kIndel;
  if (std::any_of(alts.begin(), alts.end(), [](const std::string& alt) { return alt.size() > 1; })) return kIndel;
  const bool single = ref.size() == 1 && !alts.empty() &&
                      std::all_of(alts.begin(), alts.end(), [](const std::string& alt) { return alt.size() == 1; });
  return single ? kSnp : kUnknown;
}

std::string encode(const CallOutputRecord& output) {
  wire::CallVariantsOutput out;
  out.set_variant(output.variant);
  out.mutable_alt_allele_indices()->mutable_indices()->Add(output.alt_set.begin(), output.alt_set.end());
  out.mutable_genotype_probabilities()->Add(output.genotype_probabilities.begin(), output.genotype_probabilities.end());
  if (output.debug) {
    const CallOutputDebug& debug = *output.debug;
    auto& info = *out.mutable_debug_info();
    info.set_predicted_label(debug.predicted_label);
    info.set_true_label(debug.true_label);
    info.set_has_insertion(debug.has_insertion);
    info.set_has_deletion(debug.has_deletion);
    info.set_is_snp(debug.is_snp);
    info.mutable_logits()->Add(debug.logits.begin(), debug.logits.end());
    info.mutable_prelogits()->Add(debug.prelogits.begin(), debug.prelogits.end());
    info.set_image_encoded(debug.image);
    for (const auto& [layer, bytes] : debug.layer_outputs) (*info.mutable_layer_output_encoded())[layer] = bytes;
  }
  return bytes_of(out);
}

CallOutputRecord parse_call_output(std::string_view bytes) {
  auto in = message_of<wire::CallVariantsOutput>(bytes, "call output");
  CallOutputRecord out;
  out.variant = std::move(*in.mutable_variant());
  out.alt_set = alt_set_of(in.alt_allele_indices());
  out.genotype_probabilities = {in.genotype_probabilities().begin(), in.genotype_probabilities().end()};
  if (in.has_debug_info()) {
    auto& info = *in.mutable_debug_info();
    CallOutputDebug& debug = out.debug.emplace();
    debug.predicted_label = info.predicted_label();
    debug.true_label = info.true_label();
    debug.has_insertion = info.has_insertion();
    debug.has_deletion = info.has_deletion();
    debug.is_snp = info.is_snp();
    debug.logits = {info.logits().begin(), info.logits().end()};
    debug.prelogits = {info.prelogits().begin(), info.prelogits().end()};
    debug.image = std::move(*info.mutable_image_encoded());
    debug.layer_outputs = {info.layer_output_encoded().begin(), info.layer_output_encoded().end()};
  }
  return out;
}

}  // namespace haploom::formats
