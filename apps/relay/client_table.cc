// SPDX-License-Identifier: MIT
#include "apps/relay/client_table.h"

#include <utility>

namespace dgram::app {

relay_client& client_table::add(const path& at, std::shared_ptr<datagram_socket> upstream, time_point now) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t place = free_.back();
  free_.pop_back();
  slot& into = slots_[place];
  const client_id id = std::uint64_t{++into.generation} << 32 | place;
  into.client = std::make_unique<relay_client>(relay_client{id, at, std::move(upstream), now});
  by_path_.emplace(at, place);
  recency_.touch(place);
  return *into.client;
}

void client_table::remove(client_id id) {
  const relay_client* gone = find(id);
  if (!gone) return;
  by_path_.erase(gone->at);
  recency_.remove(slot_of(id));
  slots_[slot_of(id)].client.reset();
  free_.push_back(slot_of(id));
}

relay_client* client_table::find(const path& at) {
  const auto found = by_path_.find(at);
  return found == by_path_.end() ? nullptr : slots_[found->second].client.get();
}

relay_client* client_table::find(client_id id) {
  if (slot_of(id) >= slots_.size()) return nullptr;
  relay_client* client = slots_[slot_of(id)].client.get();
  return client && client->id == id ? client : nullptr;
}

void client_table::touch(relay_client& client, time_point now) {
  client.last_heard = now;
  recency_.touch(slot_of(client.id));
}

relay_client* client_table::oldest() {
  const auto place = recency_.oldest();
  return place ? slots_[*place].client.get() : nullptr;
}

void client_table::for_each(const std::function<void(const relay_client&)>& visit) const {
  for (const slot& s : slots_) {
    if (s.client) visit(*s.client);
  }
}

}  // namespace dgram::app
