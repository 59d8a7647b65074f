// Reads -> allele counts -> candidates against DeepVariant's own golden run (chr20:10,000,000-10,010,000 of NA12878).
// The realigner's results are taken from the golden's derived files, so that what comes before and after it is compared
// exactly. Skipped by name where the shared data is not there.
#include <gtest/gtest.h>
#include <zlib.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/shared_data_test.h"
#include "candidates/candidates.h"
#include "candidates/importer.h"
#include "candidates/population.h"
#include "formats/alignments.h"
#include "formats/reference.h"
#include "formats/line_reader.h"
#include "pileup/pileup.h"
#include "realign/realign.h"

namespace haploom {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr char kReads[] = "inputs/NA12878_S1.chr20.10_10p1mb.bam";
constexpr int64_t kMargin = 1000;  // reference beyond the partition, longer than any read's reach

std::string shared() {
  return base::shared_data().parent_path().string();
}

std::vector<json> json_lines(const std::string& path) {
  std::vector<json> out;
  formats::LineReader lines(path, "tests", Reason::kReads);
  while (const auto line = lines.next()) out.push_back(json::parse(*line));
  return out;
}

std::string unpacked(const std::string& path) {
  std::string out;
  gzFile file = gzopen(path.c_str(), "rb");
  std::array<char, 65536> block;
  for (int got = 0; (got = gzread(file, block.data(), block.size())) > 0;) out.append(block.data(), static_cast<size_t>(got));
  gzclose(file);
  return out;
}

void place(genome::Read& read, int64_t start, const std::string& cigar) {
  read.start = start;
  read.cigar = genome::parse_cigar(cigar);
  read.end = start + genome::reference_length(read.cigar);
}

// A partition's reads and the reference under them.
struct Partition {
  genome::Region region;
  std::vector<genome::Read> reads;
  int64_t reference_start = 0;
  std::string bases;
  pileup::ReferenceWindow reference() const { return {reference_start, bases}; }
};

class CandidatesGolden : public testing::Test {
 protected:
  void SetUp() override {
    golden_ = shared() + "/data/dv_goldens/";
    if (!fs::exists(golden_ + "derived")) GTEST_SKIP() << "no shared data at " << golden_;
    reference_ = std::make_unique<formats::Reference>(golden_ + "inputs/ucsc.hg19.chr20.unittest.fasta.gz");
    chr20_ = reference_->contigs().index_of("chr20").value();
    for (const json& line : json_lines(golden_ + "derived/realigner_calling.jsonl")) {
      realigned_[line["partition_start"]] = line;
    }
  }

  // The reads that pass, as the file has them.
  Partition partition_as_read(int64_t start, const formats::ReadFilter& filter, const std::string& reads) {
    Partition out;
    out.region = {chr20_, start, realigned_.at(start)["partition_end"]};
    formats::Alignments alignments(golden_ + reads, reference_->path());
    alignments.for_each(out.region, reference_->contigs(), filter, [&out](genome::Read&& read) { out.reads.push_back(std::move(read)); });
    out.reference_start = start - kMargin;
    out.bases = reference_->bases({chr20_, out.reference_start, out.region.end + kMargin});
    return out;
  }

  // With the alignments that the realigner gave them.
  Partition partition(int64_t start, const formats::ReadFilter& filter, const std::string& reads = kReads) {
    const json& golden = realigned_.at(start);
    Partition out = partition_as_read(start, filter, reads);
    for (const json& changed : golden["reads_changed"]) {
      for (genome::Read& read : out.reads) {
        if (read.key() != changed[0] || read.start != changed[1] || genome::text(read.cigar) != changed[2]) continue;
        place(read, changed[3], changed[4]);
        ++realigned_reads_;
      }
    }
    return out;
  }

