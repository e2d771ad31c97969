// SPDX-License-Identifier: MIT
// The messages that nobody has answered yet: of each peer in their order, and those that cannot wait for ever
// by the moment when they must be told so. Knows neither names nor texts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <unordered_map>

#include "apps/server/service.h"
#include "udp/core/time.h"

namespace dgram::app {

struct open_request {
  reply_handle to;
  std::size_t bytes = 0;  // of the message
  std::uint64_t number = 0;
};

class open_requests {
 public:
  struct limits {
    std::size_t per_peer = 64;
    std::size_t in_all = 16384;
  };
  explicit open_requests(const limits& l) : limits_(l) {}

  // False at a limit: it is not kept. `due` nothing: it waits as long as its peer is here. Whatever is due
  // must be added in the order of its dues.
  bool add(const reply_handle&, std::size_t bytes, std::optional<time_point> due);
  // The oldest of that peer.
  std::optional<open_request> oldest(client_id) const;
  void remove_oldest(client_id);
  // Returns how many there were.
  std::size_t forget(client_id);

  std::optional<time_point> next_due() const;
  // Takes out one that is due.
  std::optional<open_request> take_due(time_point now);
  // Takes out any one.
  std::optional<open_request> take_any();

  std::size_t size() const { return size_; }
  std::size_t of(client_id) const;

 private:
  struct waiting {
    client_id of;
    time_point due;
  };

  void erase(client_id, std::uint64_t number);

  limits limits_;
  std::unordered_map<std::uint64_t, std::deque<open_request>> by_peer_;  // none is empty
  std::map<std::uint64_t, waiting> dues_;                                // by number, so by due as well
  std::uint64_t last_number_ = 0;
  std::size_t size_ = 0;
};

}  // namespace dgram::app
