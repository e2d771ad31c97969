// SPDX-License-Identifier: MIT
// udp_client --count: an open loop. Message i leaves at start + i * interval whether or not earlier ones are
// answered, and its latency counts from that intended moment, so that a stall of the link or of this
// program is measured rather than left out (coordinated omission).
#pragma once

#include <cstdint>
#include <string>

#include <asio/steady_timer.hpp>

#include "apps/client/client_session.h"

namespace dgram::app {

class measure_mode : public client_mode {
 public:
  measure_mode(client_session&, on_finished);

  void start() override;
  void stop() override;
  void say(const std::string& line) override;

 private:
  time_point intended(std::uint64_t index) const;
  void send_due();
  void send_one(std::uint64_t index);
  void resolve(std::uint64_t index, std::error_code, const delivery_report&);

  client_session& session_;
  on_finished finished_;
  asio::steady_timer timer_;
  std::string payload_;
  time_point start_{};
  std::uint64_t next_ = 0;
  std::uint64_t resolved_ = 0;
  bool done_ = false;
};

// `size` bytes that begin with the number of the message and are printable.
void fill_payload(std::string& payload, std::uint64_t index);

}  // namespace dgram::app
