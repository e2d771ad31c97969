// SPDX-License-Identifier: MIT
#include "tests/support/script.h"

#include <cstdio>

#include "tests/support/seed.h"

namespace dgram::test {
namespace {

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span<const char>(text.data(), text.size()));
}

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string quoted(const std::string& text) {
  if (text.size() <= 40) return '"' + text + '"';
  return '"' + text.substr(0, 20) + "...\" (" + std::to_string(text.size()) + " bytes)";
}

std::string in_ms(duration d) {
  char out[32];
  std::snprintf(out, sizeof out, "%.3f ms", static_cast<double>(d.count()) / 1e6);
  return out;
}

std::string name(auto e) {
  return std::string(to_string(e));
}

}  // namespace

std::string_view to_string(end e) {
  return e == end::client ? "client" : "server";
}

script::script(const script_options& options)
    : seed_(seed_or(options.seed)), reply_after_(options.reply_after), network_(seed_, 1'000'000) {
  switchboard_options board = options.board;
  if (!options.rides) board.session.redundancy = redundancy::off();
  for (const end e : {end::client, end::server}) {
    network_.add_host(board);
    host(e).run([this, e](sim::host& h, const event& ev, time_point) { on_event(e, h, ev); });
  }
  network_.connect(sim::host_id{0}, sim::host_id{1}, options.link);
  network_.watch([this](const sim::wire_event& e) { on_wire(e); });
}

script& script::send(end from, const std::string& text, const send_options& options) {
  note(name(from) + " sends " + quoted(text) + ", " + name(options.mode));
  const ticket mark{next_ticket_++};
  at(from).texts[mark.value] = text;
  const send_status status = host(from).send(peer_of(from), bytes_of(text), options, mark, network_.now());
  if (status != send_status::accepted) fail("the message was not taken: " + name(status));
  return *this;
}

script& script::request(end from, const std::string& text, send_options options) {
  options.wants_reply = true;
  return send(from, text, options);
}

script& script::reply(end from, const std::string& request, const std::string& text) {
  note(name(from) + " replies " + quoted(text) + " to " + quoted(request));
  const auto waiting = at(from).unanswered.find(request);
  if (waiting == at(from).unanswered.end()) fail("no such request waits for a reply");
  const send_status status = host(from).reply(waiting->second, bytes_of(text), network_.now());
  if (status != send_status::accepted) fail("the reply was not taken: " + name(status));
  at(from).unanswered.erase(waiting);
  return *this;
}

script& script::close(end from) {
  note(name(from) + " closes its session");
  host(from).close(peer_of(from), network_.now());
  at(from).peer.reset();
  run_to(network_.now());
  return *this;
}

script& script::restart(end who) {
  note(name(who) + " is restarted");
  host(who).restart(network_.now());
  at(who).peer.reset();
  return *this;
}

script& script::lose(end from, std::uint64_t nth) {
  note("datagram " + std::to_string(nth) + " from now on of the " + name(from) + " will be lost");
  sim::link& way = network_.between(sim::host_id{static_cast<std::uint32_t>(from)},
                                    sim::host_id{static_cast<std::uint32_t>(other(from))});
  way.lose(way.counts().offered + nth - 1);
  return *this;
}

script& script::change_link(end from, const sim::link_options& options) {
  note("the link from the " + name(from) + " changes");
  network_
      .between(sim::host_id{static_cast<std::uint32_t>(from)},
               sim::host_id{static_cast<std::uint32_t>(other(from))})
      .change(options);
  return *this;
}

script& script::repeat(end from, std::size_t nth, std::optional<address> stranger) {
  note("datagram " + std::to_string(nth) + " of the " + name(from) + " arrives once more" +
       (stranger ? ", from a stranger's address" : ""));
  if (nth == 0 || nth > at(from).sent.size()) fail("it has not sent so many");
  network_.inject(stranger.value_or(host(from).self()), sim::host_id{static_cast<std::uint32_t>(other(from))},
                  at(from).sent[nth - 1]);
  run_to(network_.now());
  return *this;
}

script& script::advance(duration d) {
  note("advance " + in_ms(d));
  run_to(network_.now() + d);
  return *this;
}

script& script::expect_datagram(end from) {
  return expect_datagrams(from, 1);
}

script& script::expect_datagrams(end from, std::size_t count) {
  note("expect " + std::to_string(count) + " datagram(s) of the " + name(from));
  run_to(network_.now());
  const std::size_t there = at(from).sent.size() - at(from).sent_expected;
  if (there < count) fail("it has sent only " + std::to_string(there) + " that were not yet expected");
  at(from).sent_expected += count;
  return *this;
}

script& script::expect_silence() {
  note("expect no further datagram");
  run_to(network_.now());
  for (const end e : {end::client, end::server}) {
    const std::size_t there = at(e).sent.size() - at(e).sent_expected;
    if (there > 0) fail("the " + name(e) + " has sent " + std::to_string(there));
  }
  return *this;
}

script& script::forget_datagrams() {
  for (observed& o : observed_) o.sent_expected = o.sent.size();
  return *this;
}

script& script::expect_message(end who, const std::string& text) {
  note("expect " + quoted(text) + " at the " + name(who));
  std::deque<std::string>& messages = at(who).messages;
  if (messages.empty()) fail("no message has arrived there");
  if (messages.front() != text) fail("the next message there is " + quoted(messages.front()));
  messages.pop_front();
  return *this;
}

script& script::expect_no_message(end who) {
  note("expect no message at the " + name(who));
  if (!at(who).messages.empty()) fail("one has arrived: " + quoted(at(who).messages.front()));
  return *this;
}

