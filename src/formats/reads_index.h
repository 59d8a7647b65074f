// The index of a BAM or CRAM: found, loaded, and compared with the file it should belong to.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <htslib/sam.h>

#include <memory>
#include <string>

namespace haploom::formats {

using IndexPointer = std::unique_ptr<hts_idx_t, void (*)(hts_idx_t*)>;

// Loads the index beside `path` (.bai, .csi; .crai). `file` must be open on `path`; where it reads next is undefined
// afterwards. A warning, once, when the index is older than the file.
// Errors: kInput/kReads with the remedy `samtools index` for an index that is missing, damaged, or of another file: more
//         contigs than the header, places past the file's end or inside its blocks, or mapped reads behind its last.
IndexPointer load_index(htsFile& file, const sam_hdr_t& header, const std::string& path);

}  // namespace haploom::formats
