// SPDX-License-Identifier: MIT
// Messages that arrived and were not taken yet, in order, bounded in number and bytes. Whoever fills it asks
// full() first: a message that was acknowledged already is kept even so.
#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <utility>
#include <vector>

#include "udp/core/event.h"

namespace dgram {

// A message as it arrived; `bytes` is valid during the call only.
struct message_view {
  request_id id;
  delivery_mode mode = delivery_mode::reliable;
  channel_id channel{};
  bool wants_reply = false;
  bool plain = false;  // from a peer that speaks no protocol of ours
  std::span<const std::byte> bytes;
};

// The same, owning its bytes.
struct received {
  request_id id;
  delivery_mode mode = delivery_mode::reliable;
  channel_id channel{};
  bool wants_reply = false;
  bool plain = false;
  std::vector<std::byte> bytes;

  message_view view() const { return {id, mode, channel, wants_reply, plain, bytes}; }
};

class mailbox {
 public:
  mailbox(std::size_t most_messages, std::size_t most_bytes)
      : most_messages_(most_messages), most_bytes_(most_bytes) {}

  bool empty() const { return messages_.empty(); }
  std::size_t size() const { return messages_.size(); }
  bool full() const { return messages_.size() >= most_messages_ || bytes_ >= most_bytes_; }
  // Below half, so that the transport is not stopped and started for every message.
  bool has_ample_room() const { return messages_.size() <= most_messages_ / 2 && bytes_ <= most_bytes_ / 2; }

  void put(const message_view& m) {
    bytes_ += m.bytes.size();
    messages_.push_back({m.id, m.mode, m.channel, m.wants_reply, m.plain, {m.bytes.begin(), m.bytes.end()}});
  }
  received take() {
    received first = std::move(messages_.front());
    messages_.pop_front();
    bytes_ -= first.bytes.size();
    return first;
  }

 private:
  std::size_t most_messages_;
  std::size_t most_bytes_;
  std::size_t bytes_ = 0;
  std::deque<received> messages_;
};

}  // namespace dgram
