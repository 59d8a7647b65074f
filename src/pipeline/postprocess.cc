// One thread at a time cuts the sorted outputs and the reference records into batches that nothing reaches across: no call of
// a batch overlaps one of another, and a block is divided where a batch ends, as the call that starts there would divide it.
// So batches become lines on any thread, and the lines do not depend on where batches end.
#include "pipeline/postprocess.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <span>
#include <tuple>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "base/parallel.h"
#include "base/signals.h"
#include "formats/record_view.h"
#include "formats/reference.h"
#include "formats/sharded_name.h"
#include "formats/tfrecord.h"
#include "formats/vcf_writer.h"
#include "pipeline/block_stream.h"
#include "pipeline/gvcf_merge.h"
#include "pipeline/ordered_shards.h"
#include "pipeline/plan.h"
#include "pipeline/record_sorter.h"
#include "pipeline/site_records.h"

namespace haploom::pipeline {
namespace {

using formats::CallOutputView;

constexpr size_t kBatchBytes = 4 << 20;
constexpr size_t kWaitingBatches = 8;
constexpr uint64_t kShareOfSorting = 2;        // 1/2 of max_memory; the rest is for readers, batches and the program
constexpr const char* kDefaultSample = "default";

// ---- outputs as they lie in memory: sets and probabilities unpacked, the variant as it came, no debug information

std::string packed(const CallOutputView& output) {
  std::string out(1, static_cast<char>(output.alt_set.size()));
  for (const int alt : output.alt_set) out.append(reinterpret_cast<const char*>(&alt), sizeof(alt));
  out.append(reinterpret_cast<const char*>(output.probabilities.data()), sizeof(output.probabilities));
  return out.append(output.variant);
}

CallOutputView unpacked(std::string_view bytes) {
  CallOutputView out;
  out.alt_set.resize(static_cast<unsigned char>(bytes[0]));
  size_t at = 1;
  for (int& alt : out.alt_set) std::memcpy(&alt, bytes.data() + at, sizeof(alt)), at += sizeof(alt);
  std::memcpy(out.probabilities.data(), bytes.data() + at, sizeof(out.probabilities));
  out.variant = bytes.substr(at + sizeof(out.probabilities));
  return out;
}

// ---- inputs

std::vector<std::string> output_files(const PostprocessRequest& request) {
  std::vector<std::string> files = formats::files_of_input(request.call_outputs);
  if (request.small_model_outputs) {
    const std::vector<std::string> more = formats::files_of_input(*request.small_model_outputs);
    files.insert(files.end(), more.begin(), more.end());
  }
  return files;
}

// The variant of the first record of the first file that has one; empty if none has.
template <typename VariantOf>
std::string first_variant(const std::vector<std::string>& files, VariantOf variant_of) {
  for (const std::string& file : files) {
    formats::RecordReader reader(file);
    if (const auto record = reader.next()) return std::string(variant_of(*record));
  }
  return "";
}

std::string sample_name(const PostprocessRequest& request, const std::vector<std::string>& outputs, const std::vector<std::string>& blocks) {
  std::string variant = first_variant(outputs, [](std::string_view record) { return formats::call_output_view(record).variant; });
  if (variant.empty()) variant = first_variant(blocks, [](std::string_view record) { return record; });
  if (variant.empty()) return request.sample_name.value_or(kDefaultSample);
  std::string sample = sample_of(variant);
  if (request.sample_name && *request.sample_name != sample)
    base::warn("pipeline", "--sample_name {} is not used: the records are of {}", *request.sample_name, sample);
  return sample;
}

// Where sorting may put what does not fit into memory: on the output's disk, which must have room anyway.
std::string scratch_folder(const std::string& output) {
  namespace fs = std::filesystem;
  if (const char* given = std::getenv("TMPDIR"); given != nullptr && *given != '\0') return given;
  std::error_code ignored;
  const fs::path folder = fs::path(output).parent_path();
  if (output == "-" || folder.string().starts_with("/dev") || folder.string().starts_with("/proc")) return fs::temp_directory_path(ignored).string();
  return folder.empty() ? "." : folder.string();
}

void sort_outputs(RecordSorter& sorter, const std::vector<std::string>& files, const genome::ContigList& contigs, const StartsIn& wanted,
                  int threads) {
  base::for_each_parallel(files.size(), static_cast<unsigned>(threads), [&](uint64_t i) {
    const std::string& file = files[static_cast<size_t>(i)];
    formats::RecordReader reader(file);
    RecordSorter::Writer writer = sorter.writer();
    try {
      while (const auto record = reader.next()) {
        base::throw_if_stopped(reader.records());
        const CallOutputView output = formats::call_output_view(*record);
        if (output.alt_set.size() > 2) throw Error{Exit::kInput, Reason::kRecord, "pipeline", "a call output is about more than two alts", "make it again with call_variants"};
        if (const Place place = place_of(output.variant, contigs, file); wanted(place)) writer.add(place, i, packed(output));
      }
    } catch (Error& error) {
      error.add_context(fmt::format("reading record {} of '{}'", reader.records(), file));
      throw;
    }
  });
}

// ---- batches

// Records one behind the other; places may be those of parts.
class Records {
 public:
  struct Item {
    Place place;
    size_t from = 0;
    size_t size = 0;
  };
  void add(const Place& place, std::string_view bytes) {
    items_.push_back({place, bytes_.size(), bytes.size()});
    bytes_ += bytes;
  }
  std::vector<Item>& items() { return items_; }
  const std::vector<Item>& items() const { return items_; }
  std::string_view of(const Item& item) const { return std::string_view(bytes_).substr(item.from, item.size); }
  size_t bytes() const { return bytes_.size(); }

