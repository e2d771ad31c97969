// SPDX-License-Identifier: MIT
// Line editing with history by libedit, through its readline interface. That interface is one set of
// globals, so there is at most one reader at a time.
#pragma once

#include <optional>
#include <string>

#include <asio/signal_set.hpp>

#include "apps/cli/standard_input.h"
#include "apps/client/line_reader.h"

namespace dgram::app {

class libedit_line_reader : public line_reader {
 public:
  explicit libedit_line_reader(const asio::any_io_executor&);
  ~libedit_line_reader() override;

  void start(std::string prompt, on_line) override;
  void stop() override;
  bool can_hide() const override { return true; }
  void hide() override;
  void show() override;

 private:
  static void line_entered(char* line);

  void wait();
  void read_characters();
  void entered(const char* line);
  void install();
  void wait_for_signals();

  static libedit_line_reader* current_;

  standard_input input_;
  asio::signal_set signals_;  // the window's size changed; the program goes on after Ctrl-Z
  std::string prompt_;
  on_line on_line_;
  bool installed_ = false;
  bool shown_ = false;
  bool stopped_ = true;
};

}  // namespace dgram::app
