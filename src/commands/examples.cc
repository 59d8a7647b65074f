#include "pipeline/examples.h"

#include <fmt/format.h>

#include "base/log.h"
#include "commands/call_flags.h"
#include "commands/commands.h"
#include "model/model.h"

namespace haploom::commands {

void add_examples(CLI::App& parent) {
  auto flags = std::make_shared<CallFlags>();
  auto prefix = std::make_shared<std::string>();
  CLI::App* command = parent.add_subcommand("examples", "images of all candidates, for training (PREFIX.images.u8, PREFIX.sites.tsv)");
  flags->add_to(*command);
  command->add_option("--output", *prefix, "PREFIX of the two files")->required();
  command->callback([flags, prefix, command] {
    pipeline::ExamplesRequest request;
    request.inputs = flags->input_paths(*command);
    request.shape = model::read_shape(flags->model_folder());
    request.options = pipeline::preset(flags->model_type);
    request.threads = flags->num_shards;
    request.output_prefix = *prefix;
    const uint64_t images = pipeline::write_examples(request);
    base::info("commands", "{} images of {} x {} x {} in {}.images.u8", images, request.shape.rows(), request.shape.width,
               request.shape.channels.size(), *prefix);
  });
}

}  // namespace haploom::commands
