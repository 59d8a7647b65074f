#include "formats/guarded_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/descriptor.h"


namespace haploom::formats {
namespace {

constexpr size_t kPage = 4096;

class Pages {
 public:
  explicit Pages(size_t pages) : path_(std::filesystem::temp_directory_path() / ("haploom_guarded_" + std::to_string(getpid()) + "_" + std::to_string(++made_))) {
    std::ofstream(path_, std::ios::binary) << std::string(pages * kPage, 'x');
  }
  ~Pages() { std::filesystem::remove(path_); }
  Pages(const Pages&) = delete;
  std::string path() const { return path_.string(); }
  void cut(size_t pages) const { std::filesystem::resize_file(path_, pages * kPage); }

 private:
  static inline int made_ = 0;
  std::filesystem::path path_;
};

char at(const GuardedFile& file, size_t byte) { return static_cast<char>(static_cast<const volatile std::byte*>(file.bytes().data())[byte]); }

TEST(GuardedFile, IsZerosWhereItWasCutAndSaysSo) {
  const Pages pages(5), others(5);
  const GuardedFile file(pages.path(), "test", Reason::kReadGbz), other(others.path(), "test", Reason::kReadGbz);
  ASSERT_EQ(file.bytes().size(), 5 * kPage);
  EXPECT_EQ(at(file, 5 * kPage - 1), 'x');
  pages.cut(2);
  EXPECT_TRUE(file.is_whole());  // nobody has met it yet
  EXPECT_EQ(at(file, 3 * kPage + 7), '\0');
  EXPECT_EQ(at(file, 5 * kPage - 1), '\0');
  EXPECT_EQ(at(file, 2 * kPage - 1), 'x');
  EXPECT_FALSE(file.is_whole());
  try {
    file.require_whole();
    FAIL() << "it is whole";
  } catch (const Error& error) {
    EXPECT_EQ(error.exit(), Exit::kInput);
    EXPECT_EQ(error.reason(), Reason::kReadGbz);
    EXPECT_THAT(error.message(), testing::HasSubstr("it became shorter"));
  }
  EXPECT_TRUE(other.is_whole());
  EXPECT_EQ(at(other, 4 * kPage), 'x');
}

TEST(GuardedFile, ShowsTheBytesToTheLast) {
  const auto path = std::filesystem::temp_directory_path() / ("haploom_guarded_" + std::to_string(getpid()));
  std::ofstream(path, std::ios::binary) << "seven b";
  {
    const GuardedFile file(path.string(), "test", Reason::kReadGbz);
    ASSERT_EQ(file.bytes().size(), 7U);
    EXPECT_EQ(std::memcmp(file.bytes().data(), "seven b", 7), 0);
  }
  std::filesystem::resize_file(path, 0);
  EXPECT_TRUE(GuardedFile(path.string(), "test", Reason::kReadGbz).bytes().empty());
  std::filesystem::remove(path);
}

TEST(GuardedFile, IsGuardedAnewInThePlaceOfAnother) {
  for (int round = 0; round < 200; ++round) {
    const Pages pages(2);
    const GuardedFile file(pages.path(), "test", Reason::kReadGbz);
    EXPECT_TRUE(file.is_whole());
    pages.cut(0);
    EXPECT_EQ(at(file, 0), '\0');
    EXPECT_FALSE(file.is_whole());
  }
}

TEST(GuardedFile, LeavesOtherBusErrorsToWhoeverHadThem) {
  const Pages pages(2), unguarded(2);
  const GuardedFile file(pages.path(), "test", Reason::kReadGbz);
  const Descriptor descriptor(::open(unguarded.path().c_str(), O_RDONLY | O_CLOEXEC));
  const void* mapped = ::mmap(nullptr, kPage, PROT_READ, MAP_PRIVATE, descriptor.number(), 0);
  ASSERT_NE(mapped, MAP_FAILED);
  unguarded.cut(0);
  EXPECT_EXIT(static_cast<void>(*static_cast<const volatile std::byte*>(mapped)), testing::KilledBySignal(SIGBUS), "");
  EXPECT_EXIT(raise(SIGBUS), testing::KilledBySignal(SIGBUS), "");
}

TEST(GuardedFile, NamesPathAndCause) {
  const auto failure = [](const std::string& path) -> std::string {
    try {
      const GuardedFile file(path, "test", Reason::kReadGbz);
    } catch (const Error& error) {
      EXPECT_EQ(error.exit(), Exit::kInput);
      EXPECT_EQ(error.reason(), Reason::kReadGbz);
      return error.message();
    }
    return "it was mapped";
  };
  EXPECT_EQ(failure("/no/such/file"), "cannot open '/no/such/file': No such file or directory");
  EXPECT_EQ(failure("/"), "cannot map '/': it is a directory");
  EXPECT_EQ(failure("/dev/null"), "cannot map '/dev/null': it is not a regular file");
}

}  // namespace
}  // namespace haploom::formats
