// SPDX-License-Identifier: MIT
// Lines as the terminal itself edits them: no history, and what is being typed is out of our reach. Hiding
// only begins a new row where the prompt is shown.
#pragma once

#include <array>

#include "apps/cli/line_splitter.h"
#include "apps/cli/output.h"
#include "apps/cli/standard_input.h"
#include "apps/terminal/line_reader.h"

namespace dgram::app {

class plain_line_reader : public line_reader {
 public:
  explicit plain_line_reader(const asio::any_io_executor&);

  void start(std::string prompt, on_line) override;
  void stop() override;
  bool can_hide() const override { return false; }
  void hide() override;
  void show() override;

 private:
  void read();
  void hand_out();

  standard_input input_;
  output screen_{1};
  line_splitter lines_;
  std::string prompt_;
  on_line on_line_;
  std::array<char, 4096> buffer_{};
  bool shown_ = false;
  bool stopped_ = false;
};

}  // namespace dgram::app
