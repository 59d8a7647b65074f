#include "commands/make_examples_flags.h"

#include <fmt/format.h>
#include <glob.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <tuple>

#include "base/error.h"
#include "commands/call_flags.h"
#include "commands/commands.h"
#include "commands/flag_values.h"
#include "commands/make_examples_idle.h"
#include "commands/make_examples_refused.h"
#include "commands/output_names.h"
#include "formats/sharded_name.h"
#include "model/model.h"
#include "tensor/tensor.h"

namespace haploom::commands {
namespace {

using pipeline::MakeExamplesMode;

constexpr int kFewestRows = 75, kMostRows = 362;  // of an image, all blocks together. Source: make_examples_options.py (DeepVariant 1.9)
constexpr int kMostColumns = 10'001;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The value of a flag with a few known words, whatever their case.
template <typename Value>
Value word(const std::string& flag, const std::string& given, const std::map<std::string, Value>& known) {
  if (const auto at = known.find(lower_case(given)); at != known.end()) return at->second;
  std::vector<std::string> names;
  for (const auto& [name, value] : known) names.push_back(name.empty() ? "''" : name);
  throw usage_error(fmt::format("--{} '{}' is not known", flag, given), fmt::format("one of {}", fmt::join(names, ", ")));
}

// CLI::Range lets through what is no number.
CLI::Validator number_in(double low, double high) {
  return {[low, high](const std::string& text) -> std::string {
            double value = 0;
            const bool fits = CLI::detail::lexical_cast(text, value) && value >= low && value <= high;
            return fits ? "" : fmt::format("'{}' is not a number from {} to {}", text, low, high);
          },
          fmt::format("in [{} - {}]", low, high)};
}

// Adds flags to one command, in the manner of absl: the last one counts.
class Adder {
 public:
  explicit Adder(CLI::App& command) : command_(command) {}
  template <typename Value>
  CLI::Option* operator()(const char* flag, Value& value, const char* help) {
    return last_counts(command_)(fmt::format("--{}", flag), value, help)->capture_default_str();
  }
  void operator()(const char* flag, bool& value, const char* help) { add_switch(command_, flag, value, help); }

