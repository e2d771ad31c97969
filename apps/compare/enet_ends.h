// SPDX-License-Identifier: MIT
// Both ends over ENet: reliable packets on one channel. Where the build has no ENet, making one throws.
#pragma once

#include <memory>

#include "apps/compare/real_end.h"

namespace dgram::app::compare {

// Throw std::system_error. IPv4 only, as ENet 1.3 is.
std::unique_ptr<real_end> make_enet_receiver(shared_run&, const address& here);
std::unique_ptr<real_end> make_enet_sender(shared_run&, const address& server);

}  // namespace dgram::app::compare