  std::string golden_;
  std::unique_ptr<formats::Reference> reference_;
  int chr20_ = 0;
  std::map<int64_t, json> realigned_;
  int realigned_reads_ = 0;
};

constexpr pileup::CountOptions kDefaults{.min_mapq = 5, .min_base_quality = 10, .legacy = false};

std::string type_name(pileup::AlleleType type) {
  constexpr const char* kNames[] = {"SUB", "INS", "DEL", "SOFT_CLIP", "REF"};
  return kNames[static_cast<int>(type)];
}

// A line of allele_counts_calling.tsv without its position.
std::string line_of(char base, const pileup::PositionCounts& counts) {
  std::map<std::string, int> alleles;
  for (const auto& seen : counts.alleles) ++alleles[type_name(seen.type) + ":" + seen.bases + ":" + (seen.low_quality ? "lowq" : "ok")];
  std::string text;
  for (const auto& [allele, count] : alleles) text += (text.empty() ? "" : ";") + allele + ":" + std::to_string(count);
  return std::string(1, base) + "\t" + std::to_string(counts.reference) + "\t" + std::to_string(pileup::depth(counts)) + "\t" +
         (text.empty() ? "." : text);
}

std::string sorted_alleles(std::string line) {
  const size_t tab = line.rfind('\t');
  std::set<std::string> parts;
  std::stringstream rest(line.substr(tab + 1));
  for (std::string part; std::getline(rest, part, ';');) parts.insert(part);
  line.resize(tab + 1);
  for (const std::string& part : parts) line += part + ";";
  return line;
}

std::set<std::string> keys(const genome::Support& support, const std::vector<genome::Read>& reads) {
  std::set<std::string> out;
  for (const int32_t read : support) out.insert(reads[static_cast<size_t>(read)].key());
  return out;
}

constexpr char kUncalled[] = "UNCALLED_ALLELE";

// DeepVariantCall.allele_support: read keys by allele.
json supports_of(const genome::Candidate& found, const std::vector<genome::Read>& reads) {
  json out = json::object();
  for (size_t alt = 0; alt < found.alts.size(); ++alt) out[found.alts[alt]] = keys(found.read_support[alt], reads);
  if (!found.read_uncalled.empty()) out[kUncalled] = keys(found.read_uncalled, reads);
  return out;
}

// Rows of allele_support_ext without the sample, by allele and read.
using Details = std::map<std::string, std::set<std::string>>;

Details by_read(const json& wanted) {
  Details out;
  for (const auto& [allele, rows] : wanted.items()) {
    for (const json& row : rows) out[allele].insert(json({row[0], row[1], row[2], row[3], row[4]}).dump());
  }
  return out;
}

Details details_of(const genome::Candidate& found, const pileup::PositionCounts& counts, const std::vector<genome::Read>& reads) {
  Details out;
  const auto add = [&](const std::string& allele, const genome::Support& support) {
    for (const auto& each : candidates::support_details(support, counts, reads)) {
      out[allele].insert(json({reads[static_cast<size_t>(each.read)].key(), each.low_quality, each.mapq, each.base_quality, each.reverse}).dump());
    }
  };
  for (size_t alt = 0; alt < found.alts.size(); ++alt) add(found.alts[alt], found.read_support[alt]);
  add(kUncalled, found.read_uncalled);
  return out;
}

TEST_F(CandidatesGolden, CountsAllelesAsDeepVariantDoes) {
  std::map<int64_t, std::string> expected;
  formats::LineReader lines(golden_ + "derived/allele_counts_calling.tsv.gz", "tests", Reason::kReads);
  lines.next();  // column names
  while (const auto line = lines.next()) expected[std::stoll(std::string(*line))] = line->substr(line->find('\t') + 1);
  int equal = 0;
  for (const auto& [start, golden] : realigned_) {
    const Partition here = partition(start, {});
    EXPECT_EQ(here.reads.size(), golden["n_reads_after_filter"].get<size_t>());
    const auto counts = pileup::count_alleles(here.region, here.reads, here.reference(), kDefaults);
    for (size_t i = 0; i < counts.size(); ++i) {
      const int64_t position = start + static_cast<int64_t>(i);
      EXPECT_EQ(sorted_alleles(line_of(here.reference().at(position), counts[i])), sorted_alleles(expected.at(position))) << position;
      ++equal;
    }
  }
  EXPECT_EQ(equal, 10001);
  EXPECT_EQ(realigned_reads_, 390);
}

TEST_F(CandidatesGolden, FindsTheCandidatesOfTheCallingRunFromBamAndCram) {
  const std::vector<json> expected = json_lines(golden_ + "candidates/calling_candidates.jsonl");
  for (const std::string reads : {kReads, "inputs/NA12878_S1.chr20.10_10p1mb.cram"}) {
    size_t at = 0;
    for (const auto& [start, golden] : realigned_) {
      const Partition here = partition(start, {}, reads);
      const auto counts = pileup::count_alleles(here.region, here.reads, here.reference(), kDefaults);
      for (const genome::Candidate& found : candidates::find(here.region, counts, {}, here.reference(), {})) {
        ASSERT_LT(at, expected.size());
        const json& wanted = expected[at++];
        EXPECT_EQ(found.start, wanted["start"]);
        EXPECT_EQ(found.end(), wanted["end"]);
        EXPECT_EQ(found.ref, wanted["ref"]);
        ASSERT_EQ(json(found.alts), wanted["alts"]);
        const json& call = wanted["calls"][0]["info"];
        EXPECT_EQ(json(found.allele_depth), call["AD"]);
        EXPECT_EQ(found.depth, call["DP"][0]);
        EXPECT_EQ(supports_of(found, here.reads), wanted["allele_support"]) << found.start;
        EXPECT_TRUE(found.ref_support.empty());
        const auto& counts_here = counts[static_cast<size_t>(found.start - start)];
        EXPECT_EQ(details_of(found, counts_here, here.reads), by_read(wanted["allele_support_ext"])) << found.start;
        json frequencies;
        for (const auto& [position, percent] : candidates::frequencies_around(here.region, counts, found.start, 51))
          frequencies[std::to_string(position)] = percent;
        EXPECT_EQ(frequencies, wanted["allele_frequency_at_position"]) << found.start;
      }
    }
    EXPECT_EQ(at, 78U) << reads;
  }
}

// Upstream's own counts: SelectVariants in make_examples_test.py.
TEST_F(CandidatesGolden, SelectsTypesAsDeepVariantDoes) {
  std::map<std::string, int> selected;
  for (const auto& [start, golden] : realigned_) {
    const Partition here = partition(start, {});
    const auto counts = pileup::count_alleles(here.region, here.reads, here.reference(), kDefaults);
    for (const genome::Candidate& found : candidates::find(here.region, counts, {}, here.reference(), {})) {
      for (const char* types : {"all", "snps", "indels", "snps indels", "multi-allelics"})
        selected[types] += candidates::VariantTypes(types).selects(found) ? 1 : 0;
    }
  }
  EXPECT_EQ(selected, (std::map<std::string, int>{{"all", 78}, {"snps", 64}, {"indels", 11}, {"snps indels", 75}, {"multi-allelics", 3}}));
}

// --mode candidate_sweep: reads as they come, -2 after each partition, -1 after the region.
TEST_F(CandidatesGolden, SweepsTheSamePositions) {
  std::ifstream file(golden_ + "candidates/candidate_positions.json");
  const json expected = json::parse(file);
  std::vector<int64_t> swept;
  for (const auto& [start, golden] : realigned_) {
    const Partition here = partition_as_read(start, {}, kReads);
    const auto counts = pileup::count_alleles(here.region, here.reads, here.reference(), kDefaults);
    for (const int64_t position : candidates::positions(here.region, counts, {}, here.reference(), {})) swept.push_back(position);
    swept.push_back(-2);
  }
  swept.push_back(-1);
  EXPECT_EQ(json(swept), expected["golden.candidate_positions"]);
  EXPECT_EQ(swept.size(), 94U);
}

// No golden tracks the reads of the reference; what they must add up to is known.
TEST_F(CandidatesGolden, TracksTheReadsOfTheReferenceWithoutChangingAnythingElse) {
  const Partition here = partition(realigned_.begin()->first, {});
  const auto plain = pileup::count_alleles(here.region, here.reads, here.reference(), kDefaults);
  const auto tracked = candidates::positions(here.region, plain, {}, here.reference(), {});
  const auto counts = pileup::count_alleles(here.region, here.reads, here.reference(), kDefaults, tracked);
  const auto before = candidates::find(here.region, plain, {}, here.reference(), {});
  const auto found = candidates::find(here.region, counts, {}, here.reference(), {});
  ASSERT_EQ(found.size(), before.size());
  for (size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].allele_depth, before[i].allele_depth);
    EXPECT_EQ(found[i].depth, before[i].depth);
    EXPECT_EQ(found[i].read_support, before[i].read_support);
    const auto details = candidates::support_details(found[i].ref_support, counts[static_cast<size_t>(found[i].start - here.region.start)], here.reads);
    EXPECT_EQ(std::count_if(details.begin(), details.end(), [](const auto& each) { return !each.low_quality; }), found[i].allele_depth[0]);
  }
}

