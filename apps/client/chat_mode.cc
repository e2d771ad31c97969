// SPDX-License-Identifier: MIT
#include "apps/client/chat_mode.h"

#include <unistd.h>

#include <utility>

#include "apps/cli/text_escape.h"
#include "apps/cli/units.h"
#include "apps/client/summary.h"

namespace dgram::app {
namespace {

constexpr const char* prompt = "> ";
constexpr std::size_t shown_quote = 40;
// Sooner, a status would only flicker.
constexpr auto status_after = std::chrono::milliseconds(100);

std::string for_people(std::string_view reply) {
  if (reply.ends_with('\n')) reply.remove_suffix(1);
  return escaped(reply);
}

}  // namespace

chat_mode::chat_mode(client_session& session, on_finished finished)
    : session_(session),
      finished_(std::move(finished)),
      reader_(make_line_reader(session.context.get_executor())),
      screen_(*reader_, prompt, may_colour(STDOUT_FILENO, session.options.colour)),
      refresh_(session.context),
      sending_(session.sending()) {}

void chat_mode::start() {
  if (!session_.options.quiet) {
    session_.words.add_line("talking to " + session_.server + " over " + to_text(session_.on) +
                            "; /help lists commands, Ctrl-D leaves");
    session_.words.flush();
  }
  reader_->start(prompt, [this](std::optional<std::string> line) { on_line(std::move(line)); });
}

void chat_mode::stop() {
  if (std::exchange(done_, true)) return;
  reader_->stop();
  refresh_.cancel();
}

void chat_mode::say(const std::string& line) {
  screen_.line(line);
}

void chat_mode::on_message(std::string_view text) {
  screen_.line((in_room() ? "" : "server: ") + for_people(text));
}

void chat_mode::on_trace(const trace_record& record) {
  const bool repeats = record.happened == trace_record::what::sent && record.messages != 0 &&
                       (record.cause == send_cause::probe || record.cause == send_cause::loss);
  if (!repeats) return;
  for (auto& [id, message] : waiting_) {
    if (record.when <= message.sent) continue;
    ++message.tries;
    message.last_try_after = record.when - message.sent;
  }
  refresh_status();
}

void chat_mode::on_line(std::optional<std::string> typed) {
  if (!typed) return leave(exit_code::ok);
  ++newest_line_;
  screen_.entered(*typed);
  const chat_line line = parse_chat_line(*typed);
  if (line.means == chat_line::kind::message) send(in_room() ? *typed : line.text);
  if (line.means == chat_line::kind::command) run_command(line);
  if (!done_) screen_.enter_is_done();
}

void chat_mode::send(const std::string& text) {
  if (text.size() > session_.largest_message) {
    ++session_.counts.too_large;
    return screen_.line("too large: " + std::to_string(text.size()) + " bytes, at most " +
                        std::to_string(session_.largest_message) + " can be sent");
  }
  const std::uint64_t id = newest_line_;
  waiting_.emplace(id, waiting_message{text, time_point::clock::now()});
  ++session_.counts.sent;
  session_.endpoint.async_request(
      session_.peer, as_bytes(text), sending_,
      [this, id](std::error_code error, const answer& got) { resolve(id, error, got); });
  session_.said();
  screen_.waiting(true, status_text());
  refresh_later();
}

void chat_mode::resolve(std::uint64_t id, std::error_code error, const answer& got) {
  session_.counts.resolved(error, got.report, got.report.round_trip);
  if (done_) return;
  const auto its = waiting_.extract(id);
  // Directly under its own line a reply needs no quotation.
  const std::string quote = id == newest_line_ ? "" : escaped(its.mapped().text, shown_quote) + " → ";
  if (in_room() && !error && got.report.outcome == outcome::answered) {
    // The line itself comes with those of the others; an answer is the reason why it does not.
    if (!got.bytes.empty()) screen_.line(screen_.alarming(quote + for_people(as_text(got.bytes))));
  } else if (!error && got.report.outcome == outcome::answered) {
    screen_.line(quote + for_people(as_text(got.bytes)) + "   " +
                 screen_.dim(cost_text(got.report, session_.on)));
  } else {
    screen_.line(quote + screen_.alarming(failure_text(
                             error, got.report, session_.endpoint.last_hint(session_.peer), session_.on)));
  }
  if (waiting_.empty()) refresh_.cancel();
  screen_.waiting(!waiting_.empty(), status_text());
}

void chat_mode::run_command(const chat_line& line) {
  if (line.text == "quit") {
    leave(exit_code::ok);
  } else if (line.text == "stats") {
    screen_.line(table(session_.summary()));
  } else if (line.text == "timeout") {
    set_deadline(line.argument);
  } else if (line.text == "help") {
    screen_.line(
        "/stats           round trip, bytes, what was lost and sent again and why, the path\n"
        "/timeout TIME    give a message up after TIME (now " +
        format_duration(sending_.deadline) +
        ")\n"
        "/quit            leave; so does Ctrl-D\n"
        "//text           send /text");
    if (in_room()) send("/help");
  } else if (in_room()) {
    send("/" + line.text + " " + line.argument);
  } else {
    screen_.line("/" + escaped(line.text, shown_quote) + " is no command; /help lists them, //" +
                 escaped(line.text, shown_quote) + " sends it");
  }
}

void chat_mode::set_deadline(const std::string& argument) {
  const auto time = parse_duration(argument);
  if (!time || *time < std::chrono::milliseconds(1)) {
    return screen_.line("/timeout: '" + escaped(argument, shown_quote) +
                        "' is not a duration (such as 250ms, 2s or 1m)");
  }
  sending_.deadline = *time;
  screen_.line("messages are given up after " + format_duration(*time));
}

void chat_mode::leave(exit_code code) {
  stop();
  finished_(code);
}

void chat_mode::refresh_status() {
  if (done_ || waiting_.empty()) return;
  screen_.waiting(true, status_text());
}

void chat_mode::refresh_later() {
  refresh_.expires_after(status_after);
  refresh_.async_wait([this](std::error_code error) {
    if (error || done_ || waiting_.empty()) return;
    refresh_status();
    refresh_later();
  });
}

std::string chat_mode::status_text() const {
  if (waiting_.empty()) return {};
  const waiting_message& oldest = waiting_.begin()->second;
  if (oldest.tries == 1 && time_point::clock::now() - oldest.sent < status_after) return {};
  std::string text = "… waiting";
  if (waiting_.size() > 1) text += " for " + std::to_string(waiting_.size()) + " answers";
  if (oldest.tries > 1) {
    text += ", try " + std::to_string(oldest.tries) + " after " + format_duration(oldest.last_try_after);
  }
  const std::string hint = hint_text(session_.endpoint.last_hint(session_.peer), session_.on);
  return hint.empty() ? text : text + "; " + hint;
}

}  // namespace dgram::app
