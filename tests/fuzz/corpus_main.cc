// The program around a fuzz target where libFuzzer is not: each file named, or in a folder named, goes through it once, and
// with -N also N copies that are changed as the target's own mutator does, the same ones every time.
//
//   fuzz_NAME [-N] FILE|FOLDER ...
//
// A target ends by a crash or by abort() when it finds something; the last line then names the file and the copy.
//
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
extern "C" __attribute__((weak)) size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed);

namespace {

std::minstd_rand random_numbers;  // from its standard seed

}  // namespace

// Stands in for libFuzzer's: a bit, a byte, a small or a huge number, somewhere; the size stays.
extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t) {
  if (size == 0) return 0;
  const size_t at = random_numbers() % size;
  switch (random_numbers() % 4) {
    case 0: data[at] = static_cast<uint8_t>(data[at] ^ 1 << random_numbers() % 8); break;
    case 1: data[at] = static_cast<uint8_t>(random_numbers()); break;
    case 2: data[at] = static_cast<uint8_t>(data[at] + (random_numbers() % 2 == 0 ? 1 : -1)); break;
    default: std::fill_n(data + at, std::min<size_t>(size - at, size_t{1} << random_numbers() % 4), random_numbers() % 2 == 0 ? 0xFF : 0);
  }
  return size;
}

int main(int argc, char** argv) {
  namespace fs = std::filesystem;
  std::vector<fs::path> files;
  int copies = 0;
  for (int i = 1; i < argc; ++i) {
    if (argv[i][0] == '-')
      copies = std::atoi(argv[i] + 1);
    else if (fs::is_directory(argv[i]))
      files.insert(files.end(), fs::directory_iterator(argv[i]), {});
    else
      files.emplace_back(argv[i]);
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& path : files) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return 1;
    const std::vector<uint8_t> bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    std::printf("%s", path.c_str());
    for (int copy = 0; copy <= copies; ++copy) {
      std::vector<uint8_t> changed = bytes;
      if (copy > 0 && LLVMFuzzerCustomMutator != nullptr) LLVMFuzzerCustomMutator(changed.data(), changed.size(), changed.size(), static_cast<unsigned>(copy));
      for (int change = LLVMFuzzerCustomMutator == nullptr ? std::min(copy, 3) : 0; change > 0; --change) LLVMFuzzerMutate(changed.data(), changed.size(), changed.size());
      std::printf(" %d", copy);
      std::fflush(stdout);
      LLVMFuzzerTestOneInput(changed.data(), changed.size());
    }
    std::printf("\n");
  }
  std::printf("%zu files\n", files.size());
  return files.empty() ? 1 : 0;
}
