#include "shared_image/record_writer.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <vector>

#include "base/error.h"
#include "shared_image/image_layout.h"
#include "shared_image/narrow.h"

namespace haploom::shared_image {
namespace {

uint64_t split_runs(const gbz::Record& record, uint64_t longest) {
  uint64_t runs = 0;
  for (const gbz::Run& run : record.runs) runs += run.length <= longest ? 1 : (run.length + longest - 1) / longest;
  return runs;
}

int64_t distance_to(gbz::NodeCode successor, gbz::NodeCode own) { return static_cast<int64_t>(successor) - static_cast<int64_t>(own); }

// Path ends never do: the base of their edge is known only when all records before have been seen.
bool fits_narrow(const gbz::Record& record, gbz::NodeCode own, uint64_t visits) {
  if (visits > kNarrowVisits || record.edges.size() > kNarrowEdges) return false;
  bool fits = true;
  for (const gbz::Edge& edge : record.edges)
    fits &= edge.successor != gbz::kEndmarker && edge.base <= std::numeric_limits<uint16_t>::max() && std::abs(distance_to(edge.successor, own)) <= kNarrowDistance;
  return fits;
}

// Puts words of either form one after the other.
class WordWriter {
 public:
  WordWriter(bool wide, uint16_t* at) : wide_(wide), at_(at) {}
  void put(uint32_t word) {
    if (wide_) {
      std::memcpy(at_, &word, sizeof word);
      at_ += 2;
    } else {
      *at_++ = static_cast<uint16_t>(word);
    }
  }
  WordWriter skipped(uint64_t words) const { return {wide_, at_ + words * (wide_ ? 2 : 1)}; }

 private:
  bool wide_;
  uint16_t* at_;
};

// The runs and checkpoints of a record with several successors; they begin at `out`.
class RunsWriter {
 public:
  RunsWriter(const RecordForm& form, uint64_t edges, WordWriter out)
      : wide_(form.wide), edges_(edges), longest_(longest_run(form.wide, edges)), step_(checkpoint_step(edges)), checkpoint_(out),
        run_(out.skipped(checkpoints(edges, form.runs) * (1 + edges))), left_(form.runs) {
    if (edges > few_.size()) many_.resize(edges);
    seen_ = edges > few_.size() ? many_.data() : few_.data();
  }

  void add(const gbz::Run& run) {
    for (uint64_t rest = run.length; rest > 0;) {
      const uint64_t length = std::min(rest, longest_);
      put(run.rank, static_cast<uint32_t>(length));
      rest -= length;
    }
  }
  RunsWriter(const RunsWriter&) = delete;
  bool complete() const { return left_ == 0; }

 private:
  void put(uint32_t edge, uint32_t length) {
    if (written_ > 0 && written_ % step_ == 0) {
      checkpoint_.put(visits_);
      for (uint64_t i = 0; i < edges_; ++i) checkpoint_.put(seen_[i]);
    }
    if (wide_ && edges_ > kByteEdges) {
      run_.put(edge);
      run_.put(length);
    } else {
      run_.put(edge | length << (wide_ ? 8 : 4));
    }
    ++written_;
    --left_;
    visits_ += length;
    seen_[edge] += length;
  }

  bool wide_;
  uint64_t edges_;
  uint64_t longest_;
  uint64_t step_;
  std::array<uint32_t, kNarrowEdges> few_{};  // no memory of its own for most
  std::vector<uint32_t> many_;
  uint32_t* seen_ = nullptr;  // visits of each edge
  WordWriter checkpoint_;
  WordWriter run_;
  uint64_t left_;
  uint64_t written_ = 0;
  uint32_t visits_ = 0;
};

}  // namespace

RecordForm form_of(const gbz::Record& record, gbz::NodeCode own) {
  if (record.edges.empty() || record.runs.empty()) return {};
  const uint64_t edges = record.edges.size();
  RecordForm form;
  const bool some_end = record.edges[0].successor == gbz::kEndmarker;
  for (const gbz::Run& run : record.runs) {
    form.visits += run.length;
    if (some_end && run.rank == 0) form.ends += run.length;
  }
  form.wide = !fits_narrow(record, own, form.visits);
  if (edges == 1) {
    form.words = form.wide ? kWideOneWords : record.edges[0].base == 0 ? 2 : 3;
    return form;
  }
  form.runs = split_runs(record, longest_run(form.wide, edges));
  if (!form.wide && form.runs > kNarrowRuns) {
    form.wide = true;
    form.runs = split_runs(record, longest_run(true, edges));
  }
  form.words = record_words(form.wide, edges, form.runs);
  return form;
}

void write_record(const gbz::Record& record, const RecordForm& form, gbz::NodeCode own, gbz::NodeCode first_code, uint16_t* at) {
  const uint64_t visits = form.visits, edges = record.edges.size();
  *at++ = static_cast<uint16_t>(form.wide ? kWideHead : visits << 1);
  WordWriter out(form.wide, at);
  if (form.wide) out.put(static_cast<uint32_t>(visits));
  if (form.wide && edges > 1) {
    out.put(static_cast<uint32_t>(edges));
    out.put(narrow(form.runs, "runs of one node"));
  }
  if (!form.wide && edges > 1) out.put(static_cast<uint32_t>(form.runs << 4 | (edges - 1)));
  for (const gbz::Edge& edge : record.edges) {
    out.put(form.wide ? place_of_code(edge.successor, first_code) : static_cast<uint32_t>(distance_to(edge.successor, own)));
    if (edges > 1 || form.wide || edge.base != 0) out.put(narrow(edge.base, "visits of one node"));
  }
  if (edges == 1) return;
  RunsWriter writer(form, edges, out);
  for (const gbz::Run& run : record.runs) writer.add(run);
  check(writer.complete(), "a record has the runs that were counted");
}

}  // namespace haploom::shared_image
