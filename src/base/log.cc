#include "base/log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/dist_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/error.h"

namespace haploom::base {
namespace {

constexpr const char* kPattern = "%Y-%m-%dT%H:%M:%S%z %l %v";

// What the one logger writes to; stderr is always among them.
spdlog::sinks::dist_sink_mt& sinks() {
  static const auto instance = [] {
    auto made = std::make_shared<spdlog::sinks::dist_sink_mt>();
    made->add_sink(std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern(kPattern);
    return made;
  }();
  return *instance;
}

spdlog::logger& logger() {
  static spdlog::logger& instance = [] () -> spdlog::logger& {
    static spdlog::logger made("haploom", spdlog::sink_ptr(&sinks(), [](spdlog::sinks::sink*) {}));
    made.flush_on(spdlog::level::debug);  // a log is what is left of a run that was killed
    return made;
  }();
  return instance;
}

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarning: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
  }
  return spdlog::level::info;
}

}  // namespace

void set_log_level(LogLevel level) { logger().set_level(spdlog_level(level)); }

void log(LogLevel level, std::string_view module, std::string_view line) {
  logger().log(spdlog_level(level), "[{}] {}", module, line);
}

struct LogFile::State {
  std::shared_ptr<spdlog::sinks::basic_file_sink_mt> sink;
};

LogFile::LogFile(const std::string& path) : state_(std::make_unique<State>()) {
  try {
    state_->sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path, /*truncate=*/true);
  } catch (const spdlog::spdlog_ex& error) {
    throw Error{Exit::kResource, Reason::kOutput, "base", fmt::format("the log '{}' cannot be written: {}", path, error.what()),
                "give another folder for logs"};
  }
  state_->sink->set_pattern(kPattern);
  sinks().add_sink(state_->sink);
}

LogFile::~LogFile() { sinks().remove_sink(state_->sink); }

void LogFile::append(std::string_view text) {
  // Past the pattern: the text has its own lines.
  state_->sink->set_pattern("%v");
  state_->sink->log(spdlog::details::log_msg("haploom", spdlog::level::err, spdlog::string_view_t(text.data(), text.size())));
  state_->sink->set_pattern(kPattern);
  state_->sink->flush();
}

}  // namespace haploom::base
