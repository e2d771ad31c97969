// SPDX-License-Identifier: MIT
// One run of udp_link, from the server's start to the summary: who is started, waited for and ended when.
#pragma once

#include <optional>
#include <string>

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include "apps/cli/stop_signals.h"
#include "apps/impairment/impaired_path.h"
#include "apps/impairment/link_front.h"
#include "apps/link/command_runner.h"
#include "apps/link/echo_service.h"
#include "apps/link/link_options.h"
#include "apps/link/server_watch.h"
#include "apps/link/terminal_job.h"
#include "apps/link/tun_forwarder.h"

namespace dgram::app {

class link_run {
 public:
  link_run(asio::io_context&, link_options&, const tun_pair&, command_runner&, terminal_job&);

  // Returns what the program ends with.
  exit_code run();

 private:
  enum class phase : std::uint8_t { waiting, running, draining, ending_server, over };

  front_hooks hooks();
  void say_ready();
  void begin();
  void start_client();
  void heard(std::optional<command_notice>);
  void not_started(side, int error);
  void client_ended(int status);
  void client_stopped();
  void server_ended(int status);
  // Until what the client sent last has crossed.
  void drain();
  void end_server();
  void finish();

  void stop(int signal_number);
  // Ends the client first, then all else, with that code.
  void end_with(exit_code, int signal_number, bool client_has_had_it);
  // Unless --quiet.
  void note(const std::string&);

  asio::io_context& context_;
  link_options& options_;
  const tun_pair& pair_;
  command_runner& commands_;
  terminal_job& terminal_;
  impaired_path path_;
  tun_forwarder forwarder_;
  link_front front_;
  stop_signals signals_;
  asio::steady_timer limit_;  // of the phase
  std::optional<echo_service> echo_;
  std::optional<server_watch> ready_;
  phase phase_ = phase::waiting;
  time_point drain_until_{};
  bool server_runs_ = false;
  std::optional<exit_code> decided_;  // whatever the client ends with
  exit_code clients_ = exit_code::ok;
};

}  // namespace dgram::app
