// SPDX-License-Identifier: MIT
#include "apps/rooms/chat_service.h"

#include <algorithm>
#include <utility>

#include "apps/cli/text_escape.h"
#include "apps/rooms/name_key.h"
#include "apps/rooms/names.h"

namespace dgram::app::rooms {
namespace {

// What is typed without a newline at its end is a line all the same.
constexpr auto rest_of_line_within = std::chrono::milliseconds(100);

std::string why_left(end_reason reason) {
  switch (reason) {
    case end_reason::idle: return "went silent";
    case end_reason::closed_by_peer: return "left";
    case end_reason::connection_lost: return "lost the connection";
    default: return "left (" + std::string(to_string(reason)) + ")";
  }
}

}  // namespace

chat_service::chat_service(service_port& port, const chat_limits& limits) : port_(port), limits_(limits) {}

void chat_service::joined(client_id id, const client_description& about) {
  auto fresh = std::make_unique<member>();
  fresh->id = id;
  fresh->about = about;
  clients_.emplace(id.value, std::move(fresh));
}

std::string chat_service::name_of(client_id id) const {
  const auto found = clients_.find(id.value);
  return found == clients_.end() ? std::string{} : found->second->name;
}

std::string chat_service::room_of(client_id id) const {
  const auto found = clients_.find(id.value);
  return found == clients_.end() || !found->second->in ? std::string{} : found->second->in->name;
}

void chat_service::arrived(const arrival& message) {
  const auto found = clients_.find(message.from.value);
  if (found == clients_.end()) return;
  member& from = *found->second;
  time_point due = port_.now();
  const std::string refusal = take_lines(from, message.bytes, due);
  if (due > port_.now() && refusal.empty()) {
    ++from.held;
    held_.emplace(due, held_acknowledgement{message.handle, from.id, message.wants_reply});
  } else {
    answer(message, from, refusal);
  }
  put_out_slow();
}

std::string chat_service::take_lines(member& from, std::string_view bytes, time_point& due) {
  const bool stream = from.about.plain && from.about.transport == "TCP";
  const std::string begun = std::exchange(from.begun, {}) + (stream ? std::string(bytes) : std::string{});
  std::string_view rest = stream ? std::string_view(begun) : bytes;
  std::string refusal;
  do {
    // One read of a stream may bring several lines and a part of one; a line of nc ends in its newline.
    const std::size_t end = from.about.plain ? rest.find('\n') : std::string_view::npos;
    if (stream && end == std::string_view::npos && rest.size() <= limits_.line_bytes) {
      from.begun = rest;
      from.begun_due = port_.now() + rest_of_line_within;
      begun_.emplace_back(from.begun_due, from.id);
      break;
    }
    const std::string_view line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    due = std::max(due, from.lines.next(port_.now()));
    std::string why = take_line(from, line);
    if (!why.empty()) refusal = std::move(why);
  } while (!rest.empty());
  return refusal;
}

void chat_service::take_begun(time_point now) {
  while (!begun_.empty() && begun_.front().first <= now) {
    const auto [due, id] = begun_.front();
    begun_.pop_front();
    const auto found = clients_.find(id.value);
    if (found == clients_.end() || found->second->begun.empty() || found->second->begun_due != due) continue;
    member& from = *found->second;
    const std::string why = take_line(from, std::exchange(from.begun, {}));
    if (!why.empty()) tell(from, "-- " + why);
  }
}

void chat_service::answer(const arrival& message, member& to, std::string_view text) {
  if (message.wants_reply && !message.plain && !text.empty()) {
    port_.reply(message.handle, text);
    return;
  }
  if (!text.empty()) tell(to, "-- " + std::string(text));
  if (message.wants_reply) port_.acknowledge(message.handle);
}

std::string chat_service::take_line(member& from, std::string_view line) {
  if (line.size() > limits_.line_bytes) {
    return "not taken: the line has " + std::to_string(line.size()) + " bytes, at most " +
           std::to_string(limits_.line_bytes);
  }
  const command c = parse(line);
  if (c.verb == verb::nothing) return {};
  const time_point now = port_.now();
  if (from.lines.next(now) > now && from.held >= limits_.held) return "not taken: too many lines at once";
  from.lines.spend(now);
  if (c.verb == verb::hello) return hello(from, c);
  if (from.name.empty()) {
    if (!from.about.plain) return std::string(not_greeted);
    if (std::string why = settle_in(from, free_address_name(from), "lobby"); !why.empty()) return why;
  }
  return obey(from, c);
}

std::string chat_service::obey(member& from, const command& c) {
  switch (c.verb) {
    case verb::say: return say(from, c.text, false);
    case verb::me: return say(from, c.text, true);
    case verb::msg: return msg(from, c);
    case verb::who: who(from); return {};
    case verb::join: return join(from, std::string(c.first));
    case verb::nick: return nick(from, std::string(c.first));
    case verb::help: help(from); return {};
    case verb::bye: release(from, "left"); return {};
    default: return "/" + escaped(c.first, 40) + " is no command; /help lists them";
  }
}

std::string chat_service::hello(member& from, const command& c) {
  if (!from.name.empty()) {
    if (from.name == c.first && from.in && from.in->name == c.text) return {};
    return "you are " + from.name + " already; /nick NAME and /join ROOM change that";
  }
  if (from.about.plain) return "a plain peer's name is its address; /join ROOM is enough";
  if (const std::string fault = name_fault(c.first); !fault.empty()) {
    return "the name " + shown(c.first) + " " + fault;
  }
  return settle_in(from, std::string(c.first), c.text);
}

std::string chat_service::settle_in(member& from, const std::string& name, std::string_view where) {
  if (const std::string fault = name_fault(where); !fault.empty()) {
    return "the room name " + shown(where) + " " + fault;
  }
  if (holder_of(name)) return "the name " + shown(name) + " is taken";
  if (by_name_.size() >= limits_.members) return "the server is full";
  const std::string& host = from.about.host;
  if (!from.about.loopback && from_host_[host] >= limits_.per_host) {
    return "too many are here from " + host + " already, at most " + std::to_string(limits_.per_host);
  }
  if (!from.moves.take(port_.now())) return "too many joins at once; wait some seconds";
  room* const into = find_or_open(std::string(where));
  if (!into) return "there are too many rooms already, at most " + std::to_string(limits_.rooms);
  from.name = name;
  by_name_.emplace(name_key(name), &from);
  if (!from.about.loopback) ++from_host_[host];
  enter(from, *into);
  return {};
}

member* chat_service::holder_of(std::string_view name) const {
  const auto found = by_name_.find(name_key(name));
  return found == by_name_.end() ? nullptr : found->second;
}

std::string chat_service::free_address_name(const member& m) const {
  const std::string& address = m.about.address;
  if (!holder_of(address)) return address;
  // The same port number over both transports.
  const std::string longer = address + "/" + m.about.transport;
  return holder_of(longer) ? longer + "#" + std::to_string(m.id.value) : longer;
}

std::string chat_service::say(member& from, std::string_view text, bool about_oneself) {
  if (!from.in) return "not taken: you are in no room; /join ROOM brings you into one";
  if (crowded(*from.in)) return "not taken: too many lines at once in " + from.in->name;
  std::string line = about_oneself ? "* " + from.name + " " : from.name + ": ";
  line += escaped(text);
  tell_all_soon(*from.in, std::move(line), true);
  return {};
}

std::string chat_service::msg(member& from, const command& c) {
  member* const found = holder_of(c.first);
  if (!found) return "nobody here is called " + shown(c.first);
  member& to = *found;
  if (too_slow(to)) return to.name + " takes no lines at present";
  const std::string text = escaped(c.text);
  tell(to, "[private] " + from.name + ": " + text);
  if (&to != &from) tell(from, "[private to " + to.name + "] " + text);
  return {};
}

void chat_service::who(member& asking) {
  if (asking.in) return tell(asking, "-- " + list_of(*asking.in));
  tell(asking, "-- you are in no room; there are " + std::to_string(rooms_.size()));
}

std::string chat_service::list_of(const room& where) const {
  const std::size_t all = where.members.size();
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < std::min(all, limits_.listed); ++i) names.push_back(where.members[i]->name);
  std::sort(names.begin(), names.end());
  std::string text = std::to_string(all) + " in " + where.name + ": ";
  for (std::size_t i = 0; i < names.size(); ++i) text.append(i == 0 ? "" : ", ").append(names[i]);
  if (all > names.size()) text += " and " + std::to_string(all - names.size()) + " more";
  return text;
}

