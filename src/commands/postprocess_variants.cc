#include "pipeline/postprocess.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "base/error.h"
#include "base/log.h"
#include "base/quantity.h"
#include "commands/call_flags.h"
#include "commands/commands.h"
#include "commands/flag_values.h"
#include "commands/output_names.h"
#include "commands/steps.h"

namespace haploom::commands {
namespace {

struct Options {
  pipeline::PostprocessRequest request;
  std::string small_model_cvo_records;
  std::string nonvariant_site_tfrecord_path;
  std::string gvcf_outfile;
  std::string sample_name;
  std::string haploid_contigs;
  std::string par_regions_bed;
  std::string regions;
  std::string debug_output_all_candidates;
  int cpus = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  bool disable_haplotype_resolution = false;
  // Taken so that command lines of the original run unchanged.
  int num_partitions = 0;
  std::string logging_level;
  // Refused when they ask for something.
  bool vcf_stats_report = false;
  bool process_somatic = false;
  std::string pon_filtering;
};

std::optional<std::string> given(const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); }

void check_flags(const Options& options) {
  if (options.process_somatic) throw usage_error("--process_somatic asks for somatic records, which this release does not write", "leave it out");
  if (!options.pon_filtering.empty())
    throw usage_error("--pon_filtering marks somatic records of a panel of normals, which this release does not write", "leave it out");
  if (options.vcf_stats_report) throw usage_error("--vcf_stats_report asks for the HTML statistics report, which another program makes", "run vcf_stats_report on the VCF");
  if (options.nonvariant_site_tfrecord_path.empty() != options.gvcf_outfile.empty())
    throw usage_error("a gVCF needs both --nonvariant_site_tfrecord_path and --gvcf_outfile", "give both or none");
  if (options.request.options.use_multiallelic_model && options.debug_output_all_candidates == "ALT")
    throw usage_error("--debug_output_all_candidates=ALT and --use_multiallelic_model exclude each other", "use --debug_output_all_candidates=INFO");
  check_outputs_are_apart({{"--outfile", options.request.output_vcf}, {"--gvcf_outfile", options.gvcf_outfile}},
                          {{"--infile", options.request.call_outputs},
                           {"--nonvariant_site_tfrecord_path", options.nonvariant_site_tfrecord_path},
                           {"--small_model_cvo_records", options.small_model_cvo_records},
                           {"--ref", options.request.reference}});
  if (!options.par_regions_bed.empty() && options.haploid_contigs.empty())
    base::warn("commands", "--par_regions_bed has no effect without --haploid_contigs");
}

pipeline::PostprocessRequest request_of(const Options& options) {
  pipeline::PostprocessRequest request = options.request;
  request.small_model_outputs = given(options.small_model_cvo_records);
  request.reference_records = given(options.nonvariant_site_tfrecord_path);
  request.output_gvcf = given(options.gvcf_outfile);
  request.sample_name = given(options.sample_name);
  request.haploid_contigs = words(options.haploid_contigs, kBlanksAndCommas);
  request.par_regions_bed = given(options.par_regions_bed);
  request.regions = words(options.regions);
  request.resolve_overlaps = !options.disable_haplotype_resolution;
  if (options.debug_output_all_candidates == "ALT") request.options.removed_alts = genotype::RemovedAlts::kInAlt;
  if (options.debug_output_all_candidates == "INFO") request.options.removed_alts = genotype::RemovedAlts::kInInfo;
  request.threads = std::max(1, options.cpus);
  request.version = HAPLOOM_VERSION;
  request.command_line = command_line();
  return request;
}

void log(const pipeline::PostprocessSummary& summary) {
  base::info("report", "sample {}: {} call outputs, {} reference records; {} lines of VCF, {} of them PASS; {} lines of gVCF", summary.sample,
             summary.outputs, summary.reference_records, summary.variants.total(), summary.variants.of("PASS"), summary.gvcf_lines);
  if (summary.spilled_bytes > 0)
    base::info("report", "sorting went over --max_memory: {} on disk", base::size_text(summary.spilled_bytes));
  base::info("report", "wall {:.1f} s, cpu {:.1f} s, peak memory {}", summary.usage.wall_seconds, summary.usage.cpu_seconds,
             base::size_text(static_cast<uint64_t>(summary.usage.peak_memory_bytes)));
}

void add_flags(CLI::App& command, Options& options) {
  const auto add = last_counts(command);
  pipeline::PostprocessRequest& request = options.request;
  add("--infile", request.call_outputs, "call_variants' outputs: TFRecord file, name@N, or the name that its shards share")->required();
  add("--outfile", request.output_vcf, "VCF to write; .gz: bgzipped and indexed")->required();
  add("--ref", request.reference, "reference FASTA with its .fai (may be bgzipped, with .gzi)")->required();
  add("--small_model_cvo_records", options.small_model_cvo_records, "call outputs of a small model, named like --infile; adds MID");
  add("--nonvariant_site_tfrecord_path", options.nonvariant_site_tfrecord_path, "reference records of make_examples --gvcf, named like --infile");
  add("--gvcf_outfile", options.gvcf_outfile, "gVCF to write beside the VCF; .gz: bgzipped and indexed");
  add("--qual_filter", request.options.qual_filter, "variants with less QUAL get FILTER LowQual")->capture_default_str();
  add("--cnn_homref_call_min_gq", request.options.cnn_homref_call_min_gq, "reference calls with less GQ get GT ./.")->capture_default_str();
  add("--multi_allelic_qual_filter", request.options.multi_allelic_qual_filter, "alts with less QUAL leave a site with several")->capture_default_str();
  add_switch(command, "group_variants", request.group_variants, "outputs of one start and end are one site (default); --nogroup_variants: each its own");
  add("--sample_name", options.sample_name, "name of the sample where no record says it");
  add_switch(command, "use_multiallelic_model", request.options.use_multiallelic_model, "a small network instead of a rule where two alts remain");
  add("--debug_output_all_candidates", options.debug_output_all_candidates, "alts that were removed: ALT keeps them, INFO names them")
      ->check(CLI::IsMember({"ALT", "INFO"}));
  add_switch(command, "only_keep_pass", request.only_keep_pass, "leaves all but PASS out of the VCF");
  add("--haploid_contigs", options.haploid_contigs, "contigs of one copy, comma or blank separated");
  add("--par_regions_bed", options.par_regions_bed, "where those have two copies after all");
  add("--regions", options.regions, "only records that start here, blank separated: chr20, chr20:1-100, or BED files");
  add("-j,--cpus", options.cpus, "threads; the outputs are the same for any number")->capture_default_str()->check(CLI::Range(-1, 1024));
  add("--num_partitions", options.num_partitions, "accepted; the work is cut into small pieces anyway");
  add("--max_memory", request.max_memory, "bytes, or with a unit (4GB): sorting that needs more goes to disk")
      ->transform(CLI::AsSizeValue(true))->default_str("4GB");
  add_switch(command, "disable_haplotype_resolution", options.disable_haplotype_resolution, "leaves overlapping calls as they are");
  add("--logging_level", options.logging_level, "accepted")->group(kHidden);
  add_switch(command, "vcf_stats_report", options.vcf_stats_report, "refused: another program's work");
  add_switch(command, "process_somatic", options.process_somatic, "refused: somatic calling");
  add("--pon_filtering", options.pon_filtering, "refused: somatic calling");
}

}  // namespace

pipeline::PostprocessRequest postprocess_request(const Step& step) {
  Options options;
  read_step(step, [&options](CLI::App& app) { add_flags(app, options); });
  check_flags(options);
  return request_of(options);
}

void add_postprocess_variants(CLI::App& parent) {
  auto options = std::make_shared<Options>();
  CLI::App* command = parent.add_subcommand("postprocess_variants", "call_variants' outputs to VCF and gVCF");
  command->set_version_flag("--version", HAPLOOM_VERSION);
  add_flags(*command, *options);
  command->callback([options] {
    check_flags(*options);
    base::info("commands", "haploom {} : {}", HAPLOOM_VERSION, command_line());
    log(pipeline::postprocess(request_of(*options)));
  });
}

}  // namespace haploom::commands
