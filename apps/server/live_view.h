// SPDX-License-Identifier: MIT
// Joins the live view (--top) to the server's log: while it has the screen there are no lines about peers,
// and problems are shown in it and said again behind it.
#pragma once

#include <optional>
#include <string>

#include <asio/any_io_executor.hpp>

#include "apps/server/server_log.h"
#include "apps/top/kept_words.h"
#include "apps/top/top_view.h"

namespace dgram::app {

class live_view {
 public:
  // The log's words are kept from here on. The log outlives it.
  explicit live_view(server_log&);
  // Gives the terminal back, and says what was kept.
  ~live_view();
  live_view(const live_view&) = delete;
  live_view& operator=(const live_view&) = delete;

  // Takes the terminal. `listens` such as "127.0.0.1:9000, UDP and TCP".
  void start(const asio::any_io_executor&, server_control&, std::string listens);
  // The loop may end.
  void stop();

 private:
  server_log& log_;
  kept_words words_;
  std::optional<top_view> view_;
};

}  // namespace dgram::app
