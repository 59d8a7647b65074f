// Microseconds an image takes to be drawn: 60 haplotypes above 40x or 200x of 150-base reads, WGS shape 200 x 221.
//
// usage: tensor_bench     (CPU time; the least of 15 rounds)
#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <vector>

#include "genome/candidate.h"
#include "measure.h"
#include "tensor/tensor.h"

namespace haploom {
namespace {

constexpr int64_t kContig = 3000;
constexpr int kRounds = 15;
constexpr double kSecondsARound = 0.1;

class Scene {
 public:
  explicit Scene(int depth) : random_(7) {
    for (int64_t i = 0; i < kContig; ++i) contig_ += "ACGT"[random_() % 4];
    for (int i = 0; i < 60; ++i) haplotypes_.push_back(piece("haplotype_" + std::to_string(i), 800, 1400));
    for (int64_t i = 0; i < depth * 1200 / 150; ++i) {
      reads_.push_back(piece("read_" + std::to_string(i), 800 + static_cast<int64_t>(random_() % 1050), 150));
    }
    candidate_.start = 1500;
    candidate_.ref = contig_.substr(1500, 1);
    candidate_.alts = {candidate_.ref == "A" ? "C" : "A"};
    candidate_.read_support.resize(1);
    candidate_.haplotype_support.resize(1);
    for (int32_t i = 0; i < static_cast<int32_t>(reads_.size()); i += 2) candidate_.read_support[0].push_back(i);
    for (int32_t i = 0; i < 60; i += 2) candidate_.haplotype_support[0].push_back(i);
  }

  double microseconds(const tensor::ImageShape& shape) {
    tensor::Painter painter(shape, {});
    painter.begin(&reads_, &haplotypes_, {0, contig_}, kContig);
    std::vector<uint8_t> image(shape.bytes());
    std::vector<double> rounds;
    for (int round = 0; round < kRounds; ++round) {
      int64_t drawn = 0;
      const double start = bench::cpu_seconds();
      for (; bench::cpu_seconds() - start < kSecondsARound; ++drawn) painter.draw(candidate_, {0}, image);
      rounds.push_back((bench::cpu_seconds() - start) * 1e6 / static_cast<double>(drawn));
    }
    return *std::min_element(rounds.begin(), rounds.end());
  }

 private:
  // A piece of the contig with a mismatch here and there and an indel in every third one.
  genome::Read piece(const std::string& name, int64_t start, int64_t length) {
    genome::Read read;
    read.name = name;
    read.start = start;
    read.mapq = 60;
    read.bases = contig_.substr(static_cast<size_t>(start), static_cast<size_t>(length));
    for (int i = 0; i < 3; ++i) read.bases[random_() % read.bases.size()] = 'T';
    for (int64_t i = 0; i < length; ++i) read.quality.push_back(static_cast<uint8_t>(20 + random_() % 21));
    const int32_t n = static_cast<int32_t>(length);
    read.cigar = {{'M', n}};
    if (random_() % 3 == 0) read.cigar = {{'M', n / 2}, {'I', 3}, {'M', n / 2 - 20}, {'D', 2}, {'M', n - n / 2 - n / 2 + 17}};
    read.end = start + genome::reference_length(read.cigar);
    return read;
  }

  std::mt19937 random_;
  std::string contig_;
  std::vector<genome::Read> reads_, haplotypes_;
  genome::Candidate candidate_;
};

}  // namespace
}  // namespace haploom

int main() {
  using namespace haploom;
  fmt::print("depth\tchannels\tus per image\n");
  for (const int depth : {40, 200}) {
    Scene scene(depth);
    fmt::print("{}\t7\t{:.1f}\n", depth, scene.microseconds({}));
  }
}
