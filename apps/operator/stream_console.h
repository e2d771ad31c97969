// SPDX-License-Identifier: MIT
// Lines from standard input that is no terminal, and what is shown as plain lines: what peers say and what
// was asked for on standard output, the rest on standard error.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include <asio/any_io_executor.hpp>

#include "apps/cli/line_splitter.h"
#include "apps/cli/standard_input.h"
#include "apps/operator/operator_console.h"
#include "apps/operator/operator_words.h"

namespace dgram::app {

class stream_console : public operator_console {
 public:
  stream_console(const asio::any_io_executor&, operator_words);

  void start(on_line) override;
  void stop() override;
  void want_lines(bool) override;
  void show(kind, std::string_view text) override;
  void show_target(std::string_view) override {}
  bool interactive() const override { return false; }

 private:
  void read();
  void hand_out();

  asio::any_io_executor executor_;
  operator_words words_;
  std::optional<standard_input> input_;
  line_splitter lines_;
  on_line on_line_;
  std::array<char, 4096> buffer_{};
  bool wanted_ = true;
  bool reading_ = false;
  bool handing_out_ = false;
  bool ended_ = false;
  bool stopped_ = true;
  bool flush_posted_ = false;
};

}  // namespace dgram::app
