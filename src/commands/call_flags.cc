#include "commands/call_flags.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

#include "base/error.h"
#include "commands/flag_values.h"

namespace haploom::commands {
void CallFlags::add_to(CLI::App& command) {
  const auto add = last_counts(command);
  add("--model_type", model_type, "preset: WGS or WES; without a pangenome also PACBIO, ONT_R104, HYBRID_PACBIO_ILLUMINA, MASSEQ")->capture_default_str();
  add("--ref", ref, "reference FASTA with its .fai (may be bgzipped, with .gzi)")->required();
  add("--reads", reads, "BAM or CRAM, sorted, with its index")->required();
  add("--pangenome", pangenome, "pangenome graph, GBZ version 1 to 3, or BAM or CRAM of its haplotypes");
  add("--regions", regions, "what to call, blank separated: chr20, chr20:10,000,001-10,100,000, or BED files");
  add("--exclude_regions", exclude_regions, "what to leave out, written like --regions");
  add("--gbz_shared_memory_name,--shared_memory_name", gbz_shared_memory_name,
                     "name of the pangenome in shared memory; {job}, {pid} and {fp} are replaced. Without it, jobs with the "
                     "same graph share GBZ_SHARED_MEMORY.<fingerprint>");
  store.add_to(command);
  add("--ref_name_pangenome", ref_name_pangenome,
                     "sample of the reference paths in the graph (default: GRCh38, or the only one)");
  add("--ref_chrom_prefix", ref_chrom_prefix,
                     "cut from contig names before they are looked up in the graph (default: matched by the usual spellings)");
  add("--customized_model", customized_model, "model folder instead of the shipped one");
  add("--num_shards", num_shards, "threads")->capture_default_str()->check(CLI::Range(1, 1024));
}

std::string CallFlags::model_folder() const { return customized_model.empty() ? shipped_model(model_type) : customized_model; }

void add_switch(CLI::App& command, const std::string& name, bool& value, const std::string& help) {
  command.add_flag(fmt::format("--{0},!--no{0}", name), value, help);
}

std::string shipped_model(const std::string& model_type) {
  namespace fs = std::filesystem;
  const std::string name = lower_case(model_type);
  std::vector<fs::path> places;
  if (const char* given = std::getenv("HAPLOOM_MODELS")) places.emplace_back(given);
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  places.push_back(program / "../../models");                // build tree
  places.push_back(program / "../share/haploom/models");     // installation
  for (const fs::path& place : places) {
    if (fs::exists(place / name / "example_info.json", ignored)) return fs::weakly_canonical(place / name).string();
  }
  throw Error{Exit::kInput, Reason::kModel, "commands",
              fmt::format("no model for --model_type {} beside the program ({})", model_type, program.string()),
              "give --customized_model FOLDER, or set HAPLOOM_MODELS to the folder that holds wgs/"};
}

}  // namespace haploom::commands
