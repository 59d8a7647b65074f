#include "formats/alignments.h"

#include <fmt/format.h>
#include <htslib/hts.h>
#include <htslib/sam.h>

#include <filesystem>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "formats/bam_record.h"
#include "formats/htslib_quiet.h"
#include "formats/log_once.h"
#include "formats/reads_index.h"

namespace haploom::formats {
namespace {

namespace fs = std::filesystem;

using FilePointer = std::unique_ptr<htsFile, int (*)(htsFile*)>;
using HeaderPointer = std::unique_ptr<sam_hdr_t, void (*)(sam_hdr_t*)>;

[[noreturn]] void refuse(std::string message, std::string remedy) {
  throw Error{Exit::kInput, Reason::kReads, "formats", std::move(message), std::move(remedy)};
}

// A kstring_t that frees itself.
struct Text {
  kstring_t value = KS_INITIALIZE;
  ~Text() { ks_free(&value); }
  std::string_view view() const { return {value.s == nullptr ? "" : value.s, value.l}; }
};

FilePointer open_reads(const std::string& path) {
  std::error_code problem;
  if (!fs::exists(path, problem)) refuse(fmt::format("reads '{}' do not exist", path), "give the path of a BAM or CRAM file");
  if (fs::is_directory(path, problem)) refuse(fmt::format("reads '{}' are a directory", path), "give the path of a BAM or CRAM file");
  FilePointer file(hts_open(path.c_str(), "r"), hts_close);
  if (!file) refuse(fmt::format("reads '{}' cannot be opened, or are neither BAM nor CRAM", path), "give the path of a readable BAM or CRAM file");
  const htsExactFormat format = file->format.format;
  if (format == sam) {
    refuse(fmt::format("reads '{}' are SAM, which has no index", path),
           fmt::format("samtools sort -o reads.bam --write-index {}", path));
  }
  if (format != bam && format != cram) {
    refuse(fmt::format("reads '{}' are neither BAM nor CRAM", path), "give the path of a BAM or CRAM file");
  }
  if (hts_check_EOF(file.get()) == 0) {
    refuse(fmt::format("reads '{}' are truncated: the end-of-file mark is missing", path), "copy or make the file again");
  }
  return file;
}

// htslib asks a server for a sequence that it lacks, unless it is told where to look. Nothing lies there.
void ask_no_server() {
  static const int done = ::setenv("REF_PATH", "/dev/null/%s", 0);  // a user's own place stays
  (void)done;
}

void use_reference(htsFile& file, const std::string& path, const std::string& reference_path) {
  std::error_code ignored;
  if (!fs::exists(reference_path + ".fai", ignored)) {  // htslib would write one
    throw Error{Exit::kInput, Reason::kReference, "formats", fmt::format("reference '{0}' has no index '{0}.fai'", reference_path),
                fmt::format("samtools faidx {}", reference_path)};
  }
  if (hts_set_opt(&file, CRAM_OPT_REFERENCE, reference_path.c_str()) < 0) {
    refuse(fmt::format("CRAM '{}' cannot be decoded with reference '{}'", path, reference_path),
           "give --ref the FASTA that the reads were aligned to");
  }
}

// Only the columns in use; the reference from the FASTA, or from the CRAM itself where none is given.
void prepare_cram(htsFile& file, const std::string& path, const std::string& reference_path) {
  constexpr int kColumns = SAM_QNAME | SAM_FLAG | SAM_RNAME | SAM_POS | SAM_MAPQ | SAM_CIGAR | SAM_RNEXT | SAM_TLEN | SAM_SEQ |
                           SAM_QUAL | SAM_AUX;
  if (reference_path.empty()) {
    ask_no_server();
  } else {
    use_reference(file, path, reference_path);
  }
  hts_set_opt(&file, CRAM_OPT_REQUIRED_FIELDS, kColumns);
  hts_set_opt(&file, CRAM_OPT_DECODE_MD, 0);
}

std::string sample_of(sam_hdr_t& header, const std::string& path) {
  std::string first;
  for (int i = 0; i < sam_hdr_count_lines(&header, "RG"); ++i) {
    Text name;
    if (sam_hdr_find_tag_pos(&header, "RG", i, "SM", &name.value) != 0 || name.view().empty()) continue;
    if (first.empty()) first = name.view();
    if (first == name.view()) continue;
    warn_once(fmt::format("the read groups of '{}' name several samples; all reads are taken as those of '{}'", path, first));
    break;
  }
  return first.empty() ? "default" : first;
}

// Unsorted by its own word. Files sorted by name are refused; others may be better than their word, so that their order
// is watched as they are read.
bool is_sorted(sam_hdr_t& header, const std::string& path) {
  Text order;
  if (sam_hdr_find_tag_hd(&header, "SO", &order.value) != 0) return true;
  if (order.view() == "queryname") {
    refuse(fmt::format("reads '{}' are sorted by name, not by coordinate", path),
           fmt::format("samtools sort -o sorted.bam --write-index {}", path));
  }
  return order.view() != "unsorted";
}

AlignmentHeader facts_of(sam_hdr_t& header, const std::string& path) {
  std::vector<genome::Contig> contigs;
  for (int i = 0; i < sam_hdr_nref(&header); ++i) contigs.push_back({sam_hdr_tid2name(&header, i), sam_hdr_tid2len(&header, i)});
  return {genome::ContigList(std::move(contigs)), sample_of(header, path), is_sorted(header, path)};
}

}  // namespace

struct Alignments::State {
  std::string path;
  FilePointer file{nullptr, hts_close};
  HeaderPointer raw{nullptr, sam_hdr_destroy};
  IndexPointer index{nullptr, hts_idx_destroy};
  std::unique_ptr<bam1_t, void (*)(bam1_t*)> record{bam_init1(), bam_destroy1};
  AlignmentHeader header;
  bool own_reference = false;  // a CRAM that is decoded without a FASTA

