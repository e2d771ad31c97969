// SPDX-License-Identifier: MIT
#include "apps/client/client_run.h"

#include <unistd.h>

#include <utility>
#include <variant>

#include <asio/post.hpp>

#include "apps/cli/terminal.h"
#include "apps/cli/text_escape.h"
#include "apps/client/chat_mode.h"
#include "apps/client/endpoints.h"
#include "apps/client/measure_mode.h"
#include "apps/client/pipe_mode.h"
#include "apps/client/trace_text.h"
#include "udp/net/address_text.h"
#include "udp/net/attentive_run.h"

namespace dgram::app {
namespace {

// Standard output must be a terminal too: else its reader gets replies, and nothing else.
bool wants_chat(const client_options& options) {
  return options.messages.empty() && options.count == 0 && !options.json && is_terminal(STDIN_FILENO) &&
         is_terminal(STDOUT_FILENO);
}

}  // namespace

client_run::client_run(const client_options& options)
    : options_(options),
      log_(options.log),
      server_(find_server(options)),
      endpoint_(make_endpoint(context_.get_executor(), options, server_)),
      session_{context_,           options_,
               *endpoint_,         endpoint_->open(server_),
               wire_of(options),   largest_message(wire_of(options), options.mode),
               to_string(server_), log_},
      mode_(choose_mode()),
      signals_(context_, [this](int number) {
        mode_->stop();
        end(code_for_signal(number));
      }) {}

std::unique_ptr<client_mode> client_run::choose_mode() {
  const auto finished = [this](exit_code code) { end(code); };
  if (options_.count != 0) return std::make_unique<measure_mode>(session_, finished);
  if (!wants_chat(options_)) return std::make_unique<pipe_mode>(session_, finished);
  use_utf8_locale();
  return std::make_unique<chat_mode>(session_, finished);
}

exit_code client_run::run() {
  listen();
  if (!options_.name.empty()) enter_room();
  mode_->start();
  run_attentively(context_);
  report();
  return code_;
}

void client_run::listen() {
  log_.on_loss([this](const std::string& why) { mode_->say("udp_client: " + why); });
  endpoint_->on_message([this](const message_view& message) {
    const std::string_view text = as_text(message.bytes);
    if (presence_) session_.place.hear(text);
    mode_->on_message(text);
  });
  endpoint_->on_session([](const session_opened&) {},
                        [this](const session_ended& ended) {
                          const std::string text = ending_text(ended.reason, session_.on);
                          if (!text.empty()) tell(text);
                          if (presence_) presence_->session_ended(ended.reason);
                        });
  endpoint_->trace_to([this](const trace_record& record) {
    if (options_.trace) mode_->say(to_text(record, session_.started));
    mode_->on_trace(record);
  });
}

void client_run::enter_room() {
  presence_.emplace(session_, room_presence::callbacks{.on_refused =
                                                           [this](const std::string& why) {
                                                             log_.failed(why);
                                                             mode_->stop();
                                                             session_.words.add_line("udp_client: " + why);
                                                             end(exit_code::unanswered);
                                                           },
                                                       .on_greeted = [this] { mode_->on_greeted(); },
                                                       .say =
                                                           [this](const std::string& text) {
                                                             log_.failed(text);
                                                             mode_->say(text);
                                                           }});
  session_.request = [this](std::string_view text, const send_options& how, client_session::on_answer then) {
    presence_->request(text, how, std::move(then));
  };
  presence_->enter();
}

void client_run::tell(const std::string& what_happened) {
  log_.failed(what_happened);
  if (!options_.quiet) mode_->say(what_happened);
}

void client_run::end(exit_code code) {
  code_ = code;
  if (presence_) presence_->stop();
  signals_.stop_waiting();
  // Not from inside one of the endpoint's own callbacks.
  asio::post(context_, [this] { endpoint_->close(); });
}

void client_run::report() {
  const bool output_lost = code_ == exit_code::output;
  // That was said when it happened.
  if (log_.lost()) code_ = exit_code::output;
  run_summary summary = session_.summary();
  summary.code = code_;
  if (log_.lost()) summary.error = "the log could not be written";
  if (summary.counts.unanswered() != 0) summary.error = summary.counts.reasons();
  output out(1);
  if (options_.json) out.add_line(json(summary));
  if (options_.count != 0 && !options_.json) out.add_line(table(summary));
  out.flush();
  if (out.failed()) {
    code_ = exit_code::output;
    const std::string why = loss_of_output(out.error());
    if (!why.empty()) session_.words.add_line("udp_client: " + why);
  }
  const bool something_to_tell = summary.counts.sent + summary.counts.unanswered() != 0;
  const bool one_shot = !options_.messages.empty();
  const bool words = something_to_tell && options_.count == 0 && !options_.quiet && !one_shot;
  if (words && !output_lost && !out.failed()) session_.words.add_line(one_line(summary));
  session_.words.flush();
}

}  // namespace dgram::app
