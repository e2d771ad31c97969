// SPDX-License-Identifier: MIT
#include "udp/net/attentive_run.h"

#include <chrono>
#include <thread>

#include "udp/net/clock.h"

namespace dgram {
namespace {

constexpr duration attention = std::chrono::microseconds(100);

// Until nothing happened for as long as the attention lasts.
void look(asio::io_context& context) {
  time_point last = read_clock();
  while (read_clock() - last < attention) {
    if (context.poll() > 0) {
      last = read_clock();
    } else if (context.stopped()) {
      return;
    } else {
      std::this_thread::yield();
    }
  }
}

}  // namespace

void run_attentively(asio::io_context& context) {
  for (;;) {
    const time_point before = read_clock();
    if (context.run_one() == 0) return;
    context.poll();
    if (read_clock() - before < attention) look(context);
  }
}

}  // namespace dgram
