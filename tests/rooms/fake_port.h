// SPDX-License-Identifier: MIT
// A server without a network: clients are numbers, and what they are told is a list.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "apps/server/service.h"

namespace dgram::test {

class fake_port : public app::service_port {
 public:
  send_status reply(const app::reply_handle& to, std::string_view bytes) override {
    replies[to.to.value].emplace_back(bytes);
    return send_status::accepted;
  }
  send_status try_reply(const app::reply_handle& to, std::string_view bytes) override {
    return reply(to, bytes);
  }
  send_status acknowledge(const app::reply_handle& to) override { return reply(to, {}); }
  send_status send(app::client_id to, std::string_view bytes) override {
    told[to.value].emplace_back(bytes);
    if (stuck.contains(to.value)) {
      ++stuck[to.value].messages;
      stuck[to.value].bytes += bytes.size();
    }
    return send_status::accepted;
  }
  app::backlog waiting(app::client_id of) const override {
    const auto found = stuck.find(of.value);
    return found == stuck.end() ? app::backlog{} : found->second;
  }
  void disconnect(app::client_id) override {}
  time_point now() const override { return clock; }

  std::map<std::uint64_t, std::vector<std::string>> told;
  std::map<std::uint64_t, std::vector<std::string>> replies;
  std::map<std::uint64_t, app::backlog> stuck;  // those that take nothing
  time_point clock{std::chrono::hours(1)};
};

}  // namespace dgram::test
