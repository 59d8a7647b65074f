#include "formats/vcf_reader.h"

#include <fmt/format.h>
#include <htslib/hts.h>
#include <htslib/tbx.h>
#include <htslib/vcf.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "formats/htslib_quiet.h"
#include "formats/log_once.h"

namespace haploom::formats {
namespace {

namespace fs = std::filesystem;

using FilePointer = std::unique_ptr<htsFile, int (*)(htsFile*)>;
using IteratorPointer = std::unique_ptr<hts_itr_t, void (*)(hts_itr_t*)>;

[[noreturn]] void refuse(std::string message, std::string remedy) {
  throw Error{Exit::kInput, Reason::kVariants, "formats", std::move(message), std::move(remedy)};
}

// A buffer that htslib grows with realloc.
template <typename T>
struct Buffer {
  T* data = nullptr;
  int capacity = 0;
  Buffer() = default;
  ~Buffer() { std::free(data); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
};

FilePointer open_variants(const std::string& path) {
  std::error_code problem;
  if (!fs::exists(path, problem)) refuse(fmt::format("variants '{}' do not exist", path), "give the path of a VCF or BCF file");
  if (fs::is_directory(path, problem)) refuse(fmt::format("variants '{}' are a directory", path), "give the path of a VCF or BCF file");
  FilePointer file(hts_open(path.c_str(), "r"), hts_close);
  if (!file || (file->format.format != vcf && file->format.format != bcf)) {
    refuse(fmt::format("variants '{}' cannot be opened, or are neither VCF nor BCF", path), "give the path of a readable VCF or BCF file");
  }
  if (hts_check_EOF(file.get()) == 0) {
    refuse(fmt::format("variants '{}' are truncated: the end-of-file mark is missing", path), "copy or make the file again");
  }
  return file;
}

void warn_if_older(const std::string& path) {
  std::error_code ignored;
  for (const char* suffix : {".tbi", ".csi"}) {
    const std::string index = path + suffix;
    if (!fs::exists(index, ignored)) continue;
    if (fs::last_write_time(index, ignored) < fs::last_write_time(path, ignored)) {
      warn_once(fmt::format("index '{}' is older than its file", index));
    }
    return;
  }
}

}  // namespace

struct VcfReader::State {
  std::string path;
  VcfFields fields;
  FilePointer file{nullptr, hts_close};
  std::unique_ptr<bcf_hdr_t, void (*)(bcf_hdr_t*)> header{nullptr, bcf_hdr_destroy};
  std::unique_ptr<tbx_t, void (*)(tbx_t*)> text_index{nullptr, tbx_destroy};
  std::unique_ptr<hts_idx_t, void (*)(hts_idx_t*)> binary_index{nullptr, hts_idx_destroy};
  std::unique_ptr<bcf1_t, void (*)(bcf1_t*)> record{bcf_init(), bcf_destroy};
  std::vector<std::string> samples;
  kstring_t line = KS_INITIALIZE;
  Buffer<int32_t> genotypes;
  Buffer<float> numbers;
  bool at_start = true;  // behind the header

  ~State() { ks_free(&line); }

  void open() {
    file = open_variants(path);
    header.reset(bcf_hdr_read(file.get()));
    if (!header) refuse(fmt::format("the header of variants '{}' cannot be read", path), fmt::format("bcftools view -h {}", path));
    at_start = true;
  }

  void load_index() {
    if (file->format.compression != bgzf) return;
    if (file->format.format == bcf) {
      binary_index.reset(hts_idx_load3(path.c_str(), nullptr, HTS_FMT_CSI, HTS_IDX_SILENT_FAIL));
    } else {
      text_index.reset(tbx_index_load3(path.c_str(), nullptr, HTS_IDX_SILENT_FAIL));
    }
    warn_if_older(path);
  }

  std::string place() const {
    const char* contig = record->rid >= 0 && record->rid < header->n[BCF_DT_CTG] ? bcf_hdr_id2name(header.get(), record->rid) : "?";
    return fmt::format("{}:{} of '{}'", contig, record->pos + 1, path);
  }

  [[noreturn]] void refuse_record(const std::string& what) const {
    refuse(fmt::format("the record at {} {}", place(), what), fmt::format("mend the record; bcftools view {} shows where", path));
  }

