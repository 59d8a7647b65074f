#include "shared_image/fingerprint.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/error.h"

namespace haploom::shared_image {
namespace {

std::vector<std::byte> pattern(size_t bytes) {
  std::vector<std::byte> out(bytes);
  for (size_t i = 0; i < bytes; ++i) out[i] = static_cast<std::byte>(i * 2654435761U >> 11);
  return out;
}

TEST(Fingerprint, SeesEveryByteOfASmallFile) {
  std::vector<std::byte> bytes = pattern(66 * 4096);
  const Fingerprint whole = fingerprint_of(bytes);
  for (size_t at = 0; at < bytes.size(); at += 1021) {
    bytes[at] ^= std::byte{1};
    EXPECT_NE(fingerprint_of(bytes), whole) << at;
    bytes[at] ^= std::byte{1};
  }
}

TEST(Fingerprint, SeesFirstAndLastByteAndTheSizeOfALargeFile) {
  for (const size_t size : {66 * 4096 + 1, 1'000'003}) {
    std::vector<std::byte> bytes = pattern(size);
    const Fingerprint whole = fingerprint_of(bytes);
    for (const size_t at : {size_t{0}, size_t{4095}, size - 4096, size - 1}) {
      bytes[at] ^= std::byte{1};
      EXPECT_NE(fingerprint_of(bytes), whole) << at;
      bytes[at] ^= std::byte{1};
    }
    bytes.push_back(std::byte{0});
    EXPECT_NE(fingerprint_of(bytes), whole);
  }
}

TEST(Fingerprint, IsTheSameForAFileAndItsCopyAndItsBytes) {
  std::string name = testing::TempDir() + "/fingerprint_XXXXXX";
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  const std::filesystem::path folder = name;
  for (const size_t size : {0, 1, 4096, 700'001}) {
    const std::vector<std::byte> bytes = pattern(size);
    std::ofstream(folder / "a", std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<long>(size));
    std::filesystem::copy_file(folder / "a", folder / "b", std::filesystem::copy_options::overwrite_existing);
    EXPECT_EQ(fingerprint_of((folder / "a").string()), fingerprint_of(bytes));
    EXPECT_EQ(fingerprint_of((folder / "b").string()), fingerprint_of(bytes));
  }
  EXPECT_EQ(fingerprint_of(pattern(10)).text().size(), 16U);
  std::filesystem::remove_all(folder);
}

TEST(Fingerprint, OfAnAbsentFileOrADirectoryIsAnInputError) {
  for (const char* path : {"/nonexistent/p.gbz", "/tmp", "/dev/null"}) {
    try {
      fingerprint_of(std::string(path));
      ADD_FAILURE() << path;
    } catch (const Error& error) {
      EXPECT_EQ(error.exit(), Exit::kInput);
      EXPECT_EQ(error.reason(), Reason::kReadGbz);
      EXPECT_NE(error.message().find(path), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace haploom::shared_image
