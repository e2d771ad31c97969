// SPDX-License-Identifier: MIT
#include "tests/fuzz/session_script.h"

#include <algorithm>
#include <utility>

#include "tests/fuzz/finding.h"
#include "udp/core/wire.h"

namespace dgram::fuzz {
namespace {

using std::chrono::milliseconds;

// More than that is lost, as in any network.
constexpr std::size_t wire_capacity = 256;
// No verb of two small sessions has more to say than this at one moment, or wants to be woken so often.
constexpr std::size_t most_datagrams_at_once = 4096;
constexpr std::size_t most_turns_at_once = 64;
constexpr milliseconds longest_deadline{20000};
constexpr time_point beginning{std::chrono::hours(1)};

address host(std::uint16_t port) {
  address a;
  a.ip[15] = 1;
  a.port = port;
  return a;
}

switchboard_options small(std::uint8_t choice) {
  switchboard_options o;
  o.max_sessions = 1 + choice % 4;
  o.session.receive_buffer = (choice & 0x80) != 0 ? 2048 : 256 * 1024;
  if ((choice & 0x40) != 0) o.session.congestion = congestion_algorithm::new_reno;
  o.session.send_buffer = (choice & 0x20) != 0 ? 8192 : 1024 * 1024;
  return o;
}

// Mostly small, some around the size of a datagram, some that leave in fragments.
std::size_t size_from(std::uint8_t choice) {
  if (choice < 200) return choice;
  return choice < 240 ? (choice - std::size_t{200}) * 31 : (choice - std::size_t{239}) * 2500;
}

}  // namespace

session_script::session_script(std::span<const std::byte> script)
    : script_(script),
      now_(beginning),
      ends_{fuzzed_end{host(1), small(script_.u8()), 1, now_},
            fuzzed_end{host(2), small(script_.u8()), 2, now_}} {}

void session_script::run() {
  while (script_.left() > 0) step();
  wind_down();
}

void session_script::step() {
  const std::uint8_t what = script_.u8();
  fuzzed_end& end = ends_[what >> 7];
  switch (what % 32) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4: return send();
    case 5:
    case 6: return end.reply((what & 0x40) != 0, size_from(script_.u8()), now_);
    case 7:
    case 8: return pump(what >> 7);
    case 9:
    case 10:
    case 11: return deliver_one(false, false);
    case 12:
    case 13: return deliver_all();
    case 14: return deliver_one(true, false);
    case 15: return deliver_one(true, true);
    case 16: return drop_one();
    case 17:
    case 18: return mutate_one();
    case 19:
    case 20:
    case 21: return rewrite_one();
    case 22: return inject();
    case 23:
    case 24: return advance(milliseconds(script_.u8()));
    case 25: return advance(milliseconds(1) * script_.u16());
    case 26: return end.handle_timeout(now_);
    case 27: return end.accept_messages((what & 0x40) != 0);
    case 28:
      // Seeds of their own: two ends that draw the same session ids prove nothing.
      if ((what & 0x40) != 0) end.restart(++restarts_ << 8 | script_.u8(), now_);
      return;
    case 29:
      if ((what & 0x40) != 0) end.close(ends_[other(what >> 7)].at(), now_);
      return;
    case 30: return end.close_in_next_event();
    default: return advance(std::chrono::microseconds(script_.u8()));
  }
}

void session_script::send() {
  const std::uint8_t how = script_.u8();
  const std::uint8_t size = script_.u8();
  send_options o;
  o.mode = static_cast<delivery_mode>(how & 3);
  o.wants_reply = (how & 4) != 0;
  o.channel.value = (how & 8) != 0 ? script_.u8() : (how >> 4 & 1);
  if ((how & 0x20) != 0) o.deadline = milliseconds(1 + script_.u16() % longest_deadline.count());
  if ((how & 0x40) != 0) o.max_tries = static_cast<std::uint16_t>(1 + script_.u8() % 4);
  const std::size_t from = how >> 7;
  ends_[from].send(ends_[other(from)].at(), size_from(size), o, now_);
}

session_script::in_flight* session_script::pick() {
  const std::uint8_t which = script_.u8();
  return wire_.empty() ? nullptr : &wire_[which % wire_.size()];
}

