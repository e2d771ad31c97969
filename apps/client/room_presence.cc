// SPDX-License-Identifier: MIT
#include "apps/client/room_presence.h"

#include <utility>

#include "apps/cli/text_escape.h"

namespace dgram::app {
namespace {

// The old session may hold the name until the server forgets it, 60 s at most.
constexpr auto greet_again_after = std::chrono::seconds(3);
constexpr auto follow_up_after = std::chrono::milliseconds(10);
// An initiator ends an unused session or connection after 30 s of silence.
constexpr auto sign_of_life_every = std::chrono::seconds(12);

}  // namespace

room_presence::room_presence(client_session& session, callbacks to_call)
    : session_(session),
      callbacks_(std::move(to_call)),
      again_(session.context),
      sign_of_life_(session.context),
      follow_up_(session.context) {}

void room_presence::enter() {
  if (stopped_ || std::exchange(session_.greeting, true)) return;
  const std::string greeting = "/hello " + session_.options.name + " " + session_.options.room;
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
    send_nothing(delivery_mode::reliable);
    stay();
  });
}

void room_presence::send_nothing(delivery_mode mode) {
  if (!was_in_ || session_.greeting) return;
  send_options how;
  how.mode = mode;
  // Whether it was taken does not matter: the next one comes soon.
  session_.endpoint.try_send(session_.peer, {}, how);
}

void room_presence::follow_up() {
  if (session_.on != wire::udp || stopped_ || std::exchange(following_, true)) return;
  follow_up_.expires_after(follow_up_after);
  follow_up_.async_wait([this](std::error_code error) {
    following_ = false;
    if (!error && !stopped_) send_nothing(delivery_mode::unreliable);
  });
}

void room_presence::stop() {
  stopped_ = true;
  again_.cancel();
  sign_of_life_.cancel();
  follow_up_.cancel();
}

}  // namespace dgram::app
