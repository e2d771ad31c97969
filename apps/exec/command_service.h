// SPDX-License-Identifier: MIT
// Who may run which command when: so many at once, of one peer and in all; the others wait in the order in
// which they came. Knows neither sockets nor processes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include <asio/any_io_executor.hpp>
#include <asio/steady_timer.hpp>

#include "apps/exec/command_table.h"
#include "apps/exec/running_command.h"
#include "udp/core/message.h"
#include "udp/net/lifetime.h"

namespace dgram::app::exec {

struct service_limits {
  std::size_t at_once = 16;
  std::size_t at_once_per_peer = 4;
  // Beyond it a command is refused with a line that says so.
  std::size_t waiting = 1024;
  std::size_t waiting_per_peer = 512;
  std::size_t reply = max_message_size;  // bytes
  // A reply waits so long for room among the peer's unsent ones. Until then the command counts as running, so
  // that results in memory are as few as commands at once.
  duration patience = std::chrono::seconds(60);
};

struct service_counts {
  std::uint64_t started = 0;
  std::uint64_t ended = 0;
  std::uint64_t refused = 0;   // no such command, too long, or too many waited
  std::uint64_t unwanted = 0;  // the peer was gone before the result
  std::uint64_t unsent = 0;    // results for which there was no room in time
};

using peer_key = std::uint64_t;

struct asker {
  peer_key peer;
  // Whether it may say what a shell runs, where there is one for anybody.
  bool may_use_shell = true;
};

class command_service {
 public:
  // Called with what there is to say, and again after would_block (later) or too_large (with less), unless
  // it was the last try.
  using reply_function = std::function<send_status(std::string_view, bool last_try)>;

  // With `shell`, what is not the name of a command is one.
  command_service(const asio::any_io_executor&, command_table, bool shell, command_starter,
                  const service_limits& = {});

  void arrived(const asker&, std::string_view message, reply_function);
  // Its commands are stopped, and no longer waited for.
  void left(peer_key);
  // Kills everything and forgets everybody; nothing runs any more and nothing is waited for.
  void close();

  std::size_t running() const { return jobs_.size(); }
  std::size_t waiting() const { return waiting_.size(); }
  const service_counts& counts() const { return counts_; }

 private:
  struct job {
    peer_key peer;
    std::string command;
    reply_function reply;
    bool wanted = true;
    std::unique_ptr<running_command> run = nullptr;
    std::optional<run_result> result = std::nullopt;
    std::size_t most = 0;     // bytes that the reply may have
    std::string_view text{};  // of the reply, in `result` or in `scratch`
    std::string scratch{};
    time_point ended{};
  };
  struct load {
    std::size_t running = 0;
    std::size_t waiting = 0;
  };
  using job_number = std::uint64_t;

  // nullptr with `refusal` set.
  const std::string* command_for(std::string_view asked, bool may_use_shell, std::string& refusal);
  void refuse(const reply_function&, std::string_view why);
  void start_waiting();
  void start(job);
  void ended(job_number, run_result);
  // False while the reply has to wait.
  bool hand_over(job&);
  void try_again();
  void remove(job_number);
  void lighten(peer_key, std::size_t load::*);
  void retry_later();

  command_table table_;
  bool shell_;
  command_starter starter_;
  service_limits limits_;
  std::deque<job> waiting_;
  std::map<job_number, job> jobs_;
  std::unordered_map<peer_key, load> loads_;
  job_number last_ = 0;
  std::string asked_;  // of the shell
  service_counts counts_;
  asio::steady_timer retry_;
  bool retry_is_due_ = false;
  lifetime alive_;
};

}  // namespace dgram::app::exec
