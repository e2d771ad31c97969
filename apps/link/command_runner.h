// SPDX-License-Identifier: MIT
// Runs a command at each end, in a PID namespace that ends with this process, even when it is killed.
#pragma once

#include <array>
#include <functional>
#include <optional>

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>

#include "apps/link/command_channel.h"
#include "apps/link/tun_pair.h"
#include "udp/net/lifetime.h"

namespace dgram::app {

class command_runner {
 public:
  // Before there are threads. Throws start_up_error(exit_code::unsupported).
  command_runner(const tun_pair&, const std::array<link_command, 2>&);
  ~command_runner();
  command_runner(const command_runner&) = delete;
  command_runner& operator=(const command_runner&) = delete;

  // `on_notice` gets nullopt when the namespace has ended without being asked to.
  void watch(asio::io_context&, std::function<void(std::optional<command_notice>)> on_notice);
  void start(side s) { send({command_order::kind::start, s, 0}); }
  void signal(side s, int number) { send({command_order::kind::signal, s, number}); }
  void resume(side s, bool foreground) { send({command_order::kind::resume, s, foreground ? 1 : 0}); }
  // Kills and waits for every process inside.
  void end();

  bool has_own_proc() const { return own_proc_; }

 private:
  void send(const command_order&);
  void wait_for_notice();

  int channel_ = -1;
  pid_t init_ = -1;
  bool own_proc_ = false;
  std::optional<asio::posix::stream_descriptor> notices_;
  std::function<void(std::optional<command_notice>)> on_notice_;
  lifetime alive_;
};

}  // namespace dgram::app
