// SPDX-License-Identifier: MIT
// A datagram as one line of words per part, the way docs/wire.md writes it; and the bytes again from the
// parsed parts, to see that nothing was lost on the way.
#pragma once

#include <array>
#include <cstdarg>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "udp/core/wire.h"

namespace dgram::testing {

__attribute__((format(printf, 1, 2))) inline std::string print(const char* format, ...) {
  std::array<char, 256> text;
  va_list args;
  va_start(args, format);
  const int size = std::vsnprintf(text.data(), text.size(), format, args);
  va_end(args);
  return {text.data(), static_cast<std::size_t>(size)};
}

struct describe_frame {
  std::string operator()(const wire::padding& p) const { return print("padding %zu", p.size); }
  std::string operator()(const wire::ack& a) const {
    std::string text = print("ack largest=%u delay=%u bitmap=%016llx", unsigned{a.largest}, unsigned{a.delay},
                             static_cast<unsigned long long>(a.bitmap));
    for (std::size_t i = 0; i < a.range_count; ++i) {
      text += print(" gap=%u length=%u", a.ranges[i].gap, a.ranges[i].length);
    }
    return text;
  }
  std::string operator()(const wire::hello& h) const {
    return print("hello age=%ums epoch=%08x", h.age_ms, h.epoch);
  }
  std::string operator()(const wire::greeting& g) const {
    return print("greeting epoch=%08x token=%016llx", g.epoch, static_cast<unsigned long long>(g.token));
  }
  std::string operator()(const wire::token_echo& t) const {
    return print("token %016llx", static_cast<unsigned long long>(t.token));
  }
  std::string operator()(const wire::skip& s) const {
    return print("skip id=%u order=%u channel=%u", unsigned{s.id}, unsigned{s.order},
                 unsigned{s.channel.value});
  }
  std::string operator()(const wire::close&) const { return "close"; }
  std::string operator()(const wire::ping&) const { return "ping"; }
  std::string operator()(const wire::credit& c) const { return print("credit %u", c.bytes); }
  std::string operator()(const wire::path_challenge& c) const {
    return print("challenge %016llx", static_cast<unsigned long long>(c.secret));
  }
  std::string operator()(const wire::path_response& r) const {
    return print("response %016llx", static_cast<unsigned long long>(r.secret));
  }
  std::string operator()(const wire::congestion_marks& m) const { return print("marks %u", m.count); }
  std::string operator()(const wire::drop& d) const {
    const std::string text = print("drop id=%u of=%u", unsigned{d.id}, d.of);
    if (!d.order) return text;
    return text + print(" order=%u channel=%u", unsigned{*d.order}, unsigned{d.channel.value});
  }
  std::string operator()(const wire::message& m) const {
    std::string text = print("message %s id=%u", std::string(to_string(m.mode)).c_str(), unsigned{m.id});
    if (m.mode == delivery_mode::ordered) text += print(" order=%u", unsigned{m.order});
    if (m.channel.value != 0) text += print(" channel=%u", unsigned{m.channel.value});
    if (m.wants_reply) text += " wants-reply";
    if (m.in_reply_to) text += print(" in-reply-to=%u", unsigned{m.in_reply_to->bits});
    if (m.in_reply_to && m.in_reply_to->is_long) text += " long";
    if (m.part) text += print(" of=%u total=%u offset=%u", m.part->of, m.part->total, m.part->offset);
    text += " \"";
    for (const std::byte b : m.bytes) text += static_cast<char>(b);
    return text + "\"";
  }
};

// nullopt when it is malformed.
inline std::optional<std::string> describe(std::span<const std::byte> datagram) {
  const auto parsed = wire::parse_header(datagram);
  if (!parsed.header) return std::nullopt;
  const auto& h = *parsed.header;
  static constexpr const char* kinds[] = {"from-initiator", "from-responder", "unknown-session"};
  std::string text = print("%s session=%016llx packet=%u", kinds[static_cast<int>(h.kind)],
                           static_cast<unsigned long long>(h.session.value), h.packet);
  text += h.unheard ? " unheard" : "";
  text += h.ack_now ? " ack-now\n" : "\n";
  const auto payload = datagram.subspan(wire::header_size);
  if (h.kind == wire::kind::unknown_session) {
    const auto u = wire::parse_unknown_session(payload);
    if (!u) return std::nullopt;
    return text + print("epoch=%08x remembers=%uus\n", u->epoch, u->remembers_us);
  }
  if (!wire::summarize(h, payload)) return std::nullopt;
  wire::frame_reader frames(payload);
  while (const auto f = frames.next()) text += std::visit(describe_frame{}, *f) + "\n";
  return text;
}

// What the parsed parts of a well-formed datagram are written as.
inline std::vector<std::byte> encode_again(std::span<const std::byte> datagram) {
  std::array<std::byte, largest_datagram> buffer;
  const auto header = *wire::parse_header(datagram).header;
  const auto payload = datagram.subspan(wire::header_size);
  wire::datagram_writer out(buffer, header);
  if (header.kind == wire::kind::unknown_session) {
    out.write(*wire::parse_unknown_session(payload));
  } else {
    wire::frame_reader frames(payload);
    while (const auto f = frames.next()) {
      if (const auto* p = std::get_if<wire::padding>(&*f)) {
        out.pad_to(out.size() + p->size);
      } else {
        std::visit(
            [&](const auto& frame) {
              if constexpr (!std::is_same_v<std::decay_t<decltype(frame)>, wire::padding>) out.write(frame);
            },
            *f);
      }
    }
  }
  const std::size_t size = out.seal();
  return {buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size)};
}

}  // namespace dgram::testing
