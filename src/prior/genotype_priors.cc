// States are ordered pairs of haplotypes, a square of float32 that sums to 1. What separates a diploid step from a haploid
// one is the sum over jumps: of one haplotype along rows, of the other along columns, of both over all.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "genome/genotype_index.h"
#include "prior/prior.h"

namespace haploom::prior {
namespace {

using Square = std::vector<float>;

// Alleles and, behind them, "unknown".
size_t classes(const PanelSite& site) { return static_cast<size_t>(site.alleles) + 1; }
size_t class_of(const PanelSite& site, uint8_t allele) { return allele == kUnknownAllele ? classes(site) - 1 : allele; }

// P(the sample has this allele | it copies one of that class), [class][allele].
std::vector<std::vector<double>> copying(const PanelSite& site, double error) {
  const auto alleles = static_cast<size_t>(site.alleles);
  std::vector<std::vector<double>> out(classes(site), std::vector<double>(alleles, 1.0 / static_cast<double>(alleles)));
  if (alleles == 1) return out;
  for (size_t from = 0; from < alleles; ++from) {
    for (size_t to = 0; to < alleles; ++to) out[from][to] = from == to ? 1 - error : error / static_cast<double>(alleles - 1);
  }
  return out;
}

// P(reads | the two copied classes), [class][class], the largest 1.
std::vector<std::vector<double>> emissions(const PanelSite& site, double error) {
  const auto copied = copying(site, error);
  const auto alleles = static_cast<size_t>(site.alleles);
  std::vector<std::vector<double>> out(classes(site), std::vector<double>(classes(site), 0));
  double largest = 0;
  for (size_t one = 0; one < classes(site); ++one) {
    for (size_t other = 0; other < classes(site); ++other) {
      for (size_t a = 0; a < alleles; ++a) {
        for (size_t b = 0; b < alleles; ++b) out[one][other] += copied[one][a] * copied[other][b] * site.read_likelihoods[genome::genotype_index(a, b)];
      }
      largest = std::max(largest, out[one][other]);
    }
  }
  for (auto& row : out) {
    for (double& value : row) value /= largest;
  }
  return out;
}

void scale_to_one(std::span<float> values) {
  double sum = 0;
  for (const float value : values) sum += value;
  const auto factor = static_cast<float>(1 / sum);
  for (float& value : values) value *= factor;
}

double jump_chance(const PanelSite& from, const PanelSite& to, size_t haplotypes, const Options& options) {
  return -std::expm1(-options.jumps_per_base * static_cast<double>(to.position - from.position) / static_cast<double>(haplotypes));
}

// ---- one haplotype, to choose those that are worth pairing

// P(reads | one copied class), the other allele drawn from the panel.
std::vector<float> single_emissions(const PanelSite& site, double error) {
  const auto pairs = emissions(site, error);
  std::vector<double> share(classes(site), 0);
  for (const uint8_t allele : site.of_haplotype) share[class_of(site, allele)] += 1.0 / static_cast<double>(site.of_haplotype.size());
  std::vector<float> out(classes(site), 0);
  for (size_t one = 0; one < out.size(); ++one) {
    double sum = 0;
    for (size_t other = 0; other < share.size(); ++other) sum += share[other] * pairs[one][other];
    out[one] = static_cast<float>(sum);
  }
  return out;
}

class SingleModel {
 public:
  SingleModel(std::span<const PanelSite> sites, const Options& options) : sites_(sites), options_(options), n_(sites[0].of_haplotype.size()) {}

  // How much of the sample each haplotype is likely to be.
  std::vector<double> shares() const {
    std::vector<std::vector<float>> forward;
    std::vector<float> state(n_, 1.0F / static_cast<float>(n_));
    for (size_t t = 0; t < sites_.size(); ++t) {
      if (t > 0) jump(state, jump_chance(sites_[t - 1], sites_[t], n_, options_));
      emit(state, t);
      forward.push_back(state);
    }
    std::vector<double> out(n_, 0);
    std::fill(state.begin(), state.end(), 1.0F / static_cast<float>(n_));
    for (size_t t = sites_.size(); t-- > 0;) {
      std::vector<float> both(n_);
      for (size_t i = 0; i < n_; ++i) both[i] = forward[t][i] * state[i];
      scale_to_one(both);
      for (size_t i = 0; i < n_; ++i) out[i] += both[i];
      if (t == 0) break;
      emit(state, t);
      jump(state, jump_chance(sites_[t - 1], sites_[t], n_, options_));
    }
    return out;
  }

