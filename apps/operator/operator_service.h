// SPDX-License-Identifier: MIT
// A person answers: shows who said what, and does what is typed. An answer is the reply to the oldest message
// of that peer which has none, else a message of its own. Knows no terminal.
//
// Bounded (operator_limits), and said in a line when a limit is met: to the person what was not sent, to a
// peer that its message waits behind too many others. A client gives a reply up after its deadline, so what
// nobody answers within `hold` is told so, and the answer follows as a message of its own; plain peers know
// no deadline and wait.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "apps/operator/line_allowance.h"
#include "apps/operator/open_requests.h"
#include "apps/operator/operator_command.h"
#include "apps/operator/operator_console.h"
#include "apps/operator/peer_book.h"
#include "apps/server/service.h"

namespace dgram::app {

struct operator_limits {
  open_requests::limits open{};
  std::size_t lines_per_second = 200;  // shown, about peers
  std::size_t shown_text = 400;        // bytes of a message
  std::size_t waiting_messages = 256;  // toward one peer
  std::size_t waiting_bytes = 1024 * 1024;
  std::size_t early_lines = 1000;  // typed before anybody spoke
  std::size_t early_bytes = 16 * 1024 * 1024;
  std::size_t listed = 200;  // peers that /peers lists
};

struct operator_options {
  duration hold = std::chrono::seconds(4);
  // What peers say and that they come and go; else the console shows only what it is asked and what fails.
  bool show_peers = true;
  operator_limits limits{};
  std::function<std::string(const server_totals&)> summary = [](const server_totals&) { return ""; };
};

class operator_service : public service {
 public:
  operator_service(service_port&, std::unique_ptr<operator_console>, operator_options);

  void started(server_control&) override;
  void joined(client_id, const client_description&) override;
  void arrived(const arrival&) override;
  void left(client_id, end_reason) override;
  void closing() override;
  std::string name_of(client_id) const override;
  std::optional<time_point> next_timeout() const override;
  void handle_timeout(time_point now) override;

 private:
  using kind = operator_console::kind;

  // What peers do.
  bool take_greeting(known_peer&, const arrival&);
  // Whether any of it was shown.
  bool show_words(const known_peer&, std::string_view bytes);
  void open(known_peer&, const arrival&);
  // A reply for want of an answer.
  void say_instead(const open_request&, std::string_view why);
  bool show_of(client_id, kind, std::string_view line);
  void turn_to(std::optional<client_id>);
  void tell_left_out(std::uint64_t lines);

  // What the person does.
  void on_line(std::optional<std::string>);
  void obey(const operator_command&);
  void answer_last(std::string_view text);
  void answer_early(known_peer& speaker);
  void answer_named(const operator_command&);
  void answer_all(std::string_view text);
  void kick(std::string_view who);
  void take_clients(bool);
  void nobody_answers();
  std::string stats_text() const;
  // Says why it did not go, if it did not.
  void tell(const known_peer&, send_status);
  void refuse(std::string_view why) { console_->show(kind::refusal, why); }

  send_status answer(known_peer&, std::string_view text);
  // As a message of its own.
  send_status send_apart(const known_peer&, std::string_view text);
  std::string_view ended(const known_peer&, std::string_view text);

  service_port& port_;
  std::unique_ptr<operator_console> console_;
  operator_options options_;
  server_control* control_ = nullptr;
  peer_book peers_;
  open_requests open_;
  line_allowance allowance_;
  std::optional<client_id> last_speaker_;  // that the person saw
  // Answers to who will speak, in their order; only where lines come from a pipe.
  std::deque<std::string> early_;
  std::size_t early_bytes_ = 0;
  bool input_ended_ = false;
  bool nobody_ = false;  // answers any more
  std::string scratch_;
};

}  // namespace dgram::app
