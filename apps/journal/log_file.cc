// SPDX-License-Identifier: MIT
#include "apps/journal/log_file.h"

#include <utility>

#include "apps/cli/start_up_error.h"
#include "apps/cli/text_escape.h"

namespace dgram::app::journal {
namespace {

constexpr std::size_t shown_path = 200;

std::string cannot_be(const char* what, const std::string& path, std::error_code error) {
  return "--log: '" + escaped(path, shown_path) + "' cannot be " + what + ": " + error.message();
}

}  // namespace

log_file::log_file(file_options options, open_file open)
    : options_(std::move(options)), open_(std::move(open)), messages_{options_.rate}, peers_{options_.rate} {
  std::error_code error;
  file_ = open_(options_, error);
  if (!file_) throw start_up_error(exit_code::output, cannot_be("opened", options_.path, error));
}

bool log_file::admits(flood kind) {
  allowance& its = kind == flood::messages ? messages_ : peers_;
  if (its.left == 0) {
    ++its.suppressed;
    return false;
  }
  --its.left;
  return true;
}

void log_file::write(level of, const json_object& event) {
  write_text(of, event.text());
}

void log_file::write_text(level of, const std::string& object) {
  if (file_) {
    const std::error_code error = file_->write(of, object);
    if (!error) return;
    file_.reset();
    if (!std::exchange(failed_, true)) problem_ = cannot_be("written", options_.path, error);
  }
  ++missing_;
}

void log_file::second_passed() {
  if (!file_) reopen();
  say_suppressed();
  messages_.left = peers_.left = options_.rate;
}

void log_file::reopen() {
  std::error_code error;
  file_ = open_(options_, error);
  if (!file_) return;
  json_object event;
  event.add("event", "missing").add("lines", missing_ - missing_said_);
  const std::uint64_t before = missing_;
  write(level::error, event);
  if (file_) {
    missing_said_ = missing_;
  } else {
    missing_ = before;  // this line is none of those that are missing
  }
}

void log_file::say_suppressed() {
  if (messages_.suppressed == 0 && peers_.suppressed == 0) return;
  json_object event;
  event.add("event", "suppressed").add("messages", std::exchange(messages_.suppressed, 0));
  if (const auto peers = std::exchange(peers_.suppressed, 0)) event.add("joined_and_left", peers);
  write(level::warning, event);
}

std::optional<std::string> log_file::take_problem() {
  return std::exchange(problem_, std::nullopt);
}

}  // namespace dgram::app::journal
