// SPDX-License-Identifier: MIT
#include "apps/metrics/http_responder.h"

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include <asio/buffer.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <asio/write.hpp>

#include "apps/metrics/http_request.h"

namespace dgram::app::metrics {
namespace {

tcp_options listen_at(const address& where) {
  tcp_options options;
  options.listen = where;
  return options;
}

}  // namespace

// Reads a request, answers it, and waits for the caller to close: closing while something unread is there
// would take the answer from it. Its handlers keep it alive; `owner_` is null once nobody waits for it.
class http_responder::connection : public std::enable_shared_from_this<connection> {
 public:
  connection(http_responder& owner, asio::ip::tcp::socket socket)
      : owner_(&owner), socket_(std::move(socket)), timer_(socket_.get_executor()) {}

  void start(duration limit) {
    timer_.expires_after(limit);
    timer_.async_wait([self = shared_from_this()](std::error_code error) {
      if (!error) self->end();
    });
    read();
  }

  bool answering() const { return answering_; }

  // The owner has let go of it.
  void close() {
    owner_ = nullptr;
    timer_.cancel();
    std::error_code ignored;
    socket_.close(ignored);
  }

 private:
  void end() {
    if (owner_) owner_->forget(this);
  }

  void read() {
    socket_.async_read_some(asio::buffer(piece_),
                            [self = shared_from_this()](std::error_code error, std::size_t n) {
                              if (error || !self->owner_) return self->end();
                              self->came(n);
                            });
  }

  void came(std::size_t n) {
    request_.append(piece_.data(), n);
    const auto decision = read_request(request_);
    if (!decision) return read();
    answering_ = true;
    if (decision->status != http_status::ok) return answer(*decision, explanation(decision->status));
    owner_->page_([self = weak_from_this(), of = *decision](const std::string& body) {
      if (const auto still = self.lock(); still && still->owner_) still->answer(of, body);
    });
  }

  void answer(http_decision of, const std::string& body) {
    response_ = response_head(of.status, body.size());
    if (of.with_body) response_ += body;
    asio::async_write(socket_, asio::buffer(response_),
                      [self = shared_from_this()](std::error_code error, std::size_t) {
                        if (error || !self->owner_) return self->end();
                        self->socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
                        self->drain();
                      });
  }

  void drain() {
    socket_.async_read_some(asio::buffer(piece_),
                            [self = shared_from_this()](std::error_code error, std::size_t n) {
                              self->drained_ += n;
                              if (error || self->drained_ > most_drained) return self->end();
                              self->drain();
                            });
  }

  static constexpr std::size_t most_drained = 65536;

  http_responder* owner_;
  asio::ip::tcp::socket socket_;
  asio::steady_timer timer_;
  std::array<char, 2048> piece_;
  std::string request_;
  std::string response_;
  std::size_t drained_ = 0;
  bool answering_ = false;
};

http_responder::http_responder(const asio::any_io_executor& executor, const address& where, page make,
                               responder_limits limits)
    : page_(std::move(make)),
      limits_(limits),
      acceptor_(executor, listen_at(where),
                [this](asio::ip::tcp::socket socket, const address&) { take(std::move(socket)); }) {}

http_responder::~http_responder() {
  for (const auto& one : connections_) one->close();
}

void http_responder::take(asio::ip::tcp::socket socket) {
  if (connections_.size() >= limits_.connections && !make_room()) return;
  connections_.push_back(std::make_shared<connection>(*this, std::move(socket)));
  connections_.back()->start(limits_.time);
}

bool http_responder::make_room() {
  const auto silent = std::find_if(connections_.begin(), connections_.end(),
                                   [](const auto& one) { return !one->answering(); });
  if (silent == connections_.end()) return false;
  forget(silent->get());
  return true;
}

void http_responder::forget(const connection* which) {
  const auto found = std::find_if(connections_.begin(), connections_.end(),
                                  [&](const auto& one) { return one.get() == which; });
  if (found == connections_.end()) return;
  (*found)->close();
  connections_.erase(found);
}

}  // namespace dgram::app::metrics
