// SPDX-License-Identifier: MIT
#include "apps/bench/many_peers.h"

#include <string>
#include <system_error>
#include <utility>

#include "apps/cli/descriptor_limit.h"
#include "apps/cli/start_up_error.h"
#include "udp/net/address_text.h"
#include "udp/net/clock.h"
#include "udp/net/tcp_endpoint.h"
#include "udp/net/udp_endpoint.h"

namespace dgram::app {
namespace {

// A socket and a timer.
constexpr std::size_t descriptors_of_one = 2;

std::unique_ptr<message_endpoint> make(const asio::any_io_executor& executor,
                                       const many_peers_options& options) {
  if (options.tcp) return std::make_unique<tcp_endpoint>(executor);
  udp_endpoint_options wanted;
  wanted.connect = options.server;
  wanted.protocol.session = options.transport;
  wanted.socket_buffer = 256 * 1024;
  return std::make_unique<udp_endpoint>(executor, wanted);
}

}  // namespace

many_peers::many_peers(asio::io_context& context, const many_peers_options& options) : timer_(context) {
  ask_for_descriptors(options.peers * descriptors_of_one);
  try {
    for (std::size_t i = 0; i < options.peers; ++i) {
      one& fresh = peers_.emplace_back(one{make(context.get_executor(), options), {}});
      fresh.server = fresh.endpoint->open(options.server);
    }
  } catch (const std::system_error& e) {
    throw start_up_error(exit_code::network, "only " + std::to_string(peers_.size()) + " of " +
                                                 std::to_string(options.peers) + " peers towards " +
                                                 to_string(options.server) +
                                                 " could be had: " + e.code().message());
  }
}

void many_peers::beat(std::uint64_t beats, duration interval, std::function<void(std::uint64_t)> act) {
  series_ = {read_clock(), 0, beats, interval, std::move(act)};
  next();
}

void many_peers::next() {
  while (series_.done < series_.beats && due(series_.done) <= read_clock()) series_.act(series_.done++);
  if (series_.done == series_.beats) return;
  timer_.expires_at(due(series_.done));
  timer_.async_wait([this](std::error_code error) {
    if (!error) next();
  });
}

}  // namespace dgram::app
