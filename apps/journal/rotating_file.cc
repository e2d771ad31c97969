// SPDX-License-Identifier: MIT
#include "apps/journal/rotating_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <utility>

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>

namespace dgram::app::journal {

void require_rotating_file() {}

namespace {

std::error_code last_error() {
  return {errno == 0 ? EIO : errno, std::generic_category()};
}

// What spdlog would try five times, with a wait before each. A pipe is refused: it blocks.
std::error_code try_to_open(const std::string& path) {
  const int descriptor =
      ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666);
  if (descriptor < 0) return last_error();
  struct stat what {};
  const bool known = ::fstat(descriptor, &what) == 0;
  ::close(descriptor);
  if (known && (S_ISFIFO(what.st_mode) || S_ISSOCK(what.st_mode))) {
    return std::make_error_code(std::errc::operation_not_supported);
  }
  return {};
}

// Without a buffer a line is one write, and what the disk has refused is not written later, out of order. No
// child of the program gets the descriptor.
void opened(const spdlog::filename_t&, std::FILE* file) {
  std::setvbuf(file, nullptr, _IONBF, 0);
  ::fcntl(::fileno(file), F_SETFD, FD_CLOEXEC);
}

class rotating_file : public line_file {
 public:
  explicit rotating_file(const file_options& options) : logger_("", make_sink(options)) {
    // Of the object without its first brace.
    logger_.set_formatter(std::make_unique<spdlog::pattern_formatter>(
        R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l",%v)", spdlog::pattern_time_type::utc));
    logger_.set_error_handler([this](const std::string&) { error_ = last_error(); });
  }

  std::error_code write(level of, std::string_view object) override {
    errno = 0;
    logger_.log(level_of(of), spdlog::string_view_t(object.data() + 1, object.size() - 1));
    return error_;
  }

 private:
  static spdlog::sink_ptr make_sink(const file_options& options) {
    spdlog::file_event_handlers handlers;
    handlers.after_open = opened;
    return std::make_shared<spdlog::sinks::rotating_file_sink_st>(options.path, options.size,
                                                                  options.files - 1, false, handlers);
  }

  static spdlog::level::level_enum level_of(level of) {
    switch (of) {
      case level::info: return spdlog::level::info;
      case level::warning: return spdlog::level::warn;
      case level::error: return spdlog::level::err;
    }
    return spdlog::level::info;
  }

  spdlog::logger logger_;
  std::error_code error_;
};

}  // namespace

std::unique_ptr<line_file> open_rotating_file(const file_options& options, std::error_code& error) {
  error = try_to_open(options.path);
  if (error) return nullptr;
  errno = 0;
  try {
    return std::make_unique<rotating_file>(options);
  } catch (const std::exception&) {
    error = last_error();
    return nullptr;
  }
}

}  // namespace dgram::app::journal
