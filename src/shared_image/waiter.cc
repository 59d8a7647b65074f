#include "shared_image/waiter.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "base/log.h"
#include "base/signals.h"
#include "shared_image/failure.h"

namespace haploom::shared_image {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongestNap{50};
constexpr milliseconds kFirstLine{500};  // shorter waits are not worth a line
constexpr milliseconds kBetweenLines{10'000};

double seconds(std::chrono::steady_clock::duration time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

Waiter::Waiter(milliseconds limit, std::string doing)
    : limit_(limit), doing_(std::move(doing)), start_(Clock::now()), next_line_(start_ + kFirstLine) {}

void Waiter::pause(const std::function<std::string()>& who) {
  base::throw_if_stopped();
  const Clock::time_point now = Clock::now();
  if (now - start_ >= limit_) {
    throw failure(Reason::kTimeout,
                  fmt::format("waited {:.1f} s for {}, which {}", seconds(now - start_), who(), doing_),
                  "look at that process and end it if it hangs (nothing is lost by that), or raise --gbz_wait_timeout");
  }
  if (now >= next_line_) {
    base::info(kModule, "waiting for {}, which {} seconds={:.0f}", who(), doing_, seconds(now - start_));
    next_line_ = now + kBetweenLines;
  }
  std::this_thread::sleep_for(std::min<Clock::duration>(nap_, start_ + limit_ - now));
  nap_ = std::min(nap_ * 2, kLongestNap);
}

std::string loading_or_removing(const std::string& name) { return fmt::format("loads or removes the shared pangenome '{}'", name); }

}  // namespace haploom::shared_image
