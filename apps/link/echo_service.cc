// SPDX-License-Identifier: MIT
#include "apps/link/echo_service.h"

#include <exception>
#include <thread>

#include "apps/server/endpoints.h"
#include "apps/server/reply_service.h"

namespace dgram::app {

echo_service::echo_service(asio::io_context& context, const tun_pair& pair)
    : server_(answer_by({reply_kind::echo, {}}), log_, {[] {}, [] {}}) {
  std::exception_ptr failure;
  // A socket belongs to the namespace of the thread that makes it, for good.
  std::thread([&] {
    try {
      pair.enter(side::server);
      server_options options;
      options.bind = pair.has_ipv6() ? "::" : "0.0.0.0";
      options.tcp = true;
      options.plain = true;
      for (const std::uint16_t where : {port, echo_port}) {
        options.port = where;
        for (auto& [endpoint, transport] : bind_endpoints(context.get_executor(), options)) {
          server_.serve(std::move(endpoint), transport);
        }
      }
    } catch (...) {
      failure = std::current_exception();
    }
  }).join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace dgram::app