void session_script::deliver_one(bool keep, bool from_stranger) {
  in_flight* const chosen = pick();
  if (chosen == nullptr) return;
  const in_flight f = *chosen;
  if (!keep) wire_.erase(wire_.begin() + (chosen - wire_.data()));
  hand_over(f, from_stranger ? host(3) : ends_[f.from].at());
}

void session_script::deliver_all() {
  for (const in_flight& f : std::exchange(wire_, {})) hand_over(f, ends_[f.from].at());
}

void session_script::drop_one() {
  if (in_flight* const chosen = pick()) wire_.erase(wire_.begin() + (chosen - wire_.data()));
}

void session_script::mutate_one() {
  in_flight* const chosen = pick();
  std::uint64_t random = script_.u16();
  if (chosen == nullptr) return;
  mutate(chosen->bytes, last_, random);
  if (below(random, 2) == 0) repair_checksum(chosen->bytes);
}

// Keeps the header and replaces what it announces: the frames that only an insider would send.
void session_script::rewrite_one() {
  in_flight* const chosen = pick();
  const std::uint8_t how = script_.u8();
  const auto frames = script_.take(std::min<std::size_t>(script_.left(), script_.u8() % 64));
  if (chosen == nullptr || chosen->bytes.size() < wire::header_size) return;
  datagram& d = chosen->bytes;
  if ((how & 1) != 0) d.resize(wire::header_size);
  d.insert(d.end(), frames.begin(), frames.end());
  d.resize(std::min(d.size(), largest_datagram));
  // Another packet number, or it would be a duplicate of the original.
  if ((how & 2) != 0) d[11] = static_cast<std::byte>(how);
  repair_checksum(d);
}

void session_script::inject() {
  const std::uint8_t how = script_.u8();
  std::uint64_t random = script_.u16();
  datagram d;
  switch (how & 3) {
    case 0: d = foreign(random); break;
    case 1: d = plausible(random); break;
    case 2: d = insider(last_, random); break;
    default: {
      const auto raw = script_.take(std::min<std::size_t>(script_.left(), how));
      d.assign(raw.begin(), raw.end());
    }
  }
  const std::size_t to = how >> 7;
  ends_[to].handle_datagram(d, host(static_cast<std::uint16_t>(2 + (how >> 2 & 3))), now_);
}

void session_script::hand_over(const in_flight& f, const address& from) {
  last_ = f.bytes;
  ends_[other(f.from)].handle_datagram(f.bytes, from, now_);
}

void session_script::pump(std::size_t from) {
  datagram buffer(largest_datagram);
  for (std::size_t count = 0; const auto t = ends_[from].poll_transmit(now_, buffer); ++count) {
    require(count < most_datagrams_at_once, "there is no end to what is sent at one moment");
    if (t->to.remote != ends_[other(from)].at() || wire_.size() >= wire_capacity) continue;
    wire_.push_back({from, {buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(t->size)}});
  }
}

void session_script::advance(duration by) {
  const time_point end = now_ + by;
  for (std::size_t turns = 0;; ++turns) {
    pump(0);
    pump(1);
    std::optional<time_point> next = ends_[0].next_timeout();
    const auto second = ends_[1].next_timeout();
    if (second && (!next || *second < *next)) next = second;
    if (!next || *next > end) break;
    if (*next > now_) turns = 0;
    require(turns < most_turns_at_once, "a timeout that does not pass");
    now_ = std::max(now_, *next);
    ends_[0].handle_timeout(now_);
    ends_[1].handle_timeout(now_);
  }
  now_ = end;
}

// Every deadline passes while everything that is still said is delivered; then nobody may be waiting.
void session_script::wind_down() {
  ends_[0].accept_messages(true);
  ends_[1].accept_messages(true);
  const time_point end = now_ + longest_deadline + milliseconds(1);
  for (duration step = milliseconds(1); now_ < end; step = std::min<duration>(2 * step, milliseconds(500))) {
    deliver_all();
    advance(step);
  }
  deliver_all();
  advance(std::chrono::minutes(3));
  for (const fuzzed_end& e : ends_) {
    require(e.unresolved() == 0, "a message without an outcome");
    e.check();
  }
}

}  // namespace dgram::fuzz
