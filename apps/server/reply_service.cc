// SPDX-License-Identifier: MIT
#include "apps/server/reply_service.h"

#include <utility>

namespace dgram::app {

void reply_service::arrived(const arrival& message) {
  if (!message.wants_reply) return;
  port_.reply(message.handle, reply_to(message.bytes, rule_, message.plain, scratch_));
}

make_service answer_by(reply_rule rule) {
  return [rule = std::move(rule)](service_port& port) { return std::make_unique<reply_service>(port, rule); };
}

}  // namespace dgram::app
