// The 610 golden queries: what DeepVariant 1.9's own library answers.
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <sstream>

#include "formats/line_reader.h"
#include "haplotypes/fixtures.h"
#include "haplotypes/haplotypes.h"

namespace haploom::haplotypes {
namespace {

namespace fs = std::filesystem;

std::string sha256(const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::string out;
  for (unsigned i = 0; i < size; ++i) out += fmt::format("{:02x}", digest[i]);
  return out;
}

std::vector<std::string> fields(std::string_view line) {
  std::vector<std::string> out;
  std::istringstream in{std::string(line)};
  for (std::string field; std::getline(in, field, '\t');) out.push_back(field);
  return out;
}

std::string nodes_text(const std::vector<uint64_t>& ids) {
  std::string text;
  for (const uint64_t id : ids) text += std::to_string(id) + ",";
  return text;
}

std::string walk_text(const std::vector<gbz::NodeCode>& walk) {
  std::string text;
  for (const gbz::NodeCode code : walk) text += (gbz::is_reverse(code) ? "<" : ">") + std::to_string(gbz::node_id(code));
  return text;
}

std::string owner_name(const shared_image::Pangenome& pangenome, const shared_image::VisitOwner& owner) {
  const shared_image::PathInfo path = pangenome.path(owner.path);
  return fmt::format("{}#{}#{}@{}", path.sample, path.phase, path.contig, path.fragment);
}

// NAME.GRCh38.chr20.tsv.gz asks NAME.v1.gbz.
fs::path graph_of(const fs::path& queries) {
  std::string name = queries.filename().string();
  while (name.find('.') != std::string::npos) {
    name.resize(name.rfind('.'));
    const fs::path graph = queries.parent_path().parent_path() / "files" / (name + ".v1.gbz");
    if (fs::exists(graph)) return graph;
  }
  return {};
}

std::optional<uint64_t> path_named(const shared_image::Pangenome& pangenome, const std::string& sample, const std::string& contig,
                                   const std::string& fragment) {
  for (const uint32_t index : pangenome.indexed_paths()) {
    const auto path = pangenome.path(index);
    if (path.sample == sample && path.contig == contig && std::to_string(path.fragment) == fragment) return index;
  }
  return std::nullopt;
}

class GoldenFile {
 public:
  explicit GoldenFile(const fs::path& queries) : lines_(queries.string(), "haplotypes", Reason::kReadGbz), image_(graph_of(queries)) {}

  // How many queries agreed.
  int run() {
    while (const auto line = lines_.next()) {
      if (line->starts_with('#')) continue;
      const auto columns = fields(*line);
      columns[0] == "Q" ? ask(columns) : expect_piece(columns);
      if (testing::Test::HasFatalFailure()) break;
    }
    return queries_;
  }

 private:
  void ask(const std::vector<std::string>& q) {
    trace_ = fmt::format("query {} {}:{}-{}", q[1], q[3], q[4], q[5]);
    SCOPED_TRACE(trace_);
    const auto path = path_named(image_.pangenome(), q[2], q[3], q[7]);
    ASSERT_TRUE(path);
    const uint64_t from = std::stoull(q[4]), to = std::stoull(q[5]);
    answer_ = query(image_.pangenome(), *path, from + (to - from) / 2, std::stoull(q[6]));
    ASSERT_TRUE(answer_);
    ASSERT_EQ(std::to_string(answer_->reference_start), q[8]);
    ASSERT_EQ(std::to_string(answer_->node_ids.size()), q[9]);
    ASSERT_EQ(sha256(nodes_text(answer_->node_ids)), q[10]);
    ASSERT_EQ(std::to_string(answer_->pieces.size()), q[11]);
    ASSERT_EQ(std::to_string(answer_->reference_piece), q[12]);
    ++queries_;
  }

  void expect_piece(const std::vector<std::string>& h) {
    SCOPED_TRACE(trace_ + " piece " + h[1]);
    const Piece& piece = answer_->pieces.at(std::stoul(h[1]));
    const Sequence& sequence = answer_->sequences.at(piece.sequence);
    const auto owner = image_.pangenome().owner(piece.start);
    ASSERT_EQ(piece.is_reference ? "R" : "H", h[0]);
    ASSERT_EQ(owner_name(image_.pangenome(), owner), h[2]);
    ASSERT_EQ(owner.reverse ? "-" : "+", h[3]);
    ASSERT_EQ(std::to_string(owner.offset), h[4]);
    ASSERT_EQ(std::to_string(sequence.bases.size()), h[5]);
    ASSERT_EQ(sha256(sequence.bases), h[6]);
    ASSERT_EQ(std::to_string(sequence.walk.size()), h[7]);
    ASSERT_EQ(sha256(walk_text(sequence.walk)), h[8]);
    ASSERT_EQ(piece.is_reference ? "*" : genome::text(sequence.cigar), h[10]);
  }

  formats::LineReader lines_;
  Image image_;
  std::optional<WindowHaplotypes> answer_;
  std::string trace_;
  int queries_ = 0;
};

TEST(Haplotypes, EveryGoldenQueryIsAnsweredAsDeepVariantDoes) {
  std::vector<fs::path> files;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(shared_data() / "gbz" / "queries", none)) files.push_back(entry.path());
  if (files.empty()) GTEST_SKIP() << "no golden queries at " << shared_data();
  std::sort(files.begin(), files.end());
  int queries = 0;
  for (const auto& file : files) {
    SCOPED_TRACE(file.filename().string());
    queries += GoldenFile(file).run();
    ASSERT_FALSE(HasFatalFailure());
  }
  EXPECT_EQ(queries, 610);
}

}  // namespace
}  // namespace haploom::haplotypes
