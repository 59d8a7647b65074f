// A queue between two stages that holds at most so many items: the faster side waits, memory stays bounded.
//
// Any number of producers and consumers. close() says that nothing more will come: waiting producers give up, consumers
// drain what is there and then see the end. A stop token wakes a waiting side at once.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "base/error.h"

namespace haploom::base {

template <typename T>
class BoundedQueue {
 public:
  explicit BoundedQueue(size_t capacity) : capacity_(capacity) { check(capacity > 0, "a queue holds at least one item"); }

  // False, and the item dropped, if the queue is or gets closed or the stop comes while there is no room.
  bool push(T item, std::stop_token stop = {}) {
    std::unique_lock lock(mutex_);
    const bool woken = room_.wait(lock, stop, [this] { return closed_ || items_.size() < capacity_; });
    if (!woken || closed_) return false;
    items_.push_back(std::move(item));
    lock.unlock();
    item_.notify_one();
    return true;
  }

  // Nothing once the queue is closed and empty, or if the stop comes while it is empty.
  std::optional<T> pop(std::stop_token stop = {}) {
    std::unique_lock lock(mutex_);
    const bool woken = item_.wait(lock, stop, [this] { return closed_ || !items_.empty(); });
    if (!woken || items_.empty()) return std::nullopt;
    std::optional<T> out(std::move(items_.front()));
    items_.pop_front();
    lock.unlock();
    room_.notify_one();
    return out;
  }

  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    room_.notify_all();
    item_.notify_all();
  }

  size_t size() const {
    const std::lock_guard lock(mutex_);
    return items_.size();
  }

 private:
  const size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable_any room_, item_;
  std::deque<T> items_;
  bool closed_ = false;
};

}  // namespace haploom::base
