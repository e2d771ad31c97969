// SPDX-License-Identifier: MIT
#include "udp/core/stream_framing.h"

#include <algorithm>
#include <array>
#include <utility>

#include "udp/core/bytes.h"

namespace dgram {
namespace {

constexpr std::byte first_byte{0x9f};
constexpr std::uint8_t version = 1;
constexpr std::uint8_t responder_bit = 0x80;
constexpr std::uint8_t mode_bits = 0x03;
constexpr std::uint8_t wants_reply_bit = 0x04;
// A buffer that once held a large frame is given back when it is larger than this.
constexpr std::size_t worth_keeping = 128 * 1024;

// Checks what has come of a preamble. Reports the first byte that is wrong, however little has come.
std::optional<discard_reason> preamble_fault(std::span<const std::byte> begin, stream_role peer) {
  constexpr std::array<std::byte, 3> mark{first_byte, std::byte{'d'}, std::byte{'g'}};
  const auto known = begin.first(std::min(begin.size(), mark.size()));
  if (!std::equal(known.begin(), known.end(), mark.begin())) return discard_reason::foreign;
  if (begin.size() < preamble_size) return std::nullopt;
  const auto last = std::to_integer<std::uint8_t>(begin[3]);
  if ((last & ~responder_bit) != version) return discard_reason::wrong_version;
  const auto role = (last & responder_bit) != 0 ? stream_role::responder : stream_role::initiator;
  if (role != peer) return discard_reason::wrong_direction;
  return std::nullopt;
}

std::optional<stream_frame> parse(std::span<const std::byte> whole) {
  byte_reader in(whole.subspan(frame_prefix_size));
  stream_frame frame;
  const std::uint8_t kind = in.u8();
  const std::uint8_t flags = in.u8();
  frame.channel.value = in.u8();
  frame.id.value = in.u64();
  frame.bytes = in.take(in.left());
  if (kind < static_cast<std::uint8_t>(frame_kind::message)) return std::nullopt;
  if (kind > static_cast<std::uint8_t>(frame_kind::close)) return std::nullopt;
  if ((flags & ~(mode_bits | wants_reply_bit)) != 0) return std::nullopt;
  frame.kind = static_cast<frame_kind>(kind);
  frame.mode = static_cast<delivery_mode>(flags & mode_bits);
  frame.wants_reply = (flags & wants_reply_bit) != 0;
  if (frame.kind == frame_kind::message) return frame;
  if (flags != 0 || frame.channel.value != 0) return std::nullopt;
  if (frame.kind != frame_kind::reply && !frame.bytes.empty()) return std::nullopt;
  return frame;
}

}  // namespace

bool begins_like_ours(std::span<const std::byte> stream) {
  return !stream.empty() && stream.front() == first_byte;
}

void append_preamble(std::vector<std::byte>& out, stream_role own) {
  const std::uint8_t last = own == stream_role::responder ? version | responder_bit : version;
  for (const std::byte b : {first_byte, std::byte{'d'}, std::byte{'g'}, std::byte{last}}) out.push_back(b);
}

void append_frame_header(std::vector<std::byte>& out, const stream_frame& frame, std::size_t size) {
  std::array<std::byte, frame_header_size> header;
  byte_writer to(header);
  std::uint8_t flags = 0;
  if (frame.kind == frame_kind::message) {
    flags = static_cast<std::uint8_t>(frame.mode);
    if (frame.wants_reply) flags |= wants_reply_bit;
  }
  to.u32(static_cast<std::uint32_t>(frame_fixed_size + size));
  to.u8(static_cast<std::uint8_t>(frame.kind));
  to.u8(flags);
  to.u8(frame.channel.value);
  to.u64(frame.id.value);
  out.insert(out.end(), header.begin(), header.end());
}

void append_frame(std::vector<std::byte>& out, const stream_frame& frame) {
  append_frame_header(out, frame, frame.bytes.size());
  out.insert(out.end(), frame.bytes.begin(), frame.bytes.end());
}

stream_parser::stream_parser(stream_role of_the_peer, std::size_t max_message)
    : peer_(of_the_peer), max_message_(std::min(max_message, std::size_t{0xffffffff} - frame_fixed_size)) {}

void stream_parser::feed(std::span<const std::byte> bytes) {
  keep();
  chunk_ = bytes;
}

std::optional<stream_frame> stream_parser::front() {
  if (head_ == held_.size() && held_.capacity() > worth_keeping) {
    held_ = {};
    head_ = 0;
  }
  if (failure_ || !read_preamble()) return std::nullopt;
  const auto size = frame_size();
  if (!size || !gather(*size)) return std::nullopt;
  const auto frame = parse(visible().first(*size));
  if (!frame) {
    failure_ = discard_reason::malformed;
    return std::nullopt;
  }
  front_size_ = *size;
  return frame;
}

void stream_parser::pop() {
  skip(std::exchange(front_size_, 0));
}

void stream_parser::keep() {
  if (!chunk_.empty()) hold(chunk_);
  chunk_ = {};
}

std::size_t stream_parser::announced() const {
  const auto seen = visible();
  if (!greeted_ || seen.size() < frame_prefix_size) return 0;
  return frame_prefix_size + byte_reader(seen).u32();
}

bool stream_parser::read_preamble() {
  if (greeted_) return true;
  const bool whole = gather(preamble_size);
  failure_ = preamble_fault(visible().first(std::min(visible().size(), preamble_size)), peer_);
  if (!whole || failure_) return false;
  skip(preamble_size);
  greeted_ = true;
  return true;
}

// The size of the frame that begins here, once its length is known and allowed.
std::optional<std::size_t> stream_parser::frame_size() {
  if (!gather(frame_prefix_size)) return std::nullopt;
  const std::size_t length = byte_reader(visible()).u32();
  if (length < frame_fixed_size || length > frame_fixed_size + max_message_) {
    failure_ = discard_reason::malformed;
    return std::nullopt;
  }
  return frame_prefix_size + length;
}

// Makes the next `size` bytes visible in one piece, without a copy when they arrived in one.
bool stream_parser::gather(std::size_t size) {
  if (visible().size() >= size) return true;
  const std::size_t more = std::min(size - held().size(), chunk_.size());
  hold(chunk_.first(more));
  chunk_ = chunk_.subspan(more);
  return held().size() >= size;
}

void stream_parser::hold(std::span<const std::byte> bytes) {
  if (head_ == held_.size()) {
    held_.clear();
    head_ = 0;
  } else if (head_ > held_.size() / 2) {
    held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
  held_.insert(held_.end(), bytes.begin(), bytes.end());
}

void stream_parser::skip(std::size_t size) {
  if (head_ < held_.size()) {
    head_ += size;
  } else {
    chunk_ = chunk_.subspan(size);
  }
}

}  // namespace dgram