 private:
  static void jump(std::vector<float>& state, double chance) {
    const double sum = std::accumulate(state.begin(), state.end(), 0.0);
    const auto stay = static_cast<float>(1 - chance);
    const auto arrive = static_cast<float>(chance * sum / static_cast<double>(state.size()));
    for (float& value : state) value = stay * value + arrive;
  }

  void emit(std::vector<float>& state, size_t t) const {
    const std::vector<float> chances = single_emissions(sites_[t], options_.copying_error);
    for (size_t i = 0; i < n_; ++i) state[i] *= chances[class_of(sites_[t], sites_[t].of_haplotype[i])];
    scale_to_one(state);
  }

  std::span<const PanelSite> sites_;
  const Options& options_;
  size_t n_;
};

// ---- pairs

class PairModel {
 public:
  // chosen: haplotypes that are paired.
  PairModel(std::span<const PanelSite> sites, const std::vector<size_t>& chosen, const Options& options)
      : sites_(sites), options_(options), n_(chosen.size()), rows_(n_) {
    for (const PanelSite& site : sites) {
      std::vector<uint8_t>& own = classes_.emplace_back();
      for (const size_t haplotype : chosen) own.push_back(static_cast<uint8_t>(class_of(site, site.of_haplotype[haplotype])));
    }
  }

  std::vector<std::vector<double>> priors() {
    // Forward states are kept at the start of each piece; within a piece they are made anew, from the last piece to the first.
    const auto piece = static_cast<size_t>(std::ceil(std::sqrt(static_cast<double>(sites_.size()))));
    std::vector<Square> starts;
    Square state = start();
    for (size_t t = 0; t < sites_.size(); ++t) {
      if (t > 0) jump(state, t);
      if (t % piece == 0) starts.push_back(state);
      emit(state, t);
    }
    std::vector<std::vector<double>> out(sites_.size());
    Square behind(n_ * n_, 1.0F);
    for (size_t p = starts.size(); p-- > 0;) {
      const size_t first = p * piece;
      const size_t end = std::min(first + piece, sites_.size());
      std::vector<Square> before = {starts[p]};  // without the site's own reads
      for (size_t t = first + 1; t < end; ++t) {
        Square next = before.back();
        emit(next, t - 1);
        jump(next, t);
        before.push_back(std::move(next));
      }
      for (size_t t = end; t-- > first;) {
        out[t] = prior(before[t - first], behind, t);
        if (t == 0) break;
        emit(behind, t);
        jump(behind, t);
      }
    }
    return out;
  }

 private:
  Square start() const { return Square(n_ * n_, 1.0F / static_cast<float>(n_ * n_)); }

  // From site t - 1 to t, or back: the two are alike.
  void jump(Square& state, size_t t) {
    const double chance = jump_chance(sites_[t - 1], sites_[t], n_, options_);
    const auto n = static_cast<double>(n_);
    double all = 0;
    std::vector<float> columns(n_, 0);
    for (size_t i = 0; i < n_; ++i) {
      const float* row = state.data() + i * n_;
      float sum = 0;
      for (size_t j = 0; j < n_; ++j) sum += row[j];
      for (size_t j = 0; j < n_; ++j) columns[j] += row[j];
      rows_[i] = sum;
      all += sum;
    }
    const auto both_stay = static_cast<float>((1 - chance) * (1 - chance));
    const auto one_stays = static_cast<float>((1 - chance) * chance / n);
    const auto none_stays = static_cast<float>(chance * chance / (n * n) * all);
    for (float& column : columns) column *= one_stays;
    for (size_t i = 0; i < n_; ++i) {
      float* row = state.data() + i * n_;
      const float arrive = one_stays * rows_[i] + none_stays;
      for (size_t j = 0; j < n_; ++j) row[j] = both_stay * row[j] + arrive + columns[j];
    }
  }

