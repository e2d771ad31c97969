// SPDX-License-Identifier: MIT
#include "udp/core/reply_ledger.h"

#include <algorithm>

namespace dgram {

bool reply_ledger::has_room(std::size_t requests, time_point now) {
  if (unsettled_ + requests <= limit) return true;
  for (entry& e : entries_) {
    if (e.settled || e.reply || e.taken + patience > now) continue;
    e.settled = true;
    --unsettled_;
  }
  return unsettled_ + requests <= limit;
}

void reply_ledger::taken(message_id request, time_point now) {
  if (entries_.size() >= 2 * unsettled_ + 16) drop_settled();
  const auto place = std::upper_bound(entries_.begin(), entries_.end(), request,
                                      [](message_id id, const entry& e) { return id < e.request; });
  entries_.insert(place, entry{request, now, std::nullopt, false});
  ++unsettled_;
}

bool reply_ledger::may_answer(message_id request) const {
  const entry* e = find(request);
  return e != nullptr && !e->settled && !e->reply;
}

void reply_ledger::answered(message_id request, message_slot reply) {
  if (entry* e = find(request)) e->reply = reply;
}

void reply_ledger::settled(message_id request) {
  entry* e = find(request);
  if (e == nullptr || e->settled) return;
  e->settled = true;
  --unsettled_;
}

std::optional<message_slot> reply_ledger::reply_to(message_id request) const {
  const entry* e = find(request);
  return e != nullptr && !e->settled ? e->reply : std::nullopt;
}

const reply_ledger::entry* reply_ledger::find(message_id request) const {
  const auto place = std::lower_bound(entries_.begin(), entries_.end(), request,
                                      [](const entry& e, message_id id) { return e.request < id; });
  return place != entries_.end() && place->request == request ? &*place : nullptr;
}

reply_ledger::entry* reply_ledger::find(message_id request) {
  return const_cast<entry*>(static_cast<const reply_ledger*>(this)->find(request));
}

void reply_ledger::drop_settled() {
  std::erase_if(entries_, [](const entry& e) { return e.settled; });
}

}  // namespace dgram
