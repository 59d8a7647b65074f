#include "formats/text_lines.h"

#include <fmt/format.h>
#include <htslib/bgzf.h>
#include <htslib/kstring.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

#include "formats/htslib_quiet.h"

namespace haploom::formats {

void for_each_line(const std::string& path, Exit exit, Reason reason,
                   const std::function<void(int64_t number, std::string_view line)>& take) {
  quiet_htslib();
  const auto refuse = [&](const std::string& what) {
    throw Error{exit, reason, "formats", fmt::format("'{}' {}", path, what), "give the path of a readable, complete file"};
  };
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) refuse("is a directory");
  errno = 0;
  const std::unique_ptr<BGZF, int (*)(BGZF*)> file(bgzf_open(path.c_str(), "r"), bgzf_close);
  if (!file) refuse(fmt::format("cannot be opened: {}", std::strerror(errno)));
  kstring_t line = KS_INITIALIZE;
  const std::unique_ptr<kstring_t, void (*)(kstring_t*)> freed(&line, ks_free);
  int64_t number = 0;
  int length = 0;
  while ((length = bgzf_getline(file.get(), '\n', &line)) >= 0) {  // a "\r" before it goes, too
    take(++number, {line.s, line.l});
  }
  if (length < -1) refuse(fmt::format("is damaged after line {}", number));
}

}  // namespace haploom::formats
