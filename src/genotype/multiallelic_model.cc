// A small network instead of the product rule, for sites where two alts remain. Everything in float32, as upstream.
#include <algorithm>
#include <cmath>
#include <span>

#include "base/error.h"
#include "genotype/merge.h"
#include "genotype/multiallelic_weights.h"

namespace haploom::genotype {
namespace {

std::vector<float> dense(std::span<const float> in, std::span<const float> kernel, std::span<const float> bias) {
  check(kernel.size() == in.size() * bias.size(), "a layer's kernel fits its input and output");
  std::vector<float> out(bias.begin(), bias.end());
  for (size_t i = 0; i < in.size(); ++i)
    for (size_t k = 0; k < out.size(); ++k) out[k] += in[i] * kernel[i * out.size() + k];
  return out;
}

std::vector<float> relu(std::vector<float> values) {
  for (float& value : values) value = std::max(value, 0.0F);
  return values;
}

std::vector<double> softmax(const std::vector<float>& values) {
  const float largest = *std::max_element(values.begin(), values.end());
  std::vector<float> powers;
  float sum = 0;
  for (const float value : values) sum += powers.emplace_back(std::exp(value - largest));
  std::vector<double> out;
  for (const float power : powers) out.push_back(static_cast<double>(power / sum));
  return out;
}

}  // namespace

std::vector<double> modelled_probabilities(const std::vector<genome::AltSet>& sets,
                                           const std::vector<genome::GenotypeProbabilities>& probabilities,
                                           const std::vector<int>& kept) {
  check(kept.size() == 2, "the model is about two alts");
  std::vector<float> in;
  for (const genome::AltSet& wanted : {genome::AltSet{kept[0]}, genome::AltSet{kept[1]}, genome::AltSet{kept[0], kept[1]}}) {
    const auto found = std::find(sets.begin(), sets.end(), wanted);
    check(found != sets.end(), "both alts and their pair have an answer");
    for (const double value : probabilities[static_cast<size_t>(found - sets.begin())]) in.push_back(static_cast<float>(value));
  }
  using namespace multiallelic;
  return softmax(dense(relu(dense(relu(dense(relu(dense(in, kKernel1, kBias1)), kKernel2, kBias2)), kKernel3, kBias3)), kKernel4, kBias4));
}

}  // namespace haploom::genotype
