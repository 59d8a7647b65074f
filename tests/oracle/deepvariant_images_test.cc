// Images of DeepVariant 1.9 itself, byte for byte: its own golden examples, and pangenome images made by its rules.
//
// Local realignment is another stage's matter: its results are read from the data and laid over the reads here. The first
// test takes the candidates from upstream too, so that it compares the drawing alone; the second one runs normalisation,
// counting and candidates before it. samtools reads the BAM and the FASTA. Without the shared data: skipped.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "base/shared_data_test.h"
#include "candidates/candidates.h"
#include "realign/realign.h"
#include "tensor/tensor.h"

namespace haploom::tensor {
namespace {

using Json = nlohmann::json;
using SupportByKey = std::map<std::string, std::vector<std::string>>;  // allele -> read keys

constexpr int64_t kWindowStart = 9990000;  // of chr20: more than any read or image needs
constexpr int64_t kWindowEnd = 10020000;
constexpr int64_t kContigLength = 63025520;

std::string goldens() {
  return (base::shared_data() / "dv_goldens/").string();
}

std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string out;
  std::vector<char> piece(1 << 16);
  for (size_t n = 0; (n = fread(piece.data(), 1, piece.size(), pipe.get())) > 0;) out.append(piece.data(), n);
  return out;
}

std::vector<Json> json_lines(const std::string& text) {
  std::vector<Json> out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) out.push_back(Json::parse(line));
  return out;
}

std::vector<Json> json_file(const std::string& name) { return json_lines(output_of("cat " + goldens() + name)); }

struct Filter {
  int min_mapq = 5;
  int without_flags = 0xF04;  // unmapped, secondary, failed, duplicate, supplementary
};

genome::Read parse_sam(const std::vector<std::string>& field) {
  const int flag = std::stoi(field[1]);
  genome::Read read;
  read.name = field[0];
  read.number = (flag & 1) != 0 && (flag & 0x40) == 0 ? 1 : 0;
  read.mapq = static_cast<uint8_t>(std::stoi(field[4]));
  read.reverse = (flag & 0x10) != 0;
  read.start = std::stoll(field[3]) - 1;
  read.cigar = genome::parse_cigar(field[5]);
  read.end = read.start + genome::reference_length(read.cigar);
  read.template_length = std::stoi(field[8]);
  read.bases = field[9];
  for (const char q : field[10]) read.quality.push_back(static_cast<uint8_t>(q - 33));
  return read;
}

// Reads of the partition [start, end) in file order, as upstream's reader hands them on.
std::vector<genome::Read> reads_of(int64_t start, int64_t end, const Filter& filter) {
  const std::string bam = goldens() + "inputs/NA12878_S1.chr20.10_10p1mb.bam";
  std::istringstream lines(output_of("samtools view -q " + std::to_string(filter.min_mapq) + " -F " +
                                     std::to_string(filter.without_flags) + " " + bam + " chr20:" +
                                     std::to_string(start + 1) + "-" + std::to_string(end)));
  std::vector<genome::Read> out;
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> field;
    std::istringstream fields(line);
    for (std::string text; field.size() < 11 && std::getline(fields, text, '\t');) field.push_back(text);
    const int flag = std::stoi(field[1]);
    const bool mate_elsewhere = (flag & 0xB) == 1 && field[6] != "=" && field[6] != "*";
    if (!mate_elsewhere) out.push_back(parse_sam(field));
  }
  return out;
}

// Alignments by read key; `from` is the start that the read had, where a key has several records.
struct Realigned {
  std::string key;
  std::optional<int64_t> from;
  int64_t start = 0;
  std::string cigar;
};

void lay_over(std::vector<genome::Read>& reads, const std::vector<Realigned>& changes) {
  for (const Realigned& change : changes) {
    for (genome::Read& read : reads) {
      if (read.key() != change.key || read.start != change.from.value_or(read.start)) continue;
      read.start = change.start;
      read.cigar = genome::parse_cigar(change.cigar);
      read.end = read.start + genome::reference_length(read.cigar);
    }
  }
}