script& script::expect_outcome(end who, const std::string& text, outcome wanted) {
  note("expect that the " + name(who) + " hears of " + quoted(text) + ": " + name(wanted));
  std::deque<resolved>& outcomes = at(who).outcomes;
  if (outcomes.empty()) fail("it has heard of no outcome");
  const resolved next = outcomes.front();
  if (next.text != text || next.result != wanted) {
    fail("the next outcome there is of " + quoted(next.text) + ": " + name(next.result));
  }
  outcomes.pop_front();
  return *this;
}

script& script::expect_answer(end who, const std::string& text, const std::string& reply) {
  const std::string heard = at(who).outcomes.empty() ? "" : at(who).outcomes.front().reply;
  expect_outcome(who, text, outcome::answered);
  return expect(heard == reply, "the reply is " + quoted(reply) + " (it is " + quoted(heard) + ")");
}

script& script::expect_no_outcome(end who) {
  note("expect no outcome at the " + name(who));
  const std::deque<resolved>& outcomes = at(who).outcomes;
  if (!outcomes.empty()) fail(quoted(outcomes.front().text) + " has: " + name(outcomes.front().result));
  return *this;
}

script& script::expect_session_end(end who, end_reason reason) {
  note("expect the end of the session at the " + name(who) + ": " + name(reason));
  std::deque<end_reason>& ends = at(who).session_ends;
  if (ends.empty()) fail("no session has ended there");
  if (ends.front() != reason) fail("it ended for another reason: " + name(ends.front()));
  ends.pop_front();
  return *this;
}

script& script::expect_no_session_end(end who) {
  note("expect that no session ends at the " + name(who));
  if (!at(who).session_ends.empty()) fail("one has: " + name(at(who).session_ends.front()));
  return *this;
}

script& script::expect_sessions(end who, std::uint64_t count) {
  const std::uint64_t there = total(who).sessions;
  return expect(there == count, std::to_string(count) + " session(s) at the " + name(who) + " (it has " +
                                    std::to_string(there) + ")");
}

script& script::expect_discarded(end who, discard_reason reason, std::uint64_t count) {
  const std::uint64_t there = total(who).discarded[reason];
  return expect(there == count, "the " + name(who) + " discarded " + std::to_string(count) + " as " +
                                    name(reason) + " (it counts " + std::to_string(there) + ")");
}

script& script::expect(bool holds, const std::string& what) {
  note("expect that " + what);
  if (!holds) fail("it does not hold");
  return *this;
}

std::optional<outcome> script::outcome_of(end who, const std::string& text) const {
  for (const resolved& r : at(who).outcomes) {
    if (r.text == text) return r.result;
  }
  return std::nullopt;
}

std::string script::history() const {
  std::string all;
  for (const std::string& line : history_) all += line + '\n';
  return all;
}

script& script::note(const std::string& step) {
  history_.push_back(std::to_string(++steps_) + ". " + step);
  return *this;
}

void script::happened(const std::string& what) {
  history_.push_back("      " + in_ms(elapsed()) + "  " + what);
}

void script::fail(const std::string& why) const {
  throw script_failure("step " + std::to_string(steps_) + " failed: " + why + "\nseed " +
                       std::to_string(seed_) + "; what was done and what happened:\n" + history());
}

void script::run_to(time_point t) {
  const sim::run_result result = network_.run_until(t);
  if (result != sim::run_result::reached) fail("the run ended early: " + name(result));
}

// A server has no peer before it was spoken to.
peer_id script::peer_of(end e) {
  if (!at(e).peer && e == end::client) at(e).peer = host(e).open(host(other(e)).self(), network_.now());
  if (!at(e).peer) fail("the " + name(e) + " knows no peer yet");
  return *at(e).peer;
}

void script::on_event(end e, sim::host& h, const event& ev) {
  if (const auto* arrived = std::get_if<message_arrived>(&ev)) {
    on_message(e, h, *arrived);
  } else if (const auto* done = std::get_if<message_resolved>(&ev)) {
    const std::string& text = at(e).texts[done->ticket.value];
    at(e).outcomes.push_back({text, done->report.outcome, text_of(done->reply)});
    happened(name(e) + " hears of " + quoted(text) + ": " + name(done->report.outcome) + " after " +
             std::to_string(done->report.tries) + " tries");
  } else if (const auto* opened = std::get_if<session_opened>(&ev)) {
    at(e).peer = opened->peer;
    happened("a session has begun at the " + name(e));
  } else if (const auto* ended = std::get_if<session_ended>(&ev)) {
    at(e).session_ends.push_back(ended->reason);
    happened("a session has ended at the " + name(e) + ": " + name(ended->reason));
  }
}

void script::on_message(end e, sim::host& h, const message_arrived& m) {
  const std::string text = text_of(m.bytes);
  at(e).messages.push_back(text);
  happened(name(e) + " gets " + quoted(text));
  if (!m.wants_reply) return;
  at(e).unanswered[text] = m.id;
  if (!reply_after_) return;
  at(e).unanswered.erase(text);
  const std::string answer = "re: " + text;
  if (*reply_after_ == duration{0}) {
    h.reply(m.id, bytes_of(answer), network_.now());
  } else {
    h.reply_at(network_.now() + *reply_after_, m.id, bytes_of(answer));
  }
}

void script::on_wire(const sim::wire_event& e) {
  if (e.arrived) return;
  const end from{static_cast<end>(e.from.value)};
  at(from).sent.emplace_back(e.bytes.begin(), e.bytes.end());
  at(from).sent_at.push_back(elapsed());
  happened(name(from) + " sends datagram " + std::to_string(at(from).sent.size()) + ", " +
           std::to_string(e.bytes.size()) + " bytes" +
           (e.fate == sim::fate::carried ? "" : " (" + name(e.fate) + ")"));
}

}  // namespace dgram::test
