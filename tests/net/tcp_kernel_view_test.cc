// SPDX-License-Identifier: MIT
#include "tests/net/tcp_fixture.h"

using namespace dgram;
using namespace dgram::test;

TEST_CASE("The kernel's view of a TCP connection is there while the connection is") {
  asio::io_context context;
  echo_server server(context, listening_at(ipv4_loopback(0)));
  tcp_endpoint client(context.get_executor());
  const auto peer = client.open(server.endpoint.local());
  CHECK_FALSE(client.kernel_view(peer));
  awaited<answer> replied;
  client.async_request(peer, as_bytes(std::span(std::string_view("hello"))), {}, replied.token());
  REQUIRE(run_until(context, [&] { return bool(replied); }));
  const auto view = client.kernel_view(peer);
#if defined(__linux__)
  REQUIRE(view);
  CHECK(view->smoothed_round_trip > duration{0});
  CHECK(view->congestion_window > 0);
  // The loopback device loses nothing.
  CHECK(view->retransmissions == 0);
#else
  CHECK_FALSE(view);
#endif
  client.close(peer);
  CHECK_FALSE(client.kernel_view(peer_id{77, 77}));
}
