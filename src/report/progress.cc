#include "report/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/log.h"

namespace haploom::report {

using Clock = std::chrono::steady_clock;

std::string duration_text(double seconds) {
  const auto whole = static_cast<int64_t>(std::llround(std::clamp(seconds, 0.0, 1e12)));
  if (whole < 60) return fmt::format("{}s", whole);
  if (whole < 3600) return fmt::format("{}m{:02}s", whole / 60, whole % 60);
  return fmt::format("{}h{:02}m", whole / 3600, whole % 3600 / 60);
}

std::string progress_text(int64_t done, int64_t total, const std::string& unit, std::chrono::duration<double> elapsed) {
  const double part = total > 0 ? 100.0 * static_cast<double>(done) / static_cast<double>(total) : 100.0;
  const double rate = elapsed.count() > 0 ? static_cast<double>(done) / elapsed.count() : 0.0;
  std::string out = fmt::format("{} {}/{} ({:.1f}%), {:.{}f} {}/s", unit, done, total, part, rate, rate < 10 ? 1 : 0, unit);
  if (rate > 0) out += fmt::format(", done in about {}", duration_text(static_cast<double>(std::max<int64_t>(0, total - done)) / rate));
  return out;
}

Progress::Progress(int64_t total, std::string unit, Options options)
    : total_(total),
      unit_(std::move(unit)),
      options_(options),
      on_terminal_(::isatty(::fileno(options.terminal)) == 1),
      start_(Clock::now()) {
  if (!options_.quiet) watcher_ = std::jthread([this](std::stop_token stop) { watch(stop); });
}

Progress::~Progress() {
  if (watcher_.joinable()) {
    watcher_.request_stop();
    watcher_.join();
  }
  if (on_terminal_ && shown() > 0) {
    show();
    fmt::print(options_.terminal, "\n");
  }
}

void Progress::watch(std::stop_token stop) {
  const auto interval = on_terminal_ ? options_.terminal_interval : options_.log_interval;
  std::unique_lock lock(mutex_);
  for (auto next = start_ + interval; !stop.stop_requested(); next += interval) {
    if (wake_.wait_until(lock, stop, next, [] { return false; }) || stop.stop_requested()) return;
    show();
  }
}

void Progress::show() {
  const std::string text = progress_text(done(), total_, unit_, Clock::now() - start_);
  if (!on_terminal_) {
    base::info("report", "{}", text);
  } else {
    fmt::print(options_.terminal, "\r{}\x1b[K", text);
    std::fflush(options_.terminal);
  }
  ++shown_;
}

}  // namespace haploom::report
