// Any bytes as GFA: an Error, or a GBZ of which our own reader gives back the paths that the lines spell.
//
// The lines are read here once more, as plainly as can be, so that builder, writer and reader cannot agree on a mistake.
//
// SPDX-License-Identifier: BSD-3-Clause
#include <sys/mman.h>
#include <unistd.h>

#include <map>
#include <optional>
#include <sstream>
#include <vector>

#include "base/error.h"
#include "fuzz.h"
#include "gbz/gbz.h"

namespace haploom {
namespace {

using fuzz::require;
constexpr uint32_t kShortNode = 3;  // half of the inputs have their segments cut

// A file without a name on disk.
class TextFile {
 public:
  explicit TextFile(std::string_view text) : file_(::memfd_create("gfa", 0)) {
    require(file_ >= 0 && ::write(file_, text.data(), text.size()) == static_cast<ssize_t>(text.size()), "memory for the text");
  }
  ~TextFile() { ::close(file_); }
  TextFile(const TextFile&) = delete;
  std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

 private:
  int file_;
};

struct Spelled {
  std::string sample, contig, bases;
  uint64_t phase = 0, fragment = 0;
};

std::vector<std::string> cut(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
  return parts;
}

std::string turned(const std::string& bases) {
  std::string out(bases.rbegin(), bases.rend());
  for (char& base : out) base = gbz::complement_gbz(base);
  return out;
}

// The paths of a GFA that was accepted.
std::vector<Spelled> spelled_paths(const std::string& gfa) {
  std::map<std::string, std::string> segments;
  std::vector<std::vector<std::string>> lines;
  for (std::string line : cut(gfa, '\n')) {
    if (line.ends_with('\r')) line.pop_back();
    lines.push_back(cut(line, '\t'));
  }
  for (const auto& line : lines)
    if (!line.empty() && line[0] == "S")
      for (const char base : line.at(2)) segments[line[1]] += base >= 'a' ? static_cast<char>(base - 32) : base;
  std::vector<Spelled> paths;
  for (const auto& line : lines) {
    if (line.empty() || (line[0] != "P" && line[0] != "W")) continue;
    Spelled path;
    if (line[0] == "P") {
      path = {std::string(gbz::kGenericSample), line.at(1), "", gbz::kNoPhase, 0};
      for (std::string step : cut(line.at(2), ',')) {
        const char strand = step.back();
        step.pop_back();
        path.bases += strand == '+' ? segments.at(step) : turned(segments.at(step));
      }
    } else {
      path = {line.at(1), line.at(3), "", std::stoull(line.at(2)), line.at(4) == "*" ? 0 : std::stoull(line.at(4))};
      for (size_t at = 0; at < line.at(6).size();) {
        const size_t end = std::min(line[6].find_first_of("<>", at + 1), line[6].size());
        const std::string& bases = segments.at(line[6].substr(at + 1, end - at - 1));
        path.bases += line[6][at] == '>' ? bases : turned(bases);
        at = end;
      }
    }
    paths.push_back(path);
  }
  return paths;
}

void compare(const gbz::Gbz& graph, const std::vector<Spelled>& paths) {
  require(graph.path_count() == paths.size(), "every P and W line is a path");
  gbz::Walker walker(graph);
  for (uint64_t path = 0; path < paths.size(); ++path) {
    const gbz::PathName name = graph.path_name(path);
    require(graph.sample_name(name.sample) == paths[path].sample && graph.contig_name(name.contig) == paths[path].contig &&
                name.phase == paths[path].phase && name.fragment == paths[path].fragment,
            "a path keeps its name");
    for (const bool reverse : {false, true}) {
      std::string bases;
      for (std::optional<gbz::Visit> at = graph.sequence_starts().at(2 * path + (reverse ? 1 : 0)); at; at = walker.next(*at))
        bases += fuzz::bases_of(graph, at->node);
      require(bases.size() == paths[path].bases.size() && (reverse || bases == paths[path].bases), "a path spells its line");
    }
  }
}

}  // namespace
}  // namespace haploom

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace haploom;
  const std::string gfa(reinterpret_cast<const char*>(data), size);
  const TextFile file(gfa);
  std::string bytes;
  try {
    gbz::build_gbz(file.path(), size / 3 % 2 == 0 ? gbz::kMaxNodeBases : kShortNode, 1 + static_cast<int>(size % 3), [&](std::string_view more) { bytes += more; });
  } catch (const Error& error) {
    require(error.exit() == Exit::kInput && error.reason() == Reason::kGfaFormat, "text that is no GFA is the user's input");
    return 0;
  }
  const gbz::Gbz graph = gbz::Gbz::parse(std::as_bytes(std::span(bytes)), "built");  // an Error here is a find: it ends the program
  if (!gfa.starts_with("\x1f\x8b")) compare(graph, spelled_paths(gfa));
  return 0;
}
