#include "model/trees.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <map>
#include <optional>

#include "model/example_info.h"

namespace haploom::model {
namespace {

constexpr int kCategorical = 1;  // bits of decision_type
constexpr int kDefaultLeft = 2;
constexpr int kMissingShift = 2;
constexpr int kMissingNone = 0, kMissingNan = 2;
constexpr size_t kMostLeaves = 1 << 20;
constexpr double kLargestLeaf = 1e9;  // sums of scores stay finite

}  // namespace

// Reads `key=value` lines: a head, then a block a tree that begins with Tree=.
class TreesReader {
 public:
  TreesReader(Trees& trees, const std::string& path, std::span<const std::string_view> numbers) : trees_(trees), path_(path), file_(path), numbers_(numbers) {
    if (!file_) throw model_error(fmt::format("{} is missing or cannot be read", path_));
  }

  void read() {
    std::string line;
    bool ended = false, in_tree = false;
    while (!ended && std::getline(file_, line)) {
      ended = line == "end of trees";
      const bool next_tree = line.starts_with("Tree=");
      if (ended || next_tree) {
        if (in_tree) add_tree();
        if (!in_tree) read_head();
        in_tree = true;
        fields_.clear();
      } else if (const size_t equals = line.find('='); equals != std::string::npos) {
        fields_[line.substr(0, equals)] = line.substr(equals + 1);
      } else if (line == "average_output") {
        refuse("has trees whose average counts, which is not supported");
      }
    }
    if (!ended) refuse("is no file of LightGBM's trees, or ends too early");
    if (trees_.roots_.empty() || trees_.roots_.size() % trees_.classes_ != 0) refuse(fmt::format("has {} trees, no multiple of {} classes", trees_.roots_.size(), trees_.classes_));
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const { throw model_error(fmt::format("{} {}", path_, what)); }

  const std::string& field(const std::string& name) const {
    const auto found = fields_.find(name);
    if (found == fields_.end()) refuse(fmt::format("lacks '{}' in tree {}", name, trees_.roots_.size()));
    return found->second;
  }

  template <typename T>
  std::vector<T> values(const std::string& name) const {
    const std::string& text = field(name);
    std::vector<T> out;
    for (const char *at = text.data(), *end = text.data() + text.size(); at != end;) {
      if (*at == ' ') {
        ++at;
        continue;
      }
      T value{};
      const auto [stop, problem] = std::from_chars(at, end, value);
      if (problem != std::errc{} || (stop != end && *stop != ' ')) refuse(fmt::format("has a '{}' in tree {} that is no list of numbers", name, trees_.roots_.size()));
      out.push_back(value);
      at = stop;
    }
    return out;
  }

  void read_head() {
    const auto classes = values<int64_t>("num_class");
    if (classes.size() != 1 || classes[0] != static_cast<int64_t>(trees_.classes_)) refuse(fmt::format("answers other than {} classes", trees_.classes_));
    if (const std::string& objective = field("objective"); objective != "multiclass" && !objective.starts_with("multiclass "))
      refuse(fmt::format("was fitted for '{}', not for multiclass", objective));
    const std::string& names = field("feature_names");
    for (size_t from = 0; from < names.size();) {
      const size_t to = std::min(names.find(' ', from), names.size());
      const std::string_view name = std::string_view(names).substr(from, to - from);
      const auto found = std::find(numbers_.begin(), numbers_.end(), name);
      if (found == numbers_.end()) refuse(fmt::format("wants a number '{}' that this haploom does not make", name));
      row_index_.push_back(static_cast<uint32_t>(found - numbers_.begin()));
      from = to + 1;
    }
  }

  void add_tree() {
    const auto leaves = values<double>("leaf_value");
    const auto count = values<int64_t>("num_leaves");
    const auto first_leaf = static_cast<int32_t>(trees_.leaves_.size());
    const auto first_node = static_cast<int32_t>(trees_.nodes_.size());
    if (leaves.empty() || trees_.leaves_.size() + leaves.size() > kMostLeaves) refuse(fmt::format("has no leaves, or too many, in tree {}", trees_.roots_.size()));
    if (count != std::vector{std::ssize(leaves)}) refuse(fmt::format("has lists of unequal lengths in tree {}", trees_.roots_.size()));
    if (!std::all_of(leaves.begin(), leaves.end(), [](double leaf) { return std::abs(leaf) <= kLargestLeaf; }))
      refuse(fmt::format("has a leaf that is no score in tree {}", trees_.roots_.size()));
    if (const auto linear = fields_.find("is_linear"); linear != fields_.end() && linear->second != "0")
      refuse(fmt::format("has leaves that are sums in tree {}, which is not supported", trees_.roots_.size()));
    if (leaves.size() == 1) {
      trees_.leaves_.push_back(leaves[0]);
      trees_.roots_.push_back(-1 - first_leaf);
      return;
    }
    const auto split = values<int64_t>("split_feature"), left = values<int64_t>("left_child"), right = values<int64_t>("right_child"), type = values<int64_t>("decision_type");
    const auto threshold = values<double>("threshold");
    const size_t inner = leaves.size() - 1;
    if (split.size() != inner || left.size() != inner || right.size() != inner || type.size() != inner || threshold.size() != inner)
      refuse(fmt::format("has lists of unequal lengths in tree {}", trees_.roots_.size()));
    // A child stands behind its parent, so that no walk goes on for ever.
    const auto child = [&](int64_t index, size_t parent) {
      const bool leaf = index < 0;
      if (leaf ? -1 - index >= std::ssize(leaves) : index <= static_cast<int64_t>(parent) || index >= static_cast<int64_t>(inner))
        refuse(fmt::format("has a child out of place in tree {}", trees_.roots_.size()));
      return static_cast<int32_t>(leaf ? index - first_leaf : index + first_node);
    };
    for (size_t i = 0; i < inner; ++i) {
      if (split[i] < 0 || split[i] >= std::ssize(row_index_)) refuse(fmt::format("splits at a feature that it does not name in tree {}", trees_.roots_.size()));
      if (std::isnan(threshold[i])) refuse(fmt::format("has a threshold that is none in tree {}", trees_.roots_.size()));
      const int64_t missing = type[i] >> kMissingShift;
      if ((type[i] & kCategorical) != 0 || (missing != kMissingNone && missing != kMissingNan))
        refuse(fmt::format("has a split of categories or with zero for missing in tree {}, which is not supported", trees_.roots_.size()));
      trees_.nodes_.push_back({row_index_[static_cast<size_t>(split[i])], (type[i] & kDefaultLeft) != 0, missing == kMissingNone, threshold[i], child(left[i], i), child(right[i], i)});
    }
    trees_.leaves_.insert(trees_.leaves_.end(), leaves.begin(), leaves.end());
    trees_.roots_.push_back(first_node);
  }

  Trees& trees_;
  const std::string& path_;
  std::ifstream file_;
  std::span<const std::string_view> numbers_;
  std::vector<uint32_t> row_index_;  // of the file's features
  std::map<std::string, std::string> fields_;
};

Trees::Trees(const std::string& path, std::span<const std::string_view> numbers, size_t classes) : classes_(classes) {
  TreesReader(*this, path, numbers).read();
}

void Trees::scores(std::span<const float> row, std::span<double> out) const {
  std::fill(out.begin(), out.end(), 0);
  for (size_t t = 0; t < roots_.size(); ++t) {
    int32_t at = roots_[t];
    while (at >= 0) {
      const Node& node = nodes_[static_cast<size_t>(at)];
      double value = row[node.number];
      bool left;
      if (std::isnan(value) && !node.zero_for_missing) {
        left = node.missing_left;
      } else {
        if (std::isnan(value)) value = 0;
        left = value <= node.threshold;
      }
      at = left ? node.left : node.right;
    }
    out[t % classes_] += leaves_[static_cast<size_t>(-1 - at)];
  }
}

void softmax(std::span<double> scores) {
  const double largest = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (double& score : scores) sum += score = std::exp(score - largest);
  for (double& score : scores) score /= sum;
}

}  // namespace haploom::model