// In the run with flags the realigner left some reads as they were, so that alignments are taken from the vectors.
TEST_F(CandidatesGolden, NormalizesReadsAsDeepVariantDoes) {
  int compared = 0;
  for (const json& vector : json_lines(golden_ + "derived/normalized_reads_with_flags.jsonl")) {
    Partition here = partition(vector["partition_start"], {.min_mapq = 1});
    const auto read = std::find_if(here.reads.begin(), here.reads.end(), [&](const auto& each) { return each.key() == vector["read"]; });
    ASSERT_NE(read, here.reads.end());
    place(*read, vector["pos"], vector["cigar"]);
    const std::string before = genome::text(read->cigar);
    auto drawn = realign::normalize_for_counting(here.region, here.reads, here.reference());
    EXPECT_EQ(read->start, vector["counted_pos"]);
    EXPECT_EQ(genome::text(read->cigar), vector["counted_cigar"]);
    realign::swap_alignments(here.reads, drawn);
    EXPECT_EQ(read->start, vector["written_back"] ? vector["counted_pos"] : vector["pos"]);
    EXPECT_EQ(genome::text(read->cigar), vector["written_back"] ? vector["counted_cigar"].get<std::string>() : before);
    ++compared;
  }
  EXPECT_EQ(compared, 11);
}

