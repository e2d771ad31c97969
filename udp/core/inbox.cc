// SPDX-License-Identifier: MIT
#include "udp/core/inbox.h"

namespace dgram {

// One that is not known by its fragments is new, unless the window has seen it.
inbox::refusal inbox::begin_assembly(message_id id, const wire::message& m) {
  if (assemblies_.given_up(id)) return discard_reason::bad_fragment;
  if (seen_.seen(id)) return discard_reason::repeated_message;
  const bool once = m.mode == delivery_mode::unreliable || m.mode == delivery_mode::sequenced;
  if (once && m.part->total > max_unreliable_message) return discard_reason::bad_fragment;
  if (!assembly::in_reach(m, 0)) return discard_reason::bad_fragment;

  message_outline o{id, {}, m.part->total, m.mode, m.channel, m.wants_reply, m.in_reply_to};
  bool expected = false;
  if (m.mode == delivery_mode::ordered) {
    o.order = ordering_.restore(m.channel, m.order);
    const auto place = ordering_.place(m.channel, o.order);
    if (place == ordering::verdict::out_of_range) {
      seen_.first_time(id);
      return discard_reason::malformed;
    }
    expected = place == ordering::verdict::deliver;
  }
  if (!has_room_for(o, expected) || !assemblies_.make_room()) return discard_reason::buffer_full;
  assemblies_.begin(o, expected && room() < o.total, now_);
  seen_.first_time(id);
  return std::nullopt;
}

// What the sender counts must find the room that was granted, so nothing else takes it away: a receiver that
// refuses what it granted looks like a path that loses everything.
bool inbox::has_room_for(const message_outline& o, bool expected) const {
  if (o.in_reply_to) return held_bytes() + o.total <= receive_buffer_ + max_message_size;
  const bool once = o.mode == delivery_mode::unreliable || o.mode == delivery_mode::sequenced;
  if (once) return held_bytes() + o.total <= receive_buffer_;
  if (o.total <= room()) return true;
  return expected && !assemblies_.has_one_beyond_budget();
}

wire::request_name inbox::name_of(message_id request) const {
  constexpr std::uint64_t short_names = 8192;  // docs/wire.md: a quarter of what 16 bits tell apart
  const bool is_long = newest().value >= request.value + short_names;
  return {static_cast<std::uint32_t>(request.value & (is_long ? 0xffffffff : 0xffff)), is_long};
}

}  // namespace dgram
