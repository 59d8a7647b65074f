// What the module's tests share: images of GBZ files and of small graphs written in the test.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/shared_data_test.h"
#include "formats/guarded_file.h"
#include "shared_image/image_writer.h"
#include "shared_image/pangenome.h"

namespace haploom::haplotypes {

using base::shared_data;

// A private image of a GBZ file, or of GFA lines.
class Image {
 public:
  explicit Image(const std::filesystem::path& file) : Image(formats::GuardedFile(file.string(), "gbz", Reason::kReadGbz).bytes(), file.string()) {}
  Image(std::span<const std::byte> bytes, const std::string& source) : space_(image_of(gbz::Gbz::parse(bytes, source))), pangenome_(std::as_bytes(std::span(space_))) {}
  const shared_image::Pangenome& pangenome() const { return pangenome_; }
  const std::vector<uint64_t>& space() const { return space_; }

 private:
  static std::vector<uint64_t> image_of(const gbz::Gbz& gbz) {
    const shared_image::ImageWriter writer(gbz);
    std::vector<uint64_t> space((writer.bytes() + 7) / 8);
    writer.write(std::as_writable_bytes(std::span(space)).first(writer.bytes()));
    return space;
  }

  std::vector<uint64_t> space_;
  shared_image::Pangenome pangenome_;
};

// lines: GFA 1.1, e.g. "S\t1\tACGT" and "W\tGRCh38\t0\tchr1\t0\t8\t>1>2".
inline Image image_of_gfa(const std::string& lines) {
  static int number = 0;
  const auto gfa = std::filesystem::temp_directory_path() / fmt::format("haploom_fixture_{}_{}.gfa", getpid(), number++);
  std::ofstream(gfa) << lines;
  std::vector<std::byte> bytes;
  gbz::build_gbz(gfa.string(), gbz::kMaxNodeBases, 1, [&](std::string_view more) {
    bytes.insert(bytes.end(), reinterpret_cast<const std::byte*>(more.data()), reinterpret_cast<const std::byte*>(more.data()) + more.size());
  });
  std::filesystem::remove(gfa);
  bytes.resize((bytes.size() + 7) / 8 * 8);
  return Image(bytes, gfa.string());
}

}  // namespace haploom::haplotypes
