#include "pipeline/examples.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/log.h"
#include "commands/call_flags.h"
#include "commands/commands.h"
#include "commands/flag_values.h"
#include "commands/steps.h"
#include "model/cascade.h"

namespace haploom::commands {

void add_examples(CLI::App& parent) {
  auto flags = std::make_shared<CallFlags>();
  auto prefix = std::make_shared<std::string>();
  CLI::App* command = parent.add_subcommand("examples", "images of all candidates, for training (PREFIX.images.u8, PREFIX.sites.tsv)");
  flags->add_to(*command);
  command->add_option("--output", *prefix, "PREFIX of the two files")->required();
  auto numbers = std::make_shared<bool>(false);
  auto panel_alleles = std::make_shared<int>(0);
  add_switch(*command, "numbers", *numbers, "instead of images what the cascade's trees look at, the network's answers among them (PREFIX.numbers.f32, PREFIX.numbers.txt)");
  const CLI::Option* panel_alleles_given = command->add_option("--vsc_min_count_panel_alleles", *panel_alleles, "as of make_examples (default: as the model says)");
  auto open = std::make_shared<bool>(false);
  add_switch(*command, "open", *open, "only images of the candidates that the plain trees of the model's cascade leave to the network");
  command->callback([flags, prefix, numbers, open, panel_alleles, panel_alleles_given] {
    std::vector<std::pair<std::string, std::string>> more;
    const bool cascade = model::has_cascade(flags->model_folder());
    if (*open && *numbers) throw usage_error("--open and --numbers exclude each other", "leave one of them out");
    if (*open && !cascade)
      throw usage_error(fmt::format("--open needs a model with a cascade, and {} has none", flags->model_folder()), "name a --customized_model with cascade.json, or leave --open out");
    if ((*numbers || *open) && cascade) more = model::cascade_flags(flags->model_folder());
    if (panel_alleles_given->count() > 0) more.emplace_back("vsc_min_count_panel_alleles", std::to_string(*panel_alleles));
    const pipeline::MakeExamplesRequest drawn = examples_request(*flags, more);
    pipeline::ExamplesRequest request;
    request.inputs = drawn.inputs;
    request.shape = drawn.shape;
    request.options = drawn.options;
    request.threads = flags->num_shards;
    request.output_prefix = *prefix;
    if (*open) request.settled_by = flags->model_folder();
    if (*numbers) {
      request.network = flags->model_folder();
      const uint64_t rows = pipeline::write_numbers(request);
      base::info("commands", "numbers of {} allele sets in {}.numbers.f32", rows, *prefix);
      return;
    }
    const uint64_t images = pipeline::write_examples(request);
    base::info("commands", "{} images of {} x {} x {} in {}.images.u8", images, request.shape.rows(), request.shape.width,
               request.shape.channels.size(), *prefix);
  });
}

}  // namespace haploom::commands
