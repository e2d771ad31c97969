// SPDX-License-Identifier: MIT
#include "tests/fuzz/storm.h"

#include <algorithm>
#include <string>
#include <utility>

#include "tests/fuzz/finding.h"
#include "tests/fuzz/wire_check.h"
#include "udp/core/bytes.h"
#include "udp/core/splitmix64.h"
#include "udp/core/wire.h"

namespace dgram::fuzz {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t thrown_per_turn = 16;
constexpr std::uint64_t turns_per_life = 16;
constexpr std::size_t overheard_kept = 64;
constexpr std::size_t most_datagrams_at_once = 100000;
constexpr std::array<std::byte, 4> mark_of_honest{std::byte{0xfe}, std::byte{0xed}, std::byte{0xbe},
                                                  std::byte{0xef}};

random_source seeded(std::uint64_t seed) {
  return [state = seed]() mutable { return splitmix64(state); };
}

address host(std::uint16_t port) {
  address a;
  a.ip[15] = 1;
  a.port = port;
  return a;
}

// Small, so that made-up sessions meet the limit all the time.
switchboard_options crowded() {
  switchboard_options o;
  o.max_sessions = 64;
  return o;
}

std::array<std::byte, 12> honest_content(std::uint64_t number) {
  std::array<std::byte, 12> bytes;
  byte_writer out(bytes);
  out.bytes(mark_of_honest);
  out.u64(number);
  return bytes;
}

}  // namespace

storm::end::end(std::uint16_t port, const switchboard_options& options, std::uint64_t seed, time_point now)
    : at(host(port)), board(options, seeded(seed), now), heard_of(overheard_kept) {
  board.trace_to(audit.sink());
}

storm::storm(std::uint64_t seed)
    : random_(seed),
      now_(std::chrono::hours(1)),
      ends_{end{1, crowded(), seed ^ 1, now_}, end{2, crowded(), seed ^ 2, now_},
            end{3, crowded(), seed ^ 3, now_}} {
  turn();  // the honest one is known before it begins
  turn();
}

void storm::throw_one() {
  if (counts_.thrown++ % thrown_per_turn == 0) turn();
  switch (below(random_, 12)) {
    case 0:
      return deliver(below(random_, 2) == 0 ? server : honest,
                     random_bytes(random_, below(random_, below(random_, 64) == 0 ? 65508 : 1400)),
                     anywhere());
    case 1: return deliver(below(random_, 2) == 0 ? server : honest, foreign(random_), anywhere());
    case 2:
    case 3: return deliver(below(random_, 8) == 0 ? honest : server, plausible(random_), anywhere());
    case 4:
    case 5:
    case 6:
    case 7: return damaged_on_the_way();
    default: return changed_by_insider();
  }
}

// Of the honest pair: damaged, replayed, or in order but from elsewhere.
void storm::damaged_on_the_way() {
  const party from = below(random_, 2) == 0 ? honest : server;
  const party to = from == honest ? server : honest;
  datagram d = overheard(from);
  // Not of the changed peer: what it says of the honest session, whole and from the honest address, would be
  // a forgery that nothing in this format can find.
  const datagram& other = overheard(from);
  switch (below(random_, 4)) {
    case 0: return deliver(to, d, ends_[from].at);
    case 1:
      mutate(d, other, random_);
      repair_checksum(d);
      return deliver(to, d, anywhere());
    default:
      mutate(d, other, random_);
      return deliver(to, d, below(random_, 8) == 0 ? anywhere() : ends_[from].at);
  }
}

// Of the forged pair, from the right address and with a valid checksum: a peer that says anything.
void storm::changed_by_insider() {
  const party from = below(random_, 3) != 0 ? forged : server;
  const party to = from == forged ? server : forged;
  datagram d = overheard(from);
  if (below(random_, 2) == 0) return deliver(to, insider(d, random_), ends_[from].at);
  if (d.size() >= wire::header_size && below(random_, 2) == 0) {
    d[11] = static_cast<std::byte>(splitmix64(random_) & 0xff);  // or it is a duplicate and nobody reads on
  }
  mutate(d, overheard(forged), random_);
  if (below(random_, 8) != 0) repair_checksum(d);
  deliver(to, d, ends_[from].at);
}

void storm::deliver(party to, const datagram& d, const address& from) {
  if (!check_decoding(d)) ++counts_.decoded;
  end& e = ends_[to];
  e.audit.offered();
  e.board.handle_datagram(d, {from, e.at}, now_);
  take_events(to);
}