 private:
  CLI::App& command_;
};

}  // namespace

void MakeExamplesFlags::add_to(CLI::App& command) {
  Adder add(command);
  add("mode", mode, "calling, training or candidate_sweep")->required();
  add("ref", ref, "reference FASTA with its .fai (may be bgzipped, with .gzi)")->required();
  add("reads", reads, "BAM or CRAM, sorted, with its index; several of one sample are separated by commas")->required();
  add("use_ref_for_cram", use_ref_for_cram, "decode CRAM with --ref; --nouse_ref_for_cram: each holds its own reference");
  add("use_original_quality_scores", use_original_quality_scores, "base qualities of the reads are those of the tag OQ");
  add("examples", examples, "output of examples, NAME.tfrecord@SHARDS.gz or NAME.tfrecord.gz")->required();
  add("regions", regions, "what to look at, blank separated: chr20, chr20:10,000,001-10,100,000, or BED files");
  add("exclude_regions", exclude_regions, "what to leave out, written like --regions");
  add("discard_non_dna_regions", discard_non_dna_regions, "leave out runs of 300,000 N and more, unless --regions are given");
  add("partition_size", partition_size, "bases that are looked at together")->check(CLI::Range(1, 100'000'000));
  add("task", task, "number of this shard, from 0");
  add("checkpoint", checkpoint, "model folder: its example_info.json says which channels are drawn");
  add("channel_list", channel_list, "channels to draw, separated by commas or blanks; BASE_CHANNELS stands for the first six");
  if (pangenome_aware) {
    add("pangenome", pangenome, "pangenome graph (GBZ), or BAM or CRAM files of its haplotypes, separated by commas")->required();
    add("ref_name_pangenome", ref_name_pangenome, "sample of the reference paths in the graph");
    add("ref_chrom_prefix", ref_chrom_prefix, "cut from contig names before they are looked up in the graph");
    add("use_loaded_gbz_shared_memory", use_loaded_gbz_shared_memory, "attach to what load_gbz_into_shared_memory has loaded under the name below");
    add("gbz_shared_memory_name", gbz_shared_memory_name, "name of the pangenome in shared memory");
    store.add_to(command);
    add("sample_name_reads", sample_name, "sample name in the records (default: SM of the reads)");
    add("sample_name_pangenome", sample_name_pangenome, "sample name of the haplotypes; must differ from the reads'");
    add("downsample_fraction_reads", downsample_fraction, "chance of a read to be kept; 0: all are")->check(number_in(0, 1));
    add("pileup_image_height_reads", pileup_image_height, "rows of the reads' block; 0: 100")->check(CLI::Range(0, kMostRows));
    add("pileup_image_height_pangenome", pileup_image_height_pangenome, "rows of the haplotypes' block; 0: 100")->check(CLI::Range(0, kMostRows));
    add("variant_types_to_blank", variant_types_to_blank, "SNP, INDEL or both: images of these do not show the haplotypes");
    add("keep_only_window_spanning_haplotypes", keep_only_window_spanning_haplotypes, "draw only haplotypes that cover the whole image");
  } else {
    add("sample_name", sample_name, "sample name in the records (default: SM of the reads)");
    add("downsample_fraction", downsample_fraction, "chance of a read to be kept; 0: all are")->check(number_in(0, 1));
    add("pileup_image_height", pileup_image_height, "rows; 0: 100")->check(CLI::Range(0, kMostRows));
    add("proposed_variants", proposed_variants, "VCF with index whose alleles are the candidates (vcf_candidate_importer)");
    add("candidate_positions", candidate_positions, "output of candidate_sweep; in the other modes its input: partitions of 200 candidates");
  }
  add("candidates", candidates, "output of candidates with all who support them");
  add("gvcf", gvcf, "output of reference records");
  add("write_run_info", write_run_info, "counts and cost in EXAMPLES.run_info.pbtxt");
  add("output_sitelist", output_sitelist, "a line an example in EXAMPLES.sitelist.tsv");
  add("runtime_by_region", runtime_by_region, "output: what each partition cost, TSV");
  add("logging_every_n_candidates", logging_every_n_candidates, "a line in the log after so many")->check(CLI::PositiveNumber);
  add("sequencing_type", sequencing_type, "WGS, WES or TRIO: a number in the examples");
  add("max_reads_per_partition", max_reads_per_partition, "of more, a sample is taken; 0: all")->check(CLI::NonNegativeNumber);
  add("max_reads_for_dynamic_bases_per_region", max_reads_for_dynamic_bases_per_region, "mean depth to which reads are kept; 0: all")->check(CLI::NonNegativeNumber);
  add("min_base_quality", min_base_quality, "bases below are no evidence")->check(CLI::NonNegativeNumber);
  add("min_mapping_quality", min_mapping_quality, "reads below are left out")->check(CLI::NonNegativeNumber);
  add("keep_duplicates", keep_duplicates, "use reads marked as duplicates");
  add("keep_supplementary_alignments", keep_supplementary_alignments, "use supplementary alignments");
  add("keep_secondary_alignments", keep_secondary_alignments, "use secondary alignments");
  add("normalize_reads", normalize_reads, "shift indels of reads to the left");
  add("keep_legacy_allele_counter_behavior", keep_legacy_allele_counter_behavior, "a base of low quality drops its whole allele");
  add("phase_reads", phase_reads, "find out which haplotype each read is of; needs --track_ref_reads");
  add("phase_max_candidates", phase_max_candidates, "partitions with more candidates are not phased; 0: no limit")->check(CLI::NonNegativeNumber);
  add("output_phase_info", output_phase_info, "variants tell the phases of their alleles");
  add("output_local_read_phasing", local_read_phasing, "output: the phase of each read in each partition, .tsv");
  add("reverse_haplotypes", reverse_haplotypes, "with --phase_reads: the haplotypes of each partition change their numbers");
  add("track_ref_reads", track_ref_reads, "list the reads that support the reference, too");
  add("realign_reads", realign_reads, "align reads anew to what local assembly finds");
  add("split_skip_reads", split_skip_reads, "cut what is realigned where it skips reference (N: introns of RNA); pieces below 15 bases are dropped");
  add("max_read_length_to_realign", max_read_length_to_realign, "longer reads keep their alignment; 0: none is too long")->check(CLI::NonNegativeNumber);
  realign::WindowOptions& windows = realign.windows;
  add("ws_use_window_selector_model", windows.use_window_selector_model, "choose windows by the linear model");
  add("ws_min_num_supporting_reads", ws_min_num_supporting_reads, "odd reads that make a window; -1: 2")->check(CLI::Range(-1, std::numeric_limits<int>::max()));
  add("ws_max_num_supporting_reads", ws_max_num_supporting_reads, "odd reads beyond which none is made; -1: 300")->check(CLI::Range(-1, std::numeric_limits<int>::max()));
  add("ws_min_mapq", windows.min_mapq, "of reads that count for windows")->check(CLI::NonNegativeNumber);
  add("ws_min_base_quality", windows.min_base_quality, "of bases that count for windows")->check(CLI::NonNegativeNumber);
  add("ws_min_windows_distance", windows.min_windows_distance, "bases between windows")->check(CLI::NonNegativeNumber);
  add("ws_max_window_size", windows.max_window_size, "longer windows stay as they are")->check(CLI::NonNegativeNumber);
  add("ws_region_expansion_in_bp", windows.region_expansion_in_bp, "bases beside the partition that are looked at")->check(CLI::NonNegativeNumber);
  add("realign_all", windows.realign_all, "the whole partition is one window");
  add("enable_strict_insertion_filter", windows.enable_strict_insertion_filter, "insertions of one base must be in 8 % of the reads");
  realign::GraphOptions& graph = realign.graph;
  add("dbg_min_k", graph.min_k, "shortest k of the assembly")->check(CLI::PositiveNumber);
  add("dbg_max_k", graph.max_k, "longest k")->check(CLI::PositiveNumber);
  add("dbg_step_k", graph.step_k, "step between them")->check(CLI::PositiveNumber);
  add("dbg_min_mapq", graph.min_mapq, "of reads that are assembled")->check(CLI::NonNegativeNumber);
  add("dbg_min_base_quality", graph.min_base_quality, "of bases that are assembled")->check(CLI::NonNegativeNumber);
  add("dbg_min_edge_weight", graph.min_edge_weight, "reads that keep an edge")->check(CLI::NonNegativeNumber);
  add("dbg_max_num_paths", graph.max_num_paths, "a graph with more is given up")->check(CLI::NonNegativeNumber);
  realign::AlignerOptions& aligner = realign.aligner;
  add("aln_match", aligner.match, "score of a match")->check(CLI::Range(0, 255));
  add("aln_mismatch", aligner.mismatch, "cost of a mismatch")->check(CLI::Range(0, 255));
  add("aln_gap_open", aligner.gap_open, "cost of a gap's first base")->check(CLI::Range(0, 255));
  add("aln_gap_extend", aligner.gap_extend, "cost of its others")->check(CLI::Range(0, 255));
  add("max_num_mismatches", aligner.max_num_mismatches, "of a read that is placed without Smith and Waterman")->check(CLI::NonNegativeNumber);
  add("realignment_similarity_threshold", aligner.similarity_threshold, "share of the best score that a read must reach")->check(number_in(0, 1));
  add("kmer_size", aligner.kmer_size, "of the aligner's index")->check(CLI::Range(3, 32));
  add("use_fast_pass_aligner", use_fast_pass_aligner, "there is no other");
  add("variant_caller", variant_caller, "very_sensitive_caller or vcf_candidate_importer");
  add("select_variant_types", select_variant_types, "words of snps indels insertions deletions multi-allelics all");
  add("population_vcfs", population_vcfs, "cohorts with allele frequencies (AF), for the channel allele_frequency");
  add("vsc_min_count_snps", vsc_min_count_snps, "reads that make a candidate")->check(CLI::NonNegativeNumber);
  add("vsc_min_count_indels", vsc_min_count_indels, "reads that make a candidate")->check(CLI::NonNegativeNumber);
  add("vsc_min_fraction_snps", vsc_min_fraction_snps, "share of the reads that makes a candidate")->check(number_in(0, kInfinity));
  add("vsc_min_fraction_indels", vsc_min_fraction_indels, "share of the reads that makes a candidate")->check(number_in(0, kInfinity));
  add("vsc_min_fraction_multiplier", vsc_min_fraction_multiplier, "of the shares, over all samples together; inf: never");
  add("vsc_min_count_panel_alleles", vsc_min_count_panel_alleles, "reads that make a candidate of an allele that a haplotype has; 0: as any other")->check(CLI::NonNegativeNumber);
  add("vsc_max_fraction_snps_for_non_target_sample", vsc_max_fraction_snps_other, "share of other samples that refuses one; 0: off")->check(number_in(0, kInfinity));
  add("vsc_max_fraction_indels_for_non_target_sample", vsc_max_fraction_indels_other, "share of other samples that refuses one; 0: off")->check(number_in(0, kInfinity));
  add("create_complex_alleles", create_complex_alleles, "join alleles inside a deletion");
  add("small_model_vaf_context_window_size", small_model_vaf_context_window_size, "bases around a candidate whose allele frequencies --candidates lists and a small model sees; odd, or 0")->check(CLI::Range(0, kMostColumns));
  small_model.add_to(command);
  add("gvcf_gq_binsize", gvcf_gq_binsize, "width of a bin of GQ");
  add("p_error", p_error, "chance of a read to be wrong")->check(number_in(1e-12, 0.999));
  add("include_med_dp", include_med_dp, "reference records tell the median depth, too");
  add("haploid_contigs", haploid_contigs, "contigs of one copy, separated by commas");
  add("par_regions_bed", par_regions_bed, "parts of them that have two copies (BED)");
  add("pileup_image_width", pileup_image_width, "columns, odd; 0: 221")->check(CLI::Range(0, kMostColumns));
  add("multi_allelic_mode", multi_allelic_mode, "include_het_alt_images (default) or exclude_het_alt_images");
  add("alt_aligned_pileup", alt_aligned_pileup, "none, base_channels, diff_channels or rows: reads aligned to the alternative, too");
  add("types_to_alt_align", types_to_alt_align, "indels or all");
  add("add_supporting_other_alt_color", add_supporting_other_alt_color, "a read of another alt than the image's has a colour of its own");
  add("hp_tag_for_assembly_polishing", hp_tag_for_assembly_polishing, "reads with this HP stand above all others; needs --sort_by_haplotypes; 0: none")->check(CLI::NonNegativeNumber);
  add("sort_by_haplotypes", sort_by_haplotypes, "rows by haplotype (HP) before start");
  add("trim_reads_for_pileup", trim_reads_for_pileup, "always so, as in DeepVariant 1.9");
  add("truth_variants", truth_variants, "training: VCF with index");
  add("confident_regions", confident_regions, "training: BED");
  add("denovo_regions", denovo_regions, "training: BED; examples tell whether they lie there");
  add("labeler_algorithm", labeler_algorithm, "training: haplotype_labeler, positional_labeler or customized_classes_labeler");
  add("customized_classes_labeler_classes_list", classes_list, "training: names of classes, separated by commas");
  add("customized_classes_labeler_info_field_name", class_info_field, "training: INFO field that names the class");
  add("downsample_classes", downsample_classes, "training: share of each class that is kept, separated by commas");
  add("training_random_emit_ref_sites", training_random_emit_ref_sites, "training: share of other positions that are shown, too")->check(number_in(0, 1));
  add_refused_flags(command);
}

namespace {

tensor::ImageShape image_shape(const MakeExamplesFlags& flags, MakeExamplesMode mode) {
  tensor::ImageShape shape;
  shape.height_pangenome = flags.pangenome_aware ? 100 : 0;
  const auto alt_aligned = tensor::alt_aligned_named(lower_case(flags.alt_aligned_pileup));
  if (!alt_aligned)
    throw usage_error(fmt::format("--alt_aligned_pileup '{}' is not known", flags.alt_aligned_pileup), "one of none, base_channels, diff_channels, rows");
  shape.alt_aligned_rows = *alt_aligned == tensor::AltAligned::kRows;
  if (mode == MakeExamplesMode::kCalling && !flags.checkpoint.empty()) {
    // A folder, or DeepVariant's way to name a file in it.
    const std::filesystem::path given(flags.checkpoint);
    const bool folder = std::filesystem::exists(given / "example_info.json");
    const tensor::ImageShape of_model = model::read_shape((folder ? given : given.parent_path()).string());
    const auto trained = of_model.alt_aligned_rows ? tensor::AltAligned::kRows : tensor::alt_aligned_of(of_model.channels);
    if (trained != *alt_aligned) {
      throw usage_error(fmt::format("--alt_aligned_pileup {} does not fit the images of --checkpoint '{}'", flags.alt_aligned_pileup, flags.checkpoint),
                        fmt::format("--alt_aligned_pileup {}", tensor::name(trained)));
    }
    shape.channels = of_model.channels;
    shape.width = of_model.width;
    shape.height_reads = of_model.height_reads;
    // A network that is used to haplotypes gets an empty block where there are none.
    if (!flags.pangenome_aware || of_model.height_pangenome > 0) shape.height_pangenome = of_model.height_pangenome;
  } else if (!flags.channel_list.empty()) {
    shape.channels = tensor::parse_channel_list(flags.channel_list, *alt_aligned);
  } else if (mode != MakeExamplesMode::kCandidateSweep) {
    throw usage_error("--channel_list is required without a --checkpoint", "--channel_list BASE_CHANNELS,insert_size");
  }
  if (flags.pileup_image_width > 0) shape.width = flags.pileup_image_width;
  if (flags.pileup_image_height > 0) shape.height_reads = flags.pileup_image_height;
  if (flags.pileup_image_height_pangenome > 0) shape.height_pangenome = flags.pileup_image_height_pangenome;
  if (shape.width == 1) throw usage_error("--pileup_image_width 1 leaves nothing beside the variant", "give an odd number from 3, or leave it out: 221");
  if (shape.width % 2 == 0) throw usage_error(fmt::format("--pileup_image_width {} is not odd", shape.width), "the variant stands in the middle: give an odd number");
  if (shape.blocks_height() < kFewestRows || shape.blocks_height() > kMostRows) {
    throw usage_error(fmt::format("images of {} rows: DeepVariant's have {} to {}, all blocks together", shape.blocks_height(), kFewestRows, kMostRows),
                "change the flags --pileup_image_height...");
  }
  return shape;
}

pipeline::ExamineOptions examine_options(const MakeExamplesFlags& flags) {
  pipeline::ExamineOptions options;
  options.reads.filter = {flags.min_mapping_quality, flags.keep_duplicates, flags.keep_secondary_alignments, flags.keep_supplementary_alignments,
                          flags.use_original_quality_scores};
  options.reads.max_reads = flags.max_reads_per_partition;
  options.reads.max_depth = flags.max_reads_for_dynamic_bases_per_region;
  options.reads.downsample_fraction = flags.downsample_fraction;
  options.normalize_reads = flags.normalize_reads;
  options.counts = {flags.min_mapping_quality, flags.min_base_quality, flags.keep_legacy_allele_counter_behavior};
  options.realign_reads = flags.realign_reads;
  options.split_skip_reads = flags.split_skip_reads;
  options.realign = flags.realign;
  options.realign.max_read_length_to_realign = flags.max_read_length_to_realign;
  options.realign.normalize_reads = flags.normalize_reads;
  options.realign.windows.keep_legacy = flags.keep_legacy_allele_counter_behavior;
  const bool by_model = flags.realign.windows.use_window_selector_model;
  for (const auto& [flag, given, value] : {std::tuple("ws_min_num_supporting_reads", flags.ws_min_num_supporting_reads, &options.realign.windows.min_num_supporting_reads),
                                           std::tuple("ws_max_num_supporting_reads", flags.ws_max_num_supporting_reads, &options.realign.windows.max_num_supporting_reads)}) {
    if (given != -1 && by_model) throw usage_error(fmt::format("--{} and --ws_use_window_selector_model contradict each other", flag), "leave one of them out");
    if (given != -1) *value = given;
  }
  if (options.realign.windows.max_num_supporting_reads < options.realign.windows.min_num_supporting_reads)
    throw usage_error("--ws_min_num_supporting_reads is above --ws_max_num_supporting_reads", "turn them round");
  options.phase_reads = flags.phase_reads;
  options.reverse_haplotypes = flags.reverse_haplotypes;
  options.most_candidates_to_phase = flags.phase_max_candidates;
  if (!flags.local_read_phasing.empty() && !flags.local_read_phasing.ends_with(".tsv"))
    throw usage_error("--output_local_read_phasing writes a table", "give a name that ends in .tsv");
  if (flags.phase_reads && !flags.track_ref_reads) throw usage_error("--phase_reads needs --track_ref_reads", "add --track_ref_reads");
  options.thresholds.min_count_snps = flags.vsc_min_count_snps;
  options.thresholds.min_count_indels = flags.vsc_min_count_indels;
  options.thresholds.min_fraction_snps = flags.vsc_min_fraction_snps;
  options.thresholds.min_fraction_indels = flags.vsc_min_fraction_indels;
  options.thresholds.min_fraction_multiplier = flags.vsc_min_fraction_multiplier;
  options.thresholds.min_count_of_panel_alleles = flags.vsc_min_count_panel_alleles;
  options.thresholds.max_fraction_snps_other = flags.vsc_max_fraction_snps_other;
  options.thresholds.max_fraction_indels_other = flags.vsc_max_fraction_indels_other;
  options.complex_alleles = flags.create_complex_alleles;
  options.track_reference_reads = flags.track_ref_reads;
  options.het_alt_images = word("multi_allelic_mode", flags.multi_allelic_mode,
                                std::map<std::string, bool>{{"", true}, {"include_het_alt_images", true}, {"exclude_het_alt_images", false}});
  options.draw.min_mapq = flags.min_mapping_quality;
  options.draw.min_base_quality = flags.min_base_quality;
  options.draw.only_window_spanning_haplotypes = flags.keep_only_window_spanning_haplotypes;
  options.draw.sort_by_haplotypes = flags.sort_by_haplotypes;
  options.draw.polished_haplotype = flags.hp_tag_for_assembly_polishing;
  if (flags.hp_tag_for_assembly_polishing > 0 && !flags.sort_by_haplotypes)
    throw usage_error("--hp_tag_for_assembly_polishing needs --sort_by_haplotypes", "add --sort_by_haplotypes");
  options.draw.colour_other_alts = flags.add_supporting_other_alt_color;
  for (const std::string& type : words(flags.variant_types_to_blank, kBlanksAndCommas)) {
    bool* const blank = word("variant_types_to_blank", type,
                             std::map<std::string, bool*>{{"snp", &options.draw.blank_haplotypes_of_snps}, {"indel", &options.draw.blank_haplotypes_of_indels}});
    *blank = true;
  }
  options.draw.alt_align_snps = word("types_to_alt_align", flags.types_to_alt_align, std::map<std::string, bool>{{"indels", false}, {"all", true}});
  return options;
}

// The name of another output must have as many shards as the examples'.
std::string output(const std::string& flag, const std::string& name, const MakeExamplesFlags& flags) {
  if (name.empty()) return name;
  const auto shards = [](const std::string& spec) {
    const auto sharded = formats::sharded_name(spec);
    return sharded ? sharded->shards : 0;
  };
  if (shards(name) != shards(flags.examples)) {
    throw usage_error(fmt::format("--{} '{}' and --examples '{}' have different numbers of shards", flag, name, flags.examples),
                "write the same @SHARDS into both");
  }
  return formats::file_of_task(name, flags.task);
}

std::vector<NamedPath> inputs_of(const MakeExamplesFlags& flags) {
  std::vector<NamedPath> out = {{"--ref", flags.ref}, {"--truth_variants", flags.truth_variants}, {"--proposed_variants", flags.proposed_variants}};
  for (const std::string& file : words(flags.reads, ",")) out.push_back({"--reads", file});
  for (const std::string& file : words(flags.pangenome, ",")) out.push_back({"--pangenome", file});
  return out;
}

pipeline::MakeExamplesOutputs outputs(const MakeExamplesFlags& flags, bool sweep) {
  if (lower_case(std::filesystem::path(flags.examples).filename().string()).find("tfrecord") == std::string::npos)
    throw usage_error(fmt::format("--examples '{}' has no 'tfrecord' in its name", flags.examples), "write NAME.tfrecord.gz or NAME.tfrecord@SHARDS.gz");
  pipeline::MakeExamplesOutputs out;
  out.examples = formats::file_of_task(flags.examples, flags.task);
  out.candidates = output("candidates", flags.candidates, flags);
  out.gvcf = output("gvcf", flags.gvcf, flags);
  out.runtime_by_region = output("runtime_by_region", flags.runtime_by_region, flags);
  if (sweep) out.candidate_positions = formats::file_of_task(flags.candidate_positions, flags.task);
  if (flags.write_run_info) out.run_info = out.examples + ".run_info.pbtxt";
  out.read_phases = output("output_local_read_phasing", flags.local_read_phasing, flags);
  if (flags.output_sitelist) out.sitelist = out.examples + ".sitelist.tsv";
  out.call_outputs = flags.small_model.call_outputs(out.examples);
  out.summaries = flags.small_model.summaries(out.examples);
  check_outputs_are_apart({{"--examples", out.examples},
                           {"what --examples has beside it", out.examples + ".example_info.json"},
                           {"--candidates", out.candidates},
                           {"--gvcf", out.gvcf},
                           {"--candidate_positions", out.candidate_positions},
                           {"--runtime_by_region", out.runtime_by_region},
                           {"--output_local_read_phasing", out.read_phases},
                           {"--write_run_info", out.run_info},
                           {"--output_sitelist", out.sitelist},
                           {"--call_small_model_examples", out.call_outputs},
                           {"--write_small_model_examples", out.summaries}},
                          inputs_of(flags));
  return out;
}

void check_training(const MakeExamplesFlags& flags, MakeExamplesMode mode) {
  if (mode == MakeExamplesMode::kCalling && !flags.truth_variants.empty())
    throw usage_error("--truth_variants belong to --mode training", "leave them out, or train");
  if (mode != MakeExamplesMode::kTraining) return;
  if (flags.truth_variants.empty()) throw usage_error("--truth_variants are required for training", "give a VCF with its index");
  if (flags.confident_regions.empty() && lower_case(flags.variant_caller) != "vcf_candidate_importer")
    throw usage_error("--confident_regions are required for training", "give a BED");
  if (!flags.gvcf.empty()) throw usage_error("--gvcf does not go with --mode training", "leave it out");
}

// Names and patterns separated by commas or blanks.
std::vector<std::string> files_of_patterns(const std::string& text) {
  std::vector<std::string> out;
  for (const std::string& pattern : words(text, kBlanksAndCommas)) {
    glob_t found{};
    if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
      out.insert(out.end(), found.gl_pathv, found.gl_pathv + found.gl_pathc);
    } else {
      out.push_back(pattern);  // whoever opens it says what is wrong
    }
    ::globfree(&found);
  }
  return out;
}

// Candidates come from a VCF: in training from the truth.
void propose(const MakeExamplesFlags& flags, pipeline::MakeExamplesRequest& out) {
  const bool training = out.mode == MakeExamplesMode::kTraining;
  if (training && !flags.proposed_variants.empty()) throw usage_error("--proposed_variants do not go with --mode training", "--truth_variants propose the candidates");
  const std::string& path = training ? flags.truth_variants : flags.proposed_variants;
  if (path.empty() && flags.pangenome_aware)
    throw usage_error("make_examples_pangenome_aware_dv has no --proposed_variants for --variant_caller vcf_candidate_importer", "use make_examples for this");
  if (path.empty()) throw usage_error("--variant_caller vcf_candidate_importer needs --proposed_variants", "give a VCF with its index");
  out.inputs.proposed_variants = path;
  out.options.import = {path, training};
  if (training) out.truth.labels.algorithm = labels::Algorithm::kPositional;
}

}  // namespace

