// SPDX-License-Identifier: MIT
// A group chat: every line reaches every member of its room once, and all of them in one order, because each
// is sent to all before the next and the transport keeps the order. Who is slow delays nobody.
//
// Bounded (chat_limits): beyond a limit the one who asked is told so in one line, and who takes no lines any
// more is put out of the room. A speaker above its rate has its acknowledgements held back, so that one who
// waits for them slows down; one who does not is refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "apps/rooms/command.h"
#include "apps/rooms/room.h"
#include "apps/server/service.h"

namespace dgram::app::rooms {

struct chat_limits {
  std::size_t members = 16384;
  std::size_t rooms = 1024;   // one that is empty makes room for a new one
  std::size_t per_host = 64;  // members from one address that is not loopback
  std::size_t line_bytes = 4096;
  // A member is too slow when so many lines wait for it all that time, or more than can be kept at any time:
  // a flood of others' lines is no fault of its own.
  std::size_t behind_lines = 256;
  duration behind_for = std::chrono::seconds(5);
  std::size_t waiting_lines = 4096;
  std::size_t waiting_bytes = 1024 * 1024;
  // Tellings (a line to one member) of one turn of the loop, and at least one line; the rest waits for the
  // next turn, so that everybody else is served too. Beyond so much in one room lines are refused.
  std::size_t tellings = 20'000;
  std::size_t untold_lines = 4096;
  std::size_t untold_bytes = 1024 * 1024;
  std::size_t held = 32;     // acknowledgements of one member
  std::size_t crowd = 200;   // members from which on comings and goings are told once a second, in numbers
  std::size_t listed = 100;  // names that /who lists
};

class chat_service : public service {
 public:
  explicit chat_service(service_port&, const chat_limits& = {});

  void joined(client_id, const client_description&) override;
  void arrived(const arrival&) override;
  void left(client_id, end_reason) override;
  std::optional<time_point> next_timeout() const override;
  void handle_timeout(time_point now) override;

  std::string name_of(client_id) const override;

  // Empty: in none.
  std::string room_of(client_id) const;
  std::size_t members() const { return by_name_.size(); }
  std::size_t rooms() const { return rooms_.size(); }

 private:
  struct held_acknowledgement {
    reply_handle to;
    client_id from;
    bool wanted;
  };

  // Of a plain stream the lines that are whole, and of others all that came: calls take_line for each.
  std::string take_lines(member&, std::string_view bytes, time_point& due);
  void take_begun(time_point now);
  // What the reply says; empty: all is well.
  std::string take_line(member&, std::string_view line);
  std::string obey(member&, const command&);
  std::string hello(member&, const command&);
  std::string settle_in(member&, const std::string& name, std::string_view room);
  std::string say(member&, std::string_view text, bool about_oneself);
  std::string msg(member&, const command&);
  std::string join(member&, const std::string& room);
  std::string nick(member&, const std::string& name);
  void who(member&);
  void help(member&);
  std::string list_of(const room&) const;

  member* holder_of(std::string_view name) const;
  std::string free_address_name(const member&) const;
  room* find_or_open(const std::string& name);
  void enter(member&, room&);
  void leave(member&, std::string_view why);
  // Out of its room and without a name.
  void release(member&, std::string_view why);
  void announce(room&, const std::string& line, bool came);
  bool crowded(const room&) const;
  void tell_all_soon(room&, std::string line, bool said);
  // One line of each room in turn.
  void tell_untold();
  std::vector<std::string> take_untold(room&);
  void forget_untold(room&);
  bool too_slow(member&) const;
  void put_out_slow();
  void tell(member&, std::string_view line);
  // `in_plain`: the same with their ends, for who speaks no protocol of ours.
  void tell(member&, const std::vector<std::string>& lines, std::string_view in_plain);
  void answer(const arrival&, member&, std::string_view text);

  service_port& port_;
  chat_limits limits_;
  std::unordered_map<std::uint64_t, std::unique_ptr<member>> clients_;
  std::unordered_map<std::string, member*> by_name_;  // by name_key
  std::unordered_map<std::string, std::unique_ptr<room>> rooms_;
  std::unordered_map<std::string, std::size_t> from_host_;
  std::multimap<time_point, held_acknowledgement> held_;
  std::deque<std::pair<time_point, client_id>> begun_;  // lines of plain streams, some of them ended since
  std::deque<room*> telling_;                           // rooms that have something untold
  std::vector<room*> digests_;                          // rooms that have one due, oldest first
  std::vector<client_id> slow_;
  std::string plain_lines_;
};

make_service chat();

}  // namespace dgram::app::rooms
