// For tests of this folder: a scratch folder with a reference, and BAM or CRAM made from SAM text.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <htslib/faidx.h>
#include <htslib/sam.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>

#include "base/error.h"
#include "formats/htslib_quiet.h"

namespace haploom::formats {

class ReadsFixture : public testing::Test {
 protected:
  void SetUp() override {
    quiet_htslib();
    std::string pattern = (std::filesystem::temp_directory_path() / "haploom_reads_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    write("ref.fa", ">chr1 first\nACGTACGTAC\nGTACGTacgt\nNNNNNRYACG\n>chr2\nTTTTTTTTTTTTTTTT\n");
    ASSERT_EQ(fai_build(at("ref.fa").c_str()), 0);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string at(const std::string& name) const { return (folder_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(at(name), std::ios::binary) << text;
    return at(name);
  }
  std::string contents(const std::string& path) const {
    std::ostringstream out;
    out << std::ifstream(path, std::ios::binary).rdbuf();
    return out.str();
  }

  static std::string header(const std::string& order = "coordinate") {
    return fmt::format("@HD\tVN:1.6\tSO:{}\n@SQ\tSN:chr1\tLN:30\n@SQ\tSN:chr2\tLN:16\n@RG\tID:a\tSM:donor\n", order);
  }
  // A SAM line; start is 1-based, as SAM has it.
  static std::string line(const std::string& name, int flag, const std::string& contig, int start, const std::string& cigar,
                          const std::string& bases, int mapq = 60, const std::string& rest = "") {
    const std::string quality = bases == "*" ? "*" : std::string(bases.size(), 'I');
    return fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t*\t0\t0\t{}\t{}{}\n", name, flag, contig, start, mapq, cigar, bases, quality, rest);
  }

  // mode: of hts_open: "wb", "wb0" (blocks not compressed), "wc" (CRAM); or "own" (CRAM that holds its reference). `tamper` changes records before they are written.
  std::string reads(const std::string& name, const std::string& sam_text, const std::string& mode = "wb",
                    const std::function<void(bam1_t&)>& tamper = nullptr) const {
    const std::string text = write(name + ".sam", sam_text);
    htsFile* in = hts_open(text.c_str(), "r");
    htsFile* out = hts_open(at(name).c_str(), mode == "own" ? "wc" : mode.c_str());
    if (mode == "wc" || mode == "own") hts_set_opt(out, CRAM_OPT_REFERENCE, at("ref.fa").c_str());
    if (mode == "own") hts_set_opt(out, CRAM_OPT_EMBED_REF, 1);
    sam_hdr_t* head = sam_hdr_read(in);
    EXPECT_EQ(sam_hdr_write(out, head), 0);
    bam1_t* record = bam_init1();
    int result = 0;
    while ((result = sam_read1(in, head, record)) >= 0) {
      if (tamper) tamper(*record);
      EXPECT_GE(sam_write1(out, head, record), 0);
    }
    EXPECT_EQ(result, -1) << "the test's SAM text";
    bam_destroy1(record);
    sam_hdr_destroy(head);
    EXPECT_EQ(hts_close(out), 0);
    hts_close(in);
    std::filesystem::remove(text);
    return at(name);
  }
  static std::string indexed(const std::string& path) {
    EXPECT_EQ(sam_index_build(path.c_str(), 0), 0) << path;
    return path;
  }

  // The error that `act` ends in, as a person sees it; "" when it does not.
  static std::string error_of(const std::function<void()>& act, Exit exit = Exit::kInput) {
    try {
      act();
      return {};
    } catch (const Error& error) {
      EXPECT_EQ(error.exit(), exit);
      return error.text();
    }
  }

  std::filesystem::path folder_;
};

}  // namespace haploom::formats
