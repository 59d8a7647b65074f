// The Python environment beside the sources, for commands that are Python: found, and become.
//
// Out:    run_in_training_environment does not return: the script takes this process over and ends as it ends
// Errors: kUsage where the environment or the script is missing, with the command that makes it; kResource/kOpen where the system
//         does not start it
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

namespace haploom::commands {

struct TrainingScript {
  std::string name;    // of train/, "quantize.py"
  std::string needs;   // for the message: "quantizing needs NNCF"
  std::string remedy;  // the command that makes the environment
};

// HAPLOOM_TRAIN_PYTHON overrides .train-venv/bin/python.
[[noreturn]] void run_in_training_environment(const TrainingScript& script, const std::vector<std::string>& arguments);

}  // namespace haploom::commands
