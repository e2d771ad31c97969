// SPDX-License-Identifier: MIT
#include "tests/scenario/soak.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "tests/scenario/amplification_watch.h"
#include "tests/scenario/board_watch.h"
#include "tests/scenario/frames_in_words.h"
#include "tests/scenario/upheaval.h"
#include "tests/scenario/workload.h"
#include "udp/sim/random.h"
#include "udp/sim/simulator.h"

namespace dgram::test {
namespace {

using namespace std::chrono_literals;

constexpr sim::host_id server{0};
// An initiator forgets its session after half a minute, and cannot tell its responder before that asks. What
// a responder sends sooner than this after it heard something has 25 s of repetitions to be heard.
constexpr duration fresh = 5s;
constexpr std::uint64_t event_cap = 2'000'000;  // a run has some ten thousand
// Longer than any session lives that nothing is heard of.
constexpr duration forgotten = 125s;

std::string in_ms(time_point t) {
  return std::to_string(std::chrono::duration<double, std::milli>(t - sim::epoch).count());
}

class run {
 public:
  run(const family& f, std::uint64_t seed, std::string* chronicle);
  soak_result play();

 private:
  // What one host knows of another: a server learns of a client when that speaks.
  struct acquaintance {
    std::optional<peer_id> peer{};
    bool heard_of = false;  // since the peer was opened
    time_point last{};      // heard
  };

  void act();
  void send_some();
  void send_one(std::uint32_t from, std::uint32_t to);
  std::optional<std::uint32_t> send_this(std::uint32_t from, std::uint32_t to, const workload::message&);
  void crash_somebody();
  void close_somebody();
  void cut_something();
  void stop_listening();
  void shake();
  void run_until(time_point);
  void settle();
  void say_last_words();
  void fall_silent();
  void expect(bool holds, const std::string& what);

  void on_event(sim::host&, std::uint32_t self, const event&, time_point now);
  void on_message(sim::host&, std::uint32_t self, const message_arrived&, time_point now);
  void on_wire(const sim::wire_event&);
  void tell(const std::string& line);

  life life_of(std::uint32_t host) { return {host, net_.at(sim::host_id{host}).incarnation()}; }
  std::uint32_t host_at(const address& a) const { return upheaval_.host_at(a); }
  sim::host_id some_client() { return sim::host_id{dice_.between(1, hosts_ - 1)}; }
  acquaintance& knows(std::uint32_t self, std::uint32_t other) { return knows_[self * hosts_ + other]; }
  bool stale(std::uint32_t from, std::uint32_t to) {
    return from == server.value && knows(from, to).last + fresh < net_.now();
  }
  // A client's peer stays what it is when a session ends; a server's does not.
  std::optional<peer_id> peer_of(std::uint32_t self, std::uint32_t other);

