// SPDX-License-Identifier: MIT
#include "udp/net/context_shutdown.h"

#include "udp/net/message_endpoint.h"

namespace dgram {

asio::execution_context::id context_shutdown::id;

void context_shutdown::add(message_endpoint& endpoint) {
  const std::lock_guard lock(mutex_);
  endpoints_.insert(&endpoint);
}

void context_shutdown::remove(message_endpoint& endpoint) {
  const std::lock_guard lock(mutex_);
  endpoints_.erase(&endpoint);
}

void context_shutdown::shutdown() {
  // One at a time and unlocked: letting go of a handler may destroy endpoints, this one included.
  for (;;) {
    message_endpoint* endpoint = nullptr;
    {
      const std::lock_guard lock(mutex_);
      if (endpoints_.empty()) return;
      endpoint = endpoints_.extract(endpoints_.begin()).value();
    }
    endpoint->let_go_of_handlers();
  }
}

}  // namespace dgram
