// A run as its three steps: make_examples, call_variants, postprocess_variants, each with its command line.
//
// The command lines are the one place where a run's flags become those of the steps: --dry_run prints them, a run with files
// between the steps obeys them, and a run in one piece is set up by them, so that all three do the same.
// Source: run_pangenome_aware_deepvariant.py, run_deepvariant.py (DeepVariant 1.9)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "commands/call_flags.h"
#include "pipeline/call.h"
#include "pipeline/call_variants.h"
#include "pipeline/make_examples.h"
#include "pipeline/postprocess.h"

namespace haploom::commands {

struct Step {
  std::string program;             // make_examples, ...
  std::vector<std::string> words;  // its flags
};

struct Steps {
  std::string folder;  // of the files between them
  int tasks = 1;       // of make_examples: --task 0 to tasks - 1
  Step make_examples, call_variants, postprocess;
};

// What a run asks for besides CallFlags.
struct RunFlags {
  CallFlags common;
  std::string output_vcf, output_gvcf;
  std::string sample_name;  // of the reads
  std::string sample_name_pangenome = "hprc_v1.1";
  std::string haploid_contigs, par_regions_bed;
  bool cascade = false;     // candidates are those that the model folder's cascade looks at: only in one piece
  bool small_model = false;
  std::string customized_small_model;
  std::string make_examples_extra_args, call_variants_extra_args, postprocess_variants_extra_args;
  int postprocess_cpus = -1;  // -1: as many as shards, for exomes 0
};

// folder: of the files between the steps. Errors: kUsage for extra arguments that are no list, kInput/kModel
Steps steps_of(const RunFlags& flags, const std::string& folder);

// What a shell would run: the folder made, and the three steps one after another.
std::string script(const Steps& steps);

// Reads a step's words by the flags that are added. Errors: kUsage, naming the program
void read_step(const Step& step, const std::function<void(CLI::App&)>& add_flags);

// One step's command line as its program reads it. Errors: kUsage, as that program's. Warnings about flags that change nothing
// are for who reads the steps of a run first: with the same words for each task, once is enough
enum class Warnings { kSaid, kUnsaid };
pipeline::MakeExamplesRequest make_examples_request(const Step& step, Warnings warnings);
pipeline::CallVariantsRequest call_variants_request(const Step& step);
pipeline::PostprocessRequest postprocess_request(const Step& step);

// Does the work with its log in a file of that name, too, and with it what ends the work; without a folder just does it.
void logged(const std::string& logging_dir, const std::string& name, const std::function<void()>& work);

// The steps one after another in this process, with files between them in the folder, which must be there, and stay.
// logging_dir: empty, or where each step's log goes, too. Errors: those of the steps
report::RunSummary run_steps(const Steps& steps, const std::string& logging_dir);

// The steps in one piece, without files between them: what wires these is not looked at.
pipeline::CallRequest in_one_piece(const Steps& steps, int threads, bool cascade);

// The flags of make_examples for who wants its images alone. more_flags: name without dashes and value; they count before the model's.
pipeline::MakeExamplesRequest examples_request(const CallFlags& flags, const std::vector<std::pair<std::string, std::string>>& more_flags = {});

}  // namespace haploom::commands
