// SPDX-License-Identifier: MIT
#include "apps/client/client_session.h"

namespace dgram::app {

send_options client_session::sending() const {
  send_options wanted;
  wanted.mode = options.mode;
  wanted.channel = options.channel;
  wanted.priority = options.priority;
  wanted.wants_reply = true;
  wanted.deadline = options.deadline;
  wanted.max_tries = options.max_tries;
  return wanted;
}

run_summary client_session::summary() const {
  run_summary now;
  now.on = on;
  now.server = server;
  now.counts = counts;
  now.statistics = endpoint.total();
  now.elapsed = time_point::clock::now() - started;
  return now;
}

}  // namespace dgram::app
