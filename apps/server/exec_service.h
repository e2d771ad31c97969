// SPDX-License-Identifier: MIT
// Runs the commands that messages name, and answers with what they wrote. The processes are apps/exec's.
#pragma once

#include <cstddef>
#include <string>

#include <asio/any_io_executor.hpp>

#include "apps/exec/command_service.h"
#include "apps/server/service.h"

namespace dgram::app {

struct exec_options {
  exec::command_table commands;
  // Runs what it is told; on loopback only, and not for plain peers: any web page can make a browser here
  // send to a port.
  bool shell = false;
  duration timeout = std::chrono::seconds(10);
  std::size_t at_once = 16;  // a quarter of it, at least one, for one peer

  bool wanted() const { return shell || !commands.empty(); }
};

class exec_service : public service {
 public:
  exec_service(service_port&, const asio::any_io_executor&, const exec_options&);

  void arrived(const arrival&) override;
  void left(client_id, end_reason) override;
  void closing() override;

 private:
  service_port& port_;
  std::string line_;
  exec::command_service commands_;
};

make_service run_commands(const asio::any_io_executor&, exec_options);

}  // namespace dgram::app
