#include "haplotypes/node_set.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <tuple>
#include <unordered_set>

namespace haploom::haplotypes {

NodeSet::NodeSet(std::vector<uint64_t> ids) : ids_(std::move(ids)) {
  std::sort(ids_.begin(), ids_.end());
  if (ids_.empty() || (ids_.back() - ids_.front()) / 16 > ids_.size()) return;
  direct_.resize(ids_.back() - ids_.front() + 1);
  for (size_t i = 0; i < ids_.size(); ++i) direct_[ids_[i] - ids_.front()] = static_cast<uint32_t>(i + 1);
}

std::optional<uint32_t> NodeSet::index_of(uint64_t id) const {
  if (ids_.empty() || id < ids_.front() || id > ids_.back()) return std::nullopt;
  if (!direct_.empty()) {
    const uint32_t found = direct_[id - ids_.front()];
    return found == 0 ? std::nullopt : std::optional(found - 1);
  }
  const auto found = std::lower_bound(ids_.begin(), ids_.end(), id);
  return *found == id ? std::optional(static_cast<uint32_t>(found - ids_.begin())) : std::nullopt;
}

// A node is settled once, in the direction that reached it first. From there it is left ahead at the cost of what is left
// of it, and back at the cost of what was crossed and one more.
NodeSet nodes_around(const shared_image::Pangenome& pangenome, const shared_image::PathPlace& place, uint64_t context) {
  using Reached = std::tuple<uint64_t, gbz::NodeCode, uint64_t>;  // cost, code, offset; ties as upstream's heap: by code
  std::priority_queue<Reached, std::vector<Reached>, std::greater<>> queue;
  std::unordered_set<uint64_t> settled;
  queue.emplace(0, place.visit.node, place.node_offset);
  while (!queue.empty()) {
    const auto [cost, code, offset] = queue.top();
    queue.pop();
    if (!settled.insert(gbz::node_id(code)).second) continue;
    const auto leave = [&](gbz::NodeCode side, uint64_t leaving) {
      if (leaving > context) return;
      pangenome.for_each_successor(side, [&](gbz::NodeCode to) {
        if (!settled.contains(gbz::node_id(to))) queue.emplace(leaving, to, 0);
      });
    };
    leave(code, cost + pangenome.node_length(code) - offset);
    leave(gbz::flipped(code), cost + offset + 1);
  }
  return NodeSet(std::vector<uint64_t>(settled.begin(), settled.end()));
}

}  // namespace haploom::haplotypes
