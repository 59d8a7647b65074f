// Gradient-boosted trees over numbers: LightGBM's own text file, read and asked.
//
// In:     a file that LightGBM's save_model wrote: numerical splits, objective multiclass, one tree a class and round; and the
//         names of the numbers that rows hold. The file's features are found among them by name
// Out:    the probability of each class (softmax of the summed leaves)
// Cost:   trees x depth comparisons a row
// Errors: kInput/kModel for a file that is none, is cut, has splits of categories, or wants a number that rows lack
// Source: LightGBM, src/io/tree.cpp, include/LightGBM/tree.h (NumericalDecision; the bits of decision_type)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace haploom::model {

class Trees {
 public:
  Trees(const std::string& path, std::span<const std::string_view> numbers, size_t classes);

  // Scores before the softmax, [classes]; row: one number for each of the names, NaN where nobody knows it.
  void scores(std::span<const float> row, std::span<double> out) const;
  size_t trees() const { return roots_.size(); }

 private:
  struct Node {
    uint32_t number = 0;      // index into a row
    bool missing_left = false;
    bool zero_for_missing = false;  // NaN is taken for 0: the split saw none in training
    double threshold = 0;
    int32_t left = 0;         // index into nodes_; below 0: leaf -1 - index into leaves_
    int32_t right = 0;
  };
  friend class TreesReader;

  size_t classes_;
  std::vector<Node> nodes_;
  std::vector<double> leaves_;
  std::vector<int32_t> roots_;  // as Node::left
};

// Of scores: their softmax, in place.
void softmax(std::span<double> scores);

}  // namespace haploom::model
