// SPDX-License-Identifier: MIT
#include "apps/link/bound_sockets.h"
#include "apps/link/device_report.h"
#include "tests/support/catch.h"

namespace dgram::test {
namespace {

using ports = std::vector<std::uint16_t>;

constexpr const char* tcp_table =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    "   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0\n"
    "   1: 0100007F:0050 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0 20 4\n";
constexpr const char* udp6_table =
    "  sl  local_address                         remote_address                        st tx_queue rx_queue\n"
    "  12: 00000000000000000000000000000000:2328 00000000000000000000000000000000:0000 07 00000000:00000000\n"
    "  13: 00000000000000000000000000000000:0007 00000000000000000000000001000000:0035 01 "
    "00000000:00000000\n";

TEST_CASE("listening TCP sockets and unconnected UDP sockets are open ports") {
  CHECK(app::open_ports(tcp_table, true) == ports{8080});
  CHECK(app::open_ports(udp6_table, false) == ports{9000});
}

TEST_CASE("tables that are empty or garbled have no open ports") {
  CHECK(app::open_ports("", true).empty());
  CHECK(app::open_ports("heading\n1: nonsense\n\n x y z 0A\n", true).empty());
}

TEST_CASE("datagrams that found a full socket are read from the kernel's table") {
  constexpr const char* snmp =
      "Tcp: RtoAlgorithm RtoMin\nTcp: 1 200\n"
      "Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors\nUdp: 10 0 3 7 3 0\n"
      "UdpLite: InDatagrams RcvbufErrors\nUdpLite: 0 99\n";
  CHECK(app::full_buffers(snmp, "Udp:") == 3);
  CHECK(app::full_buffers(snmp, "Icmp:") == 0);
  CHECK(app::full_buffers("", "Udp:") == 0);
}

TEST_CASE("a report says what was lost outside of the link, and is silent about what was not") {
  app::device_report nothing;
  nothing.largest = 1500;
  CHECK(app::lines_of(nothing) == "the largest packet had 1500 bytes\n");
  app::device_report much;
  much.dropped_before = 4;
  much.dropped_behind = 2;
  much.socket_full = 1;
  much.unreadable = 3;
  const std::string text = app::lines_of(much);
  CHECK_THAT(text, ContainsSubstring("3 things that were no IP packets"));
  CHECK_THAT(text, ContainsSubstring("4 packets before the link and 2 behind it"));
  CHECK_THAT(text, ContainsSubstring("1 datagram crossed the link and found"));
}

}  // namespace
}  // namespace dgram::test
