// "flags_for_calling" of a model folder's JSON files.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace haploom::model {

// Name without dashes, value as on a command line. Errors: kInput/kModel naming the file
std::vector<std::pair<std::string, std::string>> flags_of(const nlohmann::json& json, const std::string& path);

}  // namespace haploom::model