  const family& family_;
  workload work_;
  sim::random_stream& dice_;
  std::uint32_t hosts_;
  sim::simulator net_;
  ledger ledger_;
  upheaval upheaval_{net_, work_};
  amplification_watch amplification_{server};
  std::vector<board_watch> budgets_;     // of each host
  std::vector<std::uint64_t> outcomes_;  // told to each host in this life
  bool requests_;                        // whether anybody wants replies
  bool lasting_ = false;                 // sessions are kept alive
  std::vector<acquaintance> knows_;
  std::multimap<time_point, std::function<void()>> agenda_;
  std::string* chronicle_;
};

run::run(const family& f, std::uint64_t seed, std::string* chronicle)
    : family_(f),
      work_(sim::mix(seed) ^ 0x736f616b, f.what.largest),
      dice_(work_.dice()),
      hosts_(dice_.chance(0.25) ? 3 : 2),
      net_(seed, event_cap),
      ledger_(seed, f.what),
      outcomes_(hosts_),
      requests_(dice_.chance(0.8)),
      knows_(std::size_t{hosts_} * hosts_),
      chronicle_(chronicle) {
  sim::link_options link = f.link;
  link.delay = work_.link_delay();
  if (f.narrow) {
    link.rate = work_.rate();
    link.queue.bytes = work_.queue_bytes();
  }
  const switchboard_options server_board = work_.board();
  const switchboard_options client_board = work_.board();
  for (std::uint32_t i = 0; i < hosts_; ++i) {
    const switchboard_options& board = i == server.value ? server_board : client_board;
    net_.add_host(board);
    budgets_.emplace_back(board.session, f.what.largest, requests_);
    lasting_ = lasting_ || board.session.keep_alive > 0s;
    net_.at(sim::host_id{i}).run([this, i](sim::host& h, const event& e, time_point now) {
      on_event(h, i, e, now);
    });
    if (i > 0) net_.connect(server, sim::host_id{i}, link);
  }
  net_.watch([this](const sim::wire_event& e) { on_wire(e); });
}

soak_result run::play() {
  const std::uint32_t actions = dice_.between(100, 300);
  for (std::uint32_t i = 0; i < actions; ++i) {
    act();
    run_until(net_.now() + work_.gap());
  }
  settle();
  say_last_words();
  ledger_.check_end();
  fall_silent();
  expect(net_.counts_close(), "the counts of every link close");
  expect(family_.what.moves || net_.unroutable() == 0, "every datagram goes to a host that exists");
  return {net_.trace_hash(), net_.now() - sim::epoch, net_.datagrams_sent(), ledger_.totals()};
}

void run::act() {
  if (family_.what.restarts && dice_.chance(0.02)) return crash_somebody();
  if (family_.what.closes && dice_.chance(0.02)) return close_somebody();
  if (family_.what.outages && dice_.chance(0.02)) return cut_something();
  if (dice_.chance(0.005)) return stop_listening();
  if (dice_.chance(0.02)) shake();
  send_some();
}

// The ground under the sessions moves.
void run::shake() {
  const sim::host_id client = some_client();
  if (family_.what.moves) {
    tell("host " + std::to_string(client.value) + " moves");
    upheaval_.move(client);
  }
  if (family_.narrow) {
    const bool forth = dice_.chance(0.5);
    upheaval_.change_rate(forth ? server : client, forth ? client : server);
  }
  if (family_.mtu_changes) upheaval_.change_mtu(server, client);
}

void run::send_some() {
  const std::uint32_t client = dice_.between(1, hosts_ - 1);
  const std::uint32_t burst = work_.burst();
  const bool to_server = dice_.chance(0.65);
  for (std::uint32_t i = 0; i < burst; ++i) {
    if (to_server) {
      send_one(client, server.value);
    } else {
      send_one(server.value, client);
    }
  }
}

void run::send_one(std::uint32_t from, std::uint32_t to) {
  if (!net_.at(sim::host_id{from}).running()) return;
  if (!peer_of(from, to) || (stale(from, to) && dice_.chance(0.8))) return;
  workload::message m = work_.next_message(ledger::least_numbered);
  m.options.wants_reply = m.options.wants_reply && requests_;
  // A client that nobody answers forgets its session before the server's minute is over.
  if (from == server.value && m.options.wants_reply) {
    m.options.deadline = std::min<duration>(m.options.deadline, 10s);
  }
  send_this(from, to, m);
}

// Returns the message's place in the ledger, if it was taken.
std::optional<std::uint32_t> run::send_this(std::uint32_t from, std::uint32_t to,
                                            const workload::message& m) {
  const std::uint32_t index = ledger_.post({.from = life_of(from),
                                            .to = to,
                                            .options = m.options,
                                            .size = m.size,
                                            .when = net_.now(),
                                            .heard = knows(from, to).heard_of,
                                            .stale = stale(from, to)});
  const send_status status =
      net_.at(sim::host_id{from})
          .send(*peer_of(from, to), ledger_.content(index), m.options, ticket{index}, net_.now());
  expect(status == send_status::accepted || status == send_status::would_block, "a message is taken");
  if (status == send_status::accepted) ledger_.accepted(index);
  if (chronicle_ != nullptr) tell(ledger_.describe(index) + ": " + std::string(to_string(status)));
  return status == send_status::accepted ? std::optional(index) : std::nullopt;
}

void run::crash_somebody() {
  const std::uint32_t who = dice_.chance(0.7) ? server.value : dice_.between(1, hosts_ - 1);
  sim::host& h = net_.at(sim::host_id{who});
  if (!h.running()) return;
  tell("host " + std::to_string(who) + " crashes");
  ledger_.life_ended(life_of(who));
  h.stop();
  outcomes_[who] = 0;
  for (std::uint32_t other = 0; other < hosts_; ++other) knows(who, other) = {};
  const duration pause = dice_.chance(0.5) ? duration(0) : duration(dice_.below(4000) * 1ms);
  agenda_.emplace(net_.now() + pause, [this, who] {
    tell("host " + std::to_string(who) + " starts again");
    net_.at(sim::host_id{who}).restart(net_.now());
  });
}

// A program that does not keep up: what arrives meanwhile must come again.
void run::stop_listening() {
  const sim::host_id who = dice_.chance(0.7) ? server : some_client();
  sim::host& h = net_.at(who);
  if (!h.running()) return;
  tell("host " + std::to_string(who.value) + " takes no messages for a while");
  h.board().accept_messages(false);
  agenda_.emplace(net_.now() + dice_.below(6000) * 1ms, [this, who] {
    tell("host " + std::to_string(who.value) + " takes messages again");
    if (net_.at(who).running()) net_.at(who).board().accept_messages(true);
  });
}

void run::cut_something() {
  const sim::host_id client{dice_.between(1, hosts_ - 1)};
  const bool forth = dice_.chance(0.5);
  const duration length = dice_.between(100, 8000) * 1ms;
  net_.cut(forth ? server : client, forth ? client : server, net_.now(), net_.now() + length);
  if (dice_.chance(0.5)) {
    net_.cut(forth ? client : server, forth ? server : client, net_.now(), net_.now() + length);
  }
}

void run::close_somebody() {
  const std::uint32_t client = dice_.between(1, hosts_ - 1);
  const bool by_client = dice_.chance(0.5);
  const std::uint32_t who = by_client ? client : server.value;
  acquaintance& a = knows(who, by_client ? server.value : client);
  if (!net_.at(sim::host_id{who}).running() || !a.peer) return;
  tell("host " + std::to_string(who) + " closes");
  const peer_id peer = *a.peer;
  a = {};
  net_.at(sim::host_id{who}).close(peer, net_.now());
}

void run::run_until(time_point end) {
  const auto advance = [this](time_point t) {
    const sim::run_result result = net_.run_until(t);
    expect(result == sim::run_result::reached, std::string(to_string(result)) + " does not happen");
  };
  while (!agenda_.empty() && agenda_.begin()->first <= end) {
    const auto due = agenda_.extract(agenda_.begin());
    advance(due.key());
    due.mapped()();
  }
  advance(end);
}

// Until every outcome is known, and long enough for what is acknowledged to be handed over.
void run::settle() {
  for (int i = 0; i < 70 && ledger_.unresolved() > 0; ++i) run_until(net_.now() + 1s);
  run_until(net_.now() + 10s);
}

// Whatever happened before, what is said now is heard: nothing is stuck, and no window shut for ever.
void run::say_last_words() {
  for (const std::uint32_t size : {std::min(work_.largest(), 20'000U), 100U}) {
    std::vector<std::uint32_t> last;
    for (std::uint32_t client = 1; client < hosts_; ++client) {
      const workload::message m{{.mode = delivery_mode::ordered, .deadline = 60s}, size};
      const auto index = send_this(client, server.value, m);
      expect(index.has_value(), "what is said when all is quiet is taken");
      last.push_back(*index);
    }
    settle();
    for (const std::uint32_t index : last) ledger_.check_heard(index);
  }
}

// With nothing more to say, both ends forget each other and say nothing more.
void run::fall_silent() {
  for (std::uint32_t i = 0; i < hosts_ && lasting_; ++i) net_.at(sim::host_id{i}).close_all(net_.now());
  run_until(net_.now() + forgotten);
  const std::uint64_t sent = net_.datagrams_sent();
  for (std::uint32_t i = 0; i < hosts_; ++i) {
    board_watch::see_end(net_.at(sim::host_id{i}).board(), outcomes_[i]);
  }
  run_until(net_.now() + work_.quiet());
  expect(net_.datagrams_sent() == sent, "nobody says anything after all is over");
}

void run::expect(bool holds, const std::string& what) {
  if (!holds) throw broken_promise("expected that " + what);
}

void run::on_event(sim::host& h, std::uint32_t self, const event& e, time_point now) {
  if (const auto* arrived = std::get_if<message_arrived>(&e)) {
    on_message(h, self, *arrived, now);
  } else if (const auto* done = std::get_if<message_resolved>(&e)) {
    if (chronicle_ != nullptr) {
      tell("host " + std::to_string(self) + " hears of message " + std::to_string(done->ticket.value) + ": " +
           std::string(to_string(done->report.outcome)));
    }
    ledger_.resolved(life_of(self), *done, now);
    ++outcomes_[self];
  } else if (const auto* opened = std::get_if<session_opened>(&e)) {
    const auto remote = h.board().remote_of(opened->peer);
    expect(remote.has_value(), "a session that opens has an address");
    knows(self, host_at(*remote)) = {opened->peer, true, now};
    tell("host " + std::to_string(self) + " has a session with host " + std::to_string(host_at(*remote)));
  } else if (const auto* ended = std::get_if<session_ended>(&e)) {
    tell("host " + std::to_string(self) + ": a session ends: " + std::string(to_string(ended->reason)));
    if (self != server.value) return;
    for (acquaintance& a : knows_) {
      if (a.peer == ended->peer) a.peer.reset();
    }
  }
}

void run::on_message(sim::host& h, std::uint32_t self, const message_arrived& m, time_point now) {
  const auto remote = h.board().remote_of(m.id.peer);
  expect(remote.has_value(), "a message comes from a peer with an address");
  const std::uint32_t from = host_at(*remote);
  if (knows(self, from).peer == m.id.peer) knows(self, from).last = now;
  const std::optional<std::uint32_t> index = ledger_.arrived(from, life_of(self), m);
  if (chronicle_ != nullptr && index) {
    tell("host " + std::to_string(self) + " gets message " + std::to_string(*index));
  }
  budgets_[self].see(h.board(), m.id.peer);
  if (!m.wants_reply) return;
  const std::optional<duration> delay = work_.reply_delay();
  if (!delay) return;
  if (*delay > 0s) {
    ledger_.replied(*index, now + *delay);
    h.reply_at(now + *delay, m.id, ledger_.reply_content(*index));
  } else if (h.reply(m.id, ledger_.reply_content(*index), now) == send_status::accepted) {
    ledger_.replied(*index, now);
  }
}

void run::on_wire(const sim::wire_event& e) {
  amplification_.see(e, net_.at(server).incarnation());
  const std::uint32_t sender = e.from.value, receiver = e.to.value;
  if (const auto& peer = knows(sender, receiver).peer; !e.arrived && peer) {
    budgets_[sender].see(net_.at(e.from).board(), *peer);
  }
  if (chronicle_ == nullptr) return;
  tell("  host " + std::to_string(e.from.value) + (e.arrived ? " is heard by " : " sends to ") +
       std::to_string(e.to.value) + ": datagram " + std::to_string(e.index) + (e.copy ? " again" : "") +
       ", " + std::to_string(e.bytes.size()) + " bytes" +
       (e.fate == sim::fate::carried ? "" : ", " + std::string(to_string(e.fate))) +
       (e.arrived ? "" : ": " + frames_in_words(e.bytes)));
}

void run::tell(const std::string& line) {
  if (chronicle_ != nullptr) *chronicle_ += in_ms(net_.now()) + " ms  " + line + '\n';
}

std::optional<peer_id> run::peer_of(std::uint32_t self, std::uint32_t other) {
  acquaintance& a = knows(self, other);
  if (!a.peer && self != server.value) {
    a.peer = net_.at(sim::host_id{self}).open(net_.at(sim::host_id{other}).self(), net_.now());
  }
  return a.peer;
}

}  // namespace

soak_result soak(const family& f, std::uint64_t seed, std::string* chronicle) {
  return run(f, seed, chronicle).play();
}

}  // namespace dgram::test
