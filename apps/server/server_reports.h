// SPDX-License-Identifier: MIT
// What the server says by the clock: a line of figures each interval, and what the log file has suppressed.
#pragma once

#include <optional>

#include <asio/any_io_executor.hpp>
#include <asio/steady_timer.hpp>

#include "apps/server/server_control.h"
#include "apps/server/server_log.h"
#include "udp/core/time.h"

namespace dgram::app {

class server_reports {
 public:
  // Without an interval there are no such lines. The server and the log outlive it.
  server_reports(const asio::any_io_executor&, const server_control&, server_log&,
                 std::optional<duration> interval);

  void start();
  // Lets the loop end.
  void stop();

 private:
  void wait_interval();
  void wait_second();
  void interval_passed();

  const server_control& server_;
  server_log& log_;
  std::optional<duration> interval_;
  asio::steady_timer interval_timer_;
  asio::steady_timer second_timer_;
  server_totals before_;
  bool stopped_ = false;
};

}  // namespace dgram::app
