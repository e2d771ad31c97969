// SPDX-License-Identifier: MIT
#include "apps/client/room_presence.h"

#include <algorithm>
#include <utility>

#include "apps/cli/text_escape.h"
#include "apps/rooms/command.h"

namespace dgram::app {
namespace {

// The old session may hold the name until the server forgets it, 60 s at most.
constexpr auto greet_again_after = std::chrono::seconds(3);
// An initiator ends an unused session or connection after 30 s of silence.
constexpr auto sign_of_life_every = std::chrono::seconds(12);

}  // namespace

room_presence::room_presence(client_session& session, callbacks to_call)
    : session_(session),
      callbacks_(std::move(to_call)),
      again_(session.context),
      sign_of_life_(session.context) {}

void room_presence::enter() {
  if (stopped_ || std::exchange(session_.greeting, true)) return;
  const std::string greeting = "/hello " + session_.place.name() + " " + session_.place.room();
  session_.endpoint.async_request(session_.peer, as_bytes(greeting), session_.sending(),
                                  [this](std::error_code error, const answer& got) { greeted(error, got); });
  stay();
}

void room_presence::greeted(std::error_code error, const answer& got) {
  session_.greeting = false;
  if (stopped_) return;
  const bool answered = !error && got.report.outcome == outcome::answered;
  if (answered && got.bytes.empty()) {
    was_in_ = true;
    said_that_it_tries_ = false;
    send_untaken();
    return callbacks_.on_greeted();
  }
  const std::string why =
      answered ? escaped(as_text(got.bytes), 300)
               : failure_text(error, got.report, session_.endpoint.last_hint(session_.peer), session_.on);
  if (!was_in_) return callbacks_.on_refused(why);
  if (!std::exchange(said_that_it_tries_, true)) {
    callbacks_.say("out of the room: " + why + "; trying to come back");
  }
  greet_later();
  give_up_untaken();
  callbacks_.on_greeted();
}

void room_presence::session_ended(end_reason reason) {
  // While a greeting is on its way its own outcome says how it goes on.
  if (reason == end_reason::closed_here || stopped_ || session_.greeting || !was_in_) return;
  enter();
}

void room_presence::greet_later() {
  again_.expires_after(greet_again_after);
  again_.async_wait([this](std::error_code error) {
    if (!error) enter();
  });
}

void room_presence::stay() {
  sign_of_life_.expires_after(sign_of_life_every);
  sign_of_life_.async_wait([this](std::error_code error) {
    if (error || stopped_) return;
    say_nothing();
    stay();
  });
}

void room_presence::say_nothing() {
  if (!was_in_ || session_.greeting) return;
  // Whether it was taken does not matter: the next one comes soon.
  session_.endpoint.try_send(session_.peer, {}, {});
}

void room_presence::request(std::string_view text, const send_options& how, client_session::on_answer then) {
  const time_point until = time_point::clock::now() + how.deadline;
  if (untaken_.empty()) return send(std::string(text), how, until, std::move(then));
  untaken_.push_back({std::string(text), how, until, std::move(then), untaken_.front().refusal});
}

void room_presence::send(const std::string& text, const send_options& how, time_point until,
                         client_session::on_answer then) {
  session_.endpoint.async_request(
      session_.peer, as_bytes(text), how,
      [this, text, how, until, then = std::move(then)](std::error_code error, answer got) {
        const bool untaken = !error && got.report.outcome == outcome::answered &&
                             as_text(got.bytes) == rooms::not_greeted && time_point::clock::now() < until;
        if (!untaken || stopped_) return then(error, std::move(got));
        untaken_.push_back({text, how, until, then, std::move(got)});
        enter();
      });
}

void room_presence::send_untaken() {
  std::deque<untaken_line> lines = std::exchange(untaken_, {});
  for (untaken_line& line : lines) {
    const auto left = line.until - time_point::clock::now();
    line.how.deadline = std::max<duration>(left, std::chrono::milliseconds(1));
    send(line.text, line.how, line.until, std::move(line.then));
  }
}

void room_presence::give_up_untaken() {
  std::deque<untaken_line> lines = std::exchange(untaken_, {});
  for (untaken_line& line : lines) line.then({}, std::move(line.refusal));
}

void room_presence::stop() {
  stopped_ = true;
  again_.cancel();
  sign_of_life_.cancel();
  give_up_untaken();
}

}  // namespace dgram::app
