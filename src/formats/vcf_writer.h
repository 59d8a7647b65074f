// A VCF that appears under its name only when whole: written beside it, bgzipped and indexed (.tbi, or .csi for contigs
// over 5e8) when the name ends in .gz, fsynced, renamed on finish().
//
// The index has its own temporary file; the old index goes before the new VCF comes, so that none ever stands beside a VCF
// of another run. `-`, /dev/stdout, pipes and devices are written straight through, without an index.
//
// Errors: kResource/kOutput naming the path and errno's text: folder missing or read-only, disk full. Whatever was written
//         is removed when finish() was not reached. kInternal if records are not sorted.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace haploom::formats {

// Lines as bgzip blocks, without the block that ends a file: work that many threads can do for one writer.
std::string bgzip_blocks(std::string_view lines);

class VcfWriter {
 public:
  // Opens the temporary file at once, so that an unwritable output is known before any work. header_text: all lines
  // from ##fileformat to #CHROM, each ending in a newline.
  VcfWriter(std::string path, std::string_view header_text);
  ~VcfWriter();
  VcfWriter(VcfWriter&&) noexcept;
  VcfWriter& operator=(VcfWriter&&) noexcept;

  bool compressed() const;                    // bgzip
  void write(std::string_view lines);         // whole record lines, in order
  void write_blocks(std::string_view blocks); // the same, packed by bgzip_blocks(); only if compressed()
  void finish(int threads = 1);               // closes, indexes, syncs, renames; threads: for the index, the same for any

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace haploom::formats
