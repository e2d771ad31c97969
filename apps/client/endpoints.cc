// SPDX-License-Identifier: MIT
#include "apps/client/endpoints.h"

#include <algorithm>
#include <system_error>

#include "apps/cli/start_up_error.h"
#include "apps/cli/text_escape.h"
#include "udp/net/address_text.h"
#include "udp/net/plain_tcp_endpoint.h"
#include "udp/net/plain_udp_endpoint.h"
#include "udp/net/resolve.h"
#include "udp/net/tcp_endpoint.h"
#include "udp/net/udp_endpoint.h"

namespace dgram::app {

wire wire_of(const client_options& options) {
  if (options.tcp) return options.plain ? wire::plain_tcp : wire::tcp;
  return options.plain ? wire::plain_udp : wire::udp;
}

std::size_t largest_message(wire on, delivery_mode mode) {
  const bool once = mode == delivery_mode::unreliable || mode == delivery_mode::sequenced;
  switch (on) {
    case wire::udp: return once ? max_unreliable_message : max_message_size;
    case wire::plain_udp: return 65507;
    case wire::tcp:
    case wire::plain_tcp: return stream_options{}.max_message;
  }
  return 0;
}

address find_server(const client_options& options) {
  std::error_code error;
  const auto found = resolve(options.host, options.port, options.family, error);
  if (error) {
    throw start_up_error(exit_code::network,
                         "'" + escaped(options.host, 60) + "' has no address: " + error.message());
  }
  // "localhost" is often ::1 first, where a server with our own default of 127.0.0.1 cannot be heard.
  const bool here = std::all_of(found.begin(), found.end(), is_loopback);
  const auto v4 = std::find_if(found.begin(), found.end(), is_ipv4);
  return here && v4 != found.end() ? *v4 : found.front();
}

namespace {

std::unique_ptr<message_endpoint> make_udp(const asio::any_io_executor& executor,
                                           const client_options& options, const address& server) {
  udp_endpoint_options wanted;
  wanted.connect = server;
  wanted.protocol.session = options.transport;
  wanted.protocol.session.initial_timeout = options.timeout;
  return std::make_unique<udp_endpoint>(executor, wanted);
}

std::unique_ptr<message_endpoint> make_tcp(const asio::any_io_executor& executor) {
  tcp_options wanted;
  // A server may be set to reply at such length; what is sent stays within what any server takes.
  wanted.stream.max_message = stream_options::largest_message;
  return std::make_unique<tcp_endpoint>(executor, wanted);
}

std::unique_ptr<message_endpoint> make_plain_udp(const asio::any_io_executor& executor,
                                                 const client_options& options, const address& server) {
  plain_udp_options wanted;
  wanted.remote = server;
  wanted.first_timeout = options.timeout;
  return std::make_unique<plain_udp_endpoint>(executor, wanted);
}

}  // namespace

std::unique_ptr<message_endpoint> make_endpoint(const asio::any_io_executor& executor,
                                                const client_options& options, const address& server) try {
  switch (wire_of(options)) {
    case wire::udp: return make_udp(executor, options, server);
    case wire::tcp: return make_tcp(executor);
    case wire::plain_tcp: return std::make_unique<plain_tcp_endpoint>(executor);
    case wire::plain_udp: return make_plain_udp(executor, options, server);
  }
  return nullptr;
} catch (const std::system_error& e) {
  throw start_up_error(exit_code::network, to_string(server) + " cannot be reached: " + e.code().message());
}

}  // namespace dgram::app
