#include "gbz/gbz.h"

#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <set>

#include "base/signals.h"
#include "formats/line_reader.h"
#include "formats/guarded_file.h"
#include "gbz/scratch_test.h"

namespace haploom::gbz {
namespace {

std::vector<std::string> rows(const Gbz& gbz) {
  std::vector<std::string> out{std::string(kPathTableHeader)};
  Walker walker(gbz);
  for (uint64_t path = 0; path < gbz.path_count(); ++path) out.push_back(path_row(gbz, walker, path));
  return out;
}

std::vector<std::string> lines_of(const std::string& file) {
  formats::LineReader reader(file, "test", Reason::kGbzFormat);
  std::vector<std::string> out;
  while (const auto line = reader.next()) out.emplace_back(*line);
  return out;
}

// The table of a file: NAME.vK.paths.tsv where versions differ, else NAME.paths.tsv, perhaps gzipped.
std::string table_of(const std::filesystem::path& file) {
  const std::string whole = file.stem().string(), name = whole.substr(0, whole.rfind(".v"));
  for (const std::string& stem : {whole, name})
    for (const char* ending : {".paths.tsv", ".paths.tsv.gz"})
      if (const auto table = shared_gbz() / "paths" / (stem + ending); std::filesystem::exists(table)) return table.string();
  return {};
}

std::vector<std::filesystem::path> shared_files() {
  std::vector<std::filesystem::path> out;
  for (const auto& entry : std::filesystem::directory_iterator(shared_gbz() / "files"))
    if (entry.path().extension() == ".gbz") out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

TEST(Gbz, GivesThePathTablesOfAllSharedFiles) {
  NEEDS_SHARED_GBZ();
  const auto files = shared_files();
  EXPECT_EQ(files.size(), 136U);
  for (const auto& file : files) {
    const formats::GuardedFile mapped(file.string(), "test", Reason::kGbzFormat);
    const Gbz gbz = Gbz::parse(mapped.bytes(), file.string());
    const std::string table = table_of(file);
    if (table.empty()) {
      EXPECT_EQ(file.filename().string().substr(0, 10), "own.empty.");
      EXPECT_EQ(gbz.path_count(), 0U);
    } else {
      EXPECT_EQ(rows(gbz), lines_of(table)) << file;
    }
  }
}

TEST(Gbz, WritesTheRecordsThatGbwtgraphWrites) {
  NEEDS_SHARED_GBZ();
  for (const auto& entry : std::filesystem::directory_iterator(shared_gbz() / "own_gfa")) {
    const std::string name = entry.path().stem().string();
    if (name == "own.ref_fragments") continue;  // gbwtgraph lists paths by component, we as the GFA does
    std::string bytes;
    build_gbz(entry.path().string(), kMaxNodeBases, 1, [&](std::string_view part) { bytes += part; });
    const Gbz ours = parsed(bytes);
    const std::string file = (shared_gbz() / "files" / (name + ".v1.gbz")).string();
    const formats::GuardedFile mapped(file, "test", Reason::kGbzFormat);
    const Gbz theirs = Gbz::parse(mapped.bytes(), file);
    ASSERT_EQ(ours.alphabet_size(), theirs.alphabet_size()) << name;
    ASSERT_EQ(ours.first_code(), theirs.first_code()) << name;
    EXPECT_EQ(ours.sequence_starts(), theirs.sequence_starts()) << name;
    EXPECT_EQ(rows(ours), rows(theirs)) << name;
    Record a, b;
    for (NodeCode code = ours.first_code(); code < ours.alphabet_size(); ++code) {
      ours.record(code, a);
      theirs.record(code, b);
      ASSERT_EQ(a.edges, b.edges) << name << " code " << code;
      ASSERT_EQ(a.runs, b.runs) << name << " code " << code;
      EXPECT_EQ(ours.label(node_id(code)), theirs.label(node_id(code))) << name;
    }
  }
}

TEST(Gbz, ReadsBackWhatWasBuiltInEveryVersion) {
  for (int version = 1; version <= 3; ++version) {
    const std::string bytes = built(kGraph, version);
    const Gbz gbz = parsed(bytes);
    EXPECT_EQ(gbz.version(), version);
    EXPECT_EQ(gbz.reference_samples(), (std::vector<std::string>{"CHM13", "GRCh38"}));
    ASSERT_EQ(gbz.path_count(), 6U);
    EXPECT_EQ(gbz.visit_total(), 2U * (3 + 2 + 3 + 3 + 4 + 3) + 12);
    const std::vector<std::string> names = {"GRCh38#0#chr1[1000]", "GRCh38#0#chr1[5000]", "CHM13#0#chr1", "HG1#1#ctg#0", "HG1#2#ctg#4000000000", "plain"};
    const std::vector<std::string> bases = {"GATTACAATTGNAC", "TTGNACCG", "GATTACACTTGNAC", "GTNCAAGTGTAATC", "CGCGCGCG", "GATTACAAGTNCAA"};
    const std::vector<Sense> senses = {Sense::kReference, Sense::kReference, Sense::kReference, Sense::kHaplotype, Sense::kHaplotype, Sense::kGeneric};
    for (uint64_t path = 0; path < names.size(); ++path) {
      EXPECT_EQ(gbz.composed_name(path), names[path]);
      EXPECT_EQ(gbz.sense(path), senses[path]);
      EXPECT_EQ(bases_of(gbz, 2 * path), bases[path]) << names[path];
      std::string back(bases[path].rbegin(), bases[path].rend());
      for (char& base : back) base = complement_gbz(base);
      EXPECT_EQ(bases_of(gbz, 2 * path + 1), back) << names[path];
    }
    EXPECT_EQ(gbz.path_name(5).phase, kNoPhase);
    EXPECT_EQ(gbz.first_code(), 22U);
    EXPECT_EQ(gbz.label(13), "C");
    EXPECT_EQ(gbz.label(15), "");  // nobody visits it
    EXPECT_EQ(gbz.label(10), "");
    EXPECT_EQ(gbz.label(17), "");
    EXPECT_EQ(gbz.segment_count(), 0U);
    Record record;
    gbz.record(2 * 15, record);
    EXPECT_TRUE(record.edges.empty());
    gbz.record(1'000'000, record);
    EXPECT_TRUE(record.edges.empty());
  }
}

TEST(Gbz, TableRowHasLengthHashAndVisits) {
  const std::string bytes = built(kGraph);
  const Gbz gbz = parsed(bytes);
  Walker walker(gbz);
  // printf GATTACAATTGNAC | sha256sum
  EXPECT_EQ(path_row(gbz, walker, 0), "0\tGRCh38\t0\tchr1\t1000\t14\t8261147c914aaa1788f7c5c70818b1e9a531d04291e8e78496da9e6c11069b4a\t3\tGRCh38#0#chr1[1000]\treference");
}

TEST(Gbz, EveryPlaceHasOnePredecessor) {
  const std::string bytes = built(kGraph, 3);
  const Gbz gbz = parsed(bytes);
  std::set<std::pair<NodeCode, uint64_t>> seen;
  uint64_t steps = 0;
  Walker walker(gbz);
  for (const Visit start : gbz.sequence_starts())
    for (std::optional<Visit> at = start; at; at = walker.next(*at), ++steps) EXPECT_TRUE(seen.emplace(at->node, at->visit).second);
  EXPECT_EQ(steps + gbz.sequence_starts().size(), gbz.visit_total());
}

// In a child, since a stop flag once set stays: how `act` ends after SIGTERM.
template <typename Act>
int after_sigterm(Act act) {
  const pid_t child = ::fork();
  if (child == 0) {
    base::install_signal_handlers();
    ::raise(SIGTERM);
    try {
      act();
    } catch (const base::Interrupted& stop) {
      ::_exit(stop.signal());
    }
    ::_exit(0);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

TEST(Gbz, ReadingWalkingAndBuildingEndOnASignal) {
  const std::string bytes = built(kGraph), compressed = built(kGraph, 3);
  const Gbz gbz = parsed(bytes);
  Walker walker(gbz);
  EXPECT_EQ(after_sigterm([&] { parsed(bytes); }), SIGTERM);
  EXPECT_EQ(after_sigterm([&] { parsed(compressed); }), SIGTERM);
  EXPECT_EQ(after_sigterm([&] { path_row(gbz, walker, 0); }), SIGTERM);
  EXPECT_EQ(after_sigterm([&] { built(kGraph); }), SIGTERM);
}

TEST(Gbz, ComplementKeepsCaseAndSwapsSAndW) {
  EXPECT_EQ(complement_gbz('A'), 'T');
  EXPECT_EQ(complement_gbz('c'), 'g');
  EXPECT_EQ(complement_gbz('S'), 'W');
  EXPECT_EQ(complement_gbz('U'), 'A');
  EXPECT_EQ(complement_gbz('B'), 'V');
  EXPECT_EQ(complement_gbz('*'), 'N');
}

}  // namespace
}  // namespace haploom::gbz
