// SPDX-License-Identifier: MIT
// What every contender has to carry in one run. Knows no transports and no links.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "udp/core/time.h"

namespace dgram::app::compare {

enum class workload : std::uint8_t {
  telemetry,  // open loop: one message every so often, whatever became of the others
  request,    // the same, and each waits for its reply
  bulk,       // as fast as the transport takes them
  chat,       // short lines at a person's rhythm
};
std::string_view to_string(workload);

// Something that happens to the link during a run.
struct mid_run {
  // The client's packets come from another port, as when a NAT has forgotten it.
  static constexpr std::string_view new_address = "new-address";

  duration at{0};    // from the start of the run
  std::string what;  // new_address, or settings of the link: "mtu=1280"
};

struct plan {
  workload work = workload::telemetry;
  double message_rate = 200;  // per second; chat: on average
  std::size_t size = 64;      // bytes of a message
  std::uint64_t amount = 4'000'000;
  duration warm_up = std::chrono::milliseconds(500);
  duration measured = std::chrono::seconds(3);
  duration drain = std::chrono::seconds(3);  // for what is still on its way
  duration deadline = std::chrono::milliseconds(100);
  // Of requests: the next one leaves when the reply came (and not before its moment in the schedule, which so
  // says how many there are at most).
  bool closed_loop = false;
  // Endpoints of the sender, each with a session; messages take turns.
  std::size_t sessions = 1;
  // Bulk: a TCP connection with that congestion control fills the same link meanwhile, for `measured`.
  std::string beside{};
  // As much as the transport takes goes beside the messages, to the same peer on a channel of its own.
  bool filled = false;
  std::vector<mid_run> events{};

  // Whether what is sent next depends on what became of the earlier ones.
  bool waits_for_outcomes() const { return closed_loop || work == workload::bulk; }
};

// A message carries its number and when it was to be sent.
inline constexpr std::size_t least_size = 16;
// Not in one run more: each is kept.
inline constexpr std::size_t most_messages = 200'000;
// Bulk that has not left by then is cut off.
inline constexpr duration bulk_limit = std::chrono::seconds(30);
// Bulk messages without an outcome at most: about 4 MB, more than any of these links holds.
std::size_t bulk_outstanding(const plan&);

struct planned_message {
  duration intended{0};  // from the start of the run; bulk: as soon as it is taken
  std::size_t size = 0;
  bool warm_up = false;
};

// The same for the same seed, so for every contender of a repetition. Never empty.
std::vector<planned_message> schedule_of(const plan&, std::uint64_t seed);
// When nothing more is sent, whatever is left.
duration last_sending(const plan&);
// Messages of one run at most, about.
double messages_of(const plan&);
// "200 messages/s of 64 B for 3 s after 0.5 s of warm-up".
std::string describe(const plan&);

}  // namespace dgram::app::compare
