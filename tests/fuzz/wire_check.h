// SPDX-License-Identifier: MIT
// The decoder's promises, for any bytes: it reads nothing but them, and whatever it accepts has one encoding.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "udp/core/statistics.h"
#include "udp/core/wire.h"

namespace dgram::fuzz {

// Decodes a datagram whole; what is accepted is written again and must come out the same. Returns why the
// decoder refused it, if it did.
std::optional<discard_reason> check_decoding(std::span<const std::byte> datagram);

// Writes `f` after what is there already.
void write_frame(wire::datagram_writer&, const wire::frame& f);

}  // namespace dgram::fuzz
