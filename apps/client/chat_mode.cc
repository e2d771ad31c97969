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

bool chat_colour(const client_session& session) {
  return may_colour(STDOUT_FILENO, session.options.colour);
}

}  // namespace

chat_mode::chat_mode(client_session& session, on_finished finished)
    : session_(session),
      finished_(std::move(finished)),
      reader_(make_line_reader(session.context.get_executor())),
      screen_(*reader_, prompt, chat_colour(session)),
      conversation_(screen_, session.log, session.options, session.place, chat_colour(session)),
      status_(session, waiting_, screen_),
      sending_(session.sending()) {}

void chat_mode::start() {
  if (!session_.options.quiet) {
    session_.words.add_line("talking to " + session_.server + " over " + to_text(session_.on) +
                            "; /help lists commands, Ctrl-D leaves");
    session_.words.flush();
  }
  status_.start();
  reader_->start(prompt, [this](std::optional<std::string> line) { on_line(std::move(line)); });
}

void chat_mode::stop() {
  if (std::exchange(done_, true)) return;
  status_.stop();
  screen_.close();
  reader_->stop();
}

void chat_mode::say(const std::string& line) {
  conversation_.note(line);
}

void chat_mode::on_message(std::string_view text) {
  conversation_.came(text);
}

void chat_mode::on_trace(const trace_record& record) {
  const bool repeats = record.happened == trace_record::what::sent && record.messages != 0 &&
                       (record.cause == send_cause::probe || record.cause == send_cause::loss);
  if (!repeats || waiting_.empty()) return;
  waiting_.repeated(record.when);
  status_.changed();
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
  conversation_.said(text);
  if (text.size() > session_.largest_message) {
    ++session_.counts.too_large;
    return conversation_.failed(escaped(text, shown_quote), "",
                                "too large: " + std::to_string(text.size()) + " bytes, at most " +
                                    std::to_string(session_.largest_message) + " can be sent");
  }
  const std::uint64_t id = newest_line_;
  waiting_.add(id, text, time_point::clock::now());
  ++session_.counts.sent;
  session_.request(text, sending_,
                   [this, id](std::error_code error, const answer& got) { resolve(id, error, got); });
  status_.changed();
}

void chat_mode::resolve(std::uint64_t id, std::error_code error, const answer& got) {
  session_.counts.resolved(error, got.report, got.report.round_trip);
  const std::string said = escaped(waiting_.take(id), shown_quote);
  if (done_) return session_.log.failed(said + " → given up");
  // Directly under its own line a reply needs no quotation.
  const std::string quote = id == newest_line_ ? "" : said + " → ";
  const std::string_view reply = as_text(got.bytes);
  if (error || got.report.outcome != outcome::answered) {
    const std::error_code hint = session_.endpoint.last_hint(session_.peer);
    conversation_.failed(said, quote, failure_text(error, got.report, hint, session_.on));
  } else if (!in_room()) {
    conversation_.answered(quote, reply, cost_text(got.report, session_.on));
  } else if (!reply.empty()) {
    // The line itself comes with those of the others; an answer is the reason why it does not.
    conversation_.failed(said, quote, for_people(reply));
  }
  status_.changed();
}

void chat_mode::run_command(const chat_line& line) {
  if (line.text == "quit") {
    leave(exit_code::ok);
  } else if (line.text == "stats") {
    screen_.line(table(session_.summary()));
  } else if (line.text == "timeout") {
    set_deadline(line.argument);
  } else if (line.text == "times") {
    switch_times(line);
  } else if (line.text == "status") {
    switch_status(line);
  } else if (line.text == "help") {
    help();
  } else if (in_room()) {
    send("/" + line.text + " " + line.argument);
  } else {
    screen_.line("/" + escaped(line.text, shown_quote) + " is no command; /help lists them, //" +
                 escaped(line.text, shown_quote) + " sends it");
  }
}

void chat_mode::help() {
  screen_.line(
      "/stats           round trip, bytes, what was lost and sent again and why, the path\n"
      "/timeout TIME    give a message up after TIME (now " +
      format_duration(sending_.deadline) +
      ")\n"
      "/times on|off    the time before each line (now " +
      (conversation_.times() ? "on" : "off") +
      ")\n"
      "/status on|off   the row above the prompt (now " +
      (status_.shown() ? "on" : "off") +
      ")\n"
      "/quit            leave; so does Ctrl-D\n"
      "//text           send /text");
  if (in_room()) send("/help");
}

std::optional<bool> chat_mode::switched(const chat_line& line, bool now) {
  if (line.argument.empty()) return !now;
  if (line.argument == "on" || line.argument == "off") return line.argument == "on";
  screen_.line("/" + line.text + ": '" + escaped(line.argument, shown_quote) + "' is neither on nor off");
  return std::nullopt;
}

void chat_mode::switch_times(const chat_line& line) {
  const auto wanted = switched(line, conversation_.times());
  if (!wanted) return;
  conversation_.show_times(*wanted);
  screen_.line(*wanted ? "each line has its time" : "lines have no times");
}

void chat_mode::switch_status(const chat_line& line) {
  if (!screen_.can_redraw()) return screen_.line("/status: nothing can be redrawn on this terminal");
  if (const auto wanted = switched(line, status_.shown())) status_.show(*wanted);
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

}  // namespace dgram::app