void storm::turn() {
  now_ += milliseconds(1);
  for (end& e : ends_) e.board.handle_timeout(now_);
  for (const party p : {honest, forged}) take_events(p);
  take_events(server);

  const std::uint64_t number = counts_.honest_sent++;
  ends_[server].board.accept_messages(number % 512 != 511);
  arrived_.push_back(0);
  resolved_.push_back(0);
  send_options o;
  o.mode = number % 2 == 0 ? delivery_mode::reliable : delivery_mode::ordered;
  o.wants_reply = number % 3 != 0;
  const peer_id peer = ends_[honest].board.open(ends_[server].at, now_);
  require(ends_[honest].board.send(peer, honest_content(number), o, {number}, now_) == send_status::accepted,
          "an honest message was not accepted");

  o.mode = static_cast<delivery_mode>(number / 3 % 4);
  o.channel.value = static_cast<std::uint8_t>(number % 5);
  o.deadline = milliseconds(200);
  const datagram text = random_bytes(random_, 8 + below(random_, 100));
  switchboard& changed = ends_[forged].board;
  // One packet number far ahead, and the rest of a session is too old: it has to begin anew to be worth it.
  if (number % turns_per_life == 0) changed.close(changed.open(ends_[server].at, now_), now_);
  changed.send(changed.open(ends_[server].at, now_), text, o, {number}, now_);
  exchange();
}

void storm::exchange() {
  std::size_t count = 0;
  for (bool any = true; any;
       require(++count < most_datagrams_at_once, "no end to what is sent at one moment")) {
    any = false;
    for (const party p : {server, honest, forged}) any = carry(p) || any;
  }
}

bool storm::carry(party from) {
  datagram buffer(largest_datagram);
  bool any = false;
  for (std::size_t count = 0; const auto t = ends_[from].board.poll_transmit(now_, buffer); ++count) {
    require(count < most_datagrams_at_once, "there is no end to what one end sends at one moment");
    any = true;
    const auto bytes = std::span(buffer).first(t->size);
    for (end& to : ends_) {
      if (to.at != t->to.remote) continue;  // or it goes to somebody who never was
      note(ends_[from], bytes);
      to.audit.offered();
      to.board.handle_datagram(bytes, {ends_[from].at, to.at}, now_);
      take_events(static_cast<party>(&to - ends_.data()));
    }
  }
  return any;
}

void storm::note(end& e, std::span<const std::byte> bytes) {
  // Refusals, repeated, would end every session before it has lived.
  const auto parsed = wire::parse_header(bytes);
  if (parsed.header->kind == wire::kind::unknown_session && below(random_, 16) != 0) return;
  e.heard_of[e.next_heard++ % overheard_kept].assign(bytes.begin(), bytes.end());
}

const datagram& storm::overheard(party p) {
  return ends_[p].heard_of[below(random_, overheard_kept)];
}

address storm::anywhere() {
  return host(static_cast<std::uint16_t>(1000 + below(random_, 5000)));
}

void storm::take_events(party p) {
  while (const auto e = ends_[p].board.poll_event()) {
    if (const auto* m = std::get_if<message_arrived>(&*e)) {
      if (p == server) on_server(*m);
    } else if (const auto* r = std::get_if<message_resolved>(&*e)) {
      if (p != honest) continue;
      require(std::exchange(resolved_.at(r->ticket.value), std::uint8_t{1}) == 0,
              "an honest message has two outcomes");
      const bool asked = r->ticket.value % 3 != 0;
      require(r->report.outcome == (asked ? outcome::answered : outcome::delivered),
              "an honest message failed");
      const auto expected = honest_content(r->ticket.value);
      require(!asked || std::ranges::equal(r->reply, expected), "an honest reply was changed");
      ++counts_.honest_answered;
    } else if (const auto* x = std::get_if<session_ended>(&*e)) {
      const bool of_pair = p == honest && ends_[honest].board.remote_of(x->peer) == ends_[server].at;
      if (of_pair) throw finding("the honest session ended: " + std::string(to_string(x->reason)));
    }
  }
}

void storm::on_server(const message_arrived& m) {
  const bool is_honest = ends_[server].board.remote_of(m.id.peer) == ends_[honest].at;
  if (!is_honest) {
    ++counts_.forged_arrived;
  } else {
    byte_reader in(m.bytes);
    const auto mark = in.take(mark_of_honest.size());
    const std::uint64_t number = in.u64();
    require(in.good() && in.left() == 0 && std::ranges::equal(mark, mark_of_honest),
            "an honest message was changed");
    require(number < arrived_.size() && std::exchange(arrived_[number], std::uint8_t{1}) == 0,
            "an honest message came twice");
    ++counts_.honest_arrived;
  }
  if (m.wants_reply) ends_[server].board.reply(m.id, m.bytes, now_);
}

void storm::finish() {
  ends_[server].board.accept_messages(true);
  for (int i = 0; i < 1000; ++i) {
    now_ += milliseconds(20);
    for (end& e : ends_) e.board.handle_timeout(now_);
    for (const party p : {server, honest, forged}) take_events(p);
    exchange();
  }
  require(std::ranges::find(arrived_, 0) == arrived_.end(), "an honest message did not arrive");
  require(std::ranges::find(resolved_, 0) == resolved_.end(), "an honest message has no outcome");
  for (const end& e : ends_) {
    e.audit.check(e.board.total());
    require(e.board.total().sessions <= crowded().max_sessions + 1, "more sessions than allowed");
  }
}

storm::report storm::results() const {
  report r = counts_;
  for (const end& e : ends_) r.audit += e.audit;
  r.server = ends_[server].board.total();
  r.honest = ends_[honest].board.total();
  r.forged = ends_[forged].board.total();
  return r;
}

}  // namespace dgram::fuzz
