// SPDX-License-Identifier: MIT
// Serves one page, made anew for each request, at http://ADDRESS/metrics on the program's own loop. Bounded:
// so many connections, so much request, so long. Does not know what the page says.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <asio/any_io_executor.hpp>

#include "udp/core/address.h"
#include "udp/core/time.h"
#include "udp/net/tcp_acceptor.h"

namespace dgram::app::metrics {

struct responder_limits {
  // One more takes the place of the oldest that has not said what it wants; when all are being answered, it
  // is closed.
  std::size_t connections = 8;
  // From the first byte to the last one, of a connection; then it is cut.
  duration time = std::chrono::seconds(5);
};

class http_responder {
 public:
  // Asked for the page; hands it over on the loop, at once or later, and not after the responder's end.
  using page = std::function<void(std::function<void(std::string)>)>;

  // Listens at once. Throws std::system_error when it cannot.
  http_responder(const asio::any_io_executor&, const address& where, page, responder_limits = {});
  ~http_responder();
  http_responder(const http_responder&) = delete;
  http_responder& operator=(const http_responder&) = delete;

  address local() const { return acceptor_.local(); }
  std::size_t connections() const { return connections_.size(); }

 private:
  class connection;

  void take(asio::ip::tcp::socket);
  bool make_room();
  void forget(const connection*);

  page page_;
  responder_limits limits_;
  std::vector<std::shared_ptr<connection>> connections_;  // the oldest first
  tcp_acceptor acceptor_;
};

}  // namespace dgram::app::metrics
