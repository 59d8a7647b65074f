#include "shared_image/name.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cctype>
#include <cstdlib>
#include <string_view>

#include "base/error.h"
#include "shared_image/failure.h"

namespace haploom::shared_image {
namespace {

constexpr size_t kLongestName = 64;

Error refused(const std::string& name, const std::string& why) {
  std::string shown;
  for (const unsigned char letter : name)
    shown += std::isprint(letter) != 0 ? std::string(1, static_cast<char>(letter)) : fmt::format("\\x{:02x}", letter);
  return Error{Exit::kUsage, Reason::kUsage, kModule, fmt::format("shared memory name '{}': {}", shown, why),
               "give --gbz_shared_memory_name 1 to 64 letters, digits, '.', '_' or '-'; {job}, {pid} and {fp} are replaced"};
}

bool allowed(char letter) {
  return std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-").find(letter) !=
         std::string_view::npos;
}

std::string environment(const char* variable) {
  const char* value = std::getenv(variable);
  return value == nullptr ? "" : value;
}

// PBS writes 1234[5].server; the number in front names the job.
std::string leading_digits(const std::string& text) { return text.substr(0, text.find_first_not_of("0123456789")); }

std::string task_of(const std::string& job, const std::string& task) {
  const std::string number = leading_digits(task);  // SGE writes "undefined" outside of arrays
  return number.empty() || job.empty() ? job : job + "_" + number;
}

void replace_all(std::string& text, std::string_view pattern, const std::string& by) {
  for (size_t at = text.find(pattern); at != std::string::npos; at = text.find(pattern, at + by.size()))
    text.replace(at, pattern.size(), by);
}

std::string file_prefix(uid_t owner) { return fmt::format("haploom.{}.", owner); }

bool reserved(std::string_view name) { return name.ends_with(".lock") || name.find(".tmp.") != std::string_view::npos; }

}  // namespace

std::string job_id() {
  if (const std::string array = environment("SLURM_ARRAY_JOB_ID"); !array.empty())
    return task_of(leading_digits(array), environment("SLURM_ARRAY_TASK_ID"));
  if (const std::string slurm = environment("SLURM_JOB_ID"); !slurm.empty()) return leading_digits(slurm);
  if (const std::string lsf = environment("LSB_JOBID"); !lsf.empty()) {
    const std::string index = environment("LSB_JOBINDEX");
    return task_of(leading_digits(lsf), index == "0" ? "" : index);  // 0: no array
  }
  if (const std::string pbs = environment("PBS_JOBID"); !pbs.empty())
    return task_of(leading_digits(pbs), environment("PBS_ARRAY_INDEX"));
  return task_of(leading_digits(environment("JOB_ID")), environment("SGE_TASK_ID"));
}

std::string validated_name(std::string name) {
  const std::string given = name;
  if (name.starts_with('/')) name.erase(0, 1);
  if (name.empty()) throw refused(given, "is empty");
  if (name.size() > kLongestName) throw refused(given, fmt::format("has {} letters, {} are allowed", name.size(), kLongestName));
  if (name.front() == '.') throw refused(given, "starts with '.'");
  for (const char letter : name)
    if (!allowed(letter)) throw refused(given, "holds a letter that is not allowed");
  if (reserved(name)) throw refused(given, "'.tmp.' and a '.lock' at the end are the store's own");
  return name;
}

StoreName resolve_name(const std::optional<std::string>& given, const Fingerprint& fingerprint) {
  if (!given) return {fmt::format("{}.{}", kDefaultName, fingerprint.text()), true};
  std::string name = *given;
  if (name.find("{job}") != std::string::npos) {
    const std::string job = job_id();
    if (job.empty()) throw refused(name, "{job} stands for a scheduler's job number, and no such variable is set");
    replace_all(name, "{job}", job);
  }
  replace_all(name, "{pid}", std::to_string(::getpid()));
  replace_all(name, "{fp}", fingerprint.text());
  return {validated_name(name), false};
}

ObjectPlace place_of(const std::string& directory, const std::string& name, uid_t owner) {
  const std::string object = fmt::format("{}/{}{}", directory, file_prefix(owner), name);
  return {name, directory, owner, object, object + ".lock", fmt::format("{}/{}.alloc.lock", directory, file_prefix(owner)), object + ".tmp."};
}

std::optional<std::string> name_of_file(const std::string& file_name) {
  const std::string prefix = file_prefix(::geteuid());
  if (!file_name.starts_with(prefix)) return std::nullopt;
  const std::string name = file_name.substr(prefix.size());
  if (name.empty() || name.front() == '.' || reserved(name)) return std::nullopt;
  return name;
}

}  // namespace haploom::shared_image
