#include "formats/candidate_positions.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "base/error.h"

namespace haploom::formats {
namespace {

[[noreturn]] void refuse(const std::string& path, const std::string& what) {
  throw Error{Exit::kInput, Reason::kRecord, "formats", fmt::format("candidate positions '{}' {}", path, what),
              "make them with --mode candidate_sweep, all tasks of it"};
}

// The numbers of one task, partition by partition.
class TaskPositions {
 public:
  explicit TaskPositions(const std::string& path) : path_(path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) refuse(path, fmt::format("cannot be opened: {}", std::strerror(errno)));
    const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (bytes.size() % sizeof(int32_t) != 0) refuse(path, "are cut off, or no candidate positions");
    numbers_.resize(bytes.size() / sizeof(int32_t));
    std::memcpy(numbers_.data(), bytes.data(), bytes.size());
  }

  bool done() const { return at_ == numbers_.size(); }

  // Takes the next partition's positions; whether its calling region ends there.
  bool take_partition(std::vector<int64_t>& region) {
    for (; !done() && numbers_[at_] != kEndOfPartition; ++at_) {
      const int32_t position = numbers_[at_];
      if (position < 0) refuse(path_, fmt::format("hold the number {} among the positions of a partition", position));
      if (!region.empty() && position <= region.back()) refuse(path_, fmt::format("go back from {} to {}: the tasks do not belong together", region.back(), position));
      region.push_back(position);
    }
    if (done()) refuse(path_, "lack the end of their last partition");
    ++at_;
    const bool ends = !done() && numbers_[at_] == kEndOfCallingRegion;
    if (ends) ++at_;
    return ends;
  }

 private:
  std::string path_;
  std::vector<int32_t> numbers_;
  size_t at_ = 0;
};

}  // namespace

std::vector<std::vector<int64_t>> read_candidate_positions(const std::vector<std::string>& files) {
  std::vector<TaskPositions> tasks;
  for (const std::string& file : files) tasks.emplace_back(file);
  std::vector<std::vector<int64_t>> out;
  std::vector<int64_t> region;
  bool open = false;
  for (bool more = true; more;) {
    more = false;
    for (TaskPositions& task : tasks) {
      if (task.done()) continue;
      more = true;
      open = !task.take_partition(region);
      if (!open) out.push_back(std::move(region));
      if (!open) region.clear();
    }
  }
  if (open) refuse(files.front(), "lack the end of their last calling region");
  return out;
}

}  // namespace haploom::formats
