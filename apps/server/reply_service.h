// SPDX-License-Identifier: MIT
// Answers each message by the reply rule; what was said before does not matter.
#pragma once

#include <string>

#include "apps/server/handlers.h"
#include "apps/server/service.h"

namespace dgram::app {

class reply_service : public service {
 public:
  reply_service(service_port& port, reply_rule rule) : port_(port), rule_(std::move(rule)) {}

  void arrived(const arrival&) override;

 private:
  service_port& port_;
  reply_rule rule_;
  std::string scratch_;
};

make_service answer_by(reply_rule);

}  // namespace dgram::app
