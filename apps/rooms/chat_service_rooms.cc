// SPDX-License-Identifier: MIT
// Who is in which room, and how a line gets to all of them.
#include <algorithm>
#include <utility>

#include "apps/rooms/chat_service.h"
#include "apps/rooms/name_key.h"

namespace dgram::app::rooms {
namespace {

constexpr auto digest_every = std::chrono::seconds(1);
constexpr std::size_t many_untold = 256;
constexpr std::size_t one_datagram = 1200;

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
  if (!m.gone) {
    // What was said while it was there.
    for (const room::news& one : from->untold) tell(m, one.line);
  }
  member* const last = from->members.back();
  from->members[m.place] = last;
  last->place = m.place;
  from->members.pop_back();
  if (!from->members.empty()) return announce(*from, "-- " + m.name + " " + std::string(why), false);
  // It may be dropped for another one now.
  std::erase(digests_, from);
  from->came = from->went = 0;
  // Whoever comes later hears what was said at the end.
  for (const room::news& one : from->untold) {
    if (one.said) from->said.add(one.line);
  }
  forget_untold(*from);
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
  if (where.members.size() < limits_.crowd && where.came + where.went == 0 && !crowded(where)) {
    return tell_all_soon(where, line, false);
  }
  if (where.came + where.went == 0) {
    where.digest_due = port_.now() + digest_every;
    digests_.push_back(&where);
  }
  ++(came ? where.came : where.went);
}

bool chat_service::crowded(const room& where) const {
  return where.untold.size() >= limits_.untold_lines || where.untold_bytes >= limits_.untold_bytes;
}

void chat_service::tell_all_soon(room& where, std::string line, bool said) {
  if (where.untold.empty()) telling_.push_back(&where);
  where.untold_bytes += line.size();
  where.untold.push_back({std::move(line), said});
}

void chat_service::tell_untold() {
  std::size_t told = 0;
  while (!telling_.empty() && told < limits_.tellings) {
    room& where = *telling_.front();
    telling_.pop_front();
    const std::vector<std::string> lines = take_untold(where);
    if (!where.untold.empty()) telling_.push_back(&where);
    plain_lines_.clear();
    for (const std::string& line : lines) plain_lines_.append(line).append("\n");
    for (member* const m : where.members) tell(*m, lines, plain_lines_);
    told += lines.size() * where.members.size();
  }
}

// One, or when very many wait as many as fit a datagram: thousands of plain peers cost a system call each.
std::vector<std::string> chat_service::take_untold(room& where) {
  const std::size_t most = where.untold.size() < many_untold ? 1 : 64;
  std::vector<std::string> lines;
  std::size_t size = 0;
  while (!where.untold.empty() && lines.size() < most) {
    room::news& next = where.untold.front();
    size += next.line.size() + 1;
    if (!lines.empty() && size > one_datagram) break;
    where.untold_bytes -= next.line.size();
    if (next.said) where.said.add(next.line);
    lines.push_back(std::move(next.line));
    where.untold.pop_front();
  }
  return lines;
}

void chat_service::forget_untold(room& where) {
  if (!where.untold.empty()) std::erase(telling_, &where);
  where.untold.clear();
  where.untold_bytes = 0;
}

bool chat_service::too_slow(member& m) const {
  const backlog waits = port_.waiting(m.id);
  if (waits.messages < limits_.behind_lines) {
    m.behind_since.reset();
  } else if (!m.behind_since) {
    m.behind_since = port_.now();
  }
  const bool too_long = m.behind_since && port_.now() - *m.behind_since >= limits_.behind_for;
  return too_long || waits.messages >= limits_.waiting_lines || waits.bytes >= limits_.waiting_bytes;
}

void chat_service::tell(member& to, std::string_view line) {
  plain_lines_.assign(line).append("\n");
  tell(to, {std::string(line)}, plain_lines_);
}

void chat_service::tell(member& to, const std::vector<std::string>& lines, std::string_view in_plain) {
  if (too_slow(to)) {
    if (to.in) slow_.push_back(to.id);
    return;
  }
  if (to.about.plain) {
    port_.send(to.id, in_plain);
    return;
  }
  for (const std::string& line : lines) port_.send(to.id, line);
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
    port_.send(m.id, "-- you were too slow, " + std::to_string(port_.waiting(m.id).messages) +
                         " lines waited: you are out; /join " + where + " brings you back" +
                         (m.about.plain ? "\n" : ""));
  }
  slow_.clear();
}

}  // namespace dgram::app::rooms
