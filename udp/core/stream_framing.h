// SPDX-License-Identifier: MIT
// The TCP wire: a preamble that cannot be text, then length-prefixed frames. Cuts a stream that comes in any
// pieces into frames, and writes them. Knows no sessions, no time, no sockets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "udp/core/ids.h"
#include "udp/core/message.h"
#include "udp/core/statistics.h"

namespace dgram {

// Who made the connection. Each side's preamble says it, so that a stream that only echoes is noticed.
enum class stream_role : std::uint8_t { initiator, responder };

enum class frame_kind : std::uint8_t {
  message = 1,
  reply = 2,  // to the request `id`; everything up to it was taken
  ack = 3,    // everything up to `id` was taken
  close = 4,  // the same, and no more will be
};

struct stream_frame {
  frame_kind kind = frame_kind::message;
  delivery_mode mode = delivery_mode::reliable;
  bool wants_reply = false;
  channel_id channel{};
  message_id id{};
  std::span<const std::byte> bytes{};
};

inline constexpr std::size_t preamble_size = 4;
inline constexpr std::size_t frame_prefix_size = 4;  // the length of what follows it
inline constexpr std::size_t frame_fixed_size = 11;  // kind, flags, channel, id: what the length counts first
inline constexpr std::size_t frame_header_size = frame_prefix_size + frame_fixed_size;

// True when a stream that begins so may be one of ours: no UTF-8 text begins with that byte.
bool begins_like_ours(std::span<const std::byte> stream);

void append_preamble(std::vector<std::byte>& out, stream_role own);
// Writes the header of a frame whose `size` bytes the caller appends next.
void append_frame_header(std::vector<std::byte>& out, const stream_frame&, std::size_t size);
void append_frame(std::vector<std::byte>& out, const stream_frame&);

// Holds what of a frame has arrived, never more: a claimed length allocates nothing.
class stream_parser {
 public:
  stream_parser(stream_role of_the_peer, std::size_t max_message);

  // `bytes` are borrowed until `front` returned nothing or `keep` was called.
  void feed(std::span<const std::byte> bytes);
  // The next whole frame, or nothing when more bytes are needed or the stream has failed. Its bytes are
  // valid until the next call of anything but pop.
  std::optional<stream_frame> front();
  // Goes on behind the frame that `front` returned.
  void pop();
  // Copies what is still borrowed.
  void keep();

  // The preamble has come.
  bool greeted() const { return greeted_; }
  // Why nothing more can be made of this stream.
  std::optional<discard_reason> failure() const { return failure_; }
  // Bytes held or borrowed of a frame (or preamble) that is not complete or not popped.
  std::size_t pending() const { return held_.size() - head_ + chunk_.size(); }
  // Length of the frame that began, its header included; 0 when that is not known yet.
  std::size_t announced() const;

 private:
  std::span<const std::byte> held() const { return std::span(held_).subspan(head_); }
  bool gather(std::size_t size);
  std::span<const std::byte> visible() const { return head_ < held_.size() ? held() : chunk_; }
  bool read_preamble();
  std::optional<std::size_t> frame_size();
  void hold(std::span<const std::byte> bytes);
  void skip(std::size_t size);

  stream_role peer_;
  std::size_t max_message_;
  bool greeted_ = false;
  std::optional<discard_reason> failure_;
  std::vector<std::byte> held_;  // from head_ on
  std::size_t head_ = 0;
  std::span<const std::byte> chunk_;  // borrowed; follows held_
  std::size_t front_size_ = 0;
};

}  // namespace dgram
