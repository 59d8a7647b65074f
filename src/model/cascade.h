// The cascade of a model folder: trees that answer plain sites from numbers, and trees that weigh the network's answer with
// what panel and neighbourhood say of the site.
//
// cascade.json: {"version": "1", "plain": {"trees": FILE, "least": P}, "final": {"trees": FILE, "temperature": T},
//                "flags_for_calling": {flag: value, ...}}
// An allele set of which the plain trees give some number of copies the probability P or more goes without an image.
//
// Errors: kInput/kModel naming the file and what is wrong in it
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "genome/candidate.h"
#include "model/trees.h"

namespace haploom::model {

bool has_cascade(const std::string& folder);
// The flags that candidates are looked for with, name without dashes.
std::vector<std::pair<std::string, std::string>> cascade_flags(const std::string& folder);

class Cascade {
 public:
  // numbers: the names of a row's numbers.
  Cascade(const std::string& folder, std::span<const std::string_view> numbers);

  bool settled(std::span<const float> row) const;  // no image is needed
  genome::GenotypeProbabilities answer(std::span<const float> row) const;

 private:
  struct File;
  Cascade(const File& file, std::span<const std::string_view> numbers);

  Trees plain_;
  Trees final_;
  double least_;
  double temperature_;
};

}  // namespace haploom::model
