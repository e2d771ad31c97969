// SPDX-License-Identifier: MIT
#include "apps/top/top_view.h"

#include <chrono>
#include <system_error>
#include <utility>

#include <asio/post.hpp>

namespace dgram::app {
namespace {

constexpr auto interval = std::chrono::seconds(1);

}  // namespace

top_view::top_view(const asio::any_io_executor& executor, sources of)
    : of_(std::move(of)), timer_(executor), screen_(mailbox_, [executor, &server = of_.server] {
        asio::post(executor, [&server] { server.quit(); });
      }) {
  timer_.expires_after(duration{0});
  tell();
  again();
}

top_view::~top_view() {
  mailbox_.end();
}

void top_view::stop() {
  timer_.cancel();
}

void top_view::tell() {
  if (!mailbox_.empty()) return;
  top_snapshot next;
  next.taken = time_point::clock::now();
  next.totals = of_.server.totals();
  next.here = of_.server.peer_count();
  next.peers = of_.server.peers(most_peers);
  next.listens = of_.listens;
  next.problem = of_.last_problem();
  mailbox_.put(std::move(next));
}

void top_view::again() {
  timer_.expires_after(interval);
  timer_.async_wait([this](std::error_code error) {
    if (error) return;
    tell();
    again();
  });
}

}  // namespace dgram::app