std::string chat_service::join(member& from, const std::string& where) {
  if (const std::string fault = name_fault(where); !fault.empty()) {
    return "the room name " + shown(where) + " " + fault;
  }
  if (from.in && from.in->name == where) return "you are in " + where + " already";
  if (!from.moves.take(port_.now())) return "too many joins at once; wait some seconds";
  room* const into = find_or_open(where);
  if (!into) return "there are too many rooms already, at most " + std::to_string(limits_.rooms);
  leave(from, "left for another room");
  enter(from, *into);
  return {};
}

std::string chat_service::nick(member& from, const std::string& name) {
  if (from.about.plain) return "a plain peer's name is its address";
  if (const std::string fault = name_fault(name); !fault.empty())
    return "the name " + shown(name) + " " + fault;
  // One's own in other letters is free.
  if (member* const holder = holder_of(name); holder && (holder != &from || from.name == name)) {
    return "the name " + shown(name) + " is taken";
  }
  if (!from.moves.take(port_.now())) return "too many changes at once; wait some seconds";
  const std::string line = "-- " + from.name + " is now " + name;
  by_name_.erase(name_key(from.name));
  from.name = name;
  by_name_.emplace(name_key(name), &from);
  if (from.in) {
    tell_all_soon(*from.in, line, false);
  } else {
    tell(from, line);
  }
  return {};
}

