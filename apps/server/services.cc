// SPDX-License-Identifier: MIT
#include "apps/server/services.h"

#include "apps/rooms/chat_service.h"
#include "apps/server/exec_service.h"
#include "apps/server/reply_service.h"

namespace dgram::app {

make_service service_for(const server_options& options, const asio::any_io_executor& executor) {
  if (options.exec.wanted()) return run_commands(executor, options.exec);
  if (options.chat) return rooms::chat();
  return answer_by(options.reply);
}

}  // namespace dgram::app
