// Writes made-up inputs of postprocess_variants at the scale of a genome: PREFIX.fa with its index, PREFIX.cvo in shards and
// out of order as call_variants leaves them, PREFIX.gvcf in shards.
//
//   make_call_outputs OUTPUTS REFERENCE_RECORDS SHARDS PREFIX
//
// A site each hundred bases, one in twenty with two alts; reference records between, as many as asked for. No random device:
// the same words give the same bytes.
//
// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "formats/records.h"
#include "formats/sharded_name.h"
#include "formats/tfrecord.h"

namespace {

using namespace haploom;
constexpr int64_t kSpacing = 100;

formats::VariantRecord record_at(int64_t start, const std::string& ref, std::vector<std::string> alts) {
  formats::VariantRecord out;
  out.contig = "chr1";
  out.start = start;
  out.end = start + static_cast<int64_t>(ref.size());
  out.ref = ref;
  out.alts = std::move(alts);
  out.calls.push_back({"sample", {-1, -1}, false, {}, {}});
  return out;
}

std::vector<formats::RecordWriter> writers(const std::string& base, int shards) {
  const formats::ShardedName name{base, shards, ".tfrecord.gz"};
  std::vector<formats::RecordWriter> out;
  for (int i = 0; i < shards; ++i) out.emplace_back(name.file(i));
  return out;
}

void finish(std::vector<formats::RecordWriter>& all) {
  for (formats::RecordWriter& writer : all) writer.finish();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return fmt::print(stderr, "make_call_outputs OUTPUTS REFERENCE_RECORDS SHARDS PREFIX\n"), 2;
  const int64_t outputs = std::atoll(argv[1]), blocks = std::atoll(argv[2]);
  const int shards = std::atoi(argv[3]);
  const std::string prefix = argv[4];
  std::mt19937 random(1);
  const int64_t sites = outputs * 10 / 11;
  const int64_t length = (sites + 1) * kSpacing;
  std::string bases(static_cast<size_t>(length), 'A');
  for (char& base : bases) base = "ACGT"[random() & 3U];
  std::ofstream(prefix + ".fa") << ">chr1\n" << bases << "\n";
  std::ofstream(prefix + ".fa.fai") << fmt::format("chr1\t{}\t6\t{}\t{}\n", length, length, length + 1);

  auto cvos = writers(prefix + ".cvo", shards);
  std::vector<std::string> waiting;  // call_variants' batches come in any order
  const auto flush = [&] {
    std::shuffle(waiting.begin(), waiting.end(), random);
    for (const std::string& bytes : waiting) cvos[random() % static_cast<unsigned>(shards)].write(bytes);
    waiting.clear();
  };
  for (int64_t site = 0, made = 0; made < outputs; ++site) {
    const int64_t start = site * kSpacing + 50;
    const std::string ref = bases.substr(static_cast<size_t>(start), random() % 8 == 0 ? 4 : 1);
    std::string other = ref.substr(0, 1);
    if (ref.size() == 1) other = ref == "A" ? "C" : "A";
    std::vector<std::string> alts = {other};
    if (site % 20 == 0) alts.push_back(ref + "TT");
    formats::VariantRecord record = record_at(start, ref, alts);
    const int depth = 20 + static_cast<int>(random() % 30), shown = static_cast<int>(random() % 20);
    auto& info = record.calls[0].info;
    info["DP"] = {depth};
    info["AD"] = {depth - shown};
    info["VAF"] = {};
    for (size_t i = 0; i < alts.size(); ++i) info["AD"].emplace_back(i == 0 ? shown : 0), info["VAF"].emplace_back(i == 0 ? double(shown) / depth : 0.0);
    const std::string variant = formats::encode(record);
    for (const genome::AltSet& set : genome::alt_sets(static_cast<int>(alts.size()))) {
      const double sure = 0.5 + static_cast<double>(random() % 1000) / 2001, left = 1 - sure;
      const std::vector<double> answer = {left / 3, sure, left * 2 / 3};
      waiting.push_back(formats::encode(formats::CallOutputRecord{variant, set, answer, {}}));
      ++made;
    }
    if (waiting.size() > 4096) flush();
  }
  flush();
  finish(cvos);

  auto records = writers(prefix + ".gvcf", shards);
  for (int64_t i = 0; i < blocks; ++i) {
    const int64_t start = length * i / blocks, end = length * (i + 1) / blocks;
    if (start == end) continue;
    formats::VariantRecord record = record_at(start, bases.substr(static_cast<size_t>(start), 1), {"<*>"});
    record.end = end;
    record.calls[0].genotype = {0, 0};
    record.calls[0].likelihoods = {0, -9.3 - static_cast<double>(random() % 100), -110.5};
    record.calls[0].info = {{"GQ", {static_cast<int>(random() % 51)}}, {"MIN_DP", {30}}};
    records[static_cast<size_t>(start / 1000 % shards)].write(formats::encode(record));
  }
  finish(records);
  return 0;
}
