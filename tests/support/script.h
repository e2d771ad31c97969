// SPDX-License-Identifier: MIT
// A scenario as a script of steps in virtual time: a client, a server, a link between them. Each step is
// noted, and so is everything that happens; an expectation that does not hold throws the whole numbered
// history and the seed.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "udp/sim/simulator.h"

namespace dgram::test {

enum class end : std::uint32_t { client = 0, server = 1 };
std::string_view to_string(end);
constexpr end other(end e) {
  return e == end::client ? end::server : end::client;
}

class script_failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct script_options {
  std::uint64_t seed = 1;
  sim::link_options link{.delay = std::chrono::milliseconds(10)};
  switchboard_options board{};
  // Requests are answered with "re: " and their text, this long after they arrive; nullopt: by reply() only.
  std::optional<duration> reply_after = duration{0};
  // Whether messages ride along. Without it a step can say which datagram holds what.
  bool rides = false;
};

class script {
 public:
  explicit script(const script_options& = {});

  // Steps that do something. What they cause at this very moment has happened when they return, but for
  // `send` and `request`: several of them in a row are one turn of the program.
  script& send(end from, const std::string& text, const send_options& = {});
  script& request(end from, const std::string& text, send_options = {});
  script& reply(end from, const std::string& request, const std::string& text);
  script& close(end from);
  script& restart(end who);
  // The nth datagram from now on that `from` sends is lost, or damaged.
  script& lose(end from, std::uint64_t nth = 1);
  script& change_link(end from, const sim::link_options&);
  // The nth datagram that `from` ever sent, counted from 1, arrives once more, now; as if from `stranger`
  // when one is given.
  script& repeat(end from, std::size_t nth, std::optional<address> stranger = {});
  script& advance(duration);

  // Steps that look. What one has seen the next does not see again.
  script& expect_datagram(end from);
  script& expect_datagrams(end from, std::size_t count);
  script& expect_silence();    // no datagram that was not expected
  script& forget_datagrams();  // whatever was sent is of no interest
  script& expect_message(end at, const std::string& text);
  script& expect_no_message(end at);
  script& expect_outcome(end at, const std::string& text, outcome);
  script& expect_answer(end at, const std::string& text, const std::string& reply);
  script& expect_no_outcome(end at);
  script& expect_session_end(end at, end_reason);
  script& expect_no_session_end(end at);
  script& expect_sessions(end at, std::uint64_t count);
  script& expect_discarded(end at, discard_reason, std::uint64_t count);
  // Something else that must hold, in words.
  script& expect(bool holds, const std::string& what);

  // Of the first message with that text; nullopt while it has none, or when it was looked at already.
  std::optional<outcome> outcome_of(end at, const std::string& text) const;
  statistics total(end at) { return host(at).board().total(); }
  std::uint64_t seed() const { return seed_; }
  duration elapsed() const { return network_.now() - sim::epoch; }
  // Everything `from` ever sent, and when, counted from the beginning.
  const std::vector<std::vector<std::byte>>& sent(end from) const { return at(from).sent; }
  const std::vector<duration>& sent_at(end from) const { return at(from).sent_at; }
  sim::simulator& network() { return network_; }
  std::string history() const;

 private:
  struct resolved {
    std::string text;
    outcome result;
    std::string reply;
  };
  struct observed {
    std::vector<std::vector<std::byte>> sent;
    std::vector<duration> sent_at;
    std::size_t sent_expected = 0;
    std::deque<std::string> messages;
    std::deque<resolved> outcomes;
    std::deque<end_reason> session_ends;
    std::map<std::uint64_t, std::string> texts;    // by ticket
    std::map<std::string, request_id> unanswered;  // by text
    std::optional<peer_id> peer;
  };

  sim::host& host(end e) { return network_.at(sim::host_id{static_cast<std::uint32_t>(e)}); }
  observed& at(end e) { return observed_[static_cast<std::size_t>(e)]; }
  const observed& at(end e) const { return observed_[static_cast<std::size_t>(e)]; }
  script& note(const std::string& step);
  void happened(const std::string& what);
  [[noreturn]] void fail(const std::string& why) const;
  void run_to(time_point);
  peer_id peer_of(end);

  void on_event(end, sim::host&, const event&);
  void on_message(end, sim::host&, const message_arrived&);
  void on_wire(const sim::wire_event&);

  std::uint64_t seed_;
  std::optional<duration> reply_after_;
  sim::simulator network_;
  observed observed_[2];
  std::uint64_t next_ticket_ = 1;
  std::size_t steps_ = 0;
  std::vector<std::string> history_;
};

}  // namespace dgram::test
