// SPDX-License-Identifier: MIT
#include "apps/server/services.h"

#include "apps/rooms/chat_service.h"
#include "apps/server/reply_service.h"

namespace dgram::app {

make_service service_for(const server_options& options) {
  if (options.chat) return rooms::chat();
  return answer_by(options.reply);
}

}  // namespace dgram::app
