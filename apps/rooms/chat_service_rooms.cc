// SPDX-License-Identifier: MIT
// Who is in which room, and how a line gets to all of them.
#include <algorithm>
#include <utility>

#include "apps/rooms/chat_service.h"
#include "apps/rooms/name_key.h"

namespace dgram::app::rooms {
namespace {

constexpr auto digest_every = std::chrono::seconds(1);

}  // namespace

room* chat_service::find_or_open(const std::string& name) {
  if (const auto found = rooms_.find(name); found != rooms_.end()) return found->second.get();
  if (rooms_.size() >= limits_.rooms) {
    const auto empty =
        std::find_if(rooms_.begin(), rooms_.end(), [](const auto& r) { return r.second->members.empty(); });
    if (empty == rooms_.end()) return nullptr;
    rooms_.erase(empty);
  }
  auto fresh = std::make_unique<room>();
  fresh->name = name;
  return rooms_.emplace(name, std::move(fresh)).first->second.get();
}

void chat_service::enter(member& m, room& into) {
  m.in = &into;
  m.place = into.members.size();
  into.members.push_back(&m);
  tell(m, "-- welcome to " + into.name + ", " + m.name + "; " + list_of(into));
  for (const std::string& line : into.said.lines()) tell(m, line);
  announce(into, "-- " + m.name + " joined " + into.name, true);
}

void chat_service::leave(member& m, std::string_view why) {
  room* const from = std::exchange(m.in, nullptr);
  if (!from) return;
  member* const last = from->members.back();
  from->members[m.place] = last;
  last->place = m.place;
  from->members.pop_back();
  if (!from->members.empty()) return announce(*from, "-- " + m.name + " " + std::string(why), false);
  // It may be dropped for another one now.
  std::erase(digests_, from);
  from->came = from->went = 0;
}

void chat_service::release(member& m, std::string_view why) {
  if (m.name.empty()) return;
  leave(m, why);
  by_name_.erase(name_key(m.name));
  m.name.clear();
  if (m.about.loopback) return;
  const auto host = from_host_.find(m.about.host);
  if (--host->second == 0) from_host_.erase(host);
}

void chat_service::announce(room& where, const std::string& line, bool came) {
  // In a crowd each coming would be told to thousands, and a thousand comings a million times.
  if (where.members.size() < limits_.crowd && where.came + where.went == 0) return tell_all(where, line);
  if (where.came + where.went == 0) {
    where.digest_due = port_.now() + digest_every;
    digests_.push_back(&where);
  }
  ++(came ? where.came : where.went);
}

void chat_service::tell_all(room& where, const std::string& line) {
  for (const member* m : where.members) tell(*m, line);
}

bool chat_service::too_slow(const member& m) const {
  const backlog waits = port_.waiting(m.id);
  return waits.messages >= limits_.waiting_lines || waits.bytes >= limits_.waiting_bytes;
}

void chat_service::tell(const member& to, std::string_view line) {
  if (too_slow(to)) {
    if (to.in) slow_.push_back(to.id);
    return;
  }
  if (!to.about.plain) {
    port_.send(to.id, line);
    return;
  }
  plain_line_.assign(line).append("\n");
  port_.send(to.id, plain_line_);
}

void chat_service::put_out_slow() {
  // Telling the others may find more of them.
  for (std::size_t i = 0; i < slow_.size(); ++i) {
    const auto found = clients_.find(slow_[i].value);
    if (found == clients_.end() || !found->second->in) continue;
    member& m = *found->second;
    const std::string where = m.in->name;
    leave(m, "was too slow and is out");
    // One line beyond the limit, and the last: outside of rooms nobody is told anything until there is room.
    port_.send(m.id, "-- you were too slow, " + std::to_string(limits_.waiting_lines) +
                         " lines waited: you are out; /join " + where + " brings you back" +
                         (m.about.plain ? "\n" : ""));
  }
  slow_.clear();
}

}  // namespace dgram::app::rooms
