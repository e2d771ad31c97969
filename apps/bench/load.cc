// SPDX-License-Identifier: MIT
#include "apps/bench/load.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "apps/cli/start_up_error.h"
#include "udp/net/address_text.h"
#include "udp/net/clock.h"

namespace dgram::app {
namespace {

constexpr duration between_first_requests = std::chrono::milliseconds(1);
constexpr duration patience = std::chrono::seconds(5);

class load_run {
 public:
  explicit load_run(const load_options& options)
      : options_(options), peers_(context_, options.peers), request_(options.size, std::byte{'x'}) {}

  load_result run() {
    get_acquainted();
    context_.run();
    if (acquainted_ == peers_.size()) return std::move(result_);
    throw start_up_error(exit_code::unanswered,
                         std::to_string(acquainted_) + " of " + std::to_string(peers_.size()) +
                             " peers had an answer from " + to_string(options_.peers.server));
  }

 private:
  void get_acquainted() {
    peers_.beat(peers_.size(), between_first_requests, [this](std::uint64_t i) {
      ask(i, [this](bool answered) {
        if (answered) ++acquainted_;
        if (++asked_ < peers_.size()) return;
        acquainted_ == peers_.size() ? measure() : context_.stop();
      });
    });
  }

  void measure() {
    const duration beat = options_.interval / peers_.size();
    left_ = std::max<std::uint64_t>(static_cast<std::uint64_t>(options_.time / beat), 1);
    peers_.beat(left_, beat, [this](std::uint64_t n) {
      const time_point sent = read_clock();
      result_.late.record(sent - peers_.due(n));
      ask(n % peers_.size(), [this, sent](bool answered) {
        ++(answered ? result_.answered : result_.unanswered);
        if (answered) result_.round_trips.record(read_clock() - sent);
        if (--left_ == 0) context_.stop();
      });
    });
  }

  template <class Then>
  void ask(std::size_t i, Then then) {
    send_options how;
    how.deadline = patience;
    auto& [endpoint, server] = peers_[i];
    endpoint->async_request(server, request_, how, [then](std::error_code error, const answer& got) {
      then(!error && got.report.outcome == outcome::answered);
    });
  }

  const load_options& options_;
  asio::io_context context_{1};
  many_peers peers_;
  std::vector<std::byte> request_;
  std::size_t asked_ = 0;
  std::size_t acquainted_ = 0;
  std::uint64_t left_ = 0;
  load_result result_;
};

}  // namespace

load_result run_load(const load_options& options) {
  return load_run(options).run();
}

}  // namespace dgram::app
