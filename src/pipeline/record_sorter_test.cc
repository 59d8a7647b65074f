#include "pipeline/record_sorter.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <thread>
#include <tuple>

#include "base/error.h"

namespace haploom::pipeline {
namespace {

struct Made {
  Place place;
  uint64_t file;
  std::string bytes;
};

std::vector<Made> made(size_t count, size_t most_bytes) {
  std::mt19937 random(7);
  std::vector<Made> out;
  for (size_t i = 0; i < count; ++i) {
    const int64_t start = static_cast<int64_t>(random() % 500);
    const Place place{static_cast<int>(random() % 3), start, start + 1 + static_cast<int64_t>(random() % 3)};
    out.push_back({place, 0, fmt::format("{}:{}", i, std::string(random() % most_bytes, 'x'))});
  }
  return out;
}

std::vector<std::string> sorted(RecordSorter& sorter) {
  std::vector<std::string> out;
  while (const auto record = sorter.next()) out.push_back(fmt::format("{}:{}-{} {}", record->place.contig, record->place.start, record->place.end, record->bytes));
  return out;
}

std::vector<std::string> expected(std::vector<Made> records) {
  std::stable_sort(records.begin(), records.end(), [](const Made& a, const Made& b) { return a.place < b.place; });
  std::vector<std::string> out;
  for (const Made& record : records) out.push_back(fmt::format("{}:{}-{} {}", record.place.contig, record.place.start, record.place.end, record.bytes));
  return out;
}

std::string folder() { return std::filesystem::temp_directory_path().string(); }

}  // namespace

TEST(RecordSorter, OrdersByPlaceAndThenAsRead) {
  const std::vector<Made> records = made(5000, 40);
  RecordSorter sorter(1 << 30, 1, folder());
  {
    RecordSorter::Writer writer = sorter.writer();
    for (const Made& record : records) writer.add(record.place, record.file, record.bytes);
  }
  EXPECT_EQ(sorted(sorter), expected(records));
  EXPECT_EQ(sorter.records(), records.size());
  EXPECT_EQ(sorter.spilled_bytes(), 0u);
}

TEST(RecordSorter, GivesTheSameFromDisk) {
  const std::vector<Made> records = made(3000, 20'000);  // 30 MB in 4 MB of memory
  RecordSorter sorter(1, 1, folder());
  {
    RecordSorter::Writer writer = sorter.writer();
    for (const Made& record : records) writer.add(record.place, record.file, record.bytes);
  }
  EXPECT_EQ(sorted(sorter), expected(records));
  EXPECT_GT(sorter.spilled_bytes(), 20'000'000u);
}

TEST(RecordSorter, TakesFilesFromManyThreadsAsIfFromOne) {
  std::vector<Made> records = made(4000, 3000);
  for (size_t i = 0; i < records.size(); ++i) records[i].file = i / 500;
  RecordSorter sorter(1, 3, folder());
  {
    std::vector<std::jthread> threads;
    for (uint64_t thread = 0; thread < 3; ++thread) {
      threads.emplace_back([&, thread] {
        for (uint64_t file = thread; file < 8; file += 3) {
          RecordSorter::Writer writer = sorter.writer();
          for (size_t i = file * 500; i < (file + 1) * 500; ++i) writer.add(records[i].place, file, records[i].bytes);
        }
      });
    }
  }
  EXPECT_EQ(sorted(sorter), expected(records));
}

TEST(RecordSorter, IsEmptyWithoutRecords) {
  RecordSorter sorter(1 << 20, 2, folder());
  EXPECT_EQ(sorter.next(), std::nullopt);
  EXPECT_EQ(sorter.next(), std::nullopt);
}

TEST(RecordSorter, NamesAFolderThatItCannotWriteTo) {
  RecordSorter sorter(1, 1, "/proc/nowhere");
  RecordSorter::Writer writer = sorter.writer();
  const std::string big(1 << 20, 'x');
  try {
    for (int i = 0; i < 10; ++i) writer.add({0, i, i + 1}, 0, big);
    FAIL() << "sorting went on without a place for it";
  } catch (const Error& error) {
    EXPECT_EQ(error.exit(), Exit::kResource);
    EXPECT_NE(error.message().find("/proc/nowhere"), std::string::npos);
  }
}

}  // namespace haploom::pipeline
