#include "base/error.h"

#include <gtest/gtest.h>

namespace haploom::base {

TEST(Error, NamesModuleReasonContextAndRemedy) {
  Error error{Exit::kResource, Reason::kImageAbsent, "shared_image", "image 'hprc' is not published", "load it"};
  error.add_context("attaching for chr20:1-10");
  EXPECT_EQ(error.text(),
            "error [shared_image/34]: image 'hprc' is not published\n  while: attaching for chr20:1-10\n  try:   load it\n");
}

TEST(Error, CheckThrowsAnInternalErrorOnlyWhenTheRuleIsBroken) {
  EXPECT_NO_THROW(check(true, "one is one"));
  try {
    check(false, "one is two");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.exit(), Exit::kInternal);
  }
}

}  // namespace haploom::base
