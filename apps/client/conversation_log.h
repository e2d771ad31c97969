// SPDX-License-Identifier: MIT
// The conversation as a file: "2026-11-21T14:30:48+01:00 > hello", one line each, written at once. '>' is
// what one said, '<' what came, '!' what went wrong. Escaped, so that a line is a line and holds no colours.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "apps/cli/output.h"
#include "apps/client/clock_text.h"

namespace dgram::app {

class conversation_log {
 public:
  // Writes nothing without a path; a file that is there already is continued. Throws start_up_error.
  explicit conversation_log(const std::string& path);
  ~conversation_log();
  conversation_log(const conversation_log&) = delete;
  conversation_log& operator=(const conversation_log&) = delete;

  // Called once, when a line cannot be written; the log has ended then.
  void on_loss(std::function<void(const std::string& why)> handler) { on_loss_ = std::move(handler); }

  void said(std::string_view text) { add('>', text); }
  void came(std::string_view text) { add('<', text); }
  void failed(std::string_view text) { add('!', text); }

  bool lost() const { return file_.failed(); }

 private:
  void add(char mark, std::string_view text);

  std::string path_;
  int descriptor_;
  output file_;
  std::function<void(const std::string&)> on_loss_;
};

}  // namespace dgram::app
