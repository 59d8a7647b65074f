// Flags of make_examples and make_examples_pangenome_aware_dv: DeepVariant 1.9's names, types and defaults.
//
// Three kinds: those that are done; those that DeepVariant takes and that change nothing (a warning); those that ask for what
// this release does not have (refused by name when they ask for it, whatever their order).
// Source: make_examples_options.py, make_examples.py, make_examples_pangenome_aware_dv.py, realigner.py (DeepVariant 1.9)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <CLI/CLI.hpp>
#include <limits>
#include <string>
#include <vector>

#include "commands/small_model_flags.h"
#include "commands/store_flags.h"
#include "pipeline/make_examples.h"

namespace haploom::commands {

struct MakeExamplesFlags {
  explicit MakeExamplesFlags(bool with_pangenome) : pangenome_aware(with_pangenome) {
    if (with_pangenome) vsc_min_fraction_multiplier = std::numeric_limits<float>::infinity();
  }

  bool pangenome_aware;

  // inputs
  std::string mode, ref, reads, regions, exclude_regions, checkpoint, channel_list;
  std::string pangenome, ref_name_pangenome = "GRCh38", ref_chrom_prefix;
  bool use_loaded_gbz_shared_memory = false;
  std::string gbz_shared_memory_name = "GBZ_SHARED_MEMORY";
  StoreFlags store;
  bool discard_non_dna_regions = false;
  int partition_size = 1000, task = 0;
  // outputs
  std::string examples, candidates, gvcf, candidate_positions, runtime_by_region, local_read_phasing;
  bool write_run_info = false, output_sitelist = false;
  std::string sample_name, sample_name_pangenome = "pangenome", sequencing_type;
  int logging_every_n_candidates = 2000;
  // reads
  float downsample_fraction = 0;
  int max_reads_per_partition = 1500, max_reads_for_dynamic_bases_per_region = 0;
  int min_base_quality = 10, min_mapping_quality = 5;
  bool keep_duplicates = false, keep_supplementary_alignments = false, keep_secondary_alignments = false;
  bool use_ref_for_cram = true, use_original_quality_scores = false;
  bool normalize_reads = false, keep_legacy_allele_counter_behavior = false, track_ref_reads = false;
  bool phase_reads = false, output_phase_info = false, reverse_haplotypes = false;
  int phase_max_candidates = 5000;
  // realigner
  bool realign_reads = true, split_skip_reads = false;
  int max_read_length_to_realign = 500;
  realign::RealignOptions realign;
  int ws_min_num_supporting_reads = -1, ws_max_num_supporting_reads = -1;
  bool use_fast_pass_aligner = true;
  // candidates
  std::string variant_caller = "very_sensitive_caller", proposed_variants, select_variant_types, population_vcfs;
  int vsc_min_count_snps = 2, vsc_min_count_indels = 2;
  float vsc_min_fraction_snps = 0.12F, vsc_min_fraction_indels = 0.06F, vsc_min_fraction_multiplier = 1.0F;
  int vsc_min_count_panel_alleles = 0;
  float vsc_max_fraction_snps_other = 0, vsc_max_fraction_indels_other = 0;
  bool create_complex_alleles = false;
  int small_model_vaf_context_window_size = 51;
  SmallModelFlags small_model;
  // reference records
  int gvcf_gq_binsize = 5;
  float p_error = 0.001F;
  bool include_med_dp = false;
  std::string haploid_contigs, par_regions_bed;
  // images
  int pileup_image_height = 0, pileup_image_height_pangenome = 0, pileup_image_width = 0;
  std::string multi_allelic_mode, alt_aligned_pileup = "none", types_to_alt_align = "indels";
  std::string variant_types_to_blank;
  bool add_supporting_other_alt_color = false;
  int hp_tag_for_assembly_polishing = 0;
  bool keep_only_window_spanning_haplotypes = true, sort_by_haplotypes = false, trim_reads_for_pileup = true;
  // training
  std::string truth_variants, confident_regions, denovo_regions, labeler_algorithm = "haplotype_labeler";
  std::string downsample_classes, classes_list, class_info_field;
  float training_random_emit_ref_sites = 0;

  void add_to(CLI::App& command);
  // Errors: kUsage for what contradicts, is missing or is not done here
  pipeline::MakeExamplesRequest request(const CLI::App& command) const;
  // Of flags that change nothing. request: what they came to.
  void warn(const CLI::App& command, const pipeline::MakeExamplesRequest& request) const;
};

}  // namespace haploom::commands
