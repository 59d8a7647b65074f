// For tests of any module: a VCF with its index, made from text.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <htslib/bgzf.h>
#include <htslib/tbx.h>

#include <string>

#include "base/error.h"

namespace haploom::formats {

// Writes path (a .vcf.gz) and path.tbi.
inline void write_indexed_vcf(const std::string& path, const std::string& text) {
  BGZF* out = bgzf_open(path.c_str(), "w");
  check(out != nullptr && bgzf_write(out, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && bgzf_close(out) == 0,
        "the test's VCF can be written");
  check(tbx_index_build(path.c_str(), 0, &tbx_conf_vcf) == 0, "the test's VCF can be indexed");
}

}  // namespace haploom::formats
