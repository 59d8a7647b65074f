#include "haplotypes/pieces.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <unordered_map>

#include "base/error.h"

namespace haploom::haplotypes {
namespace {

using shared_image::Pangenome;
using shared_image::Stretch;

constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();

[[noreturn]] void corrupt() {
  throw Error{Exit::kInput, Reason::kCorrupt, "haplotypes", "the pangenome image is damaged: its visits contradict each other",
              "unload it and load it again"};
}

class Search {
 public:
  Search(const Pangenome& pangenome, const NodeSet& nodes, gbz::Visit reference)
      : pangenome_(pangenome), nodes_(nodes), reference_(reference) {}

  Pieces run() {
    count_visits();
    mark_entered();
    for (uint32_t side = 0; side < 2 * nodes_.ids().size(); ++side) start_groups(side);
    if (reference_piece_ == kNone) corrupt();
    return kept();
  }

 private:
  // Walks as a tree: a step knows the one before it.
  struct Step {
    gbz::NodeCode code;
    uint32_t before;
    uint32_t depth;
  };
  // Pieces that have gone the same way so far: consecutive visits of one node, piece by piece.
  struct Group {
    gbz::Visit first;
    uint32_t before = kNone;  // step
    std::vector<uint32_t> pieces;
  };

  gbz::NodeCode code_of(uint32_t side) const { return 2 * nodes_.ids()[side / 2] + side % 2; }
  bool inside(gbz::NodeCode code) const { return code != gbz::kEndmarker && nodes_.index_of(gbz::node_id(code)).has_value(); }
  uint64_t place_of(gbz::Visit visit) const {
    return first_place_[2 * *nodes_.index_of(gbz::node_id(visit.node)) + (gbz::is_reverse(visit.node) ? 1 : 0)] + visit.visit;
  }

  void count_visits() {
    first_place_.push_back(0);
    for (uint32_t side = 0; side < 2 * nodes_.ids().size(); ++side)
      first_place_.push_back(first_place_.back() + pangenome_.visits(code_of(side)));
    if (first_place_.back() > pangenome_.visit_total() || first_place_.back() >= kNone) corrupt();
  }

  void mark_entered() {
    entered_.assign(first_place_.back(), 0);
    for (uint32_t side = 0; side < 2 * nodes_.ids().size(); ++side) {
      pangenome_.follow(code_of(side), 0, first_place_[side + 1] - first_place_[side], stretches_);
      for (const Stretch& stretch : stretches_) {
        if (!inside(stretch.to.node)) continue;
        check_visits(stretch);
        std::fill_n(entered_.begin() + static_cast<std::ptrdiff_t>(place_of(stretch.to)), stretch.count, uint8_t{1});
      }
    }
  }

  void check_visits(const Stretch& stretch) const {
    const uint64_t visits = pangenome_.visits(stretch.to.node);
    if (stretch.to.visit > visits || stretch.count > visits - stretch.to.visit) corrupt();
  }

  // Follows what starts on this side of a node: visits that nothing in the window steps to.
  void start_groups(uint32_t side) {
    const auto begin = entered_.begin() + static_cast<std::ptrdiff_t>(first_place_[side]);
    const auto end = entered_.begin() + static_cast<std::ptrdiff_t>(first_place_[side + 1]);
    for (auto at = std::find(begin, end, 0); at != end;) {
      const auto stop = std::find(at, end, 1);
      Group group{{code_of(side), static_cast<uint64_t>(at - begin)}, kNone, std::vector<uint32_t>(static_cast<size_t>(stop - at))};
      std::iota(group.pieces.begin(), group.pieces.end(), static_cast<uint32_t>(last_step_.size()));
      for (size_t i = 0; i < group.pieces.size(); ++i) starts_.push_back({group.first.node, group.first.visit + i});
      last_step_.resize(starts_.size(), kNone);
      open_.push_back(std::move(group));
      follow_groups();
      at = std::find(stop, end, 0);
    }
  }

  void follow_groups() {
    while (!open_.empty()) {
      Group group = std::move(open_.back());
      open_.pop_back();
      step(std::move(group));
    }
  }

