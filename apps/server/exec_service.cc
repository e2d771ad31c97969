// SPDX-License-Identifier: MIT
#include "apps/server/exec_service.h"

#include <algorithm>
#include <utility>

#include "apps/exec/command_run.h"

namespace dgram::app {
namespace {

exec::command_starter shells(const asio::any_io_executor& executor, const exec_options& options) {
  exec::run_limits limits;
  limits.time = options.timeout;
  return [executor, limits](const std::string& command, std::function<void(exec::run_result)> on_end) {
    return std::make_unique<exec::command_run>(executor, command, limits, std::move(on_end));
  };
}

exec::service_limits limits_of(const exec_options& options) {
  exec::service_limits limits;
  limits.at_once = options.at_once;
  limits.at_once_per_peer = std::max<std::size_t>(1, options.at_once / 4);
  return limits;
}

}  // namespace

exec_service::exec_service(service_port& port, const asio::any_io_executor& executor,
                           const exec_options& options)
    : port_(port),
      commands_(executor, options.commands, options.shell, shells(executor, options), limits_of(options)) {}

void exec_service::arrived(const arrival& message) {
  // Whoever wants no reply could not be told what came of it.
  if (!message.wants_reply) return;
  // To whoever sits at a terminal with nc the end of a line is sent as well.
  const bool lines = message.plain && message.bytes.ends_with('\n');
  commands_.arrived({message.from.value, !message.plain}, message.bytes,
                    [this, lines, to = message.handle](std::string_view text, bool last_try) {
                      if (lines && !text.ends_with('\n')) {
                        line_.assign(text).append("\n");
                        text = line_;
                      }
                      return last_try ? port_.reply(to, text) : port_.try_reply(to, text);
                    });
}

void exec_service::left(client_id who, end_reason) {
  commands_.left(who.value);
}

void exec_service::closing() {
  commands_.close();
}

make_service run_commands(const asio::any_io_executor& executor, exec_options options) {
  return [executor, options = std::move(options)](service_port& port) {
    return std::make_unique<exec_service>(port, executor, options);
  };
}

}  // namespace dgram::app
