// SPDX-License-Identifier: MIT
// Who is here, and by what the person calls them: by number (#3), by the name they gave, by address. No name
// looks like a number, so each finds at most one peer, but an address that is used over UDP and TCP at once.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "apps/server/service.h"

namespace dgram::app {

struct known_peer {
  client_id id;
  client_description about;
  std::string name;  // empty: gave none
};

class peer_book {
 public:
  known_peer& add(client_id, const client_description&);
  known_peer* find(client_id);
  const known_peer* find(client_id) const;
  void remove(client_id);

  // Empty, or why not, as a whole sentence.
  std::string give_name(known_peer&, std::string_view name);

  struct lookup {
    known_peer* peer = nullptr;
    std::string why;  // there is none
  };
  // "3", "#3", "ada", "127.0.0.1:50200".
  lookup named(std::string_view);

  std::size_t size() const { return peers_.size(); }
  // In the order in which they came.
  std::map<std::uint64_t, known_peer>& all() { return peers_; }

 private:
  std::map<std::uint64_t, known_peer> peers_;
  std::unordered_map<std::string, std::uint64_t> by_name_;  // by its key: names that are the same to people
  std::unordered_multimap<std::string, std::uint64_t> by_address_;
};

// "ada", or "#3" of who has no name.
std::string called(const known_peer&);

}  // namespace dgram::app
