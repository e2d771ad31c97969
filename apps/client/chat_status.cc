// SPDX-License-Identifier: MIT
#include "apps/client/chat_status.h"

#include <utility>

#include "apps/client/status_row.h"

namespace dgram::app {
namespace {

constexpr auto connection_every = std::chrono::seconds(1);
constexpr auto waiting_every = std::chrono::milliseconds(100);

}  // namespace

chat_status::chat_status(client_session& session, const waiting_lines& waiting, chat_screen& screen)
    : session_(session),
      waiting_(waiting),
      screen_(screen),
      every_second_(session.context),
      soon_(session.context),
      shown_(!session.options.quiet) {}

void chat_status::start() {
  if (!screen_.can_redraw()) return;
  look_at_connection();
  look_again_later();
}

void chat_status::stop() {
  stopped_ = true;
  every_second_.cancel();
  soon_.cancel();
}

void chat_status::show(bool wanted) {
  shown_ = wanted;
  look_at_connection();
}

void chat_status::look_at_connection() {
  connection_.clear();
  if (shown_ && screen_.can_redraw()) {
    // Between two sessions the last one's figures are the best there are.
    const auto current = session_.endpoint.of(session_.peer);
    const statistics s =
        current && current->smoothed_round_trip > duration{0} ? *current : session_.endpoint.total();
    connection_ = status_row(facts_of(session_.server, session_.on, s, session_.counts.unanswered()));
  }
  changed();
}

void chat_status::look_again_later() {
  every_second_.expires_after(connection_every);
  every_second_.async_wait([this](std::error_code error) {
    if (error || stopped_) return;
    look_at_connection();
    look_again_later();
  });
}

void chat_status::changed() {
  if (stopped_) return;
  screen_.waiting(!waiting_.empty(), status_row(waiting_text(), connection_));
  if (!waiting_.empty() && !std::exchange(watching_, true)) watch_waiting();
}

// The hint about the way may come at any time, and the first words come only after a while.
void chat_status::watch_waiting() {
  soon_.expires_after(waiting_every);
  soon_.async_wait([this](std::error_code error) {
    watching_ = false;
    if (!error && !waiting_.empty()) changed();
  });
}

std::string chat_status::waiting_text() const {
  const std::string text = waiting_.status(time_point::clock::now());
  if (text.empty()) return text;
  const std::string hint = hint_text(session_.endpoint.last_hint(session_.peer), session_.on);
  return hint.empty() ? text : text + "; " + hint;
}

}  // namespace dgram::app
