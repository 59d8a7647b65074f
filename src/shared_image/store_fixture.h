// For the tests of the store: a scratch store, pangenomes that need no GBZ, and jobs as forked processes.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "shared_image/store.h"

namespace haploom::shared_image {

// A byte goes through when open() was called; wait() returns then. Across forks.
class Gate {
 public:
  Gate() { check(::pipe2(ends_, O_CLOEXEC) == 0, "a pipe"); }
  ~Gate() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  void open() const { check(::write(ends_[1], "x", 1) == 1, "a gate opens"); }
  void wait() const {
    char byte = 0;
    check(::read(ends_[0], &byte, 1) == 1, "a gate is passed");
  }

 private:
  int ends_[2] = {-1, -1};
};

// A forked process. 0 when the work returns, the reason of an Error, 99 for anything else.
class Job {
 public:
  explicit Job(const std::function<void()>& work) : pid_(::fork()) {
    if (pid_ == 0) ::_exit(outcome_of(work));
  }
  ~Job() {
    if (pid_ > 0) {
      kill(SIGKILL);
      result();
    }
  }
  Job(Job&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  Job& operator=(Job&&) = delete;
  pid_t pid() const { return pid_; }
  // Returns when the job has stopped itself (HAPLOOM_STOP_POINT).
  void wait_until_stopped() const {
    int status = 0;
    check(::waitpid(pid_, &status, WUNTRACED) == pid_ && WIFSTOPPED(status), "the job stops at its point");
  }
  void kill(int signal) const { ::kill(pid_, signal); }
  // Exit status, or minus the signal.
  int result() {
    int status = 0;
    check(::waitpid(std::exchange(pid_, -1), &status, 0) > 0, "a job ends");
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  }
  static int outcome_of(const std::function<void()>& work) {
    try {
      work();
      return 0;
    } catch (const Error& error) {
      return static_cast<int>(error.reason());
    } catch (const std::exception& error) {
      std::fprintf(stderr, "job: %s\n", error.what());
      return 99;
    }
  }

 private:
  pid_t pid_;
};

class StoreTest : public testing::Test {
 protected:
  static constexpr uint64_t kImageBytes = 100'000;  // no multiple of a page

  void SetUp() override {
    base::set_log_level(base::LogLevel::kError);
    std::string folder = testing::TempDir() + "/haploom_store_XXXXXX";
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    scratch_ = folder;
    options_.directory = folder + "/store";
    std::filesystem::create_directory(options_.directory);
    options_.wait_timeout = std::chrono::seconds{60};
  }
  void TearDown() override { std::filesystem::remove_all(scratch_); }

  Store store() const { return Store(options_); }

  static std::byte byte_of(int graph, uint64_t at) { return static_cast<std::byte>((static_cast<uint64_t>(graph) * 31 + at * 2654435761U) >> 7); }
  static Fingerprint fingerprint_of_graph(int graph) { return {1000U + static_cast<unsigned>(graph), 0xABCD0000U + static_cast<unsigned>(graph)}; }
  static void fill(int graph, std::span<std::byte> out) {
    for (uint64_t at = 0; at < out.size(); ++at) out[at] = byte_of(graph, at);
  }
  static bool holds(const Lease& lease, int graph) {
    const auto image = lease.image();
    if (image.size() != kImageBytes) return false;
    for (uint64_t at = 0; at < image.size(); ++at)
      if (image[at] != byte_of(graph, at)) return false;
    return true;
  }

  // Pangenome number `graph`. Every start of a load is counted in the scratch folder.
  Store::Source source(int graph) const {
    Store::Source made;
    made.gbz_path = "/data/graph" + std::to_string(graph) + ".gbz";
    made.fingerprint = fingerprint_of_graph(graph);
    made.measure = [counter = scratch_ + "/loads"] {
      const int file = ::open(counter.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
      check(::write(file, "x", 1) == 1, "a load is counted");
      ::close(file);
      return kImageBytes;
    };
    made.fill = [graph](std::span<std::byte> out) { fill(graph, out); };
    return made;
  }
  uint64_t loads() const {
    std::error_code none;
    const auto bytes = std::filesystem::file_size(scratch_ + "/loads", none);
    return none ? 0 : bytes;
  }

  Lease load(const std::string& name, Policy policy = Policy::kTransient, int graph = 1) const {
    return store().attach_or_load({name}, policy, source(graph));
  }
  std::optional<Lease> attach(const std::string& name) const { return store().attach({name}, std::nullopt); }
  ObjectPlace place(const std::string& name) const { return place_of(options_.directory, name); }

  // Files of the store directory, sorted.
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(options_.directory)) names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }

  // As if the node had started anew since the object was made.
  void make_old(const std::string& name) const {
    const std::string path = place(name).object;
    std::filesystem::permissions(path, std::filesystem::perms(0600));
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    ObjectHeader header;
    file.read(reinterpret_cast<char*>(&header), sizeof header);
    header.boot_id.set("another-boot");
    seal(header);
    mark_ready(header);
    file.seekp(0);
    file.write(reinterpret_cast<const char*>(&header), sizeof header);
    file.close();
    std::filesystem::permissions(path, std::filesystem::perms(0400));
  }
  void overwrite(const std::string& name, uint64_t at) const {
    const std::string path = place(name).object;
    std::filesystem::permissions(path, std::filesystem::perms(0600));
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<long>(at));
    file.write("\xff\xff\xff\xff", 4);
    file.close();
    std::filesystem::permissions(path, std::filesystem::perms(0400));
  }
  void cut_off(const std::string& name, uint64_t bytes) const {
    const std::string path = place(name).object;
    std::filesystem::permissions(path, std::filesystem::perms(0600));
    std::filesystem::resize_file(path, bytes);
    std::filesystem::permissions(path, std::filesystem::perms(0400));
  }

  std::string scratch_;
  StoreOptions options_;
};

// The error that `work` ends with; kDone-like reason 0 when it returns.
inline int reason_of(const std::function<void()>& work) { return Job::outcome_of(work); }
inline std::string error_text_of(const std::function<void()>& work) {
  try {
    work();
    return "";
  } catch (const Error& error) {
    return error.text();
  }
}

}  // namespace haploom::shared_image
