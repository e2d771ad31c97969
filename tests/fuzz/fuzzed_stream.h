// SPDX-License-Identifier: MIT
// One end of a byte stream under attack, and what must stay true of it whatever the stream brings: one
// outcome for each accepted send and no later than its deadline, messages in order and never twice on a
// connection, counts that close, spans that can be read, output that has a bound.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "udp/core/stream_session.h"

namespace dgram::fuzz {

// A message of at least eight bytes says which it is, and the rest follows from that.
std::vector<std::byte> numbered_content(std::uint64_t number, std::size_t size);
// Nothing when it is shorter, or none of these.
std::optional<std::uint64_t> number_in(std::span<const std::byte>);

class fuzzed_stream {
 public:
  struct sent_message {
    std::size_t size = 0;
    bool wants_reply = false;
    time_point deadline{};
  };
  struct witness {
    // A message came out of the stream.
    std::function<void(const message_arrived&)> arrived;
    // What this end sent has its outcome.
    std::function<void(std::uint64_t ticket, const message_resolved&, const sent_message&)> resolved;
  };

  fuzzed_stream(const stream_options&, stream_role, witness);
  fuzzed_stream(const fuzzed_stream&) = delete;

  void opened(time_point now);
  void broken(time_point now);
  void end_of_stream(time_point now);
  void close(time_point now);
  void timeout(time_point now);
  // The caller's block may go when this returns. `events`: read at once; the rest waits in the stream's end.
  void take(std::span<const std::byte>, std::size_t events, time_point now);
  // Every event there is.
  void drain(time_point now);
  std::vector<std::byte> give(std::size_t most, time_point now);

  void send(std::uint64_t ticket, std::size_t size, const send_options&, time_point now);
  // The oldest request that waits, or the newest, also of a connection that is over. Its number comes back,
  // and eight bytes or more.
  void reply(bool oldest, std::size_t size, time_point now);
  void accept_messages(bool yes) { stream_.accept_messages(yes); }

  const stream_session& stream() const { return stream_; }
  std::size_t unresolved() const { return unresolved_.size(); }
  void check() const;
  // Nobody damaged the stream.
  void check_undamaged() const;

 private:
  static constexpr std::size_t most_events = 1U << 20;
  struct request {
    request_id id;
    std::vector<std::byte> bytes;
    std::uint64_t connection;
  };

  // Whether there is no more.
  bool drain(std::size_t most, time_point now);
  void on(const message_arrived&);
  void on(const message_resolved&, time_point now);

  stream_options options_;
  stream_role role_;
  witness witness_;
  stream_session stream_;
  std::map<std::uint64_t, sent_message> unresolved_;  // by ticket
  std::deque<request> requests_;
  std::uint64_t connection_ = 0;  // counts them
  message_id newest_{};           // that arrived on this one
  std::uint64_t accepted_ = 0, replies_ = 0, arrived_ = 0, resolved_ = 0, opened_ = 0, ended_ = 0;
};

}  // namespace dgram::fuzz