  void emit(Square& state, size_t t) {
    const auto chances = emissions(sites_[t], options_.copying_error);
    const std::vector<uint8_t>& own = classes_[t];
    // A row of factors for each class of the first haplotype.
    std::vector<std::vector<float>> factors(chances.size(), std::vector<float>(n_));
    for (size_t a = 0; a < chances.size(); ++a) {
      for (size_t j = 0; j < n_; ++j) factors[a][j] = static_cast<float>(chances[a][own[j]]);
    }
    for (size_t i = 0; i < n_; ++i) {
      const float* by = factors[own[i]].data();
      float* row = state.data() + i * n_;
      for (size_t j = 0; j < n_; ++j) row[j] *= by[j];
    }
    scale_to_one(state);
  }

  std::vector<double> prior(const Square& before, const Square& behind, size_t t) const {
    const PanelSite& site = sites_[t];
    const std::vector<uint8_t>& own = classes_[t];
    const size_t kinds = classes(site);
    std::vector<double> weights(kinds * kinds, 0);
    for (size_t i = 0; i < n_; ++i) {
      for (size_t j = 0; j < n_; ++j)
        weights[own[i] * kinds + own[j]] += static_cast<double>(before[i * n_ + j]) * static_cast<double>(behind[i * n_ + j]);
    }
    const auto copied = copying(site, options_.copying_error);
    const auto alleles = static_cast<size_t>(site.alleles);
    std::vector<double> out(genome::genotype_count(alleles), 0);
    for (size_t one = 0; one < kinds; ++one) {
      for (size_t other = 0; other < kinds; ++other) {
        for (size_t a = 0; a < alleles; ++a) {
          for (size_t b = 0; b < alleles; ++b) out[genome::genotype_index(a, b)] += weights[one * kinds + other] * copied[one][a] * copied[other][b];
        }
      }
    }
    const double sum = std::accumulate(out.begin(), out.end(), 0.0);
    for (double& value : out) value /= sum;
    return out;
  }

  std::span<const PanelSite> sites_;
  const Options& options_;
  size_t n_;
  std::vector<std::vector<uint8_t>> classes_;  // of the chosen haplotypes, by site
  std::vector<float> rows_;
};

std::vector<size_t> best_haplotypes(std::span<const PanelSite> sites, const Options& options) {
  std::vector<size_t> chosen(sites[0].of_haplotype.size());
  std::iota(chosen.begin(), chosen.end(), size_t{0});
  if (chosen.size() <= options.most_haplotypes) return chosen;
  const std::vector<double> shares = SingleModel(sites, options).shares();
  std::stable_sort(chosen.begin(), chosen.end(), [&shares](size_t a, size_t b) { return shares[a] > shares[b]; });
  chosen.resize(options.most_haplotypes);
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

void check_sizes(std::span<const PanelSite> sites) {
  for (size_t t = 0; t < sites.size(); ++t) {
    const PanelSite& site = sites[t];
    check(site.alleles >= 1 && site.alleles < kUnknownAllele, "a site has an allele");
    check(site.read_likelihoods.size() == genome::genotype_count(static_cast<size_t>(site.alleles)), "a likelihood for each genotype");
    check(std::any_of(site.read_likelihoods.begin(), site.read_likelihoods.end(), [](double value) { return value > 0; }), "a genotype is possible");
    check(site.of_haplotype.size() == sites[0].of_haplotype.size(), "the same haplotypes at every site");
    check(std::all_of(site.of_haplotype.begin(), site.of_haplotype.end(),
                      [&site](uint8_t allele) { return allele == kUnknownAllele || allele < site.alleles; }),
          "an allele of the site");
    check(t == 0 || sites[t - 1].position <= site.position, "sites rise");
  }
}

}  // namespace

std::vector<std::vector<double>> genotype_priors(std::span<const PanelSite> sites, const Options& options) {
  check_sizes(sites);
  if (sites.empty() || sites[0].of_haplotype.empty()) return {};
  return PairModel(sites, best_haplotypes(sites, options), options).priors();
}

}  // namespace haploom::prior
