// SPDX-License-Identifier: MIT
#include "tests/rooms/star.h"

#include <variant>

#include "udp/net/address_text.h"
#include "udp/net/text.h"

namespace dgram::test {
namespace {

constexpr time_point never = time_point::max();

address member_address(std::size_t i) {
  return ipv4_address(198, 18, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i), 5000);
}
const address server_address = ipv4_address(198, 19, 255, 1, 9000);

std::uint64_t key(peer_id peer) {
  return (std::uint64_t{peer.slot} << 32) | peer.generation;
}

}  // namespace

star::star(std::size_t members, const sim::link_options& link, std::uint64_t seed)
    : members_(members),
      cut_off_(members, false),
      planned_(1 + 3 * members, never),
      peers_(1),
      waiting_(1),
      chat_(*this) {
  switchboard_options options;
  // As udp_client --name has them: alive without a word from the person, two copies of each line.
  options.session.keep_alive = std::chrono::seconds(12);
  options.session.redundancy = redundancy{2};
  switchboard_options of_server;
  of_server.session.redundancy = redundancy{1};
  hosts_.emplace_back(server_address, of_server, seed, now_);
  hosts_[0].run([this](sim::host&, const event& e, time_point) { at_server(e); });
  for (std::size_t i = 0; i < members; ++i) {
    hosts_.emplace_back(member_address(i), options, seed + i + 1, now_);
    hosts_[i + 1].run([this, i](sim::host&, const event& e, time_point) { at_member(i, e); });
    to_server_.push_back(hosts_[i + 1].open(server_address, now_));
    up_.emplace_back(link, seed, static_cast<std::uint32_t>(2 * i), now_);
    down_.emplace_back(link, seed, static_cast<std::uint32_t>(2 * i + 1), now_);
  }
}

void star::send(std::size_t member, std::string_view text) {
  send_options how;
  how.mode = delivery_mode::ordered;
  how.wants_reply = true;
  hosts_[member + 1].send(to_server_[member], bytes_of(text), how, ticket{1}, now_);
  flush(member + 1);
}

void star::run_for(duration time) {
  const time_point end = now_ + time;
  for (;;) {
    const auto chat_due = chat_.next_timeout();
    const time_point next = moments_.empty() ? never : moments_.top().when;
    if (std::min(next, chat_due.value_or(never)) > end) break;
    if (chat_due && *chat_due <= next) {
      now_ = std::max(now_, *chat_due);
      chat_.handle_timeout(now_);
      flush(0);
      continue;
    }
    const moment m = moments_.top();
    moments_.pop();
    now_ = std::max(now_, m.when);
    if (planned_[m.node] != m.when) continue;
    planned_[m.node] = never;
    const auto due = next_of(m.node);
    if (due && *due <= now_) {
      step(m.node);
    } else {
      plan(m.node);
    }
  }
  now_ = end;
}

std::optional<time_point> star::next_of(std::size_t node) const {
  if (node <= members_) return hosts_[node].next_event();
  return node <= 2 * members_ ? up_[node - members_ - 1].next_event()
                              : down_[node - 2 * members_ - 1].next_event();
}

void star::plan(std::size_t node) {
  const auto next = next_of(node);
  if (!next || *next >= planned_[node]) return;
  planned_[node] = *next;
  moments_.push({*next, node});
}

void star::step(std::size_t node) {
  if (node <= members_) {
    hosts_[node].wake(now_);
    return flush(node);
  }
  const bool upward = node <= 2 * members_;
  const std::size_t member = node - (upward ? members_ : 2 * members_) - 1;
  sim::link& link = upward ? up_[member] : down_[member];
  const std::size_t to = upward ? 0 : member + 1;
  while (const auto in = link.pop_ready(now_)) {
    hosts_[to].receive(in->bytes, upward ? member_address(member) : server_address, now_);
  }
  flush(to);
  plan(node);
}

void star::flush(std::size_t host) {
  hosts_[host].flush(now_, [this, host](const address& to, std::span<const std::byte> bytes) {
    ++datagrams;
    const std::size_t member = host != 0 ? host - 1 : std::size_t{to.ip[14]} << 8 | to.ip[15];
    if (cut_off_[member]) return;
    if (host != 0) {
      up_[member].push(bytes, now_);
      return plan(members_ + host);
    }
    down_[member].push(bytes, now_);
    plan(2 * members_ + member + 1);
  });
  plan(host);
}

void star::at_member(std::size_t member, const event& e) {
  if (const auto* in = std::get_if<message_arrived>(&e)) on_line(member, text_of(in->bytes));
  if (const auto* done = std::get_if<message_resolved>(&e)) {
    if (!done->reply.empty()) refusals.emplace_back(text_of(done->reply));
  }
}

app::client_id star::client_of(peer_id peer) {
  const auto [found, fresh] = clients_.emplace(key(peer), peers_.size());
  const app::client_id id{found->second};
  if (fresh) {
    peers_.push_back(peer);
    waiting_.emplace_back();
    const address where = *hosts_[0].board().remote_of(peer);
    chat_.joined(id, {"UDP", host_of(where), to_string(where), false, false});
  }
  return id;
}

void star::at_server(const event& e) {
  if (const auto* in = std::get_if<message_arrived>(&e)) {
    const app::client_id from = client_of(in->id.peer);
    chat_.arrived({from, text_of(in->bytes), in->channel, in->wants_reply, false, {from, 0, in->id}});
  } else if (const auto* done = std::get_if<message_resolved>(&e)) {
    const auto found = under_way_.find(done->ticket.value);
    if (found == under_way_.end()) return;
    app::backlog& its = waiting_[found->second.first];
    --its.messages;
    its.bytes -= found->second.second;
    under_way_.erase(found);
  } else if (const auto* ended = std::get_if<session_ended>(&e)) {
    const auto found = clients_.find(key(ended->peer));
    if (found != clients_.end()) chat_.left({found->second}, ended->reason);
  }
}

send_status star::reply(const app::reply_handle& to, std::string_view bytes) {
  return hosts_[0].reply(to.request, bytes_of(bytes), now_);
}

send_status star::send(app::client_id to, std::string_view bytes) {
  send_options how;
  how.mode = delivery_mode::ordered;
  how.deadline = std::chrono::hours(24);

  const ticket t{++last_ticket_};
  const send_status status = hosts_[0].send(peers_[to.value], bytes_of(bytes), how, t, now_);
  if (status == send_status::accepted) {
    ++waiting_[to.value].messages;
    waiting_[to.value].bytes += bytes.size();
    under_way_.emplace(t.value, std::pair{to.value, bytes.size()});
  }
  return status;
}

app::backlog star::waiting(app::client_id of) const {
  return waiting_[of.value];
}

}  // namespace dgram::test