void expect_equal(const genome::Candidate& found, const json& wanted, const json& depths, const json& depth) {
  EXPECT_EQ(found.start, wanted["start"]);
  EXPECT_EQ(found.ref, wanted["ref"]);
  EXPECT_EQ(json(found.alts), wanted["alts"]);
  EXPECT_EQ(json(found.allele_depth), depths) << found.start;
  EXPECT_EQ(found.depth, depth) << found.start;
}

// That run's realigner keeps alignments that the calling run's refuses; those are the reads of the vectors.
TEST_F(CandidatesGolden, FindsTheCandidatesOfTheRunWithFlags) {
  const std::vector<json> vectors = json_lines(golden_ + "derived/normalized_reads_with_flags.jsonl");
  std::vector<json> expected;  // one a candidate; the file has one an image
  for (const json& image : json_lines(golden_ + "examples/calling_with_flags.index.jsonl")) {
    if (expected.empty() || expected.back()["start"] != image["variant"]["start"]) expected.push_back(image["variant"]);
  }
  size_t at = 0;
  for (const auto& [start, golden] : realigned_) {
    Partition here = partition(start, {.min_mapq = 1});
    for (const json& vector : vectors) {
      for (genome::Read& read : here.reads) {
        if (vector["partition_start"] != start || read.key() != vector["read"]) continue;
        place(read, vector["pos"], vector["cigar"]);
      }
    }
    const auto drawn = realign::normalize_for_counting(here.region, here.reads, here.reference());
    const auto counts = pileup::count_alleles(here.region, here.reads, here.reference(), {.min_mapq = 1, .legacy = true});
    for (const genome::Candidate& found : candidates::find(here.region, counts, {}, here.reference(), {})) {
      ASSERT_LT(at, expected.size());
      const json& wanted = expected[at++];
      expect_equal(found, wanted, wanted["calls"][0]["info"]["AD"], wanted["calls"][0]["info"]["DP"][0]);
    }
  }
  EXPECT_EQ(at, 78U);
}

