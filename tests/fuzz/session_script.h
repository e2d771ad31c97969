// SPDX-License-Identifier: MIT
// A script of bytes that drives two live switchboards in virtual time: what they send, and what becomes of
// every datagram between them. Any bytes are a script; one that ran out ends with everything being delivered
// until nothing is left to say.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tests/fuzz/fuzzed_end.h"
#include "tests/fuzz/mutation.h"
#include "udp/core/bytes.h"

namespace dgram::fuzz {

class session_script {
 public:
  explicit session_script(std::span<const std::byte> script);

  void run();

 private:
  struct in_flight {
    std::size_t from;  // index of the end
    datagram bytes;
  };

  void step();
  void send();
  void deliver_one(bool keep, bool from_stranger);
  void deliver_all();
  void drop_one();
  void mutate_one();
  void rewrite_one();
  void inject();
  void advance(duration);
  void wind_down();

  void pump(std::size_t from);
  bool poll_all();
  void hand_over(const in_flight&, const address& from);
  in_flight* pick();
  std::size_t other(std::size_t end) const { return 1 - end; }

  byte_reader script_;
  time_point now_;
  std::array<fuzzed_end, 2> ends_;
  std::vector<in_flight> wire_;
  datagram last_;  // for splices
  std::uint64_t restarts_ = 0;
};

}  // namespace dgram::fuzz
