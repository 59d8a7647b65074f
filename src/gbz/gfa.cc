#include "gbz/gfa.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>
#include <unordered_map>

#include "base/error.h"
#include "base/signals.h"
#include "formats/line_reader.h"

namespace haploom::gbz {
namespace {

// Ids may leave gaps: each id in range costs a record of the BWT.
constexpr uint64_t kIdSlack = 1'000'000;
constexpr uint64_t kIdsPerSegment = 16;

struct Hash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
template <typename Value>
using ByName = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;

// Cuts fields off the front of a line.
class Fields {
 public:
  explicit Fields(std::string_view line, char separator = '\t') : rest_(line), separator_(separator) {}
  bool done() const { return done_; }
  std::string_view next() {
    const size_t end = rest_.find(separator_);
    const std::string_view field = rest_.substr(0, end);
    done_ = end == std::string_view::npos;
    rest_.remove_prefix(done_ ? rest_.size() : end + 1);
    return field;
  }

 private:
  std::string_view rest_;
  char separator_;
  bool done_ = false;
};

template <typename Number>
bool parse_number(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

// A name that a node id can stand for: a positive number as we would print it.
bool parse_id(std::string_view name, uint64_t& id) { return parse_number(name, id) && id > 0 && id <= kMostNodeIds && name.front() != '0'; }

bool is_sequence(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); });
}

class GfaReader {
 public:
  GfaReader(const std::string& path, uint32_t max_node) : path_(path), max_node_(max_node) {}
  PathGraph read();

 private:
  struct Segment {
    const std::string* name;  // the key in by_name_
    uint64_t offset;          // in graph_.bases
    uint64_t length;
    uint64_t first_id = 0;
  };

  [[noreturn]] void fail(std::string_view cause) const;
  template <typename Take>
  void each_line(Take take);

  void take_definition(std::string_view line);
  void take_header(Fields fields);
  void take_segment(Fields fields);
  void name_nodes();
  void keep_names();
  void cut_segments();

  void take_use(std::string_view line);
  void take_link(Fields fields);
  void take_walk(Fields fields);
  void take_path(Fields fields);
  void check_overlaps(std::string_view overlaps) const;
  void add_path(std::string_view sample, std::string_view contig, uint32_t phase, uint32_t fragment, Walk walk);
  const Segment& segment(std::string_view name) const;
  void step(const Segment& segment, bool reverse, Walk& walk) const;
  static uint32_t number_of(std::string_view name, ByName<uint32_t>& numbers, std::vector<std::string>& names);

  std::string path_;
  uint32_t max_node_;
  uint64_t line_ = 0;
  PathGraph graph_;
  std::vector<Segment> segments_;
  ByName<uint32_t> by_name_, sample_numbers_, contig_numbers_;
  std::set<std::tuple<uint32_t, uint32_t, uint32_t, uint32_t>> seen_paths_;
};

void GfaReader::fail(std::string_view cause) const {
  throw Error{Exit::kInput, Reason::kGfaFormat, "gbz", fmt::format("'{}' line {}: {}", path_, line_, cause), "mend the GFA (1.0 or 1.1 with S, L, P and W lines)"};
}

template <typename Take>
void GfaReader::each_line(Take take) {
  formats::LineReader lines(path_, "gbz", Reason::kGfaFormat);
  while (const auto line = lines.next()) {
    line_ = lines.line();
    base::throw_if_stopped(line_ - 1);
    if (!line->empty()) take(*line);
  }
}

PathGraph GfaReader::read() {
  each_line([this](std::string_view line) { take_definition(line); });
  name_nodes();
  each_line([this](std::string_view line) { take_use(line); });
  if (graph_.walks.empty())
    throw Error{Exit::kInput, Reason::kGfaFormat, "gbz", fmt::format("'{}' has no P or W lines: a GBZ needs paths", path_), "give a GFA with the haplotypes as paths"};
  return std::move(graph_);
}

void GfaReader::take_definition(std::string_view line) {
  Fields fields(line);
  const std::string_view type = fields.next();
  if (type == "H") return take_header(fields);
  if (type == "S") return take_segment(fields);
  if (type.size() != 1 && !type.starts_with('#')) fail(fmt::format("'{}' is no GFA record", type.substr(0, 20)));
}