TEST_F(CandidatesGolden, ListsTheHaplotypesThatShowAnAllele) {
  std::map<int64_t, std::vector<json>> expected;  // by partition
  for (const json& image : json_lines(golden_ + "derived/pangenome/examples.index.jsonl")) {
    auto& here = expected[image["region"][1]];
    if (here.empty() || here.back()["start"] != image["start"]) here.push_back(image);
  }
  int compared = 0;
  for (const json& query : json_lines(golden_ + "derived/pangenome/haplotypes.jsonl.gz")) {
    const int64_t start = query["region"][1];
    Partition here = partition(start, {.min_mapq = 0, .keep_supplementary = true});
    std::vector<genome::Read> haplotypes;
    for (const json& each : query["haplotypes"]) {
      genome::Read read;
      read.name = each["name"];
      read.mapq = 90;
      read.contig = chr20_;
      place(read, each["pos"], each["cigar"]);
      read.bases = each["seq"];
      read.quality.assign(read.bases.size(), 30);
      haplotypes.push_back(std::move(read));
    }
    const auto drawn = realign::normalize_for_counting(here.region, here.reads, here.reference());
    const auto counts = pileup::count_alleles(here.region, here.reads, here.reference(), {});
    const auto panel = pileup::count_alleles(here.region, haplotypes, here.reference(), {});
    const auto found = candidates::find(here.region, counts, panel, here.reference(), {});
    ASSERT_EQ(found.size(), expected[start].size());
    for (size_t i = 0; i < found.size(); ++i) {
      const json& wanted = expected[start][i];
      expect_equal(found[i], wanted, wanted["AD"], wanted["DP"]);
      for (size_t alt = 0; alt < found[i].alts.size(); ++alt) {
        const json support = wanted["haplotype_support"].value(found[i].alts[alt], json::array());
        EXPECT_EQ(keys(found[i].haplotype_support[alt], haplotypes), support.get<std::set<std::string>>());
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 30);
}

TEST_F(CandidatesGolden, ImportsTheProposedVariants) {
  const std::vector<json> expected = json_lines(golden_ + "examples/vcf_candidate_importer_calling.index.jsonl");
  const std::string path = golden_ + "inputs/vcf_candidate_importer.indels.chr20.vcf.gz";
  formats::VcfReader reader(path);
  size_t at = 0;
  constexpr int64_t kEnd = 60000000;
  for (int64_t start = 59776999; start < kEnd; start += 1000) {  // no read lies there
    const genome::Region region{chr20_, start, std::min(start + 1000, kEnd)};
    const std::string bases = reference_->bases(region);
    std::vector<formats::VcfRecord> proposed;
    reader.for_each(region, reference_->contigs(), [&proposed](formats::VcfRecord&& record) { proposed.push_back(std::move(record)); });
    const std::vector<pileup::PositionCounts> counts(static_cast<size_t>(region.length()));
    for (const auto& found : candidates::import_candidates(region, counts, {region.start, bases}, {}, proposed, {path, false})) {
      ASSERT_LT(at, expected.size());
      const json& wanted = expected[at++]["variant"];
      expect_equal(found, wanted, wanted["calls"][0]["info"]["AD"], wanted["calls"][0]["info"]["DP"][0]);
    }
  }
  EXPECT_EQ(at, 22U);
}

// The eighth channel shows, row by row, the frequency of the alt that the read supports: no other values may stand there,
// and each alt's must.
TEST_F(CandidatesGolden, FindsTheFrequenciesThatTheImagesShow) {
  const formats::Reference grch38(golden_ + "inputs/grch38.chr20_and_21_10M.fa.gz");
  candidates::PopulationFrequencies population({golden_ + "inputs/cohort-chr20_and_chr21_100k.vcf.gz"}, grch38);
  const std::string images = unpacked(golden_ + "examples/allele_frequency.images.u8.gz");
  const auto color = [](float frequency) -> int {  // allele_frequency_channel.cc
    constexpr float kLeast = 0.00001F;
    if (frequency <= kLeast) return 0;
    return static_cast<int>((std::log10(kLeast) - std::log10(frequency)) / std::log10(kLeast) * 254);
  };
  int colored = 0;
  for (const json& line : json_lines(golden_ + "examples/allele_frequency.index.jsonl")) {
    genome::Candidate candidate;
    candidate.contig = *grch38.contigs().index_of(line["variant"]["chrom"].get<std::string>());
    candidate.start = line["variant"]["start"];
    candidate.ref = line["variant"]["ref"];
    candidate.alts = line["variant"]["alts"];
    std::vector<genome::Candidate> one{candidate};
    population.annotate(one);
    std::set<int> expected;
    for (const size_t alt : line["alt_allele_indices"]) expected.insert(color(one[0].population_frequency[alt]));
    std::set<int> shown;
    const size_t offset = line["image_offset"];
    for (size_t pixel = 0; pixel < 100 * 221; ++pixel) shown.insert(static_cast<uint8_t>(images[offset + pixel * 8 + 7]));
    shown.erase(0);
    expected.erase(0);
    EXPECT_EQ(shown, expected) << line["locus"];
    colored += expected.empty() ? 0 : 1;
  }
  EXPECT_EQ(colored, 8);  // the other candidates are new to the cohort
}

TEST_F(CandidatesGolden, SamplesReadsAsNumpyDoes) {
  std::ifstream file(golden_ + "derived/reservoir_sample.json");
  int compared = 0;
  for (const json& vector : json::parse(file)) {
    EXPECT_EQ(json(pileup::reservoir_sample(vector["n"], vector["k"])), vector["sample"]);
    ++compared;
  }
  EXPECT_EQ(compared, 6);
}

}  // namespace
}  // namespace haploom
