// SPDX-License-Identifier: MIT
// One room and those in it, as values; what happens there is for chat_service.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "apps/rooms/allowance.h"
#include "apps/rooms/history.h"
#include "apps/server/service.h"

namespace dgram::app::rooms {

struct member;

struct room {
  std::string name;
  std::vector<member*> members;  // in no order
  history said;
  // What is to be told to all, oldest first.
  struct news {
    std::string line;
    bool said = false;  // by somebody: for the history
  };
  std::deque<news> untold;
  std::size_t untold_bytes = 0;
  // Comings and goings of a crowded room, told together at `digest_due`.
  std::size_t came = 0;
  std::size_t went = 0;
  time_point digest_due{};  // while came + went is not 0
};

struct member {
  client_id id;
  client_description about;
  std::string name;   // empty: is in no room and was not greeted
  bool gone = false;  // nothing reaches it any more
  room* in = nullptr;
  std::size_t place = 0;  // in in->members
  // 40 lines at once, then 50 a second; comings and changes of name 6 at once, then one in 2 s.
  allowance lines{40, std::chrono::milliseconds(20)};
  allowance moves{6, std::chrono::seconds(2)};
  std::size_t held = 0;  // acknowledgements
  std::optional<time_point> behind_since;
  // Of a plain stream: the beginning of a line, which is one by itself when nothing follows until then.
  std::string begun;
  time_point begun_due{};
};

}  // namespace dgram::app::rooms
