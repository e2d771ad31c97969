// SPDX-License-Identifier: MIT
#include "udp/net/resolve.h"

#include <algorithm>

#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>

#include "udp/net/socket_address.h"

namespace dgram {

std::vector<address> resolve(const std::string& host, std::uint16_t port, address_family family,
                             std::error_code& error) {
  using asio::ip::udp;
  error.clear();
  // getaddrinfo takes an empty name for the loopback address: not what somebody who gave none meant.
  if (host.empty()) {
    error = asio::error::host_not_found;
    return {};
  }
  asio::io_context context;
  udp::resolver resolver(context);
  const std::string service = std::to_string(port);
  const auto flags = udp::resolver::numeric_service;
  const auto found = family == address_family::any ? resolver.resolve(host, service, flags, error)
                     : family == address_family::ipv4
                         ? resolver.resolve(udp::v4(), host, service, flags, error)
                         : resolver.resolve(udp::v6(), host, service, flags, error);
  std::vector<address> addresses;
  for (const auto& entry : found) {
    const address a = to_address(entry.endpoint());
    if (std::find(addresses.begin(), addresses.end(), a) == addresses.end()) addresses.push_back(a);
  }
  if (!error && addresses.empty()) error = asio::error::host_not_found;
  if (error) addresses.clear();
  return addresses;
}

std::vector<address> resolve(const std::string& host, std::uint16_t port, address_family family) {
  std::error_code error;
  auto addresses = resolve(host, port, family, error);
  if (error) throw std::system_error(error, "cannot resolve '" + host + "'");
  return addresses;
}

}  // namespace dgram
