#include "gbz/knots.h"

#include <algorithm>
#include <utility>

#include "base/signals.h"

namespace haploom::gbz {
namespace {

// Calls take(from, to) for every step ahead of the cursors.
template <typename Take>
void each_step(const std::vector<WalkCursor>& cursors, Take take) {
  for (WalkCursor at : cursors) {
    uint64_t steps = 0;
    for (uint32_t from = at.code(); from != kEndmarker;) {
      base::throw_if_stopped(steps++);
      const uint32_t to = at.advance();
      if (to != kEndmarker) take(from, to);
      from = to;
    }
  }
}

// Nodes by number from 0, each with a chain of its successors.
class Successors {
 public:
  explicit Successors(uint64_t nodes) : first_(nodes, 0), pool_(1) {}

  void add(uint32_t from, uint32_t to) {
    for (uint32_t link = first_[from]; link != 0; link = pool_[link].next) {
      if (pool_[link].to != to) continue;
      std::swap(pool_[link].to, pool_[first_[from]].to);  // asked for next time, most likely
      return;
    }
    pool_.push_back({to, first_[from]});
    first_[from] = static_cast<uint32_t>(pool_.size() - 1);
  }

  uint32_t first(uint32_t node) const { return first_[node]; }
  uint32_t next(uint32_t link) const { return pool_[link].next; }
  uint32_t to(uint32_t link) const { return pool_[link].to; }
  bool loops(uint32_t node) const {
    for (uint32_t link = first_[node]; link != 0; link = pool_[link].next)
      if (pool_[link].to == node) return true;
    return false;
  }

 private:
  struct Link {
    uint32_t to = 0;
    uint32_t next = 0;
  };
  std::vector<uint32_t> first_;
  std::vector<Link> pool_;  // pool_[0] is no link
};

class Search {
 public:
  Search(const Successors& successors, uint32_t first_code, Knots& out)
      : successors_(successors), first_code_(first_code), out_(out), seen_(out.of.size()) {}

  void from(uint32_t root) {
    if (seen_[root].number != 0 || successors_.first(root) == 0) return;
    enter(root);
    while (!path_.empty()) {
      base::throw_if_stopped(++turns_);
      const uint32_t node = path_.back().first;
      const uint32_t link = path_.back().second;
      if (link == 0) {
        leave(node);
        continue;
      }
      path_.back().second = successors_.next(link);
      const uint32_t to = successors_.to(link);
      if (seen_[to].number == 0)
        enter(to);
      else if (seen_[to].least != kDone)
        seen_[node].least = std::min(seen_[node].least, seen_[to].number);
    }
  }

 private:
  static constexpr uint32_t kDone = 0xFFFFFFFF;
  struct Seen {
    uint32_t number = 0;  // in the order of the search; 0 for a node that it has not come to
    uint32_t least = 0;   // smallest number that it can reach among those open; kDone once its part is known
  };

  void enter(uint32_t node) {
    seen_[node].number = seen_[node].least = ++count_;
    open_.push_back(node);
    path_.emplace_back(node, successors_.first(node));
  }

  void leave(uint32_t node) {
    path_.pop_back();
    const uint32_t least = seen_[node].least;
    if (!path_.empty()) seen_[path_.back().first].least = std::min(seen_[path_.back().first].least, least);
    if (least != seen_[node].number) return;
    const bool is_knot = open_.back() != node || successors_.loops(node);
    if (is_knot) out_.knots.emplace_back();
    for (uint32_t member = kDone; member != node;) {
      member = open_.back();
      open_.pop_back();
      seen_[member].least = kDone;
      if (!is_knot) continue;
      out_.of[member] = static_cast<uint32_t>(out_.knots.size());
      out_.knots.back().nodes.push_back(first_code_ + member);
    }
  }

  const Successors& successors_;
  uint32_t first_code_;
  Knots& out_;
  std::vector<Seen> seen_;
  std::vector<uint32_t> open_;
  std::vector<std::pair<uint32_t, uint32_t>> path_;  // node, its next link
  uint32_t count_ = 0;
  uint64_t turns_ = 0;
};

}  // namespace

Knots find_knots(const std::vector<WalkCursor>& cursors, uint32_t first_code, uint64_t codes) {
  Knots out;
  out.of.resize(codes);
  {
    Successors successors(codes);
    each_step(cursors, [&](uint32_t from, uint32_t to) { successors.add(from - first_code, to - first_code); });
    Search search(successors, first_code, out);
    for (uint32_t node = 0; node < codes; ++node) search.from(node);
  }
  const auto enter = [&](uint32_t to) {
    if (const uint32_t knot = out.of[to - first_code]; knot != 0) ++out.knots[knot - 1].entries;
  };
  for (const WalkCursor& at : cursors)
    if (at.code() != kEndmarker) enter(at.code());
  each_step(cursors, [&](uint32_t from, uint32_t to) {
    if (out.of[from - first_code] != out.of[to - first_code]) enter(to);
  });
  return out;
}

}  // namespace haploom::gbz
