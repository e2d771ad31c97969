// SPDX-License-Identifier: MIT
#include "apps/top/top_view.h"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>

#include <asio/post.hpp>

namespace dgram::app {
namespace {

constexpr duration interval = std::chrono::seconds(1);
// Copying takes no more than this part of the loop's time, so 99 of 100 messages never meet it: with 10,000
// peers, whose totals alone are 4 ms of adding up, there is a new table every 3 s.
constexpr int rest_per_copying = 500;

}  // namespace

top_view::top_view(const asio::any_io_executor& executor, sources of)
    : of_(std::move(of)), timer_(executor), screen_(mailbox_, [executor, &server = of_.server] {
        asio::post(executor, [&server] { server.quit(); });
      }) {
  copy_totals();
}

top_view::~top_view() {
  mailbox_.end();
}

void top_view::stop() {
  stopped_ = true;
  timer_.cancel();
}

void top_view::copy_totals() {
  if (!mailbox_.empty()) return wait(duration{0});
  const time_point begun = time_point::clock::now();
  next_ = {};
  next_.taken = begun;
  next_.totals = of_.server.totals();
  next_.here = of_.server.peer_count();
  // Whoever waits for an answer is served between the two.
  asio::post(timer_.get_executor(), [this, took = time_point::clock::now() - begun] {
    if (!stopped_) copy_peers(took);
  });
}

void top_view::copy_peers(duration took) {
  const time_point begun = time_point::clock::now();
  next_.peers = of_.server.peers(most_peers);
  next_.listens = of_.listens;
  next_.problem = of_.last_problem();
  mailbox_.put(std::move(next_));
  wait(took + (time_point::clock::now() - begun));
}

void top_view::wait(duration took) {
  timer_.expires_after(std::max(interval, took * rest_per_copying));
  timer_.async_wait([this](std::error_code error) {
    if (!error && !stopped_) copy_totals();
  });
}

}  // namespace dgram::app
