// One record of the haplotype index as words: which form it takes, how many words that is, and the words.
//
// Layout: image_layout.h, "A record's words"
// Errors: kInput/kGbzFormat for a record that outgrows 32 bits
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

#include "gbz/gbz.h"

namespace haploom::shared_image {

// How the image holds a record.
struct RecordForm {
  bool wide = false;
  uint64_t runs = 0;   // long ones are split
  uint64_t words = 0;  // 0: nobody visits
  uint64_t visits = 0;
  uint64_t ends = 0;   // of the visits: paths that end here
};
RecordForm form_of(const gbz::Record& record, gbz::NodeCode own);

// Fills form.words words from `at` on; not for a record that nobody visits. first_code: places count from it.
void write_record(const gbz::Record& record, const RecordForm& form, gbz::NodeCode own, gbz::NodeCode first_code, uint16_t* at);

}  // namespace haploom::shared_image
