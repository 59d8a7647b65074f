// Whether the bytes of a .bai are one: htslib 1.16 trusts their counts, and may crash on wrong ones.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace haploom::formats {

// What is wrong, in words that follow the index's name; nullopt when every count fits the bytes and no place lies behind
// `file_size` of the BAM.
// Source: SAM specification 1.6, section 5.2 (the BAI index format)
std::optional<std::string> fault_in_bai(std::span<const std::byte> bytes, uint64_t file_size);

}  // namespace haploom::formats
