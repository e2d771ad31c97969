// SPDX-License-Identifier: MIT
#include "udp/net/tcp_kernel_view.h"

#if defined(__linux__)
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#endif

namespace dgram {

#if defined(__linux__)

std::optional<tcp_kernel_view> tcp_kernel_view_of(int descriptor) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  tcp_kernel_view view;
  view.retransmissions = info.tcpi_total_retrans;
  view.smoothed_round_trip = std::chrono::microseconds(info.tcpi_rtt);
  view.congestion_window = info.tcpi_snd_cwnd;
  return view;
}

#else

std::optional<tcp_kernel_view> tcp_kernel_view_of(int) {
  return std::nullopt;
}

#endif

}  // namespace dgram