void GfaReader::take_header(Fields fields) {
  while (!fields.done()) {
    const std::string_view tag = fields.next();
    if (tag.starts_with("VN:Z:") && !tag.starts_with("VN:Z:1")) fail(fmt::format("version {} is not 1.x", tag.substr(5)));
    if (!tag.starts_with("RS:Z:")) continue;
    for (Fields names(tag.substr(5), ' '); !names.done();)
      if (const std::string_view name = names.next(); !name.empty()) graph_.reference_samples.emplace_back(name);
  }
}

void GfaReader::take_segment(Fields fields) {
  if (fields.done()) fail("a segment without a name");
  const std::string_view name = fields.next();
  if (name.empty()) fail("a segment without a name");
  if (fields.done()) fail(fmt::format("segment '{}' without a sequence", name));
  const std::string_view sequence = fields.next();
  if (!is_sequence(sequence)) fail(fmt::format("the sequence of segment '{}' is not letters", name));
  const auto [at, fresh] = by_name_.emplace(name, segments_.size());
  if (!fresh) fail(fmt::format("segment '{}' stands twice", name));
  if (segments_.size() >= kMostNodeIds) fail("more segments than node ids");
  segments_.push_back({&at->first, graph_.bases.size(), sequence.size()});
  for (const char base : sequence) graph_.bases += base >= 'a' ? static_cast<char>(base - 'a' + 'A') : base;
}

void GfaReader::name_nodes() {
  uint64_t least = kMostNodeIds, most = 0, id = 0;
  const bool numbers = std::all_of(segments_.begin(), segments_.end(), [&](const Segment& segment) {
    if (segment.length > max_node_ || !parse_id(*segment.name, id)) return false;
    least = std::min(least, id);
    most = std::max(most, id);
    return true;
  });
  if (segments_.empty()) return;
  if (numbers && most - least < kIdSlack + kIdsPerSegment * segments_.size()) {
    graph_.first_id = least;
    graph_.labels.resize(most - least + 1);
    keep_names();
  } else {
    cut_segments();
  }
}

void GfaReader::keep_names() {
  for (Segment& segment : segments_) {
    parse_id(*segment.name, segment.first_id);
    graph_.labels[segment.first_id - graph_.first_id] = {segment.offset, static_cast<uint32_t>(segment.length)};
  }
}

void GfaReader::cut_segments() {
  for (Segment& segment : segments_) {
    segment.first_id = 1 + graph_.labels.size();
    for (uint64_t done = 0; done < segment.length; done += max_node_)
      graph_.labels.push_back({segment.offset + done, static_cast<uint32_t>(std::min<uint64_t>(max_node_, segment.length - done))});
    graph_.segments.push_back({*segment.name, segment.first_id, 1 + graph_.labels.size()});
  }
  if (graph_.labels.size() > kMostNodeIds)
    throw Error{Exit::kInput, Reason::kGfaFormat, "gbz", fmt::format("'{}' makes {} nodes, more than {}", path_, graph_.labels.size(), kMostNodeIds), "use a larger --max-node"};
}

void GfaReader::take_use(std::string_view line) {
  Fields fields(line);
  const std::string_view type = fields.next();
  if (type == "L") take_link(fields);
  if (type == "W") take_walk(fields);
  if (type == "P") take_path(fields);
}

const GfaReader::Segment& GfaReader::segment(std::string_view name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) fail(fmt::format("segment '{}' is not in the file", name));
  return segments_[found->second];
}

void GfaReader::take_link(Fields fields) {
  for (int end = 0; end < 2; ++end) {
    if (fields.done()) fail("a link needs two segments with orientations and an overlap");
    segment(fields.next());
    const std::string_view orientation = fields.done() ? std::string_view{} : fields.next();
    if (orientation != "+" && orientation != "-") fail(fmt::format("'{}' is no orientation", orientation));
  }
  if (fields.done()) fail("a link without an overlap");
  check_overlaps(fields.next());
}

void GfaReader::check_overlaps(std::string_view overlaps) const {
  for (Fields each(overlaps, ','); !each.done();)
    if (const std::string_view overlap = each.next(); overlap != "*" && overlap != "0M" && !overlap.empty())
      fail(fmt::format("overlap '{}': only graphs without overlaps (0M or *) can become a GBZ", overlap));
}

