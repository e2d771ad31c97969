// SPDX-License-Identifier: MIT
// Work done in a process of its own, which has a time limit, leaves nothing behind, and dies with this one.
// The calling process must have one thread.
#pragma once

#include <functional>
#include <string>

#include <asio/io_context.hpp>

#include "apps/cli/stop_signals.h"
#include "udp/core/time.h"

namespace dgram::app::compare {

struct child_answer {
  enum class ending { answered, overran, broke_off, stopped } how = ending::broke_off;
  std::string text;
};

class child_runner {
 public:
  child_runner();

  // What `work` returns. It must not throw, nor touch this object. Throws std::system_error when there can be
  // no child.
  child_answer run(const std::function<std::string()>& work, duration limit);
  // The signal that asked to end, 0 for none; no child runs any more then.
  int stopped_by() const { return stopped_by_; }

 private:
  asio::io_context context_{1};
  int stopped_by_ = 0;
  stop_signals signals_;
};

// In a child: its parent's death is its own. A change of user namespace forgets it, so again after one.
void die_with_parent();

}  // namespace dgram::app::compare