 private:
  std::string bytes_;
  std::vector<Item> items_;
};

struct Batch {
  Records outputs;
  Records blocks;
};

class Batches {
 public:
  Batches(RecordSorter& outputs, BlockStream* blocks, size_t records)
      : outputs_(outputs), blocks_(blocks), records_(records), output_(outputs.next()) {}

  std::optional<Batch> next() {
    base::throw_if_stopped();
    Batch batch;
    if (carried_) batch.blocks.add(carried_->first, carried_->second);
    carried_.reset();
    bool any = !batch.blocks.items().empty();
    Place reach{-1, 0, 0};  // of the outputs so far: contig and largest end
    for (size_t taken = 0;; ++taken) {
      const BlockStream::Record* block = blocks_ == nullptr ? nullptr : blocks_->peek();
      if (!output_ && block == nullptr) break;
      const bool output_first = output_ && (block == nullptr || output_->place <= block->place);
      const Place& place = output_first ? output_->place : block->place;
      const bool full = taken >= records_ || (taken > 0 && batch.outputs.bytes() + batch.blocks.bytes() >= kBatchBytes);
      if (full && std::tuple(reach.contig, reach.end) <= std::tuple(place.contig, place.start)) {
        divide_last_block(batch, place);
        break;
      }
      if (output_first) {
        reach = {place.contig, 0, place.contig == reach.contig ? std::max(reach.end, place.end) : place.end};
        batch.outputs.add(place, output_->bytes);
        output_ = outputs_.next();
      } else {
        batch.blocks.add(place, block->bytes);
        blocks_->take();
      }
      any = true;
    }
    return any ? std::optional(std::move(batch)) : std::nullopt;
  }

 private:
  // Blocks lie apart, so only the last can reach over the place where the next batch starts.
  void divide_last_block(Batch& batch, const Place& start) {
    if (batch.blocks.items().empty()) return;
    Records::Item& last = batch.blocks.items().back();
    if (last.place.contig != start.contig || last.place.end <= start.start) return;
    carried_.emplace(Place{start.contig, start.start, last.place.end}, batch.blocks.of(last));
    if (last.place.start < start.start) {
      last.place.end = start.start;
    } else {
      batch.blocks.items().pop_back();
    }
  }

  RecordSorter& outputs_;
  BlockStream* blocks_;
  size_t records_;  // of a batch
  std::optional<RecordSorter::Record> output_;
  std::optional<std::pair<Place, std::string>> carried_;
};

// ---- from a batch to lines

struct Lines {
  std::string vcf;   // packed if the output is
  std::string gvcf;
  report::VariantCounts variants;
  uint64_t gvcf_lines = 0;
};

struct Shared {
  const PostprocessRequest& request;
  const formats::Reference& reference;
  std::string sample;
  std::vector<genome::Region> haploid;  // where there is one copy
  bool packed_vcf = false;
  bool packed_gvcf = false;
};

class Postprocessor {
 public:
  explicit Postprocessor(const Shared& shared) : shared_(shared), bases_(shared.reference) {}

  Lines run(const Batch& batch) {
    Lines lines;
    std::vector<genotype::Call> calls = calls_of(batch.outputs);
    if (shared_.request.resolve_overlaps) genotype::resolve_overlaps(calls);
    if (!shared_.request.output_gvcf) {
      for (const genotype::Call& call : calls) add_to_vcf(call, lines);
    } else {
      merge(std::move(calls), batch.blocks, lines);
    }
    if (shared_.packed_vcf) lines.vcf = formats::bgzip_blocks(lines.vcf);
    if (shared_.packed_gvcf) lines.gvcf = formats::bgzip_blocks(lines.gvcf);
    return lines;
  }

 private:
  const genome::ContigList& contigs() const { return shared_.reference.contigs(); }

  std::vector<genotype::Call> calls_of(const Records& outputs) {
    std::vector<genotype::Call> calls;
    const auto& items = outputs.items();
    std::vector<CallOutputView> site;
    for (size_t first = 0; first < items.size();) {
      site.clear();
      size_t next = first;
      do site.push_back(unpacked(outputs.of(items[next++])));
      while (shared_.request.group_variants && next < items.size() && items[next].place == items[first].place);
      calls.push_back(call_of(site, items[first].place));
      first = next;
    }
    return calls;
  }

