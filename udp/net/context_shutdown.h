// SPDX-License-Identifier: MIT
// Tells endpoints that their execution context is being destroyed, so that they let go of the handlers they
// hold. asio's own objects do the same: without it a coroutine that owns an endpoint and waits on it would
// keep itself alive for ever.
#pragma once

#include <mutex>
#include <set>

#include <asio/execution_context.hpp>

namespace dgram {

class message_endpoint;

class context_shutdown : public asio::execution_context::service {
 public:
  static asio::execution_context::id id;

  explicit context_shutdown(asio::execution_context& context) : asio::execution_context::service(context) {}

  // Endpoints of one context may live on different threads.
  void add(message_endpoint&);
  void remove(message_endpoint&);

 private:
  void shutdown() override;

  std::mutex mutex_;
  std::set<message_endpoint*> endpoints_;
};

}  // namespace dgram