  // Declared nowhere, but whole: the rest of the record is good.
  void check_parsed() {
    constexpr int kHarmless = BCF_ERR_CTG_UNDEF | BCF_ERR_TAG_UNDEF;
    if ((record->errcode & ~kHarmless) != 0) refuse_record("cannot be parsed");
    record->errcode = 0;
  }

  // htslib takes a line that ends early for a record without alleles.
  void parse_line() {
    if (std::count(line.s, line.s + line.l, '\t') < 7) {
      refuse(fmt::format("a line of variants '{}' has fewer than 8 columns: '{}'", path, std::string_view(line.s, std::min<size_t>(line.l, 80))),
             "columns of a VCF are separated by tabs");
    }
    if (vcf_parse1(&line, header.get(), record.get()) < 0) refuse_record("cannot be parsed");
  }

  // False at the end.
  bool next_line() {
    const bool text = file->format.format == vcf;
    const int result = text ? hts_getline(file.get(), '\n', &line) : bcf_read(file.get(), header.get(), record.get());
    if (result == -1) return false;
    if (result < 0) refuse(fmt::format("variants '{}' are damaged after {}", path, place()), "copy or make the file again");
    if (text) parse_line();
    check_parsed();
    return true;
  }

  bool next_found(hts_itr_t& found) {
    int result = 0;
    if (text_index) {
      result = tbx_itr_next(file.get(), text_index.get(), &found, &line);
      if (result >= 0) parse_line();
    } else {
      result = bcf_itr_next(file.get(), &found, record.get());
    }
    if (result < -1) refuse(fmt::format("variants '{}' are damaged, or do not fit their index", path), fmt::format("bcftools index -f {}", path));
    if (result < 0) return false;
    check_parsed();
    return true;
  }

  IteratorPointer find(const std::string& contig, const genome::Region& region) {
    if (bcf_hdr_name2id(header.get(), contig.c_str()) < 0) {
      warn_once(fmt::format("variants '{}' have no contig '{}'; none are taken there", path, contig));
      return {nullptr, hts_itr_destroy};
    }
    const int id = text_index ? tbx_name2id(text_index.get(), contig.c_str()) : bcf_hdr_name2id(header.get(), contig.c_str());
    if (id < 0) return {nullptr, hts_itr_destroy};  // declared, without records
    IteratorPointer found(text_index ? tbx_itr_queryi(text_index.get(), id, region.start, region.end)
                                     : bcf_itr_queryi(binary_index.get(), id, region.start, region.end),
                          hts_itr_destroy);
    if (!found) refuse(fmt::format("the index of variants '{}' cannot answer for {}", path, contig), fmt::format("bcftools index -f {}", path));
    return found;
  }

  // Nothing for a record that is passed over.
  std::optional<VcfRecord> value(const genome::ContigList& contigs) {
    bcf1_t& raw = *record;
    if (raw.pos < 0) return std::nullopt;
    const auto contig = contigs.index_of(bcf_hdr_id2name(header.get(), raw.rid));
    if (!contig) return std::nullopt;
    bcf_unpack(&raw, BCF_UN_STR | BCF_UN_FLT | (fields.allele_frequency || !fields.info.empty() ? BCF_UN_INFO : 0) |
                         (fields.genotypes ? BCF_UN_FMT : 0));
    VcfRecord out;
    out.contig = *contig;
    out.start = raw.pos;
    out.end = raw.pos + raw.rlen;
    if (raw.n_allele == 0) refuse_record("has no REF");
    out.ref = raw.d.allele[0];
    for (uint32_t i = 1; i < raw.n_allele; ++i) out.alts.emplace_back(raw.d.allele[i]);
    if (out.start + static_cast<int64_t>(out.ref.size()) > contigs[*contig].length) {
      refuse_record(fmt::format("leaves the reference's contig of {} bases", contigs[*contig].length));
    }
    if (raw.d.id != nullptr && std::string_view(raw.d.id) != ".") out.id = raw.d.id;
    if (!bcf_float_is_missing(raw.qual)) out.quality = raw.qual;
    for (int i = 0; i < raw.d.n_flt; ++i) out.filters.emplace_back(bcf_hdr_int2id(header.get(), BCF_DT_ID, raw.d.flt[i]));
    if (fields.genotypes) take_genotypes(out);
    if (fields.allele_frequency) take_frequency(out);
    if (!fields.info.empty()) take_info(out);
    return out;
  }

