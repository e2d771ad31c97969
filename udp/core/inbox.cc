// SPDX-License-Identifier: MIT
#include "udp/core/inbox.h"

namespace dgram {

std::optional<discard_reason> inbox::refuses(const wire::summary& s,
                                             std::span<const std::byte> payload) const {
  if (s.requests > 0 && requests_.unsettled() + s.requests > reply_ledger::limit) {
    return discard_reason::not_accepting;
  }
  if (s.messages > 0 && ordering_.held_bytes() > reorder_limit_ && only_adds_to_the_wait(payload)) {
    return discard_reason::reorder_full;
  }
  return std::nullopt;
}

// The message that the others wait for must not be kept out by them.
bool inbox::only_adds_to_the_wait(std::span<const std::byte> payload) const {
  bool would_hold = false;
  wire::frame_reader frames(payload);
  while (const auto f = frames.next()) {
    ordering::verdict place = ordering::verdict::out_of_range;
    if (const auto* m = std::get_if<wire::message>(&*f); m != nullptr && m->mode == delivery_mode::ordered) {
      place = ordering_.place(m->channel, ordering_.restore(m->channel, m->order));
    } else if (const auto* skipped = std::get_if<wire::skip>(&*f)) {
      place = ordering_.place(skipped->channel, ordering_.restore(skipped->channel, skipped->order));
    }
    if (place == ordering::verdict::deliver) return false;
    would_hold = would_hold || place == ordering::verdict::hold;
  }
  return would_hold;
}

}  // namespace dgram
