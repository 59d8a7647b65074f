#include "pipeline/examples.h"

#include <fmt/format.h>

#include "base/log.h"
#include "commands/call_flags.h"
#include "commands/commands.h"
#include "commands/steps.h"

namespace haploom::commands {

void add_examples(CLI::App& parent) {
  auto flags = std::make_shared<CallFlags>();
  auto prefix = std::make_shared<std::string>();
  CLI::App* command = parent.add_subcommand("examples", "images of all candidates, for training (PREFIX.images.u8, PREFIX.sites.tsv)");
  flags->add_to(*command);
  command->add_option("--output", *prefix, "PREFIX of the two files")->required();
  command->callback([flags, prefix] {
    const pipeline::MakeExamplesRequest drawn = examples_request(*flags);
    pipeline::ExamplesRequest request;
    request.inputs = drawn.inputs;
    request.shape = drawn.shape;
    request.options = drawn.options;
    request.threads = flags->num_shards;
    request.output_prefix = *prefix;
    const uint64_t images = pipeline::write_examples(request);
    base::info("commands", "{} images of {} x {} x {} in {}.images.u8", images, request.shape.rows(), request.shape.width,
               request.shape.channels.size(), *prefix);
  });
}

}  // namespace haploom::commands
