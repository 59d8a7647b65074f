// The flags of one step of a run, by name: what a preset sets, what a user overrides.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haploom::commands {

// Name without dashes, value. `true` and `false` are said as --name and --noname.
using FlagValue = std::pair<std::string, std::string>;

class StepFlags {
 public:
  void set(const std::string& name, const std::string& value);  // an earlier value of the name is lost
  void set_if(const std::string& name, const std::string& value);  // unless the value is empty
  // With a warning for each value that changes.
  void override_with(const std::vector<FlagValue>& flags);

  std::vector<std::string> words() const;  // sorted by name

 private:
  std::map<std::string, std::string> flags_;
};

// A list `name=value,name=value`, as --make_examples_extra_args takes it. A value in quotes may hold commas.
// flag: for messages; wiring: names that the run itself sets. Errors: kUsage for an item without a name or "=", or with two "=",
// and for a name of the wiring
// Source: split_extra_args, _extra_args_to_dict in run_deepvariant.py (DeepVariant 1.9)
std::vector<FlagValue> extra_args(const std::string& flag, std::string_view text, std::initializer_list<std::string_view> wiring = {});

// What DeepVariant sets for a kind of data; empty for a kind that is not known.
// Source: make_examples_pangenome_aware_dv_command in run_pangenome_aware_deepvariant.py, make_examples_command in
// run_deepvariant.py (DeepVariant 1.9)
struct Preset {
  std::string_view model_type;
  std::vector<FlagValue> flags;  // of make_examples
};
const std::vector<Preset>& pangenome_presets();  // WGS, WES
const std::vector<Preset>& plain_presets();      // WGS, WES, PACBIO, ...

}  // namespace haploom::commands
