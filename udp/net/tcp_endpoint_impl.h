// SPDX-License-Identifier: MIT
// How a tcp_endpoint's asynchronous operations come back to it.
#pragma once

#include <system_error>
#include <utility>

#include <asio/error.hpp>

#include "udp/net/tcp_endpoint.h"

namespace dgram {

template <class Work>
auto tcp_endpoint::on_peer(const tcp_peer& peer, Work work) {
  return [this, watch = observe_lifetime(), id = peer.id, connection = peer.connection,
          work = std::move(work)](std::error_code error, auto... result) {
    if (watch.over() || error == asio::error::operation_aborted) return;
    tcp_peer* p = peers_.find(id);
    if (!p || p->connection != connection) return;
    wake_up([&] {
      work(*p, error, result...);
      touch(*p);
    });
  };
}

}  // namespace dgram