void GfaReader::step(const Segment& segment, bool reverse, Walk& walk) const {
  const uint64_t pieces = (segment.length - 1) / max_node_ + 1;
  for (uint64_t i = 0; i < pieces; ++i) {
    const uint64_t id = reverse ? segment.first_id + pieces - 1 - i : segment.first_id + i;
    walk.push_back(static_cast<uint32_t>(2 * id + (reverse ? 1 : 0)));
  }
}

void GfaReader::take_walk(Fields fields) {
  std::string_view field[6];  // sample, haplotype, contig, start, end, steps
  for (std::string_view& value : field) {
    if (fields.done()) fail("a W line needs sample, haplotype, sequence name, start, end and walk");
    value = fields.next();
  }
  uint32_t phase = 0;
  uint64_t start = 0;
  if (field[0].empty() || field[2].empty()) fail("a W line without a sample or sequence name");
  if (!parse_number(field[1], phase)) fail(fmt::format("'{}' is no haplotype number", field[1]));
  if (field[3] != "*" && !parse_number(field[3], start)) fail(fmt::format("'{}' is no start of a walk", field[3]));
  if (start > UINT32_MAX) fail(fmt::format("a walk that starts at {}: a GBZ holds starts below 2^32", start));
  const std::string_view steps = field[5];
  const auto is_turn = [](char c) { return c == '>' || c == '<'; };
  if (steps.empty() || !is_turn(steps.front())) fail("a walk is made of > or < and a segment name, again and again");
  Walk walk;
  walk.reserve(static_cast<size_t>(std::count_if(steps.begin(), steps.end(), is_turn)));
  for (size_t at = 0; at < steps.size();) {
    base::throw_if_stopped(walk.size());
    const size_t end = std::min(steps.find_first_of("<>", at + 1), steps.size());
    step(segment(steps.substr(at + 1, end - at - 1)), steps[at] == '<', walk);
    at = end;
  }
  add_path(field[0], field[2], phase, static_cast<uint32_t>(start), std::move(walk));
}

void GfaReader::take_path(Fields fields) {
  const std::string_view name = fields.done() ? std::string_view{} : fields.next();
  if (name.empty()) fail("a path without a name");
  const std::string_view steps = fields.done() ? std::string_view{} : fields.next();
  if (steps.empty()) fail(fmt::format("path '{}' has no steps", name));
  Walk walk;
  walk.reserve(static_cast<size_t>(std::count(steps.begin(), steps.end(), ',')) + 1);
  for (Fields each(steps, ','); !each.done();) {
    base::throw_if_stopped(walk.size());
    const std::string_view one = each.next();
    if (one.size() < 2 || (one.back() != '+' && one.back() != '-')) fail(fmt::format("path '{}': '{}' is no segment with an orientation", name, one));
    step(segment(one.substr(0, one.size() - 1)), one.back() == '-', walk);
  }
  if (!fields.done()) check_overlaps(fields.next());
  add_path(kGenericSample, name, kNoPhase, 0, std::move(walk));
}

uint32_t GfaReader::number_of(std::string_view name, ByName<uint32_t>& numbers, std::vector<std::string>& names) {
  const auto known = numbers.find(name);
  if (known != numbers.end()) return known->second;
  const auto number = static_cast<uint32_t>(names.size());
  numbers.emplace(name, number);
  names.emplace_back(name);
  return number;
}

void GfaReader::add_path(std::string_view sample, std::string_view contig, uint32_t phase, uint32_t fragment, Walk walk) {
  const PathName name{number_of(sample, sample_numbers_, graph_.samples), number_of(contig, contig_numbers_, graph_.contigs), phase, fragment};
  if (!seen_paths_.emplace(name.sample, name.contig, name.phase, name.fragment).second)
    fail(fmt::format("a second path of sample '{}', haplotype {}, sequence '{}' that starts at {}", sample, phase, contig, fragment));
  graph_.paths.push_back(name);
  graph_.walks.push_back(std::move(walk));
}

}  // namespace

PathGraph read_gfa(const std::string& path, uint32_t max_node) {
  check(max_node > 0, "a node has a base");
  return GfaReader(path, max_node).read();
}

}  // namespace haploom::gbz
