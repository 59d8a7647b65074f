// The records of DeepVariant's files, as plain values: examples, candidates, call outputs, variants. Values in, bytes of the
// protobuf wire format out, and back.
//
// Map fields are written by rising key, so equal records have equal bytes. parse_...() passes over fields it does not know.
// Errors: kInput/kRecord for bytes that are no such record, or lack what one must have
// Source: deepvariant.proto beside this file; make_examples_native.cc EncodeExample, small_model/make_small_model_examples.py
// (DeepVariant 1.9)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "genome/candidate.h"

namespace haploom::formats {

using InfoValue = std::variant<int, double, std::string, bool>;
using InfoMap = std::map<std::string, std::vector<InfoValue>>;

// One sample's call at a site (nucleus VariantCall).
struct SampleCallRecord {
  std::string sample;
  std::vector<int> genotype;  // allele indices, 0 = ref, -1 unknown
  bool phased = false;
  std::vector<double> likelihoods;  // log10, VCF order
  InfoMap info;                     // AD, DP, VAF, GQ, MIN_DP, ...
  bool operator==(const SampleCallRecord&) const = default;
};

// A site (nucleus Variant).
struct VariantRecord {
  std::string contig;
  int64_t start = 0;  // 0-based, half-open
  int64_t end = 0;
  std::string ref;
  std::vector<std::string> alts;
  std::vector<std::string> names;
  double quality = 0;
  std::vector<std::string> filter;
  InfoMap info;
  std::vector<SampleCallRecord> calls;
  bool operator==(const VariantRecord&) const = default;
};

std::string encode(const VariantRecord& variant);
VariantRecord parse_variant(std::string_view bytes);

// A read that shows an allele.
struct ReadSupportRecord {
  std::string read;  // key: name/number
  bool low_quality = false;
  int mapq = 0;
  int average_base_quality = 0;
  bool reverse = false;
  std::string sample;
  bool operator==(const ReadSupportRecord&) const = default;
};

// A candidate (DeepVariantCall). Keys of the supports: the alts, and "UNCALLED_ALLELE".
struct CandidateRecord {
  VariantRecord variant;
  std::map<std::string, std::vector<ReadSupportRecord>> allele_support;  // written as keys and with all else
  std::vector<ReadSupportRecord> ref_support;
  std::map<std::string, float> allele_frequency;       // of a cohort
  std::map<int, int> allele_frequency_at_position;     // percent of other alleles around the site
  std::vector<genome::AltSet> alt_sets;                // those left to the images when a small model answered the rest
  bool operator==(const CandidateRecord&) const = default;
};

std::string encode(const CandidateRecord& candidate);
CandidateRecord parse_candidate(std::string_view bytes);

// An example: the image of one allele set (tensorflow Example). What it points to must outlive it: the arguments of
// encode(), the bytes given to parse_example().
struct ExampleRecord {
  std::string locus;               // chr:first-last, 1-based closed
  std::string variant;             // encode(VariantRecord)
  genome::AltSet alt_set;
  std::span<const uint8_t> image;  // shape[0] x shape[1] x shape[2] bytes, row-major
  std::array<int64_t, 3> shape = {0, 0, 0};
  int64_t variant_type = 0;        // 1: REF and all ALTs of one base; 2: another allele is longer; 0: neither
  int64_t sequencing_type = 0;     // 0 unknown, 1 WGS, 2 WES, 3 TRIO
  std::optional<int64_t> label;         // copies of the set's alleles in the truth
  std::optional<int64_t> denovo_label;
};

std::string encode(const ExampleRecord& example);
ExampleRecord parse_example(std::string_view bytes);  // image.size() is checked against shape

// What an example says of its variant's alleles.
int64_t example_variant_type(const std::string& ref, const std::vector<std::string>& alts);

// What a small model is trained on: an allele set as numbers, with the truth (tensorflow Example).
struct SummaryRecord {
  std::vector<int64_t> numbers;       // candidates/summary.h
  std::array<std::string, 5> ids;     // contig, start, end (0-based, half-open), REF, alts joined by "|"
  int64_t label = 0;                  // copies of the set's alleles, 0 to 2; written as three numbers, a 1 among zeros
  std::vector<int64_t> genotype;      // allele indices in the truth
};

std::string encode(const SummaryRecord& record);

// The network's answer about one allele set (CallVariantsOutput).
struct CallOutputDebug {
  int predicted_label = 0;
  int true_label = 0;
  bool has_insertion = false;
  bool has_deletion = false;
  bool is_snp = false;
  std::vector<double> logits;
  std::vector<double> prelogits;
  std::string image;
  std::map<std::string, std::string> layer_outputs;
  bool operator==(const CallOutputDebug&) const = default;
};
struct CallOutputRecord {
  std::string variant;  // encode(VariantRecord); the example's own bytes pass through unchanged
  genome::AltSet alt_set;
  std::vector<double> genotype_probabilities;
  std::optional<CallOutputDebug> debug;
  bool operator==(const CallOutputRecord&) const = default;
};

std::string encode(const CallOutputRecord& output);
CallOutputRecord parse_call_output(std::string_view bytes);

}  // namespace haploom::formats
