// SPDX-License-Identifier: MIT
// What people may say about the transport over UDP: redundancy, congestion control, keep-alive, size of
// datagrams. One table and one reading of it for every program that has an endpoint.
#pragma once

#include <initializer_list>
#include <span>
#include <string_view>

#include "apps/cli/flags.h"
#include "udp/core/options.h"

namespace dgram::app {

std::span<const flag> transport_flags();

// Sets what was given. Throws usage_error.
void read_transport_flags(const flags&, session_options&);

// Throws usage_error when one of them is given beside a flag that takes UDP, or our protocol, away.
void forbid_transport_flags(const flags&, std::initializer_list<std::string_view> beside);

}  // namespace dgram::app
