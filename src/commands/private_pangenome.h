// A GBZ file opened for one look: the graph and its image in this process's memory, no shared object made or asked.
//
// Cost:   the file is parsed and converted: seconds for a gigabyte, memory as a loader of the shared image
// Errors: those of gbz::Gbz and of the conversion; kInput/kReadGbz when the file cannot be read
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "formats/guarded_file.h"
#include "gbz/gbz.h"
#include "shared_image/image_writer.h"
#include "shared_image/pangenome.h"

namespace haploom::commands {

class PrivatePangenome {
 public:
  explicit PrivatePangenome(const std::string& path)
      : file_(path, "gbz", Reason::kReadGbz), gbz_(gbz::Gbz::open(file_.bytes(), path)), space_(filled(gbz_, path)), image_(std::as_bytes(std::span(space_))) {
    file_.require_whole();
  }
  PrivatePangenome(const PrivatePangenome&) = delete;
  const gbz::Gbz& gbz() const { return gbz_; }
  const shared_image::Pangenome& image() const { return image_; }

 private:
  static std::vector<uint64_t> filled(const gbz::Gbz& gbz, const std::string& path) {
    const shared_image::ImageWriter writer(gbz);
    std::vector<uint64_t> space((writer.bytes() + 7) / 8);
    try {
      writer.write(std::as_writable_bytes(std::span(space)).first(writer.bytes()));
    } catch (Error& error) {
      error.add_context(fmt::format("laying out '{}'", path));
      throw;
    }
    return space;
  }

  formats::GuardedFile file_;
  gbz::Gbz gbz_;
  std::vector<uint64_t> space_;
  shared_image::Pangenome image_;
};

}  // namespace haploom::commands
