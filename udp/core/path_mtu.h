// SPDX-License-Identifier: MIT
// How large may a datagram on this path be? Probes upward with padded pings and falls back when large
// datagrams vanish (RFC 8899). Knows sizes (bytes of UDP payload) and times; not contents.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "udp/core/message.h"
#include "udp/core/time.h"

namespace dgram {

class path_mtu {
 public:
  // Every path is assumed to carry it: 576 bytes less the headers (RFC 8085 section 3.2).
  static constexpr std::size_t smallest = 548;

  // Begins at max_datagram_size and searches up to `largest`. At that or less it begins there, and never
  // probes upward.
  explicit path_mtu(std::size_t largest);

  // Datagrams up to this may leave now.
  std::size_t size() const { return size_; }
  // The same for what leaves because of a probe timeout: small enough to get through where large ones vanish,
  // max_datagram_size and `smallest` by turns.
  std::size_t size_at_timeout() const;

  // The size of a probe that should leave now, if one should: a ping padded to it, whose loss is not
  // congestion. Also small ones, one a round trip at most among many large datagrams: that they come through
  // shows a black hole before any timeout. A probe not heard of in time counts as lost from here on.
  std::optional<std::size_t> probe_size(time_point now);
  // When probe_size wants to be asked by itself. Nothing on an idle path: acknowledgements bring new ones.
  std::optional<time_point> next_probe() const;
  void probe_sent(std::size_t size, time_point now, duration probe_timeout);

  // Each acknowledged packet, and each that was declared lost; those that the same datagram acknowledged
  // before those that it showed to be lost. Afterwards: size, probe_size, next_probe.
  void acknowledged(std::size_t bytes, bool probe, time_point sent, time_point now);
  void lost(std::size_t bytes, bool probe, time_point sent, time_point now);
  // So many probe timeouts in a row with nothing heard. Afterwards: size_at_timeout.
  void silent(std::uint32_t probes_in_a_row, time_point now);

  // Times that large datagrams turned out to vanish. A suspicion that was taken back does not count.
  std::uint64_t black_holes() const { return black_holes_; }
  // Whether no larger size is tried, or will be before much more was carried.
  bool settled() const { return phase_ == phase::rest; }

 private:
  enum class phase : std::uint8_t {
    search,  // for more than size_, once the path has carried enough
    verify,  // large datagrams seem to vanish: size_ has fallen, and probes of the former size tell whether
             // so
    rest,    // until rest_until_, and until the path has carried enough
  };
  struct probe_under_way {
    time_point sent;
    time_point deadline;
  };
  // Packets larger than fallback() that were lost since one of their size was acknowledged.
  struct loss_run {
    std::uint32_t count = 0;
    std::size_t least = 0;  // bytes
    time_point first_sent{};
  };
  // Sizes in steps of 64 bytes above `smallest`; below it, one for all.
  static constexpr std::size_t step = 64;
  static constexpr std::size_t classes = 2 + (largest_datagram - smallest - 1) / step;
  static std::size_t class_of(std::size_t bytes);

  std::size_t fallback() const { return size_ > max_datagram_size ? max_datagram_size : smallest; }
  std::uint32_t most_tries() const;
  bool wants_canary(time_point now) const;
  void begin(phase);
  void search(time_point now);
  void verify();
  void choose_candidate(time_point now);
  void rest(time_point until);
  void probe_failed(time_point now);
  void carries(std::size_t bytes, time_point now);
  static bool disproves(const loss_run&, std::size_t bytes, time_point sent);
  void note_loss(std::size_t bytes, time_point sent);
  bool looks_like_black_hole() const;
  void fall(time_point now);

  std::size_t largest_;
  std::size_t size_;
  phase phase_ = phase::search;
  std::size_t candidate_ = 0;  // size of the probes; 0: none
  std::size_t failed_;         // the least that failed in this search, or more than largest_
  std::uint32_t tries_ = 0;    // of candidate_ that failed
  std::optional<probe_under_way> probe_;
  time_point rest_until_{};
  std::uint64_t filled_bytes_ = 0;  // of datagrams that were nearly full, acknowledged since the phase began

  loss_run losses_;
  loss_run suspicion_;                                     // what made it fall, in `verify`
  std::array<time_point, classes> newest_acknowledged_{};  // when it was sent, by size
  std::size_t before_fall_ = 0;                            // in `verify`: the size that it began with
  time_point fell_at_{};
  time_point canary_sent_{};
  std::uint32_t large_since_canary_ = 0;  // acknowledged
  duration round_trip_{0};                // the latest
  std::uint32_t silent_ = 0;
  std::uint64_t black_holes_ = 0;
};

}  // namespace dgram
