#include <fmt/format.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/signals.h"
#include "commands/commands.h"
#include "commands/store_commands.h"
#include "commands/store_flags.h"
#include "shared_image/holders.h"
#include "shared_image/inventory.h"
#include "shared_image/store.h"

namespace haploom::commands {
namespace {

using nlohmann::json;

struct Options {
  std::string directory;
  ListFormat format = ListFormat::kTable;
  bool as_json = false;
  bool all_users = false;
  std::optional<uint32_t> owner;
  double watch_seconds = 2;

  std::optional<uid_t> whose() const { return all_users ? std::nullopt : std::optional<uid_t>(owner.value_or(::geteuid())); }
};

struct Row {
  shared_image::Entry entry;
  std::vector<shared_image::HolderFacts> holders;
  std::optional<uint64_t> pss_bytes;  // of all holders that can be seen

  bool whole() const { return entry.problem.empty(); }
  const char* policy() const { return entry.unreadable ? "not readable" : !whole() ? "damaged" : entry.policy == shared_image::Policy::kKept ? "kept" : "transient"; }
};

Row row_of(shared_image::Entry entry) {
  Row row;
  for (const shared_image::Holder& holder : entry.holders) {
    row.holders.push_back(shared_image::facts_of(holder, entry.device, entry.inode));
    if (const auto pss = row.holders.back().pss_bytes) row.pss_bytes = row.pss_bytes.value_or(0) + *pss;
  }
  row.entry = std::move(entry);
  return row;
}

std::vector<Row> rows_of(const std::string& directory, std::optional<uid_t> owner) {
  std::vector<Row> rows;
  for (const std::string& place : places_to_look(directory)) {
    shared_image::StoreOptions options;
    options.directory = place;
    const std::string checked = shared_image::Store(options).directory();
    for (shared_image::Entry& entry : shared_image::inventory(checked, owner)) rows.push_back(row_of(std::move(entry)));
  }
  return rows;
}

// "42s", "5m", "3h", "2d"
std::string age_text(int64_t seconds) {
  seconds = std::max<int64_t>(seconds, 0);
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m", seconds / 60);
  if (seconds < 86400) return fmt::format("{}h", seconds / 3600);
  return fmt::format("{}d", seconds / 86400);
}

// "4711:alice:16_3": pid, user, job; "-" for what cannot be seen.
std::string holders_text(const Row& row) {
  const auto shown = [](const std::string& text) { return text.empty() ? "-" : text; };
  std::string text;
  for (const shared_image::HolderFacts& holder : row.holders)
    text += fmt::format("{}{}:{}:{}", text.empty() ? "" : ",", holder.pid > 0 ? std::to_string(holder.pid) : "-", shown(holder.user), shown(holder.job));
  return shown(text);
}

void print_table(const std::vector<Row>& rows) {
  fmt::print("name\tgraph\tbytes\tpolicy\tage\tholders\tpss\towner\tdirectory\n");
  for (const Row& row : rows) {
    const shared_image::Entry& entry = row.entry;
    const std::string graph = row.whole() ? std::filesystem::path(entry.gbz_path).filename().string() : "-";
    fmt::print("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", entry.name, graph, entry.bytes, row.policy(), age_text(std::time(nullptr) - entry.created_unix),
               holders_text(row), row.pss_bytes ? std::to_string(*row.pss_bytes) : "-", shared_image::user_name(entry.owner),
               std::filesystem::path(entry.path).parent_path().string());
    if (!row.whole()) fmt::print(stderr, "{}: {}\n", entry.name, entry.problem);
  }
}

json json_of(const shared_image::HolderFacts& holder) {
  const auto text = [](const std::string& value) { return value.empty() ? json() : json(value); };
  return {{"pid", holder.pid > 0 ? json(holder.pid) : json()},
          {"user", text(holder.user)},
          {"job", text(holder.job)},
          {"command", text(holder.command)},
          {"pss_bytes", holder.pss_bytes ? json(*holder.pss_bytes) : json()}};
}

void print_json(const std::vector<Row>& rows) {
  json out = json::array();
  for (const Row& row : rows) {
    const shared_image::Entry& entry = row.entry;
    json holders = json::array();
    for (const shared_image::HolderFacts& holder : row.holders) holders.push_back(json_of(holder));
    json object = {{"name", entry.name},   {"file", entry.path},         {"uid", entry.owner},
                   {"owner", shared_image::user_name(entry.owner)},      {"bytes", entry.bytes},
                   {"policy", row.policy()}, {"created_unix", entry.created_unix}, {"age_seconds", std::max<int64_t>(0, std::time(nullptr) - entry.created_unix)},
                   {"holders", holders},   {"pss_bytes", row.pss_bytes ? json(*row.pss_bytes) : json()},
                   {"problem", row.whole() ? json() : json(entry.problem)}};
    if (row.whole()) {
      object["graph"] = entry.gbz_path;
      object["graph_bytes"] = entry.fingerprint.file_bytes;
      object["fingerprint"] = entry.fingerprint.text();
      object["full_fingerprint"] = entry.full_fingerprint;
    }
    out.push_back(std::move(object));
  }
  fmt::print("{}\n", out.dump(2, ' ', false, json::error_handler_t::replace));
}

// A label's value as the text format wants it: UTF-8; backslash, quote and line end escaped.
std::string label(const std::string& value) {
  const auto text = json::parse(json(value).dump(-1, ' ', false, json::error_handler_t::replace)).get<std::string>();
  std::string out;
  for (const char letter : text) {
    if (letter == '\\' || letter == '"') out += '\\';
    out += letter == '\n' ? std::string("\\n") : std::string(1, letter);
  }
  return out;
}

// Source: Prometheus, text-based exposition format 0.0.4
void print_prometheus(const std::vector<Row>& rows) {
  const auto family = [&](const char* name, const char* help, const auto& value) {
    fmt::print("# HELP {0} {1}\n# TYPE {0} gauge\n", name, help);
    for (const Row& row : rows) {
      const std::optional<uint64_t> number = value(row);
      if (!number) continue;
      fmt::print("{}{{name=\"{}\",directory=\"{}\",graph=\"{}\",policy=\"{}\",uid=\"{}\"}} {}\n", name, label(row.entry.name),
                 label(std::filesystem::path(row.entry.path).parent_path().string()), label(row.whole() ? row.entry.gbz_path : ""),
                 row.policy(), row.entry.owner, *number);
    }
  };
  using Number = std::optional<uint64_t>;
  fmt::print("# HELP haploom_shared_images Shared pangenomes in the store.\n# TYPE haploom_shared_images gauge\nhaploom_shared_images {}\n", rows.size());
  family("haploom_shared_image_bytes", "Size of a shared pangenome.", [](const Row& row) { return Number(row.entry.bytes); });
  family("haploom_shared_image_holders", "Processes that hold it.", [](const Row& row) { return Number(row.holders.size()); });
  family("haploom_shared_image_created_timestamp_seconds", "When it was made, Unix time.",
         [](const Row& row) { return Number(static_cast<uint64_t>(std::max<int64_t>(0, row.entry.created_unix))); });
  family("haploom_shared_image_pss_bytes", "Proportional memory of the holders that can be seen.", [](const Row& row) { return row.pss_bytes; });
  family("haploom_shared_image_damaged", "1 when no job can use it.", [](const Row& row) { return Number(row.whole() || row.entry.unreadable ? 0 : 1); });
}

// Until the time is over or a signal came.
void rest(double seconds) {
  constexpr double kTurn = 0.1;  // a signal between the question and the sleep is heeded that late
  for (double left = seconds; left > 0 && !base::stop_requested(); left -= kTurn) {
    const struct timespec turn {0, static_cast<long>(std::min(left, kTurn) * 1e9)};
    ::nanosleep(&turn, nullptr);
  }
  base::throw_if_stopped();
}

void watch(const Options& options) {
  while (true) {
    if (::isatty(STDOUT_FILENO) != 0) fmt::print("\033[H\033[2J");
    print_store(options.directory, options.format, options.whose());
    if (std::fflush(stdout) != 0) throw Error{Exit::kResource, Reason::kOutput, "commands", "cannot write to standard output", "check the program that reads it"};
    rest(options.watch_seconds);
  }
}

}  // namespace

void print_store(const std::string& directory, ListFormat format, std::optional<uid_t> owner) {
  const std::vector<Row> rows = rows_of(directory, owner);
  switch (format) {
    case ListFormat::kTable: return print_table(rows);
    case ListFormat::kJson: return print_json(rows);
    case ListFormat::kPrometheus: return print_prometheus(rows);
  }
}

void add_gbz_ls(CLI::App& parent) {
  CLI::App* command = parent.add_subcommand("ls", "shared pangenomes on this node: name, graph, bytes, policy, age, who holds them, their memory");
  const auto options = std::make_shared<Options>();
  static const std::map<std::string, ListFormat> kFormats = {{"table", ListFormat::kTable}, {"json", ListFormat::kJson}, {"prometheus", ListFormat::kPrometheus}};
  CLI::Option* format = command->add_option("--format", options->format, "table (columns separated by tabs), json, or prometheus (for the textfile collector of a node exporter)")
                            ->transform(CLI::CheckedTransformer(kFormats))
                            ->type_name("FORMAT")
                            ->default_str("table");
  command->add_flag("--json", options->as_json, "--format json")->excludes(format);
  command->add_option("--gbz_shared_memory_owner", options->owner, "of this user id instead of the caller's");
  command->add_flag("--all_users", options->all_users, "of every user of the node; what the caller may not read is shown as such");
  CLI::Option* watching = command->add_option("--watch", options->watch_seconds, "print again every SECONDS, until a signal comes")
                              ->expected(0, 1)
                              ->check(CLI::Range(0.1, 1e6))
                              ->type_name("[SECONDS=2]");
  add_store_directory(*command, options->directory);
  command->footer("holders: pid:user:job, job of Slurm, LSF, PBS or SGE; pss: bytes in memory, pages shared with others counted in part;\n"
                  "'-': not readable, or none.\n\nexample: haploom gbz ls");
  command->callback([options, watching] {
    if (options->as_json) options->format = ListFormat::kJson;
    if (watching->count() > 0)
      watch(*options);
    else
      print_store(options->directory, options->format, options->whose());
  });
}

}  // namespace haploom::commands
