// SPDX-License-Identifier: MIT
// A peer that keeps to the format and to nothing else: datagrams of any frames under any header.
#pragma once

#include <array>
#include <vector>

#include "tests/core/two_ends.h"
#include "udp/core/wire.h"

namespace dgram::test {

struct hostile_peer {
  address at = host(66);
  session_id session{0x6666};
  std::uint32_t next_packet = 0;
  datagram last;  // events point into it

  wire::header header(bool unheard = false) {
    return {wire::kind::from_initiator, unheard, true, session, next_packet++ & 0xffffff};
  }

  template <class... Frames>
  static datagram write(const wire::header& h, const Frames&... frames) {
    std::array<std::byte, max_datagram_size> buffer;
    wire::datagram_writer out(buffer, h);
    (out.write(frames), ...);
    const std::size_t size = out.seal();
    return {buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size)};
  }

  template <class... Frames>
  void send(switchboard& to, time_point now, const Frames&... frames) {
    last = write(header(), frames...);
    to.handle_datagram(last, {at, {}}, now);
  }
  template <class... Frames>
  void begin(switchboard& to, time_point now, const Frames&... frames) {
    last = write(header(true), wire::hello{}, frames...);
    to.handle_datagram(last, {at, {}}, now);
  }

  static wire::header header_of(const datagram& d) { return *wire::parse_header(d).header; }
  // The token that a responder's datagram greets with.
  static std::uint64_t token_in(const datagram& d) {
    const auto payload = std::span(d).subspan(wire::header_size);
    wire::frame_reader frames(payload);
    while (const auto f = frames.next()) {
      if (const auto* g = std::get_if<wire::greeting>(&*f)) return g->token;
    }
    return 0;
  }
};

// Everything `from` has to say now.
inline std::vector<datagram> collect(switchboard& from, time_point now) {
  std::vector<datagram> all;
  std::array<std::byte, max_datagram_size> buffer;
  while (const auto t = from.poll_transmit(now, buffer)) {
    all.emplace_back(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(t->size));
  }
  return all;
}

inline void discard_events(switchboard& of) {
  while (of.poll_event()) {
  }
}

}  // namespace dgram::test