void chat_service::help(member& to) {
  for (const char* line :
       {"-- /who             who is in this room", "-- /join ROOM       go to another room",
        "-- /nick NAME       change your name", "-- /msg NAME TEXT   say TEXT to NAME alone",
        "-- /me TEXT         '* you TEXT'", "-- /bye             leave; //TEXT says /TEXT"}) {
    tell(to, line);
  }
}

make_service chat() {
  return [](service_port& port) { return std::make_unique<chat_service>(port); };
}

void chat_service::left(client_id id, end_reason reason) {
  const auto found = clients_.find(id.value);
  if (found == clients_.end()) return;
  member& its = *found->second;
  its.gone = true;
  // Said just before it went.
  if (!its.begun.empty()) take_line(its, std::exchange(its.begun, {}));
  release(its, why_left(reason));
  clients_.erase(found);
  put_out_slow();
}

std::optional<time_point> chat_service::next_timeout() const {
  if (!telling_.empty()) return port_.now();
  std::optional<time_point> next;
  if (!held_.empty()) next = held_.begin()->first;
  if (!begun_.empty()) next = std::min(next.value_or(time_point::max()), begun_.front().first);
  if (!digests_.empty()) next = std::min(next.value_or(time_point::max()), digests_.front()->digest_due);
  return next;
}

void chat_service::handle_timeout(time_point now) {
  take_begun(now);
  tell_untold();
  while (!held_.empty() && held_.begin()->first <= now) {
    const held_acknowledgement one = held_.begin()->second;
    held_.erase(held_.begin());
    if (one.wanted) port_.acknowledge(one.to);
    if (const auto found = clients_.find(one.from.value); found != clients_.end()) --found->second->held;
  }
  while (!digests_.empty() && digests_.front()->digest_due <= now) {
    room& r = *digests_.front();
    digests_.erase(digests_.begin());
    tell_all_soon(r,
                  "-- " + std::to_string(std::exchange(r.came, 0)) + " came and " +
                      std::to_string(std::exchange(r.went, 0)) + " went, " +
                      std::to_string(r.members.size()) + " are here",
                  false);
  }
  put_out_slow();
}

}  // namespace dgram::app::rooms
