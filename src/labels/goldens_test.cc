// The labels of DeepVariant's own training run (chr20:10,000,000-10,010,000 of NA12878, GIAB's truth), from its own
// candidates. Skipped by name where the shared data is not there.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "base/shared_data_test.h"
#include "formats/bed.h"
#include "formats/line_reader.h"
#include "labels/labels.h"

namespace haploom::labels {
namespace {

using nlohmann::json;

std::vector<json> json_lines(const std::string& path) {
  std::vector<json> out;
  formats::LineReader lines(path, "tests", Reason::kReads);
  while (const auto line = lines.next()) out.push_back(json::parse(*line));
  return out;
}

genome::Candidate candidate(const json& variant, int contig) {
  genome::Candidate out;
  out.contig = contig;
  out.start = variant["start"];
  out.ref = variant["ref"];
  out.alts = variant["alts"].get<std::vector<std::string>>();
  return out;
}

}  // namespace

TEST(Labels, OfDeepVariantsTrainingGoldenAreItsOwn) {
  const auto golden = base::shared_data() / "dv_goldens";
  if (!std::filesystem::exists(golden / "inputs")) GTEST_SKIP() << "no shared data at " << golden;
  const formats::Reference reference(golden / "inputs/ucsc.hg19.chr20.unittest.fasta.gz");
  const int chr20 = *reference.contigs().index_of("chr20");
  const auto confident = formats::read_bed(golden / "inputs/test_nist.b37_chr20_100kbp_at_10mb.bed", reference.contigs());
  Labeler labeler({}, golden / "inputs/test_nist.b37_chr20_100kbp_at_10mb.vcf.gz", confident, reference);

  const auto variants = json_lines(golden / "candidates/calling_candidates.jsonl");
  ASSERT_EQ(variants.size(), 78U);
  std::vector<std::string> found, expected;
  std::map<int, int> labels;
  for (int64_t start = 9'999'999; start < 10'010'000; start += 1000) {
    const genome::Region partition{chr20, start, std::min<int64_t>(start + 1000, 10'010'000)};
    std::vector<genome::Candidate> candidates;
    for (const json& each : variants) {
      const json& variant = each.contains("variant") ? each["variant"] : each;
      if (partition.contains(variant["start"])) candidates.push_back(candidate(variant, chr20));
    }
    const auto answers = labeler.label(partition, candidates);
    ASSERT_EQ(answers.size(), candidates.size());
    for (size_t i = 0; i < answers.size(); ++i) {
      if (!answers[i].confident) continue;
      for (const auto& set : genome::alt_sets(static_cast<int>(candidates[i].alts.size()))) {
        const int label = answers[i].value(set);
        ++labels[label];
        found.push_back(json{candidates[i].start, candidates[i].alts, set, answers[i].genotype, label}.dump());
      }
    }
  }
  for (const json& image : json_lines(golden / "examples/training.index.jsonl")) {
    const json& variant = image["variant"];
    expected.push_back(json{variant["start"], variant["alts"], image["alt_allele_indices"], variant["calls"][0]["gt"], image["label"]}.dump());
  }
  EXPECT_EQ(found, expected);
  EXPECT_EQ(labels, (std::map<int, int>{{0, 1}, {1, 12}, {2, 36}}));
}

}  // namespace haploom::labels
