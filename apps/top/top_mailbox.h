// SPDX-License-Identifier: MIT
// Hands snapshots from the loop to the thread that shows them, one at a time: the loop never waits for the
// screen, and makes none while the last was not taken.
#pragma once

#include <mutex>
#include <optional>

#include "apps/top/top_snapshot.h"

namespace dgram::app {

class top_mailbox {
 public:
  // Throws std::system_error without descriptors.
  top_mailbox();
  ~top_mailbox();
  top_mailbox(const top_mailbox&) = delete;
  top_mailbox& operator=(const top_mailbox&) = delete;

  // The loop's side.
  bool empty() const;
  // Takes the place of one that waits.
  void put(top_snapshot);
  // There will be no more.
  void end();

  // The screen's side. The descriptor is readable after `put` and `end`, until the next `take`.
  int descriptor() const { return read_end_; }
  std::optional<top_snapshot> take();
  bool ended() const;

 private:
  void wake();

  int read_end_ = -1, write_end_ = -1;
  mutable std::mutex mutex_;  // held for a move at most
  std::optional<top_snapshot> waiting_;
  bool ended_ = false;
};

}  // namespace dgram::app
