#include "gbz/gfa.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>
#include <tuple>

#include "base/error.h"
#include "base/signals.h"
#include "formats/line_reader.h"

namespace haploom::gbz {
namespace {

// Ids may leave gaps: each id in range costs a record of the BWT.
constexpr uint64_t kIdSlack = 1'000'000;
constexpr uint64_t kIdsPerSegment = 16;

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
  struct Nodes {
    uint64_t first_id;
    uint64_t count;
    uint64_t bases;
  };

  [[noreturn]] void fail(std::string_view cause) const;
  template <typename Take>
  void each_line(Take take);

  void take_definition(std::string_view line);
  void take_header(Fields fields);
  void take_segment(Fields fields);
  uint64_t length(uint64_t segment) const { return starts_[segment + 1] - starts_[segment]; }
  void name_nodes();
  void keep_names();
  void cut_segments();

  void take_use(std::string_view line);
  void take_link(Fields fields);
  void take_walk(Fields fields);
  void take_path(Fields fields);
  void check_overlaps(std::string_view overlaps) const;
  void add_path(std::string_view sample, std::string_view contig, uint32_t phase, uint32_t fragment);
  Nodes nodes_of(std::string_view name) const;
  uint64_t step(std::string_view name, bool reverse);
  static uint32_t number_of(std::string_view name, NameTable& numbers, std::vector<std::string>& names);

