// SPDX-License-Identifier: MIT
// What was sent, what arrived, what was reported, and what must be true of them. Throws broken_promise as
// soon as something is not. Knows messages and events; not how they travel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "udp/core/event.h"
#include "udp/core/message.h"
#include "udp/core/time.h"

namespace dgram::test {

class broken_promise : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A host in one of its lives.
struct life {
  std::uint32_t host = 0;
  std::uint32_t incarnation = 0;
  auto operator<=>(const life&) const = default;
};

struct sent_message {
  life from;
  std::uint32_t to = 0;
  send_options options{};
  std::uint32_t size = 0;
  time_point when{};
  bool heard = false;  // whether anything had been heard from there when it was sent
  bool stale = false;  // sent by a responder whose initiator may already have forgotten the session

  bool accepted = false;
  std::optional<dgram::outcome> outcome{};
  std::uint32_t arrivals = 0;
  std::uint32_t last_incarnation = 0;  // of the receiver that got it last
  std::optional<time_point> replied{};
};

// What the circumstances allow. With nothing ended by force, sessions promise more.
struct circumstances {
  bool restarts = false;
  bool closes = false;
  bool outages = false;
  bool moves = false;  // clients get new addresses, and are not heard of there before they speak
  bool harsh = false;  // so many losses that a reply can be given up (session.cc: after 30 s)
  // The largest message and reply: what the worst of such links carries in good time.
  std::uint32_t largest = 8'000;
  bool gentle() const { return !restarts && !closes && !outages && !moves; }
};

struct tally {
  std::uint64_t messages = 0, requests = 0, arrivals = 0;
  std::uint64_t delivered = 0, answered = 0, unanswered = 0, expired = 0, lost = 0, refused = 0, unknown = 0;
  std::uint64_t twice_over_restart = 0;  // allowed only for messages first sent unheard
  tally& operator+=(const tally&);
};

class ledger {
 public:
  // Messages shorter than this carry no number and are checked by their count alone.
  static constexpr std::uint32_t least_numbered = 4;

  ledger(std::uint64_t seed, const circumstances& c) : seed_(seed), circumstances_(c) {}

  // Notes a message that is about to be sent. Its place in the ledger is its ticket.
  std::uint32_t post(const sent_message&);
  void accepted(std::uint32_t index);
  // Bytes of message and reply are functions of seed and index. Valid until the next call.
  std::span<const std::byte> content(std::uint32_t index);
  std::span<const std::byte> reply_content(std::uint32_t index);

  // The message's index, for those that carry one.
  std::optional<std::uint32_t> arrived(std::uint32_t from, const life& at, const message_arrived&);
  void replied(std::uint32_t index, time_point when) { messages_[index].replied = when; }
  void resolved(const life& at, const message_resolved&, time_point now);
  // A life ended without a word: its messages never get an outcome.
  void life_ended(const life&);

  std::string describe(std::uint32_t index) const;
  std::size_t unresolved() const { return unresolved_; }
  // It must have been acknowledged.
  void check_heard(std::uint32_t index) const;
  // After everything has had its time.
  void check_end();
  const tally& totals() const { return tally_; }

 private:
  // Counts of messages without number, of one size from one host to another.
  struct crowd {
    std::uint64_t sent = 0, arrived = 0, acknowledged = 0;
  };
  using crowd_key = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>;
  using order_key = std::tuple<life, std::uint64_t, std::uint8_t, delivery_mode>;

  std::uint32_t reply_size(std::uint32_t index) const;
  std::span<const std::byte> fill(std::uint32_t index, std::uint32_t size, std::uint64_t salt);
  void check_order(std::uint32_t index, const life& at, const message_arrived&);
  void check_first_arrival(std::uint32_t index, const life& at);
  void check_outcome(std::uint32_t index, const message_resolved&, time_point now);
  void check_promises_kept(std::uint32_t index);
  void count(outcome);
  [[noreturn]] void fail(std::uint32_t index, const std::string& why) const;

  std::uint64_t seed_;
  circumstances circumstances_;
  std::vector<sent_message> messages_;
  std::size_t unresolved_ = 0;
  std::map<crowd_key, crowd> crowds_;
  std::map<order_key, std::uint32_t> newest_;
  std::vector<std::byte> scratch_;
  tally tally_;
};

}  // namespace dgram::test
