#include "pipeline/call_variants.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <limits>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "base/signals.h"
#include "formats/records.h"
#include "formats/sharded_name.h"
#include "formats/tfrecord.h"
#include "model/model.h"
#include "pipeline/ordered_shards.h"

namespace haploom::pipeline {
namespace {

constexpr size_t kExamplesOfBatch = 64;  // the smaller, the less memory a thread needs; many times what the network takes at once
constexpr size_t kFilesTogether = 32;    // upstream's number, too: _DEFAULT_INPUT_READ_THREADS
constexpr size_t kWaitingBatches = 16;
constexpr uint64_t kLogEvery = 100'000;  // examples

std::vector<std::string> files_of(const std::vector<std::string>& names) {
  std::vector<std::string> files;
  for (const std::string& name : names) {
    const std::vector<std::string> more = formats::files_of_input(name);
    files.insert(files.end(), more.begin(), more.end());
  }
  return files;
}

std::vector<std::string> output_files(const CallVariantsRequest& request) {
  const std::string name = sharded_outfile(request);
  const auto sharded = formats::sharded_name(name);
  return sharded ? sharded->files() : std::vector<std::string>{name};
}

// What the examples say of themselves; without the file each example tells its own shape.
void check_example_info(const std::string& examples, const model::Model& model, const std::string& folder) {
  const std::string path = examples + ".example_info.json";
  if (std::error_code ignored; !std::filesystem::exists(path, ignored)) {
    base::warn("pipeline", "{} is not there: the examples' shape can be checked, but not which channels they show", path);
    return;
  }
  model::check_fits(model.info(), folder, model::read_examples_info(path), examples);
}

// Records of one file, as they came.
struct Batch {
  std::vector<std::string> records;
  uint64_t first = 0;  // number of the first in its file, from 1
};

// A file whose batches are asked for by many threads and read one after another.
class ExampleFile {
 public:
  explicit ExampleFile(std::string path) : path_(std::move(path)) {}
  const std::string& path() const { return path_; }
  bool ended() const { return ended_; }

  // The batch of that number; empty behind the last. Waits for those before it, which must have been asked for.
  Batch read(uint64_t number) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return read_ == number; });
    Batch batch;
    try {
      if (!ended_) batch = next();
    } catch (...) {
      end_batch(/*ended=*/true);
      throw;
    }
    end_batch(batch.records.size() < kExamplesOfBatch);
    return batch;
  }

 private:
  Batch next() {
    if (!reader_) reader_.emplace(path_);
    Batch batch;
    batch.first = reader_->records() + 1;
    while (batch.records.size() < kExamplesOfBatch) {
      const auto record = reader_->next();
      if (!record) break;
      batch.records.emplace_back(*record);
    }
    return batch;
  }

  void end_batch(bool ended) {
    if (ended) reader_.reset();
    ended_ = ended;
    ++read_;
    changed_.notify_all();
  }

  std::string path_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<formats::RecordReader> reader_;
  uint64_t read_ = 0;
  std::atomic<bool> ended_ = false;
};

// Which batch of which file is next: of some files together a batch each in turn, so that they are unpacked side by side.
class Turns {
 public:
  struct Turn {
    size_t file = 0;
    uint64_t batch = 0;
  };
  explicit Turns(std::span<const std::unique_ptr<ExampleFile>> files) : files_(files) {}

  std::optional<Turn> next() {
    base::throw_if_stopped();
    while (first_ < files_.size()) {
      const size_t end = std::min(first_ + kFilesTogether, files_.size());
      for (; file_ < end; ++file_) {
        if (files_[file_]->ended()) continue;
        any_ = true;
        return Turn{file_++, batch_};
      }
      first_ = any_ ? first_ : end;
      batch_ = any_ ? batch_ + 1 : 0;
      file_ = first_;
      any_ = false;
    }
    return std::nullopt;
  }

 private:
  std::span<const std::unique_ptr<ExampleFile>> files_;
  size_t first_ = 0, file_ = 0;  // of those together, and the next of them
  uint64_t batch_ = 0;
  bool any_ = false;             // of them had this batch
};

// Source: variant_utils.py is_snp, has_insertion, has_deletion (DeepVariant 1.9)
formats::CallOutputDebug debug_of(const formats::ExampleRecord& example, const genome::GenotypeProbabilities& answer, bool true_label) {
  const formats::VariantRecord variant = formats::parse_variant(example.variant);
  const auto longer = [&](const std::string& alt) { return alt.size() > variant.ref.size(); };
  const auto shorter = [&](const std::string& alt) { return alt.size() < variant.ref.size(); };
  const auto single = [](const std::string& alt) { return alt.size() == 1; };
  formats::CallOutputDebug debug;
  debug.is_snp = variant.ref.size() == 1 && !variant.alts.empty() && std::all_of(variant.alts.begin(), variant.alts.end(), single);
  debug.has_insertion = std::any_of(variant.alts.begin(), variant.alts.end(), longer);
  debug.has_deletion = std::any_of(variant.alts.begin(), variant.alts.end(), shorter);
  debug.predicted_label = static_cast<int>(std::max_element(answer.begin(), answer.end()) - answer.begin());
  if (true_label && example.label) debug.true_label = static_cast<int>(*example.label);
  debug.image.assign(reinterpret_cast<const char*>(example.image.data()), example.image.size());
  return debug;
}

