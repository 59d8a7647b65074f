#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "base/error.h"
#include "prior/prior.h"

namespace haploom::prior {
namespace {

constexpr uint8_t kNone = kUnknownAllele;

size_t index_of(size_t a, size_t b) { return a < b ? b * (b + 1) / 2 + a : a * (a + 1) / 2 + b; }

PanelSite site_at(int64_t position, std::vector<uint8_t> of_haplotype, std::vector<double> read_likelihoods, int alleles = 2) {
  return {position, alleles, std::move(of_haplotype), std::move(read_likelihoods)};
}

// The same by summing over every pair of paths, in double.
class Oracle {
 public:
  Oracle(const std::vector<PanelSite>& sites, const Options& options) : sites_(sites), options_(options), n_(sites[0].of_haplotype.size()) {}

  std::vector<std::vector<double>> priors() {
    std::vector<std::vector<double>> out;
    for (left_out_ = 0; left_out_ < sites_.size(); ++left_out_) {
      const auto alleles = static_cast<size_t>(sites_[left_out_].alleles);
      sums_.assign(index_of(alleles - 1, alleles - 1) + 1, 0);
      walk(0, 0, 0, 1.0, 0, 0);
      double all = 0;
      for (const double sum : sums_) all += sum;
      for (double& sum : sums_) sum /= all;
      out.push_back(sums_);
    }
    return out;
  }

 private:
  double copied(const PanelSite& site, size_t haplotype, size_t allele) const {
    if (site.of_haplotype[haplotype] == kNone) return 1.0 / site.alleles;
    if (site.alleles == 1) return 1;
    return site.of_haplotype[haplotype] == allele ? 1 - options_.copying_error : options_.copying_error / (site.alleles - 1);
  }

  double step(size_t t, size_t from, size_t to) const {
    const auto n = static_cast<double>(n_);
    if (t == 0) return 1 / n;
    const double jump = 1 - std::exp(-options_.jumps_per_base * static_cast<double>(sites_[t].position - sites_[t - 1].position) / n);
    return (from == to ? 1 - jump : 0) + jump / n;
  }

  // one, other: the pair of site t - 1. at: the pair at the site that is left out.
  void walk(size_t t, size_t one, size_t other, double chance, size_t at_one, size_t at_other) {
    if (t == sites_.size()) {
      const PanelSite& site = sites_[left_out_];
      for (size_t a = 0; a < static_cast<size_t>(site.alleles); ++a) {
        for (size_t b = 0; b < static_cast<size_t>(site.alleles); ++b)
          sums_[index_of(a, b)] += chance * copied(site, at_one, a) * copied(site, at_other, b);
      }
      return;
    }
    for (size_t i = 0; i < n_; ++i) {
      for (size_t j = 0; j < n_; ++j) {
        double reads = 1;
        if (t != left_out_) {
          reads = 0;
          for (size_t a = 0; a < static_cast<size_t>(sites_[t].alleles); ++a) {
            for (size_t b = 0; b < static_cast<size_t>(sites_[t].alleles); ++b)
              reads += copied(sites_[t], i, a) * copied(sites_[t], j, b) * sites_[t].read_likelihoods[index_of(a, b)];
          }
        }
        const bool here = t == left_out_;
        walk(t + 1, i, j, chance * step(t, one, i) * step(t, other, j) * reads, here ? i : at_one, here ? j : at_other);
      }
    }
  }

