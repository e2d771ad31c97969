// SPDX-License-Identifier: MIT
// SIGINT and SIGTERM: the first asks the program to end, the second ends it at once with 128 + its number,
// even while a write blocks; the same one again within 100 ms counts as the first. asio's signal_set cannot
// do the latter, because its handlers wait for the loop.
#pragma once

#include <functional>
#include <vector>

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>

namespace dgram::app {

// One per program.
class stop_signals {
 public:
  // `on_first` is called from the loop with the signal's number.
  stop_signals(asio::io_context&, std::function<void(int)> on_first);
  ~stop_signals();
  stop_signals(const stop_signals&) = delete;
  stop_signals& operator=(const stop_signals&) = delete;

  // The signal came from the terminal's keyboard, so the whole foreground process group has had it.
  static bool from_keyboard();
  // This signal too, until the end of this object.
  void also_on(int number);
  // Lets the loop end although no signal came.
  void stop_waiting();

 private:
  asio::posix::stream_descriptor wake_up_;
  std::function<void(int)> on_first_;
  std::vector<int> also_;
};

}  // namespace dgram::app
