// SPDX-License-Identifier: MIT
// Both ends over SRT: messages, in file mode for bulk and in live mode without its play-out delay
// for the rest. Where the build has no SRT, making one throws.
#pragma once

#include <memory>

#include "apps/compare/real_end.h"

namespace dgram::app::compare {

// Throw std::system_error.
std::unique_ptr<real_end> make_srt_receiver(shared_run&, const address& here);
std::unique_ptr<real_end> make_srt_sender(shared_run&, const address& server);

}  // namespace dgram::app::compare