std::vector<genome::Support> support(const std::vector<std::string>& alts, const SupportByKey& by_key,
                                     const std::vector<genome::Read>& reads) {
  std::multimap<std::string, int32_t> index;
  for (size_t i = 0; i < reads.size(); ++i) index.emplace(reads[i].key(), static_cast<int32_t>(i));
  std::vector<genome::Support> out(alts.size());
  for (size_t alt = 0; alt < alts.size(); ++alt) {
    const auto keys = by_key.find(alts[alt]);
    if (keys == by_key.end()) continue;
    for (const std::string& key : keys->second) {
      for (auto [at, end] = index.equal_range(key); at != end; ++at) out[alt].push_back(at->second);
    }
  }
  return out;
}

genome::Candidate candidate_of(const Json& variant) {
  genome::Candidate candidate;
  candidate.start = variant["start"];
  candidate.ref = variant["ref"];
  candidate.alts = variant["alts"].get<std::vector<std::string>>();
  return candidate;
}

// Rows [first, first + count) of two images of the same shape.
bool equal_rows(const ImageShape& shape, const std::vector<uint8_t>& drawn, const char* golden, int first, int count) {
  const size_t stride = static_cast<size_t>(shape.width) * shape.channels.size();
  const size_t from = stride * static_cast<size_t>(first);
  return std::memcmp(drawn.data() + from, golden + from, stride * static_cast<size_t>(count)) == 0;
}

class Goldens : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(goldens() + "derived/pangenome")) GTEST_SKIP() << "no data in " << goldens();
    const std::string fasta = output_of("samtools faidx " + goldens() + "inputs/ucsc.hg19.chr20.unittest.fasta.gz chr20:" +
                                        std::to_string(kWindowStart + 1) + "-" + std::to_string(kWindowEnd));
    for (size_t i = fasta.find('\n'); i < fasta.size(); ++i) {
      if (fasta[i] != '\n') bases_ += static_cast<char>(std::toupper(fasta[i]));
    }
    ASSERT_EQ(static_cast<int64_t>(bases_.size()), kWindowEnd - kWindowStart);
    for (const Json& line : json_file("candidates/calling_candidates.jsonl")) {
      read_support_[line["start"]] = line["allele_support"].get<SupportByKey>();
    }
    for (const Json& line : json_file("derived/realigner_calling.jsonl")) realigned_.push_back(line);
  }

  pileup::ReferenceWindow reference() const { return {kWindowStart, bases_}; }

  // Realigned reads of the partition that holds the position.
  std::vector<genome::Read>& reads_around(int64_t position, const Filter& filter) {
    for (const Json& partition : realigned_) {
      if (position < partition["partition_start"] || position >= partition["partition_end"]) continue;
      auto [at, fresh] = reads_.try_emplace(partition["partition_start"]);
      if (fresh) {
        at->second = reads_of(partition["partition_start"], partition["partition_end"], filter);
        std::vector<Realigned> changes;
        for (const Json& line : partition["reads_changed"]) changes.push_back({line[0], line[1], line[3], line[4]});
        lay_over(at->second, changes);
      }
      return at->second;
    }
    throw std::runtime_error("a golden outside the partitions");
  }

  // With the reads and supports of the calling run; the candidates of a training run are some of its own.
  void compare_images(const std::string& example, const ImageShape& shape, size_t images) {
    Painter painter(shape, {.min_mapq = 5});
    const std::string blob = output_of("gzip -dc " + goldens() + "examples/" + example + ".images.u8.gz");
    const auto index = json_file("examples/" + example + ".index.jsonl");
    ASSERT_EQ(index.size(), images);
    std::vector<uint8_t> drawn(shape.bytes());
    for (const Json& line : index) {
      genome::Candidate candidate = candidate_of(line["variant"]);
      const auto& reads = reads_around(candidate.start, {});
      candidate.read_support = support(candidate.alts, read_support_[candidate.start], reads);
      painter.begin(&reads, nullptr, reference(), kContigLength);
      ASSERT_TRUE(painter.draw(candidate, line["alt_allele_indices"].get<genome::AltSet>(), drawn));
      EXPECT_TRUE(equal_rows(shape, drawn, blob.data() + line["image_offset"].get<size_t>(), 0, shape.rows())) << line["locus"];
    }
  }

  std::string bases_;
  std::map<int64_t, SupportByKey> read_support_;  // by the candidate's start
  std::vector<Json> realigned_;
  std::map<int64_t, std::vector<genome::Read>> reads_;  // by the partition's start
};

