// SPDX-License-Identifier: MIT
#include "apps/relay/relay_report.h"

#include "apps/cli/units.h"

namespace dgram::app {
namespace {

void append(std::string& list, std::uint64_t n, const char* what) {
  if (n != 0) list += (list.empty() ? "" : ", ") + std::to_string(n) + ' ' + what;
}

// Datagrams that were lost at sockets, not in the link.
std::string socket_losses(const socket_statistics& s) {
  std::string list;
  append(list, s.receive_overflow, "dropped by the system before they were read");
  append(list, s.truncated, "truncated");
  append(list, s.send_no_room, "not sent for want of room");
  append(list, s.send_too_large, "too large to send");
  append(list, s.send_unreachable, "not sent: unreachable");
  append(list, s.send_forbidden, "not sent: a firewall forbids it");
  append(list, s.send_other, "not sent for other reasons");
  return list;
}

json_object json_of(const socket_statistics& s) {
  json_object o;
  o.add("receive_overflow", s.receive_overflow).add("truncated", s.truncated);
  o.add("icmp_errors", s.receive_errors + s.send_refused);
  o.add("send_no_room", s.send_no_room).add("send_too_large", s.send_too_large);
  o.add("send_unreachable", s.send_unreachable).add("send_forbidden", s.send_forbidden);
  return o.add("send_other", s.send_other);
}

}  // namespace

std::string relay_count_lines(const relay_counts& c, std::size_t clients_now) {
  std::string forgotten;
  append(forgotten, c.idle, "were silent too long");
  append(forgotten, c.evicted, "made room for others");
  std::string text = counted(c.clients, "client", "clients") + ", " + std::to_string(clients_now) + " now" +
                     (forgotten.empty() ? "" : "; " + forgotten) + '\n';
  const std::uint64_t refused = c.server_side.receive_errors + c.server_side.send_refused;
  if (refused != 0)
    text += "nobody listened at the server " + counted(refused, "time", "times") + " (ICMP)\n";
  std::string outside;
  append(outside, c.no_socket, "of clients that got no socket");
  append(outside, c.client_gone, "of clients that were forgotten meanwhile");
  if (!outside.empty()) text += "datagrams lost outside the link: " + outside + '\n';
  if (const std::string lost = socket_losses(c.client_side); !lost.empty()) {
    text += "at the clients' side: " + lost + '\n';
  }
  if (const std::string lost = socket_losses(c.server_side); !lost.empty()) {
    text += "at the server's side: " + lost + '\n';
  }
  return text;
}

void add_relay_counts(json_object& event, const relay_counts& c, std::size_t clients_now) {
  event.add("clients", c.clients).add("clients_now", clients_now);
  event.add("clients_idle", c.idle).add("clients_evicted", c.evicted);
  event.add("no_socket", c.no_socket).add("client_gone", c.client_gone);
  event.add("client_sockets", json_of(c.client_side)).add("server_sockets", json_of(c.server_side));
}

}  // namespace dgram::app
