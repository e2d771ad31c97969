// SPDX-License-Identifier: MIT
// Who one is and in which room, as the server says it: what a person asks for may be refused.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace dgram::app {

class room_place {
 public:
  // As asked for; both empty: in no room.
  room_place(std::string name, std::string room) : name_(std::move(name)), room_(std::move(room)) {}

  void hear(std::string_view line);
  // A server with rooms has let one in.
  bool welcomed() const { return welcomed_; }
  const std::string& name() const { return name_; }
  const std::string& room() const { return room_; }

 private:
  std::string name_;
  std::string room_;
  bool welcomed_ = false;
};

}  // namespace dgram::app
