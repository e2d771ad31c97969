// SPDX-License-Identifier: MIT
// May this address be sent to? A datagram's source can be forged, so until it has echoed a secret token an
// address is sent at most three times the bytes that came from it (RFC 9000 section 8).
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace dgram {

class address_gate {
 public:
  static constexpr std::uint64_t amplification_limit = 3;

  // A gate that is open from the start: for whoever chose the address itself.
  address_gate() = default;
  // A closed one, opened by `token`.
  explicit address_gate(std::uint64_t token) : token_(token), open_(false) {}

  bool open() const { return open_; }
  std::uint64_t token() const { return token_; }

  void received(std::size_t bytes) { received_ += bytes; }
  void sent(std::size_t bytes) { sent_ += bytes; }
  void echoed(std::uint64_t token) { open_ = open_ || token == token_; }
  // Bytes that may be sent now.
  std::size_t allowance() const {
    if (open_) return std::numeric_limits<std::size_t>::max();
    const std::uint64_t limit = amplification_limit * received_;
    return limit > sent_ ? static_cast<std::size_t>(limit - sent_) : 0;
  }

 private:
  std::uint64_t token_ = 0;
  std::uint64_t received_ = 0, sent_ = 0;
  bool open_ = true;
};

}  // namespace dgram
