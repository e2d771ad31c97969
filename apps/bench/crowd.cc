// SPDX-License-Identifier: MIT
#include "apps/bench/crowd.h"

#include <charconv>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <unistd.h>

#include "apps/cli/start_up_error.h"
#include "apps/cli/text_escape.h"
#include "udp/net/address_text.h"
#include "udp/net/clock.h"

namespace dgram::app {
namespace {

constexpr duration between_greetings = std::chrono::milliseconds(2);
// Until what joining members are told about one another has gone.
constexpr duration settling = std::chrono::seconds(3);
// For lines that are late.
constexpr duration patience = std::chrono::seconds(10);
constexpr duration for_repetitions = std::chrono::seconds(1);
constexpr std::string_view mark = ": crowd line ";

class crowd_run {
 public:
  explicit crowd_run(const crowd_options& options)
      : options_(options),
        peers_(context_, options.peers),
        timer_(context_),
        orders_(options.rooms),
        heard_(options.peers.peers) {
    for (std::size_t i = 0; i < peers_.size(); ++i) {
      peers_[i].endpoint->on_message(
          [this, i](const message_view& message) { hear(i, as_text(message.bytes)); });
    }
  }

  crowd_result run() {
    greet();
    context_.run();
    if (!trouble_.empty()) throw start_up_error(exit_code::unanswered, trouble_);
    return std::move(result_);
  }

 private:
  void greet() {
    // The rooms of another run have its lines, and its members may still be taken for there.
    const std::string run = std::to_string(::getpid()) + "-";
    peers_.beat(peers_.size(), between_greetings, [this, run](std::uint64_t i) {
      const std::string hello =
          "/hello c" + run + std::to_string(i) + " crowd" + run + std::to_string(i % options_.rooms);
      ask(i, hello, [this](const std::string& why) {
        if (!why.empty()) return fail("not everybody got into a room: " + why);
        if (++inside_ == peers_.size()) after(settling, [this] { talk(); });
      });
    });
  }

  void talk() {
    const auto lines = static_cast<std::uint64_t>(options_.time / options_.interval);
    left_ = std::max<std::uint64_t>(lines, 1);
    peers_.beat(left_, options_.interval, [this](std::uint64_t n) {
      said_.push_back(read_clock());
      result_.late.record(said_.back() - peers_.due(n));
      ++result_.lines;
      result_.expected += members_of(speaker(n) % options_.rooms);
      ask(speaker(n), "crowd line " + std::to_string(n), [this](const std::string& why) {
        if (!why.empty()) ++result_.refused;
      });
      if (--left_ == 0) after(patience, [this] { context_.stop(); });
    });
  }

  void hear(std::size_t who, std::string_view line) {
    const std::size_t at = line.find(mark);
    if (line.starts_with("-- ") || at == std::string_view::npos) return;
    std::size_t n = 0;
    const std::string_view digits = line.substr(at + mark.size());
    std::from_chars(digits.data(), digits.data() + digits.size(), n);
    if (n >= said_.size()) return void(++result_.disorder);
    // The first who hears a line says what comes next in its room.
    std::vector<std::size_t>& order = orders_[who % options_.rooms];
    if (heard_[who] == order.size()) order.push_back(n);
    if (heard_[who] >= order.size() || order[heard_[who]++] != n) ++result_.disorder;
    ++result_.heard;
    result_.took.record(read_clock() - said_[n]);
    if (left_ == 0 && result_.heard == result_.expected) after(for_repetitions, [this] { context_.stop(); });
  }

  // Spread over the rooms and over those who are in them.
  std::size_t speaker(std::uint64_t n) const { return n * 7919 % peers_.size(); }
  std::size_t members_of(std::size_t room) const {
    return peers_.size() / options_.rooms + (room < peers_.size() % options_.rooms ? 1 : 0);
  }

  // `then` gets why the line was not taken; empty: it was.
  template <class Then>
  void ask(std::size_t i, const std::string& line, Then then) {
    send_options how;
    how.mode = delivery_mode::ordered;
    auto& [endpoint, server] = peers_[i];
    endpoint->async_request(server, as_bytes(line), how, [then](std::error_code error, const answer& got) {
      const bool answered = !error && got.report.outcome == outcome::answered;
      then(answered ? escaped(as_text(got.bytes), 200)
           : error  ? error.message()
                    : std::string(to_string(got.report.outcome)));
    });
  }

  void fail(const std::string& why) {
    trouble_ = why;
    context_.stop();
  }

  template <class Then>
  void after(duration time, Then then) {
    timer_.expires_after(time);
    timer_.async_wait([then](std::error_code error) {
      if (!error) then();
    });
  }

  const crowd_options& options_;
  asio::io_context context_{1};
  many_peers peers_;
  asio::steady_timer timer_;
  std::vector<std::vector<std::size_t>> orders_;  // of each room: its lines as they are heard
  std::vector<std::size_t> heard_;                // of each member: how many
  std::vector<time_point> said_;
  std::size_t inside_ = 0;
  std::uint64_t left_ = 0;
  std::string trouble_;
  crowd_result result_;
};

}  // namespace

crowd_result run_crowd(const crowd_options& options) {
  return crowd_run(options).run();
}

}  // namespace dgram::app
