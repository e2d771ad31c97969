// SPDX-License-Identifier: MIT
// A person at a terminal: lines that are shown come above the one being typed and leave it whole.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "apps/cli/terminal.h"
#include "apps/operator/operator_console.h"
#include "apps/operator/operator_words.h"
#include "apps/terminal/chat_screen.h"
#include "apps/terminal/line_reader.h"

namespace dgram::app {

class terminal_console : public operator_console {
 public:
  terminal_console(const asio::any_io_executor&, operator_words);
  ~terminal_console() override { stop(); }

  void start(on_line) override;
  void stop() override;
  // A person types no more than can be taken.
  void want_lines(bool) override {}
  void show(kind, std::string_view text) override;
  void show_target(std::string_view name) override;
  bool interactive() const override { return true; }

 private:
  void typed(std::optional<std::string>);

  operator_words words_;
  terminal_settings settings_;
  std::unique_ptr<line_reader> reader_;
  chat_screen screen_;
  on_line on_line_;
  bool stopped_ = true;
};

}  // namespace dgram::app
