// SPDX-License-Identifier: MIT
// Both ends over plain UDP sockets and nothing else.
#pragma once

#include <memory>

#include "apps/compare/real_end.h"

namespace dgram::app::compare {

// Throw std::system_error.
std::unique_ptr<real_end> make_bare_receiver(shared_run&, const address& here);
std::unique_ptr<real_end> make_bare_sender(shared_run&, const address& server);

}  // namespace dgram::app::compare
