// SPDX-License-Identifier: MIT
// udp_client's command line as a value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/cli/flags.h"
#include "udp/core/message.h"
#include "udp/core/options.h"
#include "udp/core/time.h"
#include "udp/net/resolve.h"

namespace dgram::app {

struct client_options {
  std::string host = "127.0.0.1";
  std::uint16_t port = 9000;
  address_family family = address_family::any;
  bool tcp = false;
  bool plain = false;

  duration timeout = std::chrono::milliseconds(250);  // before the first repetition, path not measured yet
  duration deadline = std::chrono::seconds(5);        // then a message is given up
  std::uint16_t max_tries = 0;                        // 0: as many as fit before the deadline
  delivery_mode mode = delivery_mode::ordered;
  channel_id channel{};
  std::uint8_t priority = 0;
  session_options transport{};  // of our protocol over UDP

  std::vector<std::string> messages;  // -m
  std::string name;                   // in a room of a chat server; empty: no room
  std::string room = "lobby";
  std::uint64_t count = 0;  // 0: not measuring
  duration interval = std::chrono::milliseconds(5);
  std::size_t size = 64;
  std::size_t window = 256;

  bool json = false;
  bool trace = false;
  bool quiet = false;
  bool colour = true;
  bool times = false;
  bool bell = true;
  std::string log;  // a file; empty: none
};

flags client_flags();
// Throws usage_error.
client_options client_options_from(const flags&);
// 5 s, or twice a timeout that is longer than that: a first repetition must have its chance.
duration default_deadline(duration timeout);

}  // namespace dgram::app
