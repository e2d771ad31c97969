// SPDX-License-Identifier: MIT
#include "apps/metrics/listen_address.h"

#include <string>
#include <system_error>

#include <asio/ip/address.hpp>

#include "apps/cli/units.h"
#include "udp/net/socket_address.h"

namespace dgram::app::metrics {

std::optional<address> parse_listen_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  std::string_view host = colon == std::string_view::npos ? "" : text.substr(0, colon);
  const auto port = parse_count(colon == std::string_view::npos ? text : text.substr(colon + 1));
  if (!port || *port > 65535) return std::nullopt;
  if (host.empty()) host = "127.0.0.1";
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  std::error_code error;
  const auto ip = asio::ip::make_address(std::string(host), error);
  // Without the brackets nobody knows which colon is the port's.
  if (error || ip.is_v6() != bracketed) return std::nullopt;
  return to_address(ip, static_cast<std::uint16_t>(*port));
}

}  // namespace dgram::app::metrics
