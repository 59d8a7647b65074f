#include "formats/reads_index.h"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <vector>

#include "base/error.h"
#include "formats/bai_layout.h"
#include "formats/guarded_file.h"
#include "formats/log_once.h"
#include "formats/line_reader.h"

namespace haploom::formats {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& path, const std::string& what) {
  throw Error{Exit::kInput, Reason::kReads, "formats", what, fmt::format("samtools index {}", path)};
}

std::string find_index(const std::string& path, bool cram) {
  const std::string stem = fs::path(path).replace_extension().string();
  const std::vector<std::string> names = cram ? std::vector<std::string>{path + ".crai", stem + ".crai"}
                                              : std::vector<std::string>{path + ".bai", stem + ".bai", path + ".csi", stem + ".csi"};
  std::error_code ignored;
  for (const std::string& name : names) {
    if (fs::exists(name, ignored)) return name;
  }
  refuse(path, fmt::format("reads '{}' have no index: '{}' does not exist", path, names.front()));
}

[[noreturn]] void refuse_other(const std::string& path, const std::string& index, const std::string& why) {
  refuse(path, fmt::format("index '{}' does not belong to reads '{}' as they are now: {}", index, path, why));
}

// Where the index says the last mapped read ends, the file must have unplaced reads or its end.
void check_end(htsFile& file, const hts_idx_t& index, const std::string& path, const std::string& name) {
  const std::unique_ptr<hts_itr_t, void (*)(hts_itr_t*)> rest(sam_itr_queryi(&index, HTS_IDX_NOCOOR, 0, 0), hts_itr_destroy);
  if (!rest || rest->finished) return;
  if (rest->curr_off >> 16 > fs::file_size(path)) refuse_other(path, name, "it points past the file's end");
  const std::unique_ptr<bam1_t, void (*)(bam1_t*)> record(bam_init1(), bam_destroy1);
  const int result = sam_itr_next(&file, rest.get(), record.get());
  if (result < -1) refuse_other(path, name, "there is no record where it points");
  if (result >= 0 && record->core.tid >= 0) refuse_other(path, name, "mapped reads follow the last one that it knows");
}

void check_bam_index(htsFile& file, const sam_hdr_t& header, const hts_idx_t& index, const std::string& path,
                     const std::string& name) {
  if (hts_idx_nseq(&index) > sam_hdr_nref(&header)) {
    refuse_other(path, name, fmt::format("it knows {} contigs, the reads' header {}", hts_idx_nseq(&index), sam_hdr_nref(&header)));
  }
  check_end(file, index, path, name);
}

// A line of a .crai: contig, start, span, offset of the container, offset of the slice in it, bytes of the slice.
void check_crai(const sam_hdr_t& header, const std::string& path, const std::string& name) {
  const auto size = static_cast<int64_t>(fs::file_size(path));
  std::ifstream bytes(path, std::ios::binary);
  int64_t checked = -1;
  LineReader lines(name, "formats", Reason::kReads);
  while (const auto line = lines.next()) {
    int64_t fields[6] = {};
    const char* at = line->data();
    const char* const end = at + line->size();
    for (int64_t& field : fields) {
      const auto [next, problem] = std::from_chars(at, end, field);
      if (problem != std::errc{}) refuse(path, fmt::format("line {} of index '{}' is not six numbers", lines.line(), name));
      at = next < end ? next + 1 : end;
    }
    const int64_t offset = fields[3];
    if (fields[0] >= sam_hdr_nref(&header)) refuse_other(path, name, "it knows contigs that the reads' header lacks");
    if (offset < 0 || offset + 4 > size) refuse_other(path, name, "it points past the file's end");
    if (offset == checked) continue;
    checked = offset;
    unsigned char length[4] = {};  // of the container, little endian
    bytes.seekg(offset).read(reinterpret_cast<char*>(length), sizeof length);
    const int64_t container = length[0] | length[1] << 8 | length[2] << 16 | int64_t{length[3]} << 24;
    if (!bytes || offset + container > size) refuse_other(path, name, "there is no container where it points");
  }
}

}  // namespace

IndexPointer load_index(htsFile& file, const sam_hdr_t& header, const std::string& path) {
  const bool cram = file.format.format == ::cram;
  const std::string name = find_index(path, cram);
  std::error_code ignored;
  if (fs::last_write_time(name, ignored) < fs::last_write_time(path, ignored)) {
    warn_once(fmt::format("index '{}' is older than '{}'; if the reads were changed since, run: samtools index {}", name, path, path));
  }
  if (cram) check_crai(header, path, name);
  if (name.ends_with(".bai")) {
    const GuardedFile bytes(name, "formats", Reason::kReads);
    const auto fault = fault_in_bai(bytes.bytes(), fs::file_size(path));
    bytes.require_whole();
    if (fault) {
      refuse(path, fmt::format("index '{}' {}; it does not belong to reads '{}' as they are now, or is damaged", name, *fault, path));
    }
  }
  IndexPointer index(sam_index_load3(&file, path.c_str(), name.c_str(), 0), hts_idx_destroy);
  if (!index) refuse(path, fmt::format("index '{}' is damaged or truncated", name));
  if (!cram) check_bam_index(file, header, *index, path, name);
  return index;
}

}  // namespace haploom::formats
