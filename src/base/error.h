// The one error type: a cause, a remedy, an exit code, and the numbered reason that scripts may test.
//
// What ends a command is thrown as an Error where it is seen, given context (`while`) where that is known, and caught
// once, in commands/main.cc. Expected absence is std::optional; a broken invariant is check().
//
// Source: exit codes and reasons, docs/errors.md; reason numbers of the shared store as published there are stable.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace haploom::base {

// The process exit code says who mends it.
enum class Exit {
  kDone = 0,      // outputs complete and renamed into place
  kUsage = 2,     // the command line: flags contradict, lack something, or name what does not exist
  kInput = 3,     // an input is damaged, unindexed, or does not fit the others
  kResource = 4,  // memory, disk, the shared image or another limit of the node
  kInternal = 70  // our fault
};

// The number behind the slash of `error [module/number]`. Stable: documented in docs/errors.md, never reused.
enum class Reason : int {
  kUsage = 2,
  // shared image and store (shared memory protocol)
  kOpen = 10,
  kFileType = 11,
  kOwner = 12,
  kSize = 13,
  kFormat = 14,
  kNotReady = 15,
  kOtherPangenome = 16,
  kMap = 17,
  kStoreDirectory = 18,
  kNoSpace = 20,
  kMemoryLimit = 21,
  kReadGbz = 22,
  kPublish = 23,
  kNameBusy = 30,
  kNothingToUnload = 31,
  kInUse = 32,
  kTimeout = 33,
  kImageAbsent = 34,
  kCorrupt = 40,
  // pangenome content
  kGbzFormat = 41,        // not a GBZ, or damaged: the message names the piece and the byte
  kGfaFormat = 42,        // GFA that cannot become a GBZ
  kNoReferenceSample = 43,
  // other inputs
  kReference = 50,  // FASTA or its index
  kReads = 51,      // BAM/CRAM or its index
  kContigs = 52,    // inputs that do not fit each other
  kRegions = 53,    // BED or region outside the contigs
  kModel = 54,      // model folder damaged or unfit
  kVariants = 55,   // VCF/BCF read as input, or its index
  kRecord = 58,     // TFRecord files and the records of DeepVariant's steps
  // outputs and the node
  kOutput = 60,
  kInternal = 70
};

class Error : public std::exception {
 public:
  // module: the folder of src/ that speaks. remedy: one command or action; empty when there is none.
  Error(Exit exit, Reason reason, std::string module, std::string message, std::string remedy);

  Exit exit() const { return exit_; }
  Reason reason() const { return reason_; }
  const std::string& message() const { return message_; }
  const char* what() const noexcept override { return message_.c_str(); }

  // Adds a `while:` line; the innermost comes first.
  Error& add_context(std::string doing);

  // error [module/reason]: message
  //   while: ...
  //   try:   ...
  std::string text() const;

 private:
  Exit exit_;
  Reason reason_;
  std::string module_;
  std::string message_;
  std::string remedy_;
  std::vector<std::string> context_;
};

// Ends the command with Exit::kInternal unless `condition` holds. Stays on in release builds; not for hot loops.
void check(bool condition, std::string_view what_must_hold);

}  // namespace haploom::base

namespace haploom {
using base::check;
using base::Error;
using base::Exit;
using base::Reason;
}  // namespace haploom