// Alignments that the realigner makes only where normalisation follows, by the partition's start.
std::map<int64_t, std::vector<Realigned>> realigned_with_flags() {
  std::map<int64_t, std::vector<Realigned>> out;
  for (const Json& line : json_file("derived/normalized_reads_with_flags.jsonl")) {
    out[line["partition_start"]].push_back({line["read"], std::nullopt, line["pos"], line["cigar"]});
  }
  return out;
}

std::map<int64_t, std::vector<genome::Read>> golden_haplotypes() {
  std::map<int64_t, std::vector<genome::Read>> out;
  for (const Json& line : json_lines(output_of("gzip -dc " + goldens() + "derived/pangenome/haplotypes.jsonl.gz"))) {
    for (const Json& from : line["haplotypes"]) {
      genome::Read read;
      read.name = from["name"];
      read.mapq = 90;
      read.start = from["pos"];
      read.cigar = genome::parse_cigar(from["cigar"].get<std::string>());
      read.end = read.start + genome::reference_length(read.cigar);
      read.bases = from["seq"];
      read.quality.assign(read.bases.size(), 30);
      out[line["region"][1]].push_back(read);
    }
  }
  return out;
}

}  // namespace

TEST_F(Goldens, OfACallingRunAreDrawnByteForByte) {
  ImageShape shape;
  shape.height_pangenome = 0;
  compare_images("calling", shape, 84);
}

TEST_F(Goldens, OfReadsAlignedToAltsAsChannelsAreDrawnByteForByte) {
  ImageShape shape;
  shape.height_pangenome = 0;
  shape.channels = parse_channel_list("BASE_CHANNELS", AltAligned::kDiffChannels);
  compare_images("alt_aligned_diff_channels", shape, 49);
}

TEST_F(Goldens, OfReadsAlignedToAltsAsRowsAreDrawnByteForByte) {
  ImageShape shape;
  shape.height_pangenome = 0;
  shape.channels = parse_channel_list("BASE_CHANNELS", AltAligned::kRows);
  shape.alt_aligned_rows = true;
  compare_images("alt_aligned_rows", shape, 49);
}

TEST_F(Goldens, OfThePangenomeAreDrawnByteForByte) {
  const ImageShape shape;
  Painter painter(shape, {});
  const std::string blob = output_of("gzip -dc " + goldens() + "derived/pangenome/examples.images.u8.gz");
  const auto index = json_file("derived/pangenome/examples.index.jsonl");
  ASSERT_EQ(index.size(), 42U);
  auto haplotypes = golden_haplotypes();
  auto changes = realigned_with_flags();
  std::map<int64_t, std::vector<genome::Candidate>> found;
  std::vector<uint8_t> drawn(shape.bytes());
  for (const Json& line : index) {
    const genome::Region partition{0, line["region"][1], line["region"][2]};
    auto& reads = reads_around(line["start"], {.min_mapq = 0, .without_flags = 0x704});
    if (!found.contains(partition.start)) {
      lay_over(reads, changes[partition.start]);
      auto as_drawn = realign::normalize_for_counting(partition, reads, reference());
      found[partition.start] = candidates::find(
          partition, pileup::count_alleles(partition, reads, reference(), {}),
          pileup::count_alleles(partition, haplotypes[partition.start], reference(), {}), reference(), {});
      realign::swap_alignments(reads, as_drawn);
    }
    const auto& here = found[partition.start];
    const auto candidate =
        std::find_if(here.begin(), here.end(), [&](const genome::Candidate& c) { return c.start == line["start"]; });
    ASSERT_NE(candidate, here.end()) << line["start"];
    EXPECT_EQ(candidate->alts, line["alts"].get<std::vector<std::string>>());
    EXPECT_EQ(candidate->allele_depth, line["AD"].get<std::vector<int>>());
    painter.begin(&reads, &haplotypes[partition.start], reference(), kContigLength);
    ASSERT_TRUE(painter.draw(*candidate, line["alt_allele_indices"].get<genome::AltSet>(), drawn));
    const char* golden = blob.data() + line["image_offset"].get<size_t>();
    EXPECT_TRUE(equal_rows(shape, drawn, golden, 0, shape.height_pangenome)) << line["start"];
    EXPECT_TRUE(equal_rows(shape, drawn, golden, shape.height_pangenome, shape.height_reads)) << line["start"];
  }
}

}  // namespace haploom::tensor
