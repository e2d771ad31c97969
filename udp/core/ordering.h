// SPDX-License-Identifier: MIT
// In what order is it delivered? Holds back ordered messages until the earlier ones of their channel have
// come, and tells which sequenced ones are stale. Knows no packets and no duplicates: each message reaches it
// once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "udp/core/ids.h"
#include "udp/core/wire.h"

namespace dgram {

struct held_message {
  message_id id{};
  bool wants_reply = false;
  bool skipped = false;  // the sender gave it up
  std::vector<std::byte> bytes;
};

class ordering {
 public:
  // Orders that a sender may be ahead of the one expected. More than message_window::size, since while one
  // fragment comes again and again under new ids, the messages behind its own go on.
  static constexpr std::uint64_t reach = 16384;

  // Whether a sequenced message is newer than all before it in its channel; takes note of it if so.
  bool newest(channel_id, message_id);

  enum class verdict : std::uint8_t {
    deliver,       // it is the next one
    hold,          // an earlier one is missing
    out_of_range,  // no sender within its limits would send it
  };
  verdict place(channel_id, order_number) const;
  // The whole place that a wire value means in its channel.
  order_number restore(channel_id, std::uint16_t truncated) const;

  // The next one of the channel was delivered (or skipped).
  void delivered(channel_id);
  // False when another one is held at this place already.
  bool hold(channel_id, order_number, held_message);
  // The next one of the channel, if it is here already. Calls delivered() itself.
  std::optional<held_message> release(channel_id);

  std::size_t held_bytes() const { return held_bytes_; }
  // What a held message of so many bytes adds to it.
  static std::size_t cost(std::size_t size);

 private:
  struct channel {
    order_number expected;
    std::uint64_t sequenced_end = 0;  // one above the newest
  };
  channel& at(channel_id);
  order_number expected(channel_id) const;

  std::vector<channel> channels_;  // as far as used
  std::map<std::pair<channel_id, order_number>, held_message> held_;
  std::size_t held_bytes_ = 0;
};

}  // namespace dgram
