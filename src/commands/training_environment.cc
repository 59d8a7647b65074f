#include "commands/training_environment.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "base/error.h"
#include "commands/flag_values.h"

namespace haploom::commands {

void run_in_training_environment(const TrainingScript& script, const std::vector<std::string>& arguments) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const fs::path sources = fs::weakly_canonical(fs::read_symlink("/proc/self/exe", ignored).parent_path() / "../..", ignored);
  const char* given = std::getenv("HAPLOOM_TRAIN_PYTHON");
  const fs::path python = given != nullptr && *given != '\0' ? fs::path(given) : sources / ".train-venv/bin/python";
  const fs::path file = sources / "train" / script.name;
  for (const fs::path& needed : {file, python}) {
    if (fs::exists(needed, ignored)) continue;
    throw usage_error(fmt::format("{}, in the Python environment that this installation lacks ({} is missing)", script.needs, needed.string()),
                      script.remedy + ", in haploom's source folder, and run its build/bin/haploom");
  }
  std::vector<std::string> words = {python.string(), file.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  std::fflush(nullptr);
  ::execv(pointers.front(), pointers.data());
  throw Error{Exit::kResource, Reason::kOpen, "commands", fmt::format("cannot run {}: {}", words.front(), std::strerror(errno)), script.remedy};
}

}  // namespace haploom::commands