  void take_genotypes(VcfRecord& out) {
    const auto sample_count = static_cast<int>(samples.size());
    if (sample_count == 0) return;
    const int found = bcf_get_genotypes(header.get(), record.get(), &genotypes.data, &genotypes.capacity);
    if (found == -1 || found == -3) return;  // no GT column
    if (found < 0 || found % sample_count != 0) refuse_record("has genotypes that cannot be parsed");
    const int ploidy = found / sample_count;
    out.genotypes.resize(samples.size());
    for (int i = 0; i < found; ++i) {
      const int32_t code = genotypes.data[i];
      if (code == bcf_int32_vector_end) continue;
      VcfGenotype& genotype = out.genotypes[static_cast<size_t>(i / ploidy)];
      const int allele = bcf_gt_is_missing(code) || code == bcf_int32_missing ? -1 : bcf_gt_allele(code);
      if (allele < -1 || allele > static_cast<int>(out.alts.size())) refuse_record(fmt::format("has a genotype with allele {} of {}", allele, out.alts.size()));
      genotype.phased |= bcf_gt_is_phased(code) != 0;
      genotype.alleles.push_back(allele);
    }
  }

  void take_frequency(VcfRecord& out) {
    const int found = bcf_get_info_float(header.get(), record.get(), "AF", &numbers.data, &numbers.capacity);
    if (found == -2) refuse_record("has an AF that the header does not declare as numbers (Type=Float)");
    for (int i = 0; i < found; ++i) {
      out.allele_frequency.push_back(bcf_float_is_missing(numbers.data[i]) ? 0.0F : numbers.data[i]);
    }
  }

  void take_info(VcfRecord& out) {
    const bcf_info_t* found = bcf_get_info(header.get(), record.get(), fields.info.c_str());
    if (found == nullptr) return;
    line.l = 0;
    if (found->type == BCF_BT_NULL || found->len == 0) {
      out.info.emplace();  // a flag
      return;
    }
    if (bcf_fmt_array(&line, found->len, found->type, found->vptr) < 0) refuse_record(fmt::format("has an unreadable {}", fields.info));
    out.info.emplace(line.s, line.l);
  }
};

VcfReader::VcfReader(const std::string& path, VcfFields fields) : state_(std::make_unique<State>()) {
  quiet_htslib();
  state_->path = path;
  state_->fields = std::move(fields);
  state_->open();
  for (int i = 0; i < bcf_hdr_nsamples(state_->header.get()); ++i) state_->samples.emplace_back(state_->header->samples[i]);
  state_->load_index();
}

VcfReader::~VcfReader() = default;
VcfReader::VcfReader(VcfReader&&) noexcept = default;
VcfReader& VcfReader::operator=(VcfReader&&) noexcept = default;

const std::string& VcfReader::path() const { return state_->path; }
const std::vector<std::string>& VcfReader::samples() const { return state_->samples; }
bool VcfReader::has_index() const { return state_->text_index || state_->binary_index; }

void VcfReader::for_each(const genome::ContigList& reference_contigs, const Take& take) {
  if (!state_->at_start) state_->open();
  state_->at_start = false;
  while (state_->next_line()) {
    if (auto record = state_->value(reference_contigs)) take(std::move(*record));
  }
}

void VcfReader::for_each(const genome::Region& region, const genome::ContigList& reference_contigs, const Take& take) {
  if (!has_index()) {
    refuse(fmt::format("variants '{}' have no index", state_->path),
           state_->file->format.compression == bgzf ? fmt::format("bcftools index -t {}", state_->path)
                                                     : fmt::format("bcftools sort -Oz -o sorted.vcf.gz {} && bcftools index -t sorted.vcf.gz", state_->path));
  }
  if (region.length() <= 0) return;
  const IteratorPointer found = state_->find(reference_contigs[region.contig].name, region);
  if (!found) return;
  state_->at_start = false;
  while (state_->next_found(*found)) {
    if (auto record = state_->value(reference_contigs)) take(std::move(*record));
  }
}

std::optional<std::string> VcfReader::first_contig() {
  if (!state_->at_start) state_->open();
  state_->at_start = false;
  if (!state_->next_line()) return std::nullopt;
  return bcf_hdr_id2name(state_->header.get(), state_->record->rid);
}

}  // namespace haploom::formats
