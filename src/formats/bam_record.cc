#include "formats/bam_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace haploom::formats {
namespace {

// Two bases of a packed byte as two letters, in memory order.
constexpr auto kPairs = [] {
  constexpr std::string_view kLetters = "=ACMGRSVTWYHKDBN";
  std::array<std::array<char, 2>, 256> out{};
  for (size_t i = 0; i < out.size(); ++i) out[i] = {kLetters[i >> 4], kLetters[i & 15]};
  return out;
}();

void unpack(const uint8_t* packed, size_t n, std::string& out) {
  out.resize(n);
  for (size_t i = 0; i + 1 < n; i += 2) std::memcpy(out.data() + i, kPairs[packed[i / 2]].data(), 2);
  if (n % 2) out[n - 1] = kPairs[packed[n / 2]][0];
}

int32_t haplotype_tag(const bam1_t& record) {
  if (bam_get_l_aux(&record) == 0) return genome::kNoHaplotypeTag;
  const uint8_t* tag = bam_aux_get(&record, "HP");
  if (tag == nullptr || std::strchr("cCsSiI", *tag) == nullptr) return genome::kNoHaplotypeTag;
  const int64_t value = bam_aux2i(tag);
  return std::in_range<int32_t>(value) ? static_cast<int32_t>(value) : genome::kNoHaplotypeTag;
}

std::vector<uint8_t> qualities(const bam1_t& record, size_t n) {
  const uint8_t* quality = bam_get_qual(&record);
  if (*quality == 0xFF) throw BadRecord("has no base qualities");
  return {quality, quality + n};
}

// Source: AssignAlignedQuality in nucleus/io/sam_reader.cc (DeepVariant 1.9)
std::vector<uint8_t> original_qualities(const bam1_t& record, size_t n) {
  constexpr char kFirst = '!', kLast = '~';
  const uint8_t* tag = bam_aux_get(&record, "OQ");
  const char* text = tag == nullptr ? nullptr : bam_aux2Z(tag);
  if (text == nullptr) throw BadRecord("has no original qualities (OQ)");
  const std::string_view letters(text);
  if (letters.size() != n) throw BadRecord(fmt::format("has {} bases but {} original qualities (OQ)", n, letters.size()));
  std::vector<uint8_t> out;
  out.reserve(n);
  for (const char letter : letters) {
    if (letter < kFirst || letter > kLast) throw BadRecord("has original qualities (OQ) that are no qualities");
    out.push_back(static_cast<uint8_t>(letter - kFirst));
  }
  return out;
}

genome::Cigar cigar_of(const bam1_t& record) {
  genome::Cigar out;
  out.reserve(record.core.n_cigar);
  const uint32_t* packed = bam_get_cigar(&record);
  for (uint32_t i = 0; i < record.core.n_cigar; ++i) {
    const char op = bam_cigar_opchr(packed[i]);
    if (std::string_view("MIDNSHP=X").find(op) == std::string_view::npos) throw BadRecord(fmt::format("has the CIGAR operation '{}'", op));
    if (bam_cigar_oplen(packed[i]) > 0) out.push_back({op, static_cast<int32_t>(bam_cigar_oplen(packed[i]))});
  }
  return out;
}

// Placed on another contig than its mate, without the aligner calling the pair proper.
bool improperly_placed(const bam1_core_t& core) {
  return (core.flag & BAM_FPAIRED) && !(core.flag & BAM_FPROPER_PAIR) && !(core.flag & BAM_FMUNMAP) && core.mtid >= 0 &&
         core.mtid != core.tid;
}

}  // namespace

bool passes(const bam1_t& record, const ReadFilter& filter) {
  const bam1_core_t& core = record.core;
  int unwanted = BAM_FUNMAP | BAM_FQCFAIL;
  if (!filter.keep_duplicates) unwanted |= BAM_FDUP;
  if (!filter.keep_secondary) unwanted |= BAM_FSECONDARY;
  if (!filter.keep_supplementary) unwanted |= BAM_FSUPPLEMENTARY;
  return !(core.flag & unwanted) && core.qual >= filter.min_mapq && core.l_qseq > 0 && core.n_cigar > 0 && !improperly_placed(core);
}

genome::Read decoded(const bam1_t& record, int contig, bool use_original_qualities) {
  const bam1_core_t& core = record.core;
  const auto length = static_cast<size_t>(core.l_qseq);
  genome::Read out;
  out.cigar = cigar_of(record);
  if (genome::read_length(out.cigar) != core.l_qseq) {
    throw BadRecord(fmt::format("has {} bases but a CIGAR for {}", core.l_qseq, genome::read_length(out.cigar)));
  }
  out.quality = use_original_qualities ? original_qualities(record, length) : qualities(record, length);
  unpack(bam_get_seq(&record), length, out.bases);
  out.name.assign(bam_get_qname(&record), static_cast<size_t>(core.l_qname - core.l_extranul - 1));
  out.number = (core.flag & BAM_FPAIRED) && !(core.flag & BAM_FREAD1) ? 1 : 0;
  out.mapq = core.qual;
  out.reverse = (core.flag & BAM_FREVERSE) != 0;
  out.haplotype_tag = haplotype_tag(record);
  out.contig = contig;
  out.start = core.pos;
  out.end = core.pos + genome::reference_length(out.cigar);
  out.template_length = static_cast<int32_t>(std::clamp<int64_t>(core.isize, INT32_MIN, INT32_MAX));
  return out;
}

std::string name_of(const bam1_t& record) {
  if (record.data == nullptr || record.l_data <= 0) return "?";
  const auto most = std::min<size_t>(record.core.l_qname, static_cast<size_t>(record.l_data));
  return {bam_get_qname(&record), strnlen(bam_get_qname(&record), most)};
}

}  // namespace haploom::formats
