#include "formats/log_once.h"

#include <mutex>
#include <set>

#include "base/log.h"

namespace haploom::formats {

void warn_once(const std::string& line) {
  static std::mutex writing;
  static std::set<std::string> said;
  const std::lock_guard lock(writing);
  if (said.insert(line).second) base::warn("formats", "{}", line);
}

}  // namespace haploom::formats
