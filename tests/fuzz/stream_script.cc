// SPDX-License-Identifier: MIT
#include "tests/fuzz/stream_script.h"

#include <algorithm>
#include <utility>

#include "tests/fuzz/finding.h"

namespace dgram::fuzz {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t everything = std::size_t{1} << 30;
constexpr std::size_t pipe_capacity = 64 * 1024;
constexpr std::size_t most_turns_at_once = 64;
constexpr milliseconds longest_deadline{20000};
constexpr time_point beginning{std::chrono::hours(1)};

std::size_t other(std::size_t end) {
  return 1 - end;
}

stream_options small(std::uint8_t choice) {
  stream_options o;
  o.max_message = (choice & 1) != 0 ? 300 : 4096;
  o.send_buffer = (choice & 2) != 0 ? 512 : 16384;
  if ((choice & 4) != 0) o.max_in_flight = 4;
  if ((choice & 8) != 0) o.max_unreplied = 2;
  if ((choice & 16) != 0) o.frame_timeout = milliseconds(50);
  return o;
}

}  // namespace

stream_script::stream_script(std::span<const std::byte> script) : script_(script), now_(beginning) {
  const std::uint8_t choice = script_.u8();
  options_ = small(choice);
  damages_ = (choice & 0x80) != 0;
  ends_[0] = make(0);
}

fuzzed_stream::witness stream_script::witness_of(std::size_t end) {
  return {[this, end](const message_arrived& m) { arrived(end, m); },
          [this, end](std::uint64_t ticket, const message_resolved& r, const fuzzed_stream::sent_message& m) {
            resolved(end, ticket, r, m);
          }};
}

std::unique_ptr<fuzzed_stream> stream_script::make(std::size_t end) {
  const auto role = end == 0 ? stream_role::initiator : stream_role::responder;
  return std::make_unique<fuzzed_stream>(options_, role, witness_of(end));
}

void stream_script::arrived(std::size_t at, const message_arrived& m) {
  if (damages_ || m.bytes.size() < 8) return;
  const auto number = number_in(m.bytes);
  require(number.has_value(), "a message arrived otherwise than it was sent");
  require(arrived_[at].insert(*number).second, "a message was run twice");
  require(*number == *arrived_[at].rbegin(), "a message was overtaken");
}

// On a stream that was not damaged, what is said of a message is so.
void stream_script::resolved(std::size_t at, std::uint64_t ticket, const message_resolved& r,
                             const fuzzed_stream::sent_message& m) {
  if (damages_ || m.size < 8) return;
  const bool there = arrived_[other(at)].contains(ticket);
  switch (r.report.outcome) {
    case outcome::answered:
      require(number_in(r.reply) == ticket, "the answer is to another request");
      [[fallthrough]];
    case outcome::delivered:
    case outcome::unanswered: require(there, "what is said to be delivered did not arrive"); break;
    case outcome::refused: require(!there, "what arrived is said to be refused"); break;
    default: break;
  }
}

void stream_script::run() {
  while (script_.left() > 0) step();
  wind_down();
}

void stream_script::step() {
  const std::uint8_t what = script_.u8();
  const std::size_t side = what >> 7;
  fuzzed_stream* const end = ends_[side].get();
  switch (what % 32) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4: return send();
    case 5:
    case 6:
      if (end != nullptr) end->reply((what & 0x40) != 0, script_.u8() * std::size_t{20}, now_);
      return;
    case 7: return connect();
    case 8:
    case 9: return write(side, 1 + script_.u8() % 32U);
    case 10:
    case 11:
    case 12: return write(side, everything);
    case 13:
    case 14: return bring(side, 1 + script_.u8() % 32U, everything);
    case 15: return bring(side, everything, script_.u8() % 4);
    case 16:
    case 17:
    case 18: return bring(side, everything, everything);
    case 19:
    case 20: return move_all();
    case 21:
    case 22: return damage();
    case 23: return inject();
    case 24: return advance(milliseconds(script_.u8()));
    case 25: return advance(milliseconds(1) * script_.u16());
    case 26:
      if (end != nullptr) end->timeout(now_);
      return;
    case 27:
      if (end != nullptr) end->accept_messages((what & 0x40) != 0);
      return;
    case 28:
      if ((what & 0x40) != 0) break_connection();
      return;
    case 29:
      if ((what & 0x60) == 0x60) close(side);
      return;
    case 30:
      if (end != nullptr) end->drain(now_);
      return;
    default: return advance(std::chrono::microseconds(script_.u8()));
  }
}

void stream_script::send() {
  const std::uint8_t how = script_.u8();
  const std::uint8_t size = script_.u8();
  fuzzed_stream* const from = pick(how);
  send_options o;
  o.mode = static_cast<delivery_mode>(how & 3);
  o.wants_reply = (how & 4) != 0;
  o.channel.value = (how & 8) != 0 ? script_.u8() : 0;
  if ((how & 0x20) != 0) o.deadline = milliseconds(1 + script_.u16() % longest_deadline.count());
  if (from == nullptr) return;
  from->send(next_ticket_++, size < 200 ? size : (size - std::size_t{200}) * 100, o, now_);
}

