// SPDX-License-Identifier: MIT
#include "apps/server/endpoints.h"

#include <algorithm>
#include <system_error>

#include <asio/error.hpp>

#include "apps/cli/start_up_error.h"
#include "apps/cli/text_escape.h"
#include "udp/net/address_text.h"
#include "udp/net/resolve.h"
#include "udp/net/tcp_endpoint.h"
#include "udp/net/udp_endpoint.h"

namespace dgram::app {
namespace {

// With --both and port 0 the port that UDP got may be taken for TCP.
constexpr int port_attempts = 50;

address where_to_bind(const server_options& options) {
  std::error_code error;
  const auto found = resolve(options.bind, options.port, address_family::any, error);
  if (!error) {
    if (options.exec.shell && !is_loopback(found.front())) {
      throw usage_error("--exec-shell: --bind '" + escaped(options.bind, 60) +
                        "' is not a loopback address; until peers are authenticated and encrypted, whoever "
                        "reaches it could run anything here");
    }
    return found.front();
  }
  throw start_up_error(exit_code::network,
                       "--bind: '" + escaped(options.bind, 60) + "' has no address: " + error.message());
}

[[noreturn]] void refuse(const server_options& options, const char* transport, const std::error_code& error) {
  const bool about_port = error == asio::error::address_in_use || error == asio::error::access_denied;
  throw start_up_error(exit_code::network,
                       (about_port ? "--port " + std::to_string(options.port) : "--bind " + options.bind) +
                           " cannot be used for " + transport + ": " + error.message());
}

std::unique_ptr<message_endpoint> bind_udp(const asio::any_io_executor& executor,
                                           const server_options& options, const address& where) try {
  udp_endpoint_options wanted;
  wanted.bind = where;
  if (options.plain) wanted.plain = true;
  // Whoever only listens in a room says nothing for long.
  if (options.chat) wanted.plain_idle = options.idle_timeout;
  wanted.protocol.session = options.transport;
  wanted.protocol.max_sessions = options.max_peers;
  wanted.plain_peers = std::min(wanted.plain_peers, options.max_peers);
  return std::make_unique<udp_endpoint>(executor, wanted);
} catch (const std::system_error& e) {
  refuse(options, "UDP", e.code());
}

std::unique_ptr<message_endpoint> bind_tcp(const asio::any_io_executor& executor,
                                           const server_options& options, const address& where) try {
  tcp_options wanted;
  wanted.listen = where;
  wanted.plain_from_anywhere = options.plain;
  wanted.max_peers = options.max_peers;
  // What a command wrote comes back whole.
  if (options.exec.wanted()) wanted.stream.max_message = stream_options::largest_message;
  wanted.stream.idle_timeout = options.idle_timeout;
  wanted.stream.first_byte_timeout = options.idle_timeout;
  return std::make_unique<tcp_endpoint>(executor, wanted);
} catch (const std::system_error& e) {
  refuse(options, "TCP", e.code());
}

std::vector<bound_endpoint> bind_both(const asio::any_io_executor& executor, const server_options& options,
                                      address where) {
  for (int attempt = 1;; ++attempt) {
    auto udp = bind_udp(executor, options, where);
    address same = where;
    same.port = udp->local().port;
    try {
      auto tcp = bind_tcp(executor, options, same);
      std::vector<bound_endpoint> both;
      both.push_back({std::move(udp), "UDP"});
      both.push_back({std::move(tcp), "TCP"});
      return both;
    } catch (const start_up_error&) {
      if (options.port != 0 || attempt == port_attempts) throw;
    }
  }
}

}  // namespace

std::vector<bound_endpoint> bind_endpoints(const asio::any_io_executor& executor,
                                           const server_options& options) {
  const address where = where_to_bind(options);
  if (options.udp && options.tcp) return bind_both(executor, options, where);
  std::vector<bound_endpoint> one;
  if (options.udp) {
    one.push_back({bind_udp(executor, options, where), "UDP"});
  } else {
    one.push_back({bind_tcp(executor, options, where), "TCP"});
  }
  return one;
}

}  // namespace dgram::app
