// SPDX-License-Identifier: MIT
// A command under way and what becomes of it, for those who need not know about processes.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <system_error>

#include "apps/exec/kept_output.h"
#include "udp/core/time.h"

namespace dgram::app::exec {

struct run_result {
  enum class ending : std::uint8_t {
    exited,       // `number` is the status
    killed,       // by the signal `number`, which did not come from here
    overran,      // its time limit: stopped from here
    stopped,      // from here, because nobody wanted it any more
    not_started,  // `error` says why
  };

  ending how = ending::exited;
  int number = 0;
  duration limit{0};  // of time
  std::error_code error{};
  kept_output output{0};
};

class running_command {
 public:
  virtual ~running_command() = default;  // kills
  // Nobody wants the result any more. `on_end` is still called, when nothing of the command is left.
  virtual void stop() = 0;
};

// Never calls `on_end` before it returns. `on_end` may destroy the command.
using command_starter = std::function<std::unique_ptr<running_command>(
    const std::string& command, std::function<void(run_result)> on_end)>;

}  // namespace dgram::app::exec