  const std::vector<PanelSite>& sites_;
  const Options& options_;
  size_t n_;
  size_t left_out_ = 0;
  std::vector<double> sums_;
};

TEST(GenotypePriors, EqualTheSumOverAllPathsOfRandomPanels) {
  std::mt19937_64 random(20261125);
  const auto number = [&random](int least, int most) { return std::uniform_int_distribution<int>(least, most)(random); };
  for (int round = 0; round < 60; ++round) {
    const int haplotypes = number(1, 3);
    const int count = number(1, haplotypes == 3 ? 4 : 5);
    Options options;
    options.jumps_per_base = std::pow(10, -number(2, 4));
    options.copying_error = std::pow(10, -number(1, 3));
    std::vector<PanelSite> sites;
    int64_t position = 0;
    for (int t = 0; t < count; ++t) {
      PanelSite site;
      site.position = position += number(0, 5000);
      site.alleles = number(1, 3);
      for (int h = 0; h < haplotypes; ++h) site.of_haplotype.push_back(number(0, 4) == 0 ? kNone : static_cast<uint8_t>(number(0, site.alleles - 1)));
      const size_t last = static_cast<size_t>(site.alleles) - 1;
      for (size_t g = 0; g <= index_of(last, last); ++g) site.read_likelihoods.push_back(std::pow(10, -number(0, 6)));
      sites.push_back(site);
    }
    const auto expected = Oracle(sites, options).priors();
    const auto got = genotype_priors(sites, options);
    ASSERT_EQ(got.size(), expected.size());
    for (size_t t = 0; t < got.size(); ++t) {
      ASSERT_EQ(got[t].size(), expected[t].size());
      for (size_t g = 0; g < got[t].size(); ++g) EXPECT_NEAR(got[t][g], expected[t][g], 2e-5) << "round " << round << " site " << t;
    }
  }
}

// Two haplotypes that differ at every site; the sample is one of each, seen clearly at all sites but the middle.
TEST(GenotypePriors, ASiteWithoutReadsIsToldByItsNeighbours) {
  std::vector<PanelSite> sites;
  for (int t = 0; t < 5; ++t) sites.push_back(site_at(t * 200, {0, 1}, {1e-9, 1, 1e-9}));
  sites[2].read_likelihoods = {1, 1, 1};
  Options options;
  options.jumps_per_base = 4e-4;
  options.copying_error = 1e-3;
  const auto priors = genotype_priors(sites, options);
  EXPECT_GT(priors[2][1], 0.99);
  for (PanelSite& site : sites) site.read_likelihoods = {1, 1e-9, 1e-9};
  EXPECT_GT(genotype_priors(sites, options)[2][0], 0.99);
}

TEST(GenotypePriors, TheSitesOwnReadsAreLeftOut) {
  std::vector<PanelSite> sites = {site_at(0, {0, 1, 1}, {1, 1e-6, 1e-12}), site_at(300, {0, 1, 0}, {1e-12, 1e-6, 1})};
  const auto before = genotype_priors(sites, {});
  sites[1].read_likelihoods = {1, 1e-3, 1e-6};
  const auto after = genotype_priors(sites, {});
  EXPECT_EQ(before[1], after[1]);
  EXPECT_NE(before[0], after[0]);
}

TEST(GenotypePriors, AnAlleleThatThePanelLacksKeepsTheChanceOfACopyingError) {
  std::vector<PanelSite> sites;
  for (int t = 0; t < 5; ++t) sites.push_back(site_at(t * 200, {0, 0, 0, 0}, {1, 1e-9, 1e-9}));
  Options options;
  options.copying_error = 0.01;
  const auto prior = genotype_priors(sites, options)[2];
  EXPECT_NEAR(prior[1], 2 * 0.01 * 0.99, 1e-6);
  EXPECT_NEAR(prior[2], 0.01 * 0.01, 1e-6);
}

TEST(GenotypePriors, AnEmptyPanelSaysNothing) {
  const std::vector<PanelSite> sites = {site_at(0, {}, {1, 1, 1})};
  EXPECT_TRUE(genotype_priors(sites, {}).empty());
  EXPECT_TRUE(genotype_priors({}, {}).empty());
}

TEST(GenotypePriors, ThinningKeepsTheHaplotypesThatTheSampleIsMadeOf) {
  // 40 haplotypes of noise, and two that the sample copies.
  std::mt19937_64 random(7);
  std::vector<PanelSite> sites;
  for (int t = 0; t < 60; ++t) {
    std::vector<uint8_t> alleles(42);
    for (uint8_t& allele : alleles) allele = static_cast<uint8_t>(random() % 2);
    std::vector<double> reads(3, 1e-6);
    reads[index_of(alleles[40], alleles[41])] = 1;
    sites.push_back(site_at(t * 300, alleles, reads));
  }
  Options thin;
  thin.most_haplotypes = 8;
  const auto few = genotype_priors(sites, thin);
  const auto all = genotype_priors(sites, {});
  for (size_t t = 10; t < 50; ++t) {
    const auto truth = index_of(sites[t].of_haplotype[40], sites[t].of_haplotype[41]);
    EXPECT_GT(few[t][truth], 0.9) << t;
    EXPECT_GT(all[t][truth], 0.9) << t;
  }
}

TEST(GenotypePriors, RefusesSitesThatContradictThemselves) {
  EXPECT_THROW(genotype_priors(std::vector{site_at(0, {0, 2}, {1, 1, 1})}, {}), Error);
  EXPECT_THROW(genotype_priors(std::vector{site_at(0, {0, 1}, {1, 1})}, {}), Error);
  EXPECT_THROW(genotype_priors(std::vector{site_at(0, {0, 1}, {0, 0, 0})}, {}), Error);
  EXPECT_THROW(genotype_priors(std::vector{site_at(5, {0}, {1, 1, 1}), site_at(0, {0}, {1, 1, 1})}, {}), Error);
}

}  // namespace
}  // namespace haploom::prior
