// SPDX-License-Identifier: MIT
#include "apps/metrics/metrics_server.h"

#include <system_error>

#include <asio/post.hpp>

#include "apps/cli/start_up_error.h"
#include "apps/metrics/metrics_text.h"
#include "udp/net/address_text.h"

namespace dgram::app::metrics {
namespace {

const address& possible(const address& where) {
  require_metrics();
  return where;
}

}  // namespace

metrics_server::metrics_server(const asio::any_io_executor& executor, const address& where,
                               const server_control& server) try
    : responder_(executor, possible(where),
                 [this, executor, &server](auto hand_over) {
                   // No more than the responder has connections wait here.
                   asio::post(worker_, [executor, now = figures_of(server), hand_over] {
                     asio::post(executor, [text = metrics_text(now), hand_over] { hand_over(text); });
                   });
                 }),
      worker_(1) {
} catch (const std::system_error& e) {
  throw start_up_error(exit_code::network,
                       "--metrics: " + to_string(where) + " cannot be used: " + e.code().message());
}

std::string metrics_server::url() const {
  return "http://" + to_string(responder_.local()) + "/metrics";
}

}  // namespace dgram::app::metrics