  genotype::Call call_of(std::span<const CallOutputView> outputs, const Place& place) const {
    const SiteAnswers answers = site_answers(outputs, place.contig, shared_.sample, shared_.request.small_model_outputs.has_value());
    return genotype::call_site(answers.site, answers.probabilities, shared_.request.options,
                               contains(shared_.haploid, place.contig, place.start) ? genotype::Ploidy::kHaploid : genotype::Ploidy::kDiploid);
  }

  void add_to_vcf(const genotype::Call& call, Lines& lines) const {
    if (shared_.request.only_keep_pass && call.filter != genotype::Filter::kPass) return;
    lines.vcf += genotype::vcf_line(call, contigs());
    lines.variants.add(report::kind_of(call.ref, call.alts), genotype::name(call.filter));
  }

  void merge(std::vector<genotype::Call>&& calls, const Records& blocks, Lines& lines) {
    const auto add_gvcf_line = [&](const auto& record) {
      lines.gvcf += genotype::gvcf_line(record, contigs());
      ++lines.gvcf_lines;
    };
    GvcfMerge merge([this](int contig, int64_t position) { return bases_.at(contig, position); },
                    [&](const genotype::Call& call) {
                      add_to_vcf(call, lines);
                      add_gvcf_line(call);
                    },
                    add_gvcf_line);
    for (genotype::Call& call : calls) merge.add(std::move(call));
    for (const Records::Item& item : blocks.items()) {
      genotype::GvcfBlock block = gvcf_block(formats::parse_variant(blocks.of(item)), item.place.contig, shared_.sample);
      if (block.start != item.place.start) block.ref = bases_.at(item.place.contig, item.place.start);
      block.start = item.place.start;
      block.end = item.place.end;
      merge.add(std::move(block));
    }
    merge.finish();
  }

  const Shared& shared_;
  ReferenceBases bases_;
};

void write(formats::VcfWriter& writer, const std::string& lines) { writer.compressed() ? writer.write_blocks(lines) : writer.write(lines); }

}  // namespace

std::string vcf_header(const PostprocessRequest& request, const genome::ContigList& contigs, const std::string& sample) {
  std::vector<std::string> origin = {fmt::format("##haploom_version={}", request.version)};
  if (!request.model.empty()) origin.push_back(fmt::format("##haploom_model={}", request.model));
  origin.push_back(fmt::format("##haploom_command={}", request.command_line));
  return genotype::vcf_header(contigs, sample, origin,
                              {.candidates = request.options.removed_alts == genotype::RemovedAlts::kInInfo,
                               .model = request.small_model_outputs.has_value()});
}

PostprocessSummary postprocess(const PostprocessRequest& request) {
  const formats::Reference reference(request.reference);
  const genome::ContigList& contigs = reference.contigs();
  const StartsIn wanted(genome::merged(regions_of(request.regions, contigs)));
  const std::vector<std::string> outputs = output_files(request);
  std::vector<std::string> blocks;
  if (request.reference_records) blocks = formats::files_of_input(*request.reference_records);

  Shared shared{request, reference, sample_name(request, outputs, blocks),
                haploid_regions(request.haploid_contigs, request.par_regions_bed.value_or(""), contigs), false, false};
  const std::string header = vcf_header(request, contigs, shared.sample);
  formats::VcfWriter vcf(request.output_vcf, header);
  std::optional<formats::VcfWriter> gvcf;
  if (request.output_gvcf) gvcf.emplace(*request.output_gvcf, header);
  shared.packed_vcf = vcf.compressed();
  shared.packed_gvcf = gvcf && gvcf->compressed();

  const int threads = std::max(1, request.threads);
  RecordSorter sorter(request.max_memory / kShareOfSorting, std::min(threads, static_cast<int>(outputs.size())),
                      scratch_folder(request.output_vcf));
  sort_outputs(sorter, outputs, contigs, wanted, threads);
  std::optional<BlockStream> block_stream;
  if (request.reference_records) block_stream.emplace(blocks, contigs, wanted);
  Batches batches(sorter, block_stream ? &*block_stream : nullptr, std::max<size_t>(1, request.batch_records));

  PostprocessSummary summary;
  std::vector<Postprocessor> workers;
  for (int i = 0; i < threads; ++i) workers.emplace_back(shared);
  stream_in_order<Batch, Lines>(
      threads, [&] { return batches.next(); },
      [&](int thread, Batch&& batch) { return workers[static_cast<size_t>(thread)].run(batch); },
      [&](Lines&& lines) {
        write(vcf, lines.vcf);
        if (gvcf) write(*gvcf, lines.gvcf);
        summary.variants.add(lines.variants);
        summary.gvcf_lines += lines.gvcf_lines;
      },
      kWaitingBatches);
  // The gVCF first: whoever sees the VCF sees a finished run.
  if (gvcf) gvcf->finish(threads);
  vcf.finish(threads);

  summary.sample = shared.sample;
  summary.outputs = sorter.records();
  summary.reference_records = block_stream ? block_stream->records() : 0;
  summary.spilled_bytes = sorter.spilled_bytes();
  summary.usage = base::process_usage();
  return summary;
}

}  // namespace haploom::pipeline