  void step(Group group) {
    stepped_ += group.pieces.size();
    if (stepped_ > first_place_.back()) corrupt();  // a visit lies on one path only
    steps_.push_back({group.first.node, group.before, group.before == kNone ? 0 : steps_[group.before].depth + 1});
    const auto here = static_cast<uint32_t>(steps_.size() - 1);
    notice_reference(group, here);
    pangenome_.follow(group.first.node, group.first.visit, group.pieces.size(), stretches_);

    const size_t opened = open_.size();
    size_t piece = 0;
    for (const Stretch& stretch : stretches_) {
      const auto from = group.pieces.begin() + static_cast<std::ptrdiff_t>(piece);
      piece += stretch.count;
      const auto to = group.pieces.begin() + static_cast<std::ptrdiff_t>(piece);
      if (!inside(stretch.to.node)) {
        std::for_each(from, to, [&](uint32_t ended) { last_step_[ended] = here; });
      } else if (stretches_.size() == 1) {
        check_visits(stretch);
        open_.push_back({stretch.to, here, std::move(group.pieces)});
        return;
      } else {
        std::vector<uint32_t>& pieces = joined(opened, stretch, here).pieces;
        pieces.insert(pieces.end(), from, to);
      }
    }
    if (piece != group.pieces.size()) corrupt();
  }

  // The group of those that go on to the stretch's node: their visits there follow each other.
  Group& joined(size_t opened, const Stretch& stretch, uint32_t here) {
    const auto found = std::find_if(open_.begin() + static_cast<std::ptrdiff_t>(opened), open_.end(),
                                    [&](const Group& group) { return group.first.node == stretch.to.node; });
    if (found != open_.end()) return *found;
    check_visits(stretch);
    return open_.emplace_back(Group{stretch.to, here, {}});
  }

  void notice_reference(const Group& group, uint32_t here) {
    if (group.first.node != reference_.node || reference_.visit < group.first.visit) return;
    const uint64_t within = reference_.visit - group.first.visit;
    if (within >= group.pieces.size()) return;
    reference_piece_ = group.pieces[within];
    nodes_before_reference_ = steps_[here].depth;
  }

  std::vector<gbz::NodeCode> walk_to(uint32_t step) const {
    std::vector<gbz::NodeCode> walk(steps_[step].depth + 1);
    for (uint32_t at = step; at != kNone; at = steps_[at].before) walk[steps_[at].depth] = steps_[at].code;
    return walk;
  }

  // Canonical pieces and the reference's, with their distinct walks. Groups that start apart on one node may go one way.
  Pieces kept() const {
    Pieces out;
    out.nodes_before_reference = nodes_before_reference_;
    std::unordered_map<uint32_t, uint32_t> walk_of_step;
    std::unordered_multimap<uint64_t, uint32_t> walk_of_hash;
    for (uint32_t piece = 0; piece < starts_.size(); ++piece) {
      const uint32_t last = last_step_[piece];
      if (last == kNone) corrupt();
      if (piece != reference_piece_ && !is_canonical(starts_[piece].node, steps_[last].code)) continue;
      if (piece == reference_piece_) out.reference = static_cast<uint32_t>(out.found.size());
      auto walk = walk_of_step.find(last);
      if (walk == walk_of_step.end()) walk = walk_of_step.emplace(last, unified(walk_to(last), out.walks, walk_of_hash)).first;
      out.found.push_back({starts_[piece], walk->second});
    }
    return out;
  }

  static uint32_t unified(std::vector<gbz::NodeCode> walk, std::vector<std::vector<gbz::NodeCode>>& walks,
                          std::unordered_multimap<uint64_t, uint32_t>& walk_of_hash) {
    uint64_t hash = 0xcbf29ce484222325;  // FNV-1a over whole codes: only tells walks apart that are compared after
    for (const gbz::NodeCode code : walk) hash = (hash ^ code) * 0x100000001b3;
    const auto [from, to] = walk_of_hash.equal_range(hash);
    for (auto at = from; at != to; ++at)
      if (walks[at->second] == walk) return at->second;
    const auto index = static_cast<uint32_t>(walks.size());
    walk_of_hash.emplace(hash, index);
    walks.push_back(std::move(walk));
    return index;
  }

  const Pangenome& pangenome_;
  const NodeSet& nodes_;
  const gbz::Visit reference_;
  std::vector<uint64_t> first_place_;  // by side (2 * node index + strand): visits of the window before it
  std::vector<uint8_t> entered_;       // by place: some visit of the window steps to it
  std::vector<Stretch> stretches_;     // scratch
  std::vector<Group> open_;
  std::vector<Step> steps_;
  uint64_t stepped_ = 0;
  std::vector<gbz::Visit> starts_;   // by piece, both directions
  std::vector<uint32_t> last_step_;  // by piece
  uint32_t reference_piece_ = kNone;
  uint64_t nodes_before_reference_ = 0;
};

}  // namespace

bool is_canonical(gbz::NodeCode first, gbz::NodeCode last) {
  if (gbz::is_reverse(first) == gbz::is_reverse(last)) return !gbz::is_reverse(first);
  return gbz::node_id(last) >= gbz::node_id(first);
}

Pieces find_pieces(const Pangenome& pangenome, const NodeSet& nodes, gbz::Visit reference) {
  return Search(pangenome, nodes, reference).run();
}

}  // namespace haploom::haplotypes
