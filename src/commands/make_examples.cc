#include "pipeline/make_examples.h"

#include "base/log.h"
#include "commands/commands.h"
#include "commands/make_examples_flags.h"

namespace haploom::commands {

void add_make_examples(CLI::App& parent) {
  for (const bool pangenome_aware : {false, true}) {
    auto flags = std::make_shared<MakeExamplesFlags>(pangenome_aware);
    CLI::App* command = parent.add_subcommand(
        pangenome_aware ? "make_examples_pangenome_aware_dv" : "make_examples",
        pangenome_aware ? "DeepVariant's first step with a pangenome: images of candidates in its file formats"
                        : "DeepVariant's first step: images of candidates in its file formats");
    flags->add_to(*command);
    command->callback([flags, command] {
      const pipeline::MakeExamplesRequest request = flags->request(*command);
      flags->warn(*command, request);
      base::info("commands", "haploom {} : {}", HAPLOOM_VERSION, command_line());
      const pipeline::MakeExamplesCounts counts = pipeline::make_examples(request);
      base::info("commands", "{} partitions, {} candidates, {} examples, {} reference records", counts.partitions, counts.candidates,
                 counts.examples, counts.reference_records);
      if (!request.outputs.call_outputs.empty()) base::info("commands", "{} answers of the small model", counts.small_model_answers);
      if (!request.outputs.summaries.empty()) base::info("commands", "{} examples for a small model", counts.summaries);
    });
  }
}

}  // namespace haploom::commands
