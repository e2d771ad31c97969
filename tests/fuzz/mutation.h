// SPDX-License-Identifier: MIT
// Datagrams that nobody should have sent: damaged ones, and those of other protocols.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace dgram::fuzz {

using datagram = std::vector<std::byte>;

std::uint64_t below(std::uint64_t& random, std::uint64_t limit);
datagram random_bytes(std::uint64_t& random, std::size_t size);

// Bit flips, bytes set to extremes, truncation, runs cut out or repeated, a tail of `other` spliced on.
void mutate(datagram&, std::span<const std::byte> other, std::uint64_t& random);

// Makes the checksum right again, so that what was changed gets past it. Does nothing to what is shorter
// than a header.
void repair_checksum(datagram&);

// DNS, STUN, QUIC, DTLS, NTP, RTP, text: what turns up at an open port.
datagram foreign(std::uint64_t& random);

// Frames in order but of any content, under the header of a datagram of that session.
datagram insider(const datagram& of_session, std::uint64_t& random);

// One of ours with a valid checksum and otherwise random content, its session id made up.
datagram plausible(std::uint64_t& random);

}  // namespace dgram::fuzz
