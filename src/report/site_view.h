// What the network sees at a site, for a person: as a picture and as lines of a terminal.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "genome/read.h"
#include "tensor/tensor.h"

namespace haploom::report {

// One row of the images: a haplotype or a read.
struct SiteRow {
  int row = 0;
  std::string name;
  bool reverse = false;
  int mapq = 0;
  int32_t haplotype_tag = genome::kNoHaplotypeTag;
};

// The image of one allele set.
struct SiteImage {
  std::string title;
  std::vector<uint8_t> pixels;  // shape.bytes()
};

struct SiteView {
  std::string title;
  tensor::ImageShape shape;
  std::string reference;     // [shape.width] bases of the columns
  int variant_end = 0;       // columns [shape.width / 2, variant_end) are REF
  std::vector<SiteRow> rows; // from top to bottom; the same in all images
  std::vector<SiteImage> images;
};

// A PNG: the channels of each image side by side; grey is a pixel's value, bases have colours; black rows below a block's
// last read are left out.
std::string site_png(const SiteView& view);

struct TextStyle {
  bool colour = false;
  int width = 0;  // of a line; the columns beside the variant are cut to it; 0: all are shown
};

// Letters as samtools tview shows them: '.' equals the reference, a letter differs, '*' is an indel or no ACGT, blank is nothing.
// '>' marks rows that support the alleles of the image.
std::string site_text(const SiteView& view, const TextStyle& style);

}  // namespace haploom::report