  std::string path_;
  uint32_t max_node_;
  uint64_t line_ = 0;
  PathGraph graph_;
  NameTable names_;                  // of segments; emptied once they are known to be node ids
  std::vector<uint64_t> starts_{0};  // of segments in graph_.bases, and their end
  NameTable sample_numbers_, contig_numbers_;
  std::set<std::tuple<uint32_t, uint32_t, uint32_t, uint32_t>> seen_paths_;
  WalkWriter walk_;
};

void GfaReader::fail(std::string_view cause) const {
  throw Error{Exit::kInput, Reason::kGfaFormat, "gbz", fmt::format("'{}' line {}: {}", path_, line_, cause), "mend the GFA (1.0 or 1.1 with S, L, P and W lines)"};
}

template <typename Take>
void GfaReader::each_line(Take take) {
  formats::LineReader lines(path_, "gbz", Reason::kGfaFormat);
  line_ = 0;
  while (const auto line = lines.next()) {
    line_ = lines.line();
    base::throw_if_stopped(line_ - 1);
    if (!line->empty()) take(*line);
  }
}

PathGraph GfaReader::read() {
  if (std::error_code unknown; std::filesystem::exists(path_, unknown) && !std::filesystem::is_regular_file(path_, unknown))
    throw Error{Exit::kInput, Reason::kGfaFormat, "gbz", fmt::format("'{}' is not a file that can be read twice", path_), "give a regular file, plain or gzip"};
  each_line([this](std::string_view line) { take_definition(line); });
  name_nodes();
  const uint64_t lines = line_;
  each_line([this](std::string_view line) { take_use(line); });
  if (line_ != lines)
    throw Error{Exit::kInput, Reason::kGfaFormat, "gbz", fmt::format("'{}' has {} lines the first time it is read and {} the second", path_, lines, line_),
                "give a file that nobody writes to: it is read twice"};
  if (graph_.walks.empty())
    throw Error{Exit::kInput, Reason::kGfaFormat, "gbz", fmt::format("'{}' has no P or W lines: a GBZ needs paths", path_), "give a GFA with the haplotypes as paths"};
  if (!graph_.segment_firsts.empty()) graph_.segments = std::move(names_);
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
  if (names_.size() >= kMostNodeIds) fail("more segments than node ids");
  if (!names_.add(name)) fail(fmt::format("segment '{}' stands twice", name));
  const auto at = static_cast<std::ptrdiff_t>(graph_.bases.size());
  graph_.bases += sequence;
  std::transform(graph_.bases.begin() + at, graph_.bases.end(), graph_.bases.begin() + at, [](char base) { return base >= 'a' ? static_cast<char>(base - 'a' + 'A') : base; });
  starts_.push_back(graph_.bases.size());
}

void GfaReader::name_nodes() {
  uint64_t least = kMostNodeIds, most = 0, id = 0;
  bool numbers = true;
  for (uint64_t segment = 0; numbers && segment < names_.size(); ++segment) {
    numbers = length(segment) <= max_node_ && parse_id(names_[segment], id);
    least = std::min(least, id);
    most = std::max(most, id);
  }
  if (names_.size() == 0) return;
  if (numbers && most - least < kIdSlack + kIdsPerSegment * names_.size()) {
    graph_.first_id = least;
    graph_.labels.resize(most - least + 1);
    keep_names();
  } else {
    cut_segments();
  }
}

void GfaReader::keep_names() {
  for (uint64_t segment = 0; segment < names_.size(); ++segment) {
    uint64_t id = 0;
    parse_id(names_[segment], id);
    graph_.labels[id - graph_.first_id] = {starts_[segment], static_cast<uint32_t>(length(segment))};
  }
  names_ = {};
  starts_ = {};
}

void GfaReader::cut_segments() {
  for (uint64_t segment = 0; segment < names_.size(); ++segment) {
    graph_.segment_firsts.push_back(static_cast<uint32_t>(1 + graph_.labels.size()));
    for (uint64_t done = 0; done < length(segment); done += max_node_)
      graph_.labels.push_back({starts_[segment] + done, static_cast<uint32_t>(std::min<uint64_t>(max_node_, length(segment) - done))});
    if (graph_.labels.size() > kMostNodeIds)
      throw Error{Exit::kInput, Reason::kGfaFormat, "gbz", fmt::format("'{}' makes more than {} nodes", path_, kMostNodeIds), "use a larger --max-node"};
  }
}

void GfaReader::take_use(std::string_view line) {
  Fields fields(line);
  const std::string_view type = fields.next();
  if (type == "L") take_link(fields);
  if (type == "W") take_walk(fields);
  if (type == "P") take_path(fields);
}

GfaReader::Nodes GfaReader::nodes_of(std::string_view name) const {
  if (graph_.segment_firsts.empty()) {
    uint64_t id = 0;
    if (parse_id(name, id) && id - graph_.first_id < graph_.labels.size())
      if (const uint32_t bases = graph_.labels[id - graph_.first_id].length; bases > 0) return {id, 1, bases};
  } else if (const auto segment = names_.find(name)) {
    const uint64_t bases = length(*segment);
    return {graph_.segment_firsts[*segment], (bases - 1) / max_node_ + 1, bases};
  }
  fail(fmt::format("segment '{}' is not in the file", name.substr(0, 100)));
}

void GfaReader::take_link(Fields fields) {
  for (int end = 0; end < 2; ++end) {
    if (fields.done()) fail("a link needs two segments with orientations and an overlap");
    nodes_of(fields.next());
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

// Adds the nodes of a segment to the walk; their bases.
uint64_t GfaReader::step(std::string_view name, bool reverse) {
  const Nodes nodes = nodes_of(name);
  for (uint64_t i = 0; i < nodes.count; ++i) {
    const uint64_t id = reverse ? nodes.first_id + nodes.count - 1 - i : nodes.first_id + i;
    walk_.add(static_cast<uint32_t>(2 * id + (reverse ? 1 : 0)));
  }
  return nodes.bases;
}

void GfaReader::take_walk(Fields fields) {
  std::string_view field[6];  // sample, haplotype, contig, start, end, steps
  for (std::string_view& value : field) {
    if (fields.done()) fail("a W line needs sample, haplotype, sequence name, start, end and walk");
    value = fields.next();
  }
  uint32_t phase = 0;
  uint64_t start = 0, end = 0, bases = 0;
  if (field[0].empty() || field[2].empty()) fail("a W line without a sample or sequence name");
  if (!parse_number(field[1], phase)) fail(fmt::format("'{}' is no haplotype number", field[1]));
  if (field[3] != "*" && !parse_number(field[3], start)) fail(fmt::format("'{}' is no start of a walk", field[3]));
  if (start > UINT32_MAX) fail(fmt::format("a walk that starts at {}: a GBZ holds starts below 2^32", start));
  if (field[4] != "*" && !parse_number(field[4], end)) fail(fmt::format("'{}' is no end of a walk", field[4]));
  const std::string_view steps = field[5];
  const auto is_turn = [](char c) { return c == '>' || c == '<'; };
  if (steps.empty() || !is_turn(steps.front())) fail("a walk is made of > or < and a segment name, again and again");
  uint64_t turns = 0;
  for (size_t at = 0; at < steps.size();) {
    base::throw_if_stopped(turns++);
    size_t behind = at + 1;
    while (behind < steps.size() && !is_turn(steps[behind])) ++behind;
    bases += step(steps.substr(at + 1, behind - at - 1), steps[at] == '<');
    at = behind;
  }
  if (field[3] != "*" && field[4] != "*" && end - start != bases)
    fail(fmt::format("a walk of {} bases that is said to go from {} to {}: is the line cut short?", bases, start, end));
  add_path(field[0], field[2], phase, static_cast<uint32_t>(start));
}

void GfaReader::take_path(Fields fields) {
  const std::string_view name = fields.done() ? std::string_view{} : fields.next();
  if (name.empty()) fail("a path without a name");
  const std::string_view steps = fields.done() ? std::string_view{} : fields.next();
  if (steps.empty()) fail(fmt::format("path '{}' has no steps", name));
  uint64_t turns = 0;
  for (Fields each(steps, ','); !each.done();) {
    base::throw_if_stopped(turns++);
    const std::string_view one = each.next();
    if (one.size() < 2 || (one.back() != '+' && one.back() != '-')) fail(fmt::format("path '{}': '{}' is no segment with an orientation", name, one));
    step(one.substr(0, one.size() - 1), one.back() == '-');
  }
  if (!fields.done()) check_overlaps(fields.next());
  add_path(kGenericSample, name, kNoPhase, 0);
}

uint32_t GfaReader::number_of(std::string_view name, NameTable& numbers, std::vector<std::string>& names) {
  if (numbers.add(name)) names.emplace_back(name);
  return *numbers.find(name);
}

void GfaReader::add_path(std::string_view sample, std::string_view contig, uint32_t phase, uint32_t fragment) {
  const PathName name{number_of(sample, sample_numbers_, graph_.samples), number_of(contig, contig_numbers_, graph_.contigs), phase, fragment};
  if (!seen_paths_.emplace(name.sample, name.contig, name.phase, name.fragment).second)
    fail(fmt::format("a second path of sample '{}', haplotype {}, sequence '{}' that starts at {}", sample, phase, contig, fragment));
  graph_.paths.push_back(name);
  graph_.walks.push_back(walk_.take());
}

}  // namespace

PathGraph read_gfa(const std::string& path, uint32_t max_node) {
  check(max_node > 0, "a node has a base");
  return GfaReader(path, max_node).read();
}

}  // namespace haploom::gbz
