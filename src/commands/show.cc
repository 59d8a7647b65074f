#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <optional>

#include "base/atomic_file.h"
#include "base/error.h"
#include "commands/call_flags.h"
#include "commands/commands.h"
#include "commands/flag_values.h"
#include "commands/steps.h"
#include "genotype/genotype.h"
#include "model/model.h"
#include "pipeline/shard_worker.h"
#include "report/report.h"

namespace haploom::commands {
namespace {

constexpr int64_t kSearch = 10'000;  // bases beside a place without a candidate in which others are looked for
constexpr size_t kNearestShown = 4;
constexpr size_t kMostSites = 20;

struct ShowFlags {
  CallFlags common;
  std::string where;
  std::string out;
  bool colour = false;
};

// Whole partitions, as a run over the whole contig cuts them: a place looks alike whichever region is asked for.
genome::Region in_partitions(genome::Region region, const genome::ContigList& contigs) {
  region.start -= region.start % pipeline::kPartitionBases;
  region.end += (pipeline::kPartitionBases - region.end % pipeline::kPartitionBases) % pipeline::kPartitionBases;
  region.end = std::min(region.end, contigs[region.contig].length);
  return region;
}

std::string place(const genome::Contig& contig, int64_t position) { return fmt::format("{}:{}", contig.name, position + 1); }

std::string genotype_text(const genotype::Call& call) {
  const auto allele = [](int index) { return index < 0 ? std::string(".") : std::to_string(index); };
  return fmt::format("{}/{}", allele(call.genotype[0]), allele(call.genotype[1]));
}

std::string call_text(const genotype::Call& call) {
  return fmt::format("call {} {} {}, GQ {}, QUAL {:.1f}, {}", call.ref, fmt::join(call.alts, ","), genotype_text(call),
                     call.genotype_quality, call.quality, genotype::name(call.filter));
}

class Viewer {
 public:
  explicit Viewer(const ShowFlags& flags)
      : drawn_(examples_request(flags.common)), network_(flags.common.model_folder()), session_(network_.session()), paths_(drawn_.inputs) {
    const formats::Reference reference(paths_.reference);
    wanted_ = genome::parse_region(flags.where, reference.contigs());
    as_given_ = !paths_.regions.empty();
    if (!as_given_) paths_.regions = {genome::text(in_partitions(wanted_, reference.contigs()), reference.contigs())};
  }

  std::vector<report::SiteView> views() {
    std::vector<report::SiteView> out;
    for_each_candidate(paths_, [&](const pipeline::Inputs& inputs, const tensor::Painter& painter, const genome::Candidate& candidate, std::span<const uint8_t> images) {
      if (candidate.contig != wanted_.contig || !wanted_.contains(candidate.start)) return;
      if (out.size() == kMostSites) throw too_many(inputs.reference.contigs());
      out.push_back(view(inputs, painter, candidate, images));
    });
    if (out.empty()) throw nothing_there();
    return out;
  }

 private:
  template <class Take>
  void for_each_candidate(const pipeline::InputPaths& paths, Take take) {
    pipeline::Inputs inputs(paths);
    inputs.attach_pangenome();
    pipeline::ShardWorker worker(inputs, drawn_.options, drawn_.shape);
    for (const pipeline::Shard& shard : inputs.work) {
      worker.run(shard, [&](genome::Candidate&& candidate, std::span<const uint8_t> images) {
        take(inputs, worker.examiner().painter(), candidate, images);
      });
    }
  }

  report::SiteView view(const pipeline::Inputs& inputs, const tensor::Painter& painter, const genome::Candidate& candidate,
                        std::span<const uint8_t> images) {
    const genome::Contig& contig = inputs.reference.contigs()[candidate.contig];
    report::SiteView out;
    out.shape = drawn_.shape;
    const int64_t start = candidate.start - out.shape.width / 2;
    out.reference = inputs.reference.bases({candidate.contig, start, start + out.shape.width});
    out.variant_end = out.shape.width / 2 + static_cast<int>(candidate.ref.size());
    for (const tensor::DrawnRow& row : painter.drawn_rows()) {
      out.rows.push_back({row.row, row.read->number > 0 ? row.read->key() : row.read->name, row.read->reverse, row.read->mapq, row.read->haplotype_tag});
    }
    std::vector<std::string> alts;
    for (const std::string& alt : candidate.alts) alts.push_back(in_short(alt));
    out.title = fmt::format("{} {} > {}, depth {} ({})", place(contig, candidate.start), in_short(candidate.ref), fmt::join(alts, ","),
                            candidate.depth, fmt::join(candidate.allele_depth, ","));
    const auto sets = genome::alt_sets(static_cast<int>(candidate.alts.size()));
    std::vector<genome::GenotypeProbabilities> answers;
    session_.infer(images, sets.size(), answers);
    out.title += ": " + call_text(genotype::call_site(candidate, answers, {}));
    const size_t bytes = out.shape.bytes();
    for (size_t i = 0; i < sets.size(); ++i) {
      const auto pixels = images.subspan(i * bytes, bytes);
      out.images.push_back({image_title(candidate, sets[i], answers[i]), {pixels.begin(), pixels.end()}});
    }
    return out;
  }

