#include "base/bounded_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <numeric>
#include <thread>
#include <vector>

namespace haploom::base {

TEST(BoundedQueue, GivesItemsInOrderAndThenTheEnd) {
  BoundedQueue<std::unique_ptr<int>> queue(3);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(queue.push(std::make_unique<int>(i)));
  queue.close();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(**queue.pop(), i);
  EXPECT_FALSE(queue.pop().has_value());
}

TEST(BoundedQueue, NeverHoldsMoreThanItsCapacity) {
  BoundedQueue<int> queue(2);
  std::atomic<size_t> most = 0;
  std::jthread producer([&] {
    for (int i = 0; i < 1000; ++i) queue.push(i);
    queue.close();
  });
  int expected = 0;
  while (auto item = queue.pop()) {
    EXPECT_EQ(*item, expected++);
    most = std::max(most.load(), queue.size());
  }
  EXPECT_EQ(expected, 1000);
  EXPECT_LE(most, 2u);
}

TEST(BoundedQueue, LosesNothingBetweenManyThreads) {
  BoundedQueue<int> queue(4);
  std::atomic<int64_t> sum = 0, count = 0;
  {
    std::vector<std::jthread> consumers;
    for (int c = 0; c < 3; ++c)
      consumers.emplace_back([&] {
        while (auto item = queue.pop()) sum += *item, ++count;
      });
    {
      std::vector<std::jthread> producers;
      for (int p = 0; p < 3; ++p)
        producers.emplace_back([&, p] {
          for (int i = 0; i < 500; ++i) queue.push(p * 500 + i);
        });
    }
    queue.close();
  }
  EXPECT_EQ(count, 1500);
  EXPECT_EQ(sum, 1499 * 1500 / 2);
}

TEST(BoundedQueue, CloseFreesAProducerThatWaitsForRoom) {
  BoundedQueue<int> queue(1);
  queue.push(1);
  std::jthread producer([&] { EXPECT_FALSE(queue.push(2)); });
  queue.close();
  producer.join();
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(queue.pop(), std::nullopt);
}

TEST(BoundedQueue, AStopFreesBothSides) {
  BoundedQueue<int> empty(1), full(1);
  full.push(1);
  std::jthread consumer([&](std::stop_token stop) { EXPECT_EQ(empty.pop(stop), std::nullopt); });
  std::jthread producer([&](std::stop_token stop) { EXPECT_FALSE(full.push(2, stop)); });
  consumer.request_stop();
  producer.request_stop();
}

}  // namespace haploom::base
