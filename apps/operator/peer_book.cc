// SPDX-License-Identifier: MIT
#include "apps/operator/peer_book.h"

#include "apps/cli/text_escape.h"
#include "apps/cli/units.h"
#include "apps/rooms/name_key.h"
#include "apps/rooms/names.h"

namespace dgram::app {

known_peer& peer_book::add(client_id id, const client_description& about) {
  by_address_.emplace(about.address, id.value);
  return peers_.insert_or_assign(id.value, known_peer{id, about, {}}).first->second;
}

known_peer* peer_book::find(client_id id) {
  const auto found = peers_.find(id.value);
  return found == peers_.end() ? nullptr : &found->second;
}

const known_peer* peer_book::find(client_id id) const {
  const auto found = peers_.find(id.value);
  return found == peers_.end() ? nullptr : &found->second;
}

void peer_book::remove(client_id id) {
  const known_peer* its = find(id);
  if (!its) return;
  if (!its->name.empty()) by_name_.erase(rooms::name_key(its->name));
  const auto [first, last] = by_address_.equal_range(its->about.address);
  for (auto i = first; i != last; ++i) {
    if (i->second != id.value) continue;
    by_address_.erase(i);
    break;
  }
  peers_.erase(id.value);
}

std::string peer_book::give_name(known_peer& peer, std::string_view name) {
  if (const std::string fault = rooms::name_fault(name); !fault.empty()) {
    return "the name " + rooms::shown(name) + " " + fault;
  }
  // The key, for wide digits and signs are the same to people as well.
  const std::string key = rooms::name_key(name);
  if (parse_count(key) || key.starts_with('#') || key.starts_with('@') || key.find(':') != key.npos) {
    return "the name " + rooms::shown(name) + " looks like the number or the address of somebody";
  }
  if (by_name_.contains(key)) return "the name " + rooms::shown(name) + " is taken";
  peer.name = name;
  by_name_.emplace(key, peer.id.value);
  return {};
}

peer_book::lookup peer_book::named(std::string_view text) {
  const std::string whole(text);
  const std::string nobody = "nobody here is called " + escaped(text, 60);
  const auto by_name = is_utf8(text) ? by_name_.find(rooms::name_key(text)) : by_name_.end();
  if (by_name != by_name_.end()) return {find({by_name->second}), {}};
  if (const auto number = parse_count(text.starts_with('#') ? text.substr(1) : text)) {
    known_peer* its = find({*number});
    return {its, its ? "" : nobody};
  }
  const auto [first, last] = by_address_.equal_range(whole);
  if (first == last) return {nullptr, nobody};
  if (std::next(first) == last) return {find({first->second}), {}};
  std::string why = escaped(text, 60) + " is the address of more than one:";
  for (auto i = first; i != last; ++i) why += " #" + std::to_string(i->second);
  return {nullptr, why};
}

std::string called(const known_peer& peer) {
  return peer.name.empty() ? "#" + std::to_string(peer.id.value) : peer.name;
}

}  // namespace dgram::app