// What was left of the former connection is over first, as when its socket was closed.
void stream_script::connect() {
  if (!ends_[0]->stream().wants_connection()) return;
  if (ends_[1] != nullptr && ends_[1]->stream().connected()) ends_[1]->broken(now_);
  if (ends_[1] != nullptr) check(*ends_[1]);
  ends_[1] = make(1);
  pipes_ = {};
  ends_[0]->opened(now_);
  ends_[1]->opened(now_);
}

void stream_script::write(std::size_t from, std::size_t most) {
  if (ends_[from] == nullptr) return;
  pipe& p = pipes_[from];
  if (p.ended) return;
  const std::size_t room = pipe_capacity - std::min(p.bytes.size(), pipe_capacity);
  const auto bytes = ends_[from]->give(std::min(most, room), now_);
  p.bytes.insert(p.bytes.end(), bytes.begin(), bytes.end());
  // The goodbye is out: the socket is closed.
  if (!ends_[from]->stream().connected() && bytes.empty() && room > 0) p.ended = true;
}

void stream_script::bring(std::size_t to, std::size_t most, std::size_t events) {
  if (ends_[to] == nullptr || ends_[other(to)] == nullptr) return;
  pipe& p = pipes_[other(to)];
  fuzzed_stream& end = *ends_[to];
  if (!end.stream().connected()) return p.bytes.clear();
  if (end.stream().ready()) end.drain(now_);
  if (!end.stream().wants_bytes()) return;
  const auto count = static_cast<std::ptrdiff_t>(std::min(most, p.bytes.size()));
  const std::vector<std::byte> piece(p.bytes.begin(), p.bytes.begin() + count);
  p.bytes.erase(p.bytes.begin(), p.bytes.begin() + count);
  if (!piece.empty()) end.take(piece, events, now_);
  if (p.ended && p.bytes.empty() && end.stream().connected()) {
    end.drain(now_);
    if (end.stream().wants_bytes()) end.end_of_stream(now_);
  }
}

void stream_script::move_all() {
  for (const std::size_t from : {std::size_t{0}, std::size_t{1}}) {
    write(from, everything);
    bring(other(from), everything, everything);
  }
}

void stream_script::damage() {
  const std::uint8_t how = script_.u8();
  const std::uint16_t where = script_.u16();
  auto& bytes = pipes_[how >> 7].bytes;
  if (!damages_ || bytes.empty()) return;
  const auto at = bytes.begin() + static_cast<std::ptrdiff_t>(where % bytes.size());
  switch (how % 4) {
    case 0: *at ^= static_cast<std::byte>(1U << (how >> 2 & 7)); break;
    case 1: bytes.erase(at); break;
    case 2: bytes.insert(at, static_cast<std::byte>(script_.u8())); break;
    default: bytes.resize(where % bytes.size()); break;
  }
}

// A frame that is in order but for what it says, behind what is under way.
void stream_script::inject() {
  const std::uint8_t how = script_.u8();
  stream_frame f;
  f.kind = static_cast<frame_kind>(1 + how % 4);
  f.id = {(how & 8) != 0 ? script_.u64() : script_.u8()};
  f.wants_reply = f.kind == frame_kind::message && (how & 4) != 0;
  const bool has_bytes = f.kind == frame_kind::message || f.kind == frame_kind::reply;
  if (has_bytes) f.bytes = script_.take(std::min<std::size_t>(script_.left(), script_.u8() % 64));
  if (damages_) append_frame(pipes_[how >> 7].bytes, f);
}

void stream_script::break_connection() {
  pipes_ = {};
  for (const auto& end : ends_) {
    if (end != nullptr && end->stream().connected()) end->broken(now_);
  }
}

// An initiator that was closed is over: another one goes on in its place.
void stream_script::close(std::size_t side) {
  if (ends_[side] == nullptr) return;
  ends_[side]->close(now_);
  if (side != 0) return;
  for (int i = 0; i < 4; ++i) move_all();
  if (ends_[1] != nullptr && ends_[1]->stream().connected()) ends_[1]->broken(now_);
  check(*ends_[0]);
  ends_[0] = make(0);
  pipes_ = {};
}

void stream_script::advance(duration by) {
  const time_point end = now_ + by;
  for (std::size_t turns = 0;; ++turns) {
    std::optional<time_point> next;
    for (const auto& e : ends_) {
      if (e == nullptr) continue;
      e->drain(now_);
      const auto at = e->stream().next_timeout();
      if (at && (!next || *at < *next)) next = at;
    }
    if (!next || *next > end) break;
    if (*next > now_) turns = 0;
    require(turns < most_turns_at_once, "a timeout that does not pass");
    now_ = std::max(now_, *next);
    for (const auto& e : ends_) {
      if (e != nullptr) e->timeout(now_);
    }
  }
  now_ = end;
}

// Every deadline passes while everything that is still said is delivered; then nobody may be waiting.
void stream_script::wind_down() {
  const time_point end = now_ + longest_deadline + milliseconds(1);
  for (duration step = milliseconds(1); now_ < end; step = std::min<duration>(2 * step, milliseconds(500))) {
    connect();
    for (const auto& e : ends_) {
      if (e != nullptr) e->accept_messages(true);
    }
    move_all();
    advance(step);
  }
  for (const auto& e : ends_) {
    if (e == nullptr) continue;
    require(e->unresolved() == 0, "a message without an outcome");
    check(*e);
  }
}

void stream_script::check(const fuzzed_stream& end) const {
  end.check();
  if (!damages_) end.check_undamaged();
}

}  // namespace dgram::fuzz
