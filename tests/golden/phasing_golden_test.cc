// Reads -> candidates -> phases against DeepVariant's golden run on PacBio reads (chr20:9,000,000-9,100,000 of HG003, five
// partitions of 25 kb): ALT_PS of all candidates. Skipped by name where the shared data is not there.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/shared_data_test.h"
#include "candidates/candidates.h"
#include "formats/alignments.h"
#include "formats/line_reader.h"
#include "formats/reference.h"
#include "phasing/phasing.h"
#include "pileup/pileup.h"

namespace haploom {
namespace {

using nlohmann::json;

constexpr int64_t kFirst = 8'999'999, kLast = 9'100'000, kPartition = 25'000;
constexpr int64_t kMargin = 100'000;  // of reference beyond the partition: longer than a read
constexpr pileup::CountOptions kCounts{.min_mapq = 1, .min_base_quality = 10, .legacy = false};

struct Inputs {
  formats::Reference reference;
  formats::Alignments alignments;
  int chr20 = 0;
};

// A line a candidate of the partition: place, alleles, depths and ALT_PS.
void examine(Inputs& run, const genome::Region& partition, std::vector<std::string>& out) {
  std::vector<genome::Read> reads;
  run.alignments.for_each(partition, run.reference.contigs(), {.min_mapq = 1}, [&](genome::Read&& read) { reads.push_back(std::move(read)); });
  ASSERT_LE(reads.size(), 1500U);
  const genome::Region padded{partition.contig, partition.start - partition.length() / 5, partition.end + partition.length() / 5};
  const std::string bases = run.reference.bases({partition.contig, partition.start - kMargin, partition.end + kMargin});
  const pileup::ReferenceWindow window{partition.start - kMargin, bases};
  candidates::Thresholds thresholds;
  thresholds.min_fraction_indels = 0.12F;
  const auto untracked = pileup::count_alleles(padded, reads, window, kCounts);
  const auto tracked = candidates::positions(padded, untracked, {}, window, thresholds);
  const auto counts = pileup::count_alleles(padded, reads, window, kCounts, tracked);
  const auto found = candidates::find(padded, counts, {}, window, thresholds);
  const auto phases = phasing::allele_phases(found, phasing::phase(phasing::sites(found, padded, counts), reads));
  for (size_t i = 0; i < found.size(); ++i) {
    if (!partition.contains(found[i].start)) continue;
    out.push_back(json{found[i].start, found[i].ref, found[i].alts, found[i].allele_depth, json(*phases[i])}.dump());
  }
}

}  // namespace

TEST(PhasingGolden, GivesThePhasesOfDeepVariantsPacBioRun) {
  const auto golden = base::shared_data() / "dv_goldens";
  if (!std::filesystem::exists(golden / "inputs")) GTEST_SKIP() << "no shared data at " << golden;
  const std::string fasta = golden / "inputs/grch38.chr20_and_21_10M.fa.gz";
  Inputs run{formats::Reference(fasta), formats::Alignments(golden / "inputs/test_pacbio.chr20_100kbp_at_9mb.bam", fasta), 0};
  run.chr20 = *run.reference.contigs().index_of("chr20");
  std::vector<std::string> found, expected;
  for (int64_t start = kFirst; start < kLast; start += kPartition) {
    examine(run, {run.chr20, start, std::min(start + kPartition, kLast)}, found);
  }
  formats::LineReader lines(golden / "examples/pacbio_phased.index.jsonl", "tests", Reason::kReads);
  while (const auto line = lines.next()) {
    const json variant = json::parse(*line)["variant"];
    const std::string text = json{variant["start"], variant["ref"], variant["alts"], variant["calls"][0]["info"]["AD"],
                                  variant["info"]["ALT_PS"]}.dump();
    if (expected.empty() || expected.back() != text) expected.push_back(text);  // one of each image of a candidate
  }
  EXPECT_EQ(expected.size(), 341U);
  EXPECT_EQ(found, expected);
}

}  // namespace haploom
