// SPDX-License-Identifier: MIT
// Two endpoints in one process: one asks, one answers.
#include <cstddef>
#include <cstdio>
#include <span>
#include <string_view>
#include <system_error>

#include <asio/io_context.hpp>

#include "udp/net/address_text.h"
#include "udp/net/udp_endpoint.h"

int main() {
  asio::io_context io;
  dgram::udp_endpoint_options at_loopback;
  at_loopback.bind = dgram::ipv4_loopback(0);
  dgram::udp_endpoint server(io.get_executor(), at_loopback);
  server.on_message([&](const dgram::message_view& m) { server.reply(m.id, m.bytes); });

  dgram::udp_endpoint client(io.get_executor());
  const std::string_view text = "hello";
  bool answered = false;
  client.async_request(client.open(server.local()), std::as_bytes(std::span(text)), {},
                       [&](std::error_code, const dgram::answer& a) {
                         answered =
                             a.report.outcome == dgram::outcome::answered && a.bytes.size() == text.size();
                         client.close();
                         server.close();
                       });
  io.run();
  std::puts(answered ? "answered" : "not answered");
  return answered ? 0 : 1;
}