pipeline::MakeExamplesRequest MakeExamplesFlags::request(const CLI::App& command) const {
  check_refused_flags(command);
  pipeline::MakeExamplesRequest out;
  out.mode = word("mode", mode,
                  std::map<std::string, MakeExamplesMode>{{"calling", MakeExamplesMode::kCalling},
                                                          {"training", MakeExamplesMode::kTraining},
                                                          {"candidate_sweep", MakeExamplesMode::kCandidateSweep}});
  check_training(*this, out.mode);
  if (out.mode == MakeExamplesMode::kCandidateSweep && pangenome_aware)
    throw usage_error("make_examples_pangenome_aware_dv has no --candidate_positions for --mode candidate_sweep", "use make_examples for this");
  if (out.mode == MakeExamplesMode::kCandidateSweep && candidate_positions.empty())
    throw usage_error("--mode candidate_sweep needs --candidate_positions", "name the file for the positions");
  if (!use_fast_pass_aligner) throw usage_error("--nouse_fast_pass_aligner asks for an aligner that DeepVariant has removed", "leave it out");
  if (!(vsc_min_fraction_multiplier > 0 && vsc_min_fraction_multiplier <= 1) && !std::isinf(vsc_min_fraction_multiplier))
    throw usage_error("--vsc_min_fraction_multiplier is neither in (0, 1] nor inf", "inf: candidates of the reads alone");
  if (small_model_vaf_context_window_size > 0 && small_model_vaf_context_window_size % 2 == 0)
    throw usage_error("--small_model_vaf_context_window_size is even", "give an odd number, or 0");
  if (gvcf_gq_binsize < 1) throw usage_error("--gvcf_gq_binsize is below 1", "give 1 or more");

  out.inputs.reference = ref;
  out.inputs.reads = words(reads, ",");
  if (out.inputs.reads.empty()) throw usage_error("--reads names no file", "give a BAM or CRAM with its index");
  out.inputs.use_ref_for_cram = use_ref_for_cram;
  out.inputs.regions = words(regions);
  out.inputs.exclude_regions = words(exclude_regions);
  out.inputs.discard_non_dna_regions = discard_non_dna_regions;
  if (pangenome.ends_with(".gbz") && pangenome.find(',') == std::string::npos) {
    if (sample_name_pangenome.empty()) throw usage_error("a graph has no sample name of its own", "give --sample_name_pangenome a name");
    out.inputs.pangenome = pangenome;
    if (command.count("--ref_name_pangenome") > 0) out.inputs.ref_name_pangenome = ref_name_pangenome;
    out.inputs.ref_chrom_prefix = ref_chrom_prefix;
    if (command.count("--gbz_shared_memory_name") > 0 || use_loaded_gbz_shared_memory) out.inputs.gbz_shared_memory_name = gbz_shared_memory_name;
    out.inputs.hold = store.options(1);
  } else {
    out.inputs.haplotype_reads = words(pangenome, ",");
    const auto& files = out.inputs.haplotype_reads;
    if (std::any_of(files.begin(), files.end(), [](const std::string& file) { return file.ends_with(".gbz"); }))
      throw usage_error("--pangenome names a graph among other files", "give one GBZ, or files of haplotypes alone");
  }
  const bool sweep = out.mode == MakeExamplesMode::kCandidateSweep;
  out.outputs = outputs(*this, sweep);
  if (!sweep && !candidate_positions.empty()) out.candidate_positions = formats::files_of_input(candidate_positions);
  out.options = examine_options(*this);
  out.shape = image_shape(*this, out.mode);
  if (!sample_name.empty()) out.reads_sample = sample_name;
  out.pangenome_sample = sample_name_pangenome;
  const auto sharded = formats::sharded_name(examples);
  out.task = task;
  out.tasks = sharded ? sharded->shards : 1;
  out.partition_bases = partition_size;
  out.sequencing_type = word("sequencing_type", sequencing_type, std::map<std::string, int64_t>{{"", 0}, {"wgs", 1}, {"wes", 2}, {"trio", 3}});
  out.selected_types = select_variant_types;
  out.population_vcfs = files_of_patterns(population_vcfs);
  const bool draws_frequencies = std::find(out.shape.channels.begin(), out.shape.channels.end(), tensor::Channel::kAlleleFrequency) != out.shape.channels.end();
  if (draws_frequencies && out.population_vcfs.empty()) throw usage_error("the channel allele_frequency needs --population_vcfs", "give a cohort's VCF");
  if (!draws_frequencies) out.population_vcfs.clear();
  out.vaf_window = small_model_vaf_context_window_size;
  out.reference_model = {static_cast<double>(p_error), gvcf_gq_binsize};
  out.include_median_depth = include_med_dp;
  out.write_phases = phase_reads && output_phase_info;
  out.haploid_contigs = words(haploid_contigs, ",");
  if (!out.haploid_contigs.empty()) out.par_regions_bed = par_regions_bed;
  out.truth = {truth_variants, confident_regions, denovo_regions,
               {labels::parse_algorithm(labeler_algorithm), words(classes_list, ","), class_info_field, {}}};
  const bool imports = word("variant_caller", variant_caller, std::map<std::string, bool>{{"very_sensitive_caller", false}, {"vcf_candidate_importer", true}});
  if (!candidate_positions.empty() && (imports || !proposed_variants.empty()))
    throw usage_error("--candidate_positions are of candidates in the reads, not of --proposed_variants", "leave one of them out");
  if (imports) propose(*this, out);
  small_model.check(out.mode, out.truth.labels.algorithm);
  out.small_model = small_model.options;
  out.images = !small_model.skip_pileup_image_generation;
  for (const std::string& share : words(downsample_classes, ",")) {
    if (!CLI::detail::lexical_cast(share, out.truth.labels.class_shares.emplace_back()))
      throw usage_error(fmt::format("--downsample_classes: '{}' is not a number", share), "give a share from 0 to 1 for each class, separated by commas");
  }
  if (out.mode == MakeExamplesMode::kTraining) out.options.reference_sites = training_random_emit_ref_sites;
  out.log_every = logging_every_n_candidates;
  out.version = HAPLOOM_VERSION;
  out.command_line = command_line();
  return out;
}

void MakeExamplesFlags::warn(const CLI::App& command, const pipeline::MakeExamplesRequest& request) const {
  warn_of_flags_without_effect(command);
  warn_of_idle_flags(command, *this, request);
}

}  // namespace haploom::commands
