// SPDX-License-Identifier: MIT
#include "apps/client/pipe_mode.h"

#include <utility>

#include <asio/buffer.hpp>
#include <asio/post.hpp>

#include "apps/cli/text_escape.h"
#include "apps/cli/units.h"

namespace dgram::app {

pipe_mode::pipe_mode(client_session& session, on_finished finished)
    : session_(session),
      finished_(std::move(finished)),
      lines_(session.largest_message),
      pipe_([&session](std::string_view text, const send_options& how,
                       message_pipe::on_answer then) { session.request(text, how, std::move(then)); },
            session.sending(), session.options.window, session.counts,
            {.on_reply =
                 [this](std::string_view reply, const pipe_result& result) {
                   if (done_) return;
                   if (in_room()) return take_room_reply(reply);
                   session_.log.came(reply);
                   if (!session_.options.json) replies_.add_line(reply);
                   if (one_shot() && !session_.options.quiet) {
                     session_.words.add_line(cost_text(result.report, session_.on));
                   }
                 },
             .on_failure = [this](std::uint64_t number,
                                  const pipe_result& result) { report_failure(number, result); },
             .on_progress = [this] { pump(); }}),
      replies_(session.context.get_executor(), [this] { pump(); }),
      patience_(session.context) {}

void pipe_mode::start() {
  if (one_shot()) {
    lines_.end();
  } else {
    input_.emplace(session_.context.get_executor());
  }
  pump();
}

void pipe_mode::stop() {
  done_ = true;
  if (unshown_ != 0) {
    session_.words.add_line("udp_client: " + std::to_string(unshown_) +
                            " lines of others were not shown: standard output was not read");
  }
  std::error_code ignored;
  if (input_) input_->stream().cancel(ignored);
  patience_.cancel();
  replies_.stop();
  session_.words.flush();
}

void pipe_mode::say(const std::string& line) {
  session_.words.add_line(line);
  // Replies that came before it are shown before it.
  if (replies_.empty()) session_.words.flush();
}

void pipe_mode::on_message(std::string_view text) {
  if (done_) return;
  session_.log.came(text);
  if (!in_room()) {
    // Standard output is for replies.
    if (!session_.options.quiet) say("server: " + escaped(text, 1000));
    return;
  }
  own_.came(text, session_.place.name());
  if (input_ended()) asio::post(session_.context, [this] { pump(); });
  if (session_.options.json) return;
  // A reader that takes nothing must not make this program grow.
  if (replies_.crowded()) {
    ++unshown_;
  } else {
    const bool timed = session_.options.times;
    replies_.add_line((timed ? time_of_day(std::chrono::system_clock::now()) + " " : "") + escaped(text));
  }
}

void pipe_mode::take_room_reply(std::string_view reply) {
  own_.resolved(reply.empty());
  if (reply.empty()) return;
  refused_ = true;
  session_.log.failed(reply);
  session_.words.add_line("udp_client: " + escaped(reply, 400));
}

std::optional<input_line> pipe_mode::next_message() {
  const auto& given = session_.options.messages;
  if (next_given_ == given.size()) return lines_.next();
  const std::string& text = given[next_given_++];
  return input_line{next_given_, text.size(), text, text.size() > session_.largest_message};
}

bool pipe_mode::input_ended() const {
  return next_given_ == session_.options.messages.size() && lines_.finished();
}

void pipe_mode::pump() {
  if (done_) return;
  if (replies_.failed()) return lose_output();
  if (pipe_.lost()) give_up();
  if (giving_up_) return count_rest();
  while (pipe_.has_room() && !replies_.crowded()) {
    const auto message = next_message();
    if (!message) break;
    if (message->too_long) {
      report_too_long(*message);
    } else {
      session_.log.said(message->text);
      if (in_room()) own_.sent(message->text);
      pipe_.send(message->text, message->number);
    }
  }
  if (input_ended()) {
    if (pipe_.idle() && replies_.empty() && !session_.greeting) finish_in_time();
  } else if (pipe_.has_room() && !replies_.crowded()) {
    read();
  }
  if (replies_.empty()) session_.words.flush();
}

void pipe_mode::finish_in_time() {
  const bool in_time = own_.missing() <= 0 || !session_.place.welcomed();
  if (in_time || session_.options.json) return finish(result());
  if (std::exchange(waiting_for_own_, true)) return;
  // It is on its way, unless the server is gone.
  patience_.expires_after(session_.options.deadline);
  patience_.async_wait([this](std::error_code error) {
    if (error || done_) return;
    session_.words.add_line("udp_client: the last " +
                            counted(static_cast<std::uint64_t>(own_.missing()), "line", "lines") +
                            " did not come back from the room");
    finish(result());
  });
}

void pipe_mode::read() {
  if (std::exchange(reading_, true)) return;
  input_->stream().async_read_some(asio::buffer(buffer_), [this](std::error_code error, std::size_t n) {
    reading_ = false;
    if (done_) return;
    lines_.add({buffer_.data(), n});
    // Any error ends the input: end of file, or a terminal that went away.
    if (error) lines_.end();
    pump();
  });
}

void pipe_mode::report_too_long(const input_line& line) {
  ++session_.counts.too_large;
  const std::string what = std::string(one_shot() ? "message " : "line ") + std::to_string(line.number) +
                           " is too large: " + std::to_string(line.size) + " bytes, at most " +
                           std::to_string(session_.largest_message) + " can be sent";
  session_.log.failed(what);
  session_.words.add_line("udp_client: " + what);
}

void pipe_mode::report_failure(std::uint64_t number, const pipe_result& result) {
  const std::string why =
      failure_text(result.error, result.report, session_.endpoint.last_hint(session_.peer), session_.on);
  const std::string which = (one_shot() ? "message " : "line ") + std::to_string(number) + ": ";
  session_.log.failed(which + why);
  if (in_room()) own_.resolved(false);
  if (!one_shot()) return;
  session_.words.add_line("udp_client: " + (session_.options.messages.size() > 1 ? which : "") + why);
}

void pipe_mode::give_up() {
  if (std::exchange(giving_up_, true)) return;
  const std::string hint = hint_text(session_.endpoint.last_hint(session_.peer), session_.on);
  session_.words.add_line("udp_client: the server is lost" + (hint.empty() ? hint : ": " + hint));
  // Not from inside a callback of the endpoint.
  asio::post(session_.context, [this] {
    if (!done_) session_.endpoint.close();
  });
  // An endless input must not keep us from ending.
  patience_.expires_after(std::chrono::seconds(1));
  patience_.async_wait([this](std::error_code error) {
    if (error || done_) return;
    rest_unread_ = true;
    pump();
  });
}

void pipe_mode::count_rest() {
  while (next_message()) ++session_.counts.never_sent;
  if (!input_ended() && !rest_unread_) return read();
  if (!pipe_.idle() || !replies_.empty()) return;
  if (rest_unread_) session_.words.add_line("udp_client: the rest of the input was not read");
  finish(result());
}

void pipe_mode::lose_output() {
  const std::string why = loss_of_output(replies_.error());
  if (!why.empty()) session_.words.add_line("udp_client: " + why);
  finish(exit_code::output);
}

void pipe_mode::finish(exit_code code) {
  if (std::exchange(done_, true)) return;
  stop();
  finished_(code);
}

exit_code pipe_mode::result() const {
  if (replies_.failed()) return exit_code::output;
  return session_.counts.unanswered() == 0 && !refused_ ? exit_code::ok : exit_code::unanswered;
}

}  // namespace dgram::app
