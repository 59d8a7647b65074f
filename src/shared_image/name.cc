#include "shared_image/name.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cctype>
#include <charconv>
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

constexpr std::string_view kFilePrefix = "haploom.";
constexpr std::string_view kLockSuffix = ".lock";
constexpr std::string_view kTemporaryInfix = ".tmp.";

bool reserved(std::string_view name) { return name.ends_with(kLockSuffix) || name.find(kTemporaryInfix) != std::string_view::npos; }

}  // namespace

std::string job_id(const std::function<std::string(const char*)>& variable) {
  if (const std::string array = variable("SLURM_ARRAY_JOB_ID"); !array.empty())
    return task_of(leading_digits(array), variable("SLURM_ARRAY_TASK_ID"));
  if (const std::string slurm = variable("SLURM_JOB_ID"); !slurm.empty()) return leading_digits(slurm);
  if (const std::string lsf = variable("LSB_JOBID"); !lsf.empty()) {
    const std::string index = variable("LSB_JOBINDEX");
    return task_of(leading_digits(lsf), index == "0" ? "" : index);  // 0: no array
  }
  if (const std::string pbs = variable("PBS_JOBID"); !pbs.empty()) {
    const std::string index = variable("PBS_ARRAY_INDEX");
    return task_of(leading_digits(pbs), index.empty() ? variable("PBS_ARRAYID") : index);  // the second: Torque
  }
  return task_of(leading_digits(variable("JOB_ID")), variable("SGE_TASK_ID"));
}

std::string job_id() { return job_id(environment); }

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
  if (!given) return {fmt::format("{}.{}", kDefaultName, fingerprint.text())};
  std::string name = *given;
  if (name.find("{job}") != std::string::npos) {
    const std::string job = job_id();
    if (job.empty()) throw refused(name, "{job} stands for a scheduler's job number, and no such variable is set");
    replace_all(name, "{job}", job);
  }
  replace_all(name, "{pid}", std::to_string(::getpid()));
  replace_all(name, "{fp}", fingerprint.text());
  return {validated_name(name)};
}

ObjectPlace place_of(const std::string& directory, const std::string& name) { return place_of(directory, name, ::geteuid()); }

ObjectPlace place_of(const std::string& directory, const std::string& name, uid_t owner) {
  const std::string prefix = fmt::format("{}/{}{}.", directory, kFilePrefix, owner);
  const std::string object = prefix + name;
  return {owner, name, directory, object, fmt::format("{}{}", object, kLockSuffix), prefix + ".alloc.lock", fmt::format("{}{}", object, kTemporaryInfix)};
}

std::optional<StoreFile> store_file(const std::string& file_name) {
  if (!file_name.starts_with(kFilePrefix)) return std::nullopt;
  StoreFile file;
  const char* const end = file_name.data() + file_name.size();
  const auto [after, error] = std::from_chars(file_name.data() + kFilePrefix.size(), end, file.owner);
  if (error != std::errc{} || after == end || *after != '.' || fmt::format("{}{}", kFilePrefix, file.owner) != std::string(file_name.data(), after)) return std::nullopt;
  file.name.assign(after + 1, end);
  if (file.name == ".alloc.lock") return StoreFile{file.owner, "", FileKind::kAllocationLock};
  if (const size_t at = file.name.find(kTemporaryInfix); at != std::string::npos) {
    file.kind = FileKind::kTemporary;
    file.name.resize(at);
  } else if (file.name.ends_with(kLockSuffix)) {
    file.kind = FileKind::kNameLock;
    file.name.resize(file.name.size() - kLockSuffix.size());
  }
  if (file.name.empty() || file.name.front() == '.') return std::nullopt;
  return file;
}

}  // namespace haploom::shared_image
