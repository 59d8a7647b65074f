// DeepVariant's own answers: its VCF of 84 call records, and its merge and overlap functions run on made-up sites.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "genotype/fixtures.h"

namespace haploom::genotype {
namespace {

using Json = nlohmann::json;

genome::Candidate candidate_of(const Json& variant) {
  genome::Candidate out;
  out.start = variant.at("start");
  out.ref = variant.at("ref");
  out.alts = variant.at("alts");
  const Json& info = variant.at("calls").at(0).at("info");
  out.depth = info.at("DP").at(0);
  out.allele_depth = info.at("AD").get<std::vector<int>>();
  return out;
}

Call call_of(const std::vector<Json>& records, Ploidy ploidy) {
  const genome::Candidate candidate = candidate_of(records[0].at("variant"));
  std::vector<genome::GenotypeProbabilities> probabilities;
  for (const genome::AltSet& set : genome::alt_sets(static_cast<int>(candidate.alts.size()))) {
    const auto found = std::find_if(records.begin(), records.end(), [&](const Json& record) { return record.at("alt_allele_indices") == set; });
    if (found == records.end()) throw std::runtime_error("a record of the vector is missing");
    const auto values = (*found).at("genotype_probabilities").get<std::vector<double>>();
    probabilities.push_back({values.at(0), values.at(1), values.at(2)});
  }
  return call_site(candidate, probabilities, {}, ploidy);
}

void expect_equal(const Call& call, const Json& variant) {
  const Json& golden = variant.at("calls").at(0);
  EXPECT_EQ(call.start, variant.at("start").get<int64_t>());
  EXPECT_EQ(call.end(), variant.at("end").get<int64_t>());
  EXPECT_EQ(call.ref, variant.at("ref").get<std::string>());
  EXPECT_EQ(Json(call.alts), variant.at("alts"));
  EXPECT_EQ(call.quality, variant.value("quality", 0.0));
  EXPECT_EQ(name(call.filter), variant.at("filter").at(0).get<std::string>());
  EXPECT_EQ(Json(call.genotype), golden.at("gt"));
  EXPECT_EQ(call.genotype_quality, golden.at("info").at("GQ").at(0).get<int>());
  EXPECT_EQ(Json(call.allele_depth), golden.at("info").at("AD"));
  EXPECT_EQ(call.vaf, golden.at("info").at("VAF").get<std::vector<double>>());
  ASSERT_EQ(call.likelihoods.size(), golden.at("gl").size());
  for (size_t i = 0; i < call.likelihoods.size(); ++i) EXPECT_DOUBLE_EQ(call.likelihoods[i], golden.at("gl")[i].get<double>());
}

std::vector<Call> calls_of(const Json& variants) {
  std::vector<Call> out;
  for (const Json& variant : variants)
    out.push_back(call_at(variant.at("start"), variant.at("ref"), variant.at("alts"), variant.at("gt"), variant.at("gl").get<std::vector<double>>()));
  return out;
}

}  // namespace

TEST(Goldens, MergeSitesAsUpstreamDoes) {
  const auto lines = shared_lines("derived/merge_sites.jsonl");
  if (lines.empty()) GTEST_SKIP() << "no shared data: derived/merge_sites.jsonl";
  for (size_t i = 0; i < lines.size(); ++i) {
    SCOPED_TRACE("site " + std::to_string(i));
    const Json site = Json::parse(lines[i]);
    expect_equal(call_of(site.at("cvos"), site.at("haploid").get<bool>() ? Ploidy::kHaploid : Ploidy::kDiploid), site.at("output"));
    if (HasFailure()) break;
  }
  RecordProperty("sites", static_cast<int>(lines.size()));
  EXPECT_EQ(lines.size(), 400u);
}

TEST(Goldens, ResolveOverlapsAsUpstreamDoes) {
  const auto lines = shared_lines("derived/haplotype_resolution.jsonl");
  if (lines.empty()) GTEST_SKIP() << "no shared data: derived/haplotype_resolution.jsonl";
  for (size_t i = 0; i < lines.size(); ++i) {
    SCOPED_TRACE("group " + std::to_string(i));
    const Json group = Json::parse(lines[i]);
    std::vector<Call> calls = calls_of(group.at("input"));
    const std::vector<Call> expected = calls_of(group.at("output"));
    resolve_overlaps(calls);
    ASSERT_EQ(calls.size(), expected.size());
    for (size_t k = 0; k < calls.size(); ++k) {
      EXPECT_EQ(calls[k].start, expected[k].start);
      EXPECT_EQ(calls[k].ref, expected[k].ref);
      EXPECT_EQ(calls[k].alts, expected[k].alts);
      EXPECT_EQ(calls[k].genotype, expected[k].genotype);
      ASSERT_EQ(calls[k].likelihoods.size(), expected[k].likelihoods.size());
      for (size_t g = 0; g < calls[k].likelihoods.size(); ++g) EXPECT_NEAR(calls[k].likelihoods[g], expected[k].likelihoods[g], 1e-10);
    }
    if (HasFailure()) break;
  }
  EXPECT_EQ(lines.size(), 240u);
}

class GoldenVcf : public testing::TestWithParam<std::pair<const char*, Ploidy>> {};

TEST_P(GoldenVcf, HasTheSameRecordLines) {
  const auto [file, ploidy] = GetParam();
  const auto records = shared_lines("postprocess/single_site_input.cvo.jsonl");
  if (records.empty()) GTEST_SKIP() << "no shared data: postprocess/single_site_input.cvo.jsonl";
  std::vector<std::vector<Json>> sites;
  for (const std::string& line : records) {
    Json record = Json::parse(line);
    if (sites.empty() || sites.back().at(0).at("variant") != record.at("variant")) sites.emplace_back();
    sites.back().push_back(std::move(record));
  }
  std::sort(sites.begin(), sites.end(), [](const auto& a, const auto& b) { return a[0].at("variant").at("start") < b[0].at("variant").at("start"); });
  std::vector<Call> calls;
  for (const auto& site : sites) calls.push_back(call_of(site, ploidy));
  resolve_overlaps(calls);
  std::vector<std::string> expected = shared_lines(file);
  std::erase_if(expected, [](const std::string& line) { return line.starts_with("#"); });
  ASSERT_EQ(calls.size(), expected.size());
  const genome::ContigList contigs({{"chr20", 63025520}});
  for (size_t i = 0; i < calls.size(); ++i) EXPECT_EQ(vcf_line(calls[i], contigs), expected[i] + "\n");
}

INSTANTIATE_TEST_SUITE_P(Upstream, GoldenVcf,
                         testing::Values(std::pair("postprocess/golden.postprocess_single_site_output.vcf", Ploidy::kDiploid),
                                         std::pair("postprocess/golden.haploid_chr20.postprocess_single_site_output.vcf", Ploidy::kHaploid)),
                         [](const auto& parameter) { return std::string(parameter.index == 0 ? "Diploid" : "Haploid"); });

}  // namespace haploom::genotype
