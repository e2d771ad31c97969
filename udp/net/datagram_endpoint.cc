// SPDX-License-Identifier: MIT
#include "udp/net/datagram_endpoint.h"

#include <algorithm>
#include <utility>

#include <asio/error.hpp>
#include <asio/post.hpp>

namespace dgram {

namespace {

datagram_socket_options with_batch(datagram_socket_options options, std::size_t batch) {
  options.batch = batch;
  return options;
}

}  // namespace

datagram_endpoint::datagram_endpoint(executor_type executor, const endpoint_limits& limits,
                                     const datagram_socket_options& options)
    : message_endpoint(executor, limits),
      socket_(datagram_socket::open(executor, with_batch(options, batch_size))),
      timer_(wake_up_timer::make(
          get_executor(),
          [this] {
            if (!closed()) wake_up([this] { handle_timeout(); });
          },
          options.force_portable)),
      connected_to_(options.connect) {}

void datagram_endpoint::stop() {
  timer_->cancel();
  socket_->close();
}

// Goes on after each turn, even when a handler threw: the loop lives as long as the endpoint is open.
class datagram_endpoint::receive_loop {
 public:
  explicit receive_loop(datagram_endpoint& endpoint)
      : endpoint_(endpoint), watch_(endpoint.observe_lifetime()) {}
  ~receive_loop() {
    if (watch_.over() || endpoint_.closed()) return;
    if (endpoint_.more_to_read_) {
      asio::post(endpoint_.get_executor(), [e = &endpoint_, watch = watch_] {
        if (!watch.over()) e->on_readable();
      });
    } else {
      endpoint_.wait();
    }
  }
  receive_loop(const receive_loop&) = delete;
  receive_loop& operator=(const receive_loop&) = delete;

 private:
  datagram_endpoint& endpoint_;
  lifetime::watch watch_;
};

void datagram_endpoint::wait() {
  socket_->async_wait_readable([this, watch = observe_lifetime()](std::error_code error) {
    if (!watch.over() && error != asio::error::operation_aborted) on_readable();
  });
}

void datagram_endpoint::on_readable() {
  if (closed()) return;
  const receive_loop goes_on(*this);
  wake_up([this] { read(); });
}

void datagram_endpoint::read() {
  more_to_read_ = true;
  for (int i = 0; i < batches_per_wake_up && more_to_read_; ++i) {
    const auto batch = socket_->receive();
    more_to_read_ = !batch.drained;
    if (batch.hint && connected_to_) hints_.note(*connected_to_, batch.hint);
    for (const auto& arrival : batch.arrivals) {
      hints_.heard(arrival.from.remote);
      take(arrival);
    }
  }
}

void datagram_endpoint::send(std::span<const datagram_socket::departure> departures) {
  for (const auto& failure : socket_->send(departures)) {
    hints_.note(departures[failure.index].to.remote, failure.error);
  }
}

void datagram_endpoint::flush() {
  if (closed()) return;
  if (transmit()) schedule();
  arm_timer();
}

void datagram_endpoint::arm_timer() {
  auto next = next_timeout();
  if (const auto parked = parked_deadline(); parked && (!next || *parked < *next)) next = parked;
  timer_->set(next, now());
}

std::error_code datagram_endpoint::last_hint(peer_id peer) const {
  const auto remote = remote_of(peer);
  return remote ? hints_.of(*remote) : std::error_code{};
}

}  // namespace dgram
