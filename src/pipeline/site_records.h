// Records of DeepVariant's files as the values that become lines: call outputs as sites, reference records as blocks.
//
// Errors: kInput/kRecord naming the place, for a record that contradicts itself or the others of its site
// Source: postprocess_variants.py (is_valid_call_variants_outputs, maybe_phase_genotype), variantcall_utils.py set_ps
//         (DeepVariant 1.9)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/record_view.h"
#include "formats/records.h"
#include "genotype/genotype.h"

namespace haploom::pipeline {

struct SiteAnswers {
  genotype::Site site;
  std::vector<genome::GenotypeProbabilities> probabilities;  // genome::alt_sets order
};

// All outputs of one site. sample: of whom they must be. with_model: MID is wanted.
SiteAnswers site_answers(std::span<const formats::CallOutputView> outputs, int contig, const std::string& sample, bool with_model);

genotype::GvcfBlock gvcf_block(const formats::VariantRecord& record, int contig, const std::string& sample);

// Of whom a record's one call is.
std::string sample_of(std::string_view variant);

}  // namespace haploom::pipeline