  std::string place(const std::string& contig) const { return fmt::format("'{}', {}:{}", path, contig, record->core.pos + 1); }

  // htslib could not read on; its own reasons are not told apart, save the one that names a read.
  [[noreturn]] void refuse_damage(const std::string& contig, hts_pos_t last) const {
    const bam1_core_t& core = record->core;
    if (file->format.format == bam && core.l_qseq > 0 && core.n_cigar > 0 && core.n_cigar <= static_cast<uint32_t>(record->l_data) / 4 &&
        core.l_qname + core.n_cigar * 4 <= static_cast<uint32_t>(record->l_data) &&
        bam_cigar2qlen(static_cast<int>(core.n_cigar), bam_get_cigar(record.get())) != core.l_qseq) {
      refuse(fmt::format("read '{}' in {} has {} bases but a CIGAR for {}", name_of(*record), place(contig), core.l_qseq,
                         bam_cigar2qlen(static_cast<int>(core.n_cigar), bam_get_cigar(record.get()))),
             "mend or remove the read, or align again");
    }
    if (own_reference) {
      refuse(fmt::format("CRAM '{}' is damaged after {}:{}, or does not hold the reference that it was written with", path, contig, last + 1),
             "decode it with the FASTA: --use_ref_for_cram");
    }
    refuse(fmt::format("reads '{}' are damaged, or do not fit their index{}, after {}:{}", path,
                       file->format.format == cram ? " or the reference" : "", contig, last + 1),
           fmt::format("samtools quickcheck {0} && samtools index {0}", path));
  }
};

Alignments::Alignments(const std::string& path, const std::string& reference_path) : state_(std::make_unique<State>()) {
  quiet_htslib();
  state_->path = path;
  state_->file = open_reads(path);
  if (state_->file->format.format == cram) prepare_cram(*state_->file, path, reference_path);
  state_->own_reference = state_->file->format.format == cram && reference_path.empty();
  state_->raw.reset(sam_hdr_read(state_->file.get()));
  if (!state_->raw) refuse(fmt::format("the header of reads '{}' cannot be read", path), "copy or make the file again");
  state_->header = facts_of(*state_->raw, path);
  state_->index = load_index(*state_->file, *state_->raw, path);
}

Alignments::~Alignments() = default;
Alignments::Alignments(Alignments&&) noexcept = default;
Alignments& Alignments::operator=(Alignments&&) noexcept = default;

const AlignmentHeader& Alignments::header() const { return state_->header; }

struct Alignments::Query::Pass {
  State& from;
  int contig;
  std::string contig_name;
  ReadFilter filter;
  std::unique_ptr<hts_itr_t, void (*)(hts_itr_t*)> records;  // null: the file lacks the contig
  hts_pos_t last = 0;

  bool next(genome::Read& read);
};

bool Alignments::Query::Pass::next(genome::Read& read) {
  bam1_t& record = *from.record;
  int result = -1;
  while (records && (result = sam_itr_next(from.file.get(), records.get(), &record)) >= 0) {
    if (record.core.pos < last) {
      refuse(fmt::format("read '{}' in {} comes after one at {}: the file is not sorted", name_of(record), from.place(contig_name), last + 1),
             fmt::format("samtools sort -o sorted.bam --write-index {}", from.path));
    }
    last = record.core.pos;
    if (!passes(record, filter)) continue;
    try {
      read = decoded(record, contig, filter.original_qualities);
    } catch (const BadRecord& bad) {
      refuse(fmt::format("read '{}' in {} {}", name_of(record), from.place(contig_name), bad.what()),
             "mend or remove the read, or align again");
    }
    return true;
  }
  if (result < -1) from.refuse_damage(contig_name, last);
  return false;
}

Alignments::Query::Query(std::unique_ptr<Pass> pass) : pass_(std::move(pass)) {}
Alignments::Query::~Query() = default;
Alignments::Query::Query(Query&&) noexcept = default;
Alignments::Query& Alignments::Query::operator=(Query&&) noexcept = default;

bool Alignments::Query::next(genome::Read& read) { return pass_->next(read); }

Alignments::Query Alignments::query(const genome::Region& region, const genome::ContigList& reference_contigs, const ReadFilter& filter) {
  auto pass = std::make_unique<Query::Pass>(Query::Pass{*state_, region.contig, reference_contigs[region.contig].name, filter, {nullptr, hts_itr_destroy}});
  const auto tid = state_->header.contigs.index_of(pass->contig_name);
  if (tid && region.length() > 0) {
    pass->records.reset(sam_itr_queryi(state_->index.get(), *tid, region.start, region.end));
    if (!pass->records) refuse(fmt::format("the index of reads '{}' cannot answer for {}", state_->path, pass->contig_name),
                               fmt::format("samtools index {}", state_->path));
  }
  return Query(std::move(pass));
}

void Alignments::for_each(const genome::Region& region, const genome::ContigList& reference_contigs, const ReadFilter& filter,
                          const std::function<void(genome::Read&&)>& take) {
  Query reads = query(region, reference_contigs, filter);
  for (genome::Read read; reads.next(read);) take(std::move(read));
}

}  // namespace haploom::formats
