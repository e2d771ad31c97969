// SPDX-License-Identifier: MIT
// A script of bytes that drives two ends of byte streams in virtual time: what they send, in which pieces the
// stream takes and brings it, and where it breaks. Half of all scripts also damage what is under way; in the
// others every outcome must be true. One that ran out ends with everything being delivered until nobody
// waits.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <set>
#include <span>
#include <vector>

#include "tests/fuzz/fuzzed_stream.h"
#include "udp/core/bytes.h"

namespace dgram::fuzz {

class stream_script {
 public:
  explicit stream_script(std::span<const std::byte> script);

  void run();

 private:
  struct pipe {
    std::vector<std::byte> bytes;
    bool ended = false;  // nothing comes behind them
  };

  void step();
  void send();
  void connect();
  void write(std::size_t from, std::size_t most);
  void bring(std::size_t to, std::size_t most, std::size_t events);
  void move_all();
  void damage();
  void inject();
  void break_connection();
  void close(std::size_t end);
  void advance(duration);
  void wind_down();
  void check(const fuzzed_stream&) const;

  fuzzed_stream::witness witness_of(std::size_t end);
  std::unique_ptr<fuzzed_stream> make(std::size_t end);
  void arrived(std::size_t at, const message_arrived&);
  void resolved(std::size_t at, std::uint64_t ticket, const message_resolved&,
                const fuzzed_stream::sent_message&);
  fuzzed_stream* pick(std::uint8_t bits) { return ends_[bits >> 7].get(); }

  byte_reader script_;
  stream_options options_;
  bool damages_;
  time_point now_;
  std::uint64_t next_ticket_ = 1;
  std::array<std::set<std::uint64_t>, 2> arrived_;      // numbers, by the end where
  std::array<std::unique_ptr<fuzzed_stream>, 2> ends_;  // initiator; the responder of its connection, if any
  std::array<pipe, 2> pipes_;                           // by the end they come from
};

}  // namespace dgram::fuzz