// One thread's share of the work.
class Answerer {
 public:
  Answerer(const CallVariantsRequest& request, const model::Model& model)
      : request_(request), info_(model.info()), session_(model.session()) {}

  // A call output for each record.
  std::vector<std::string> run(const Batch& batch, const std::string& file) {
    std::vector<formats::ExampleRecord> examples;
    images_.clear();
    for (size_t i = 0; i < batch.records.size(); ++i) {
      try {
        const formats::ExampleRecord& example = examples.emplace_back(formats::parse_example(batch.records[i]));
        check_shape(example);
        images_.insert(images_.end(), example.image.begin(), example.image.end());
      } catch (Error& error) {
        error.add_context(fmt::format("reading record {} of '{}'", batch.first + i, file));
        throw;
      }
    }
    answers_.clear();
    session_.infer(images_, examples.size(), answers_);
    std::vector<std::string> outputs;
    for (size_t i = 0; i < examples.size(); ++i) outputs.push_back(formats::encode(output_of(std::move(examples[i]), answers_[i])));
    return outputs;
  }

 private:
  void check_shape(const formats::ExampleRecord& example) const {
    const std::array<int64_t, 3> taken = {info_.rows, info_.width, std::ssize(info_.channels)};
    if (example.shape == taken) return;
    throw Error{Exit::kInput, Reason::kModel, "pipeline",
                fmt::format("the example is of {} x {} x {}, the network takes {} x {} x {}", example.shape[0], example.shape[1], example.shape[2],
                            taken[0], taken[1], taken[2]),
                "make the examples with this model's folder as --checkpoint"};
  }

  formats::CallOutputRecord output_of(formats::ExampleRecord&& example, const genome::GenotypeProbabilities& answer) const {
    formats::CallOutputRecord output;
    output.genotype_probabilities.assign(answer.begin(), answer.end());
    if (request_.debug_info) output.debug = debug_of(example, answer, request_.true_labels);
    output.variant = std::move(example.variant);
    output.alt_set = std::move(example.alt_set);
    return output;
  }

  const CallVariantsRequest& request_;
  model::ExampleInfo info_;
  model::Model::Session session_;
  std::vector<uint8_t> images_;
  std::vector<genome::GenotypeProbabilities> answers_;
};

}  // namespace

std::string sharded_outfile(const CallVariantsRequest& request) {
  const std::string& name = request.outfile;
  if (formats::sharded_name(name) || formats::is_shard(name)) return name;
  const size_t at = name.rfind(".tfrecord");
  check(at != std::string::npos, "the outfile's name holds .tfrecord");
  return fmt::format("{}@{}{}", name.substr(0, at), request.shards, name.substr(at));
}

CallVariantsSummary call_variants(const CallVariantsRequest& request) {
  const model::Model model(request.model_folder, request.threads);
  const std::vector<std::string> files = files_of(request.examples);
  if (!files.empty()) check_example_info(files.front(), model, request.model_folder);
  std::vector<formats::RecordWriter> writers;
  for (const std::string& file : output_files(request)) writers.emplace_back(file);

  CallVariantsSummary summary;
  summary.model = model.name();
  std::atomic<bool> enough = request.limit == uint64_t{0};
  std::vector<std::unique_ptr<ExampleFile>> sources;
  for (const std::string& file : files) sources.push_back(std::make_unique<ExampleFile>(file));
  Turns turns(sources);
  const int threads = std::max(1, request.threads);
  std::vector<std::unique_ptr<Answerer>> answerers(static_cast<size_t>(threads));  // made by the thread that needs one
  const uint64_t limit = request.limit.value_or(std::numeric_limits<uint64_t>::max());
  size_t shard = 0;
  stream_in_order<Turns::Turn, std::vector<std::string>>(
      threads, [&] { return enough ? std::nullopt : turns.next(); },
      [&](int thread, Turns::Turn&& turn) {
        ExampleFile& file = *sources[turn.file];
        const Batch batch = file.read(turn.batch);  // first, whatever fails after it: others wait for their turn
        auto& own = answerers[static_cast<size_t>(thread)];
        if (!own) own = std::make_unique<Answerer>(request, model);
        return own->run(batch, file.path());
      },
      [&](std::vector<std::string>&& outputs) {
        outputs.resize(std::min<uint64_t>(outputs.size(), limit - summary.examples));
        for (const std::string& output : outputs) writers[shard].write(output);
        if (!outputs.empty()) shard = (shard + 1) % writers.size();
        const uint64_t before = summary.examples;
        summary.examples += outputs.size();
        enough = summary.examples == limit;
        if (before / kLogEvery != summary.examples / kLogEvery) base::info("pipeline", "{} examples", summary.examples);
      },
      kWaitingBatches);
  if (summary.examples == 0) {
    if (!request.allow_empty_examples)
      throw Error{Exit::kInput, Reason::kRecord, "pipeline", fmt::format("'{}' holds no examples", fmt::join(request.examples, ",")), "leave --noallow_empty_examples out"};
    base::warn("pipeline", "'{}' holds no examples: the output holds none", fmt::join(request.examples, ","));
  }
  for (formats::RecordWriter& writer : writers) writer.close();
  for (formats::RecordWriter& writer : writers) writer.commit();
  summary.usage = base::process_usage();
  return summary;
}

}  // namespace haploom::pipeline
