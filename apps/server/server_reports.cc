// SPDX-License-Identifier: MIT
#include "apps/server/server_reports.h"

#include <algorithm>

#include "apps/server/interval_figures.h"
#include "udp/net/clock.h"

namespace dgram::app {

server_reports::server_reports(const asio::any_io_executor& executor, const server_control& server,
                               server_log& log, std::optional<duration> interval)
    : server_(server), log_(log), interval_(interval), interval_timer_(executor), second_timer_(executor) {}

void server_reports::start() {
  if (interval_) {
    before_ = server_.totals();
    interval_timer_.expires_after(*interval_);
    wait_interval();
  }
  if (log_.keeps_file()) wait_second();
}

void server_reports::stop() {
  stopped_ = true;
  interval_timer_.cancel();
  second_timer_.cancel();
}

void server_reports::wait_interval() {
  interval_timer_.async_wait([this](std::error_code error) {
    if (error || stopped_) return;
    interval_passed();
    // From the moment it was due, so that the lines do not drift; but none is made up for.
    interval_timer_.expires_at(std::max(interval_timer_.expiry() + *interval_, read_clock()));
    wait_interval();
  });
}

void server_reports::interval_passed() {
  server_totals now = server_.totals();
  log_.interval(figures_between(before_, now, server_.peer_count()));
  log_.flush();
  before_ = std::move(now);
}

void server_reports::wait_second() {
  second_timer_.expires_after(std::chrono::seconds(1));
  second_timer_.async_wait([this](std::error_code error) {
    if (error || stopped_) return;
    log_.second_passed();
    log_.flush();
    wait_second();
  });
}

}  // namespace dgram::app