  // A picture is as wide as its title.
  static std::string in_short(const std::string& allele) {
    constexpr size_t kLongest = 40;
    return allele.size() <= kLongest ? allele : fmt::format("{}..({} bases)", allele.substr(0, kLongest / 2), allele.size());
  }

  static std::string image_title(const genome::Candidate& candidate, const genome::AltSet& set, const genome::GenotypeProbabilities& answer) {
    std::vector<std::string> alts;
    for (const int alt : set) alts.push_back(in_short(candidate.alts[static_cast<size_t>(alt)]));
    return fmt::format("copies of {}: 0 {:.4f}, 1 {:.4f}, 2 {:.4f}", fmt::join(alts, " or "), answer[0], answer[1], answer[2]);
  }

  Error too_many(const genome::ContigList& contigs) const {
    return usage_error(fmt::format("{} holds more than {} candidates", genome::text(wanted_, contigs), kMostSites), "ask for a shorter region");
  }

  // With the nearest candidates, looked for in the surroundings unless --regions says what is there.
  Error nothing_there() {
    pipeline::InputPaths paths = paths_;
    const formats::Reference reference(paths.reference);
    const genome::Contig& contig = reference.contigs()[wanted_.contig];
    const genome::Region around{wanted_.contig, std::max<int64_t>(wanted_.start - kSearch, 0), std::min(wanted_.end + kSearch, contig.length)};
    if (!as_given_) paths.regions = {genome::text(in_partitions(around, reference.contigs()), reference.contigs())};
    std::vector<std::pair<int64_t, int64_t>> found;  // distance, start
    for_each_candidate(paths, [&](const pipeline::Inputs&, const tensor::Painter&, const genome::Candidate& candidate, std::span<const uint8_t>) {
      if (candidate.contig != wanted_.contig) return;
      found.emplace_back(std::max(wanted_.start - candidate.start, candidate.start - wanted_.end + 1), candidate.start);
    });
    std::sort(found.begin(), found.end());
    found.resize(std::min(found.size(), kNearestShown));
    std::vector<std::string> near;
    for (const auto& [distance, start] : found) near.push_back(place(contig, start));
    const std::string what = wanted_.length() == 1 ? "no candidate starts at" : "no candidate starts in";
    return usage_error(fmt::format("{} {}", what, genome::text(wanted_, reference.contigs())),
                       near.empty() ? (as_given_ ? std::string("leave out --regions: no candidate of that contig starts in them")
                                                 : fmt::format("another place: there is none within {} bases", kSearch))
                                    : fmt::format("the nearest: {}", fmt::join(near, ", ")));
  }

  pipeline::MakeExamplesRequest drawn_;
  model::Model network_;
  model::Model::Session session_;
  pipeline::InputPaths paths_;
  genome::Region wanted_;
  bool as_given_ = false;
};

// 0 where stdout is no terminal.
int terminal_columns() {
  winsize size{};
  return isatty(STDOUT_FILENO) != 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

void show(const ShowFlags& flags) {
  std::optional<base::AtomicFile> file;
  if (!flags.out.empty()) file.emplace(flags.out, "commands");
  const auto views = Viewer(flags).views();
  if (file) {
    if (views.size() > 1) {
      throw usage_error(fmt::format("{} candidates start in {}; a picture shows one", views.size(), flags.where),
                        "name its position: " + views.front().title.substr(0, views.front().title.find(' ')));
    }
    file->write(report::site_png(views.front()));
    file->commit();
    return;
  }
  const report::TextStyle style{flags.colour, terminal_columns()};
  for (const report::SiteView& view : views) fmt::print("{}{}", &view == &views.front() ? "" : "\n", report::site_text(view, style));
}

}  // namespace

void add_show(CLI::App& parent) {
  auto flags = std::make_shared<ShowFlags>();
  CLI::App* command = parent.add_subcommand("show", "what the network sees at a site, and what it says");
  command->add_option("region", flags->where, "the candidate's position, chr20:10,000,117, or a region that holds some")->required();
  flags->common.add_to(*command);
  command->add_option("--out", flags->out, "PNG to write: all channels, side by side (default: letters on stdout)");
  add_switch(*command, "color", flags->colour, "letters in colour (default: if stdout is a terminal)");
  command->callback([flags, command] {
    if (command->count("--color") == 0) flags->colour = isatty(STDOUT_FILENO) != 0;
    show(*flags);
  });
}

}  // namespace haploom::commands
