// SPDX-License-Identifier: MIT
// One direction of a TCP-like byte stream in virtual time: segments meet the fates of a sim::link, and a
// perfect retransmitter repairs them. It knows at once what was lost, sends it again exactly one round trip
// later, as often as needed, never needlessly, and has no congestion window. No TCP does better, so figures
// over it are a lower bound for every TCP. It is for testing what runs on top, not for comparing transports.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "udp/sim/link.h"
#include "udp/sim/random.h"

namespace dgram::test {

struct stream_pipe_options {
  // Bytes of a segment at most (1500 less the headers of IPv4 and TCP).
  std::size_t segment = 1460;
  // Segments of any length up to that, drawn from the seed, instead of full ones.
  bool any_length = false;
  // Bytes written and not yet read at most: what the two systems' socket buffers hold.
  std::size_t buffer = 256 * 1024;
};

class stream_pipe {
 public:
  stream_pipe(const sim::link_options&, const stream_pipe_options&, std::uint64_t seed,
              std::uint32_t direction);

  // How much `write` takes.
  std::size_t room() const { return options_.buffer - unread_; }
  // Each write is cut into segments of its own, as with TCP_NODELAY. Afterwards: next_event.
  void write(std::span<const std::byte>, time_point now);
  // Call when next_event has come. Afterwards: readable, next_event.
  void advance(time_point now);
  std::optional<time_point> next_event() const;

  std::size_t readable() const { return inbox_.size(); }
  // Nothing is unread or under way.
  bool empty() const { return unread_ == 0; }
  std::vector<std::byte> read(std::size_t most);

  // The connection is no more: whatever is under way or unread is gone.
  void reset();

  sim::link& link() { return link_; }
  std::uint64_t sent_again() const { return sent_again_; }
  // Arrived with other bytes than were sent. The pipe notices all of them; TCP's 16-bit sum does not.
  std::uint64_t damaged() const { return damaged_; }

 private:
  struct segment {
    std::uint64_t begin = 0;  // its place in the stream
    std::vector<std::byte> bytes;
    time_point again{};  // when it is sent again, unless it arrives before
  };

  void offer(std::uint64_t id, time_point now);
  void send_again(std::uint64_t id, time_point now);
  void arrived(const sim::arrival&, time_point now);
  std::size_t next_length(std::size_t left);

  stream_pipe_options options_;
  sim::link link_;
  sim::random_stream lengths_;
  std::map<std::uint64_t, segment> under_way_;  // by id; ids are never used twice
  std::multimap<time_point, std::uint64_t> repetitions_;
  std::map<std::uint64_t, std::vector<std::byte>> early_;  // arrived before their turn, by place
  std::deque<std::byte> inbox_;
  std::uint64_t next_id_ = 0;
  std::uint64_t written_ = 0;   // place in the stream
  std::uint64_t expected_ = 0;  // the same, of the next byte for the inbox
  std::size_t unread_ = 0;
  std::uint64_t sent_again_ = 0;
  std::uint64_t damaged_ = 0;
};

}  // namespace dgram::test
