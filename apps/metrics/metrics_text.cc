// SPDX-License-Identifier: MIT
#include "apps/metrics/metrics_text.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "apps/cli/text_escape.h"

namespace dgram::app::metrics {

void require_metrics() {}

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using labels = std::vector<ClientMetric::Label>;

double seconds(duration d) {
  return std::chrono::duration<double>(d).count();
}

void add(MetricFamily& family, double value, labels of = {}) {
  ClientMetric one;
  one.label = std::move(of);
  (family.type == MetricType::Counter ? one.counter.value : one.gauge.value) = value;
  family.metric.push_back(std::move(one));
}

void add(MetricFamily& family, std::uint64_t value, labels of = {}) {
  add(family, static_cast<double>(value), std::move(of));
}

MetricFamily counter(const char* name, const char* help) {
  return {name, help, MetricType::Counter, {}};
}

MetricFamily gauge(const char* name, const char* help) {
  return {name, help, MetricType::Gauge, {}};
}

template <class Value>
void add_single(std::vector<MetricFamily>& all, MetricFamily family, Value value) {
  add(family, value);
  all.push_back(std::move(family));
}

void add_server(std::vector<MetricFamily>& all, const figures& f) {
  const server_totals& t = f.totals;
  add_single(all, gauge("dgram_running_seconds", "Since the server began."), seconds(t.running));
  add_single(all, gauge("dgram_accepts_clients", "1 while new clients are taken, 0 while not."),
             f.accepts_clients ? 1.0 : 0.0);
  add_single(all, gauge("dgram_peers", "Peers that are here."), std::uint64_t{f.peer_count});
  add_single(all, gauge("dgram_peers_left_out", "Peers that are here and not among the dgram_peer series."),
             std::uint64_t{f.peer_count - std::min(f.peer_count, f.peers.size())});
  add_single(all, counter("dgram_peers_joined_total", "Peers that ever were here."), t.peers);
  add_single(all, counter("dgram_requests_total", "Messages that were handled."), t.messages);
  MetricFamily replies = counter("dgram_replies_total", "Replies, by whether they were taken for sending.");
  add(replies, t.answered, {{"result", "sent"}});
  add(replies, t.unsent, {{"result", "not_sent"}});
  all.push_back(std::move(replies));
  add_single(all,
             counter("dgram_messages_undelivered_total",
                     "Messages to peers that they had not asked for and that were not delivered."),
             t.lost);
}

struct transport_figures {
  const char* name;
  const statistics* its;
};
using transports = std::vector<transport_figures>;

struct plain_counter {
  const char* name;
  const char* help;
  std::uint64_t statistics::*value;
};

// Those of a statistics object that need nothing but a name.
constexpr plain_counter of_both[] = {
    {"dgram_messages_received_total", "Messages that arrived.", &statistics::messages_received},
    {"dgram_messages_sent_total", "Messages and replies that were taken for sending.",
     &statistics::messages_sent},
    {"dgram_datagrams_received_total", "Datagrams that arrived; over TCP, reads.",
     &statistics::datagrams_received},
    {"dgram_datagrams_sent_total", "Datagrams that left; over TCP, writes.", &statistics::datagrams_sent},
    {"dgram_received_bytes_total", "Payload of UDP or TCP that arrived.", &statistics::bytes_received},
    {"dgram_sent_bytes_total", "Payload of UDP or TCP that left.", &statistics::bytes_sent},
    {"dgram_sessions_opened_total", "Sessions that began; over TCP, connections.",
     &statistics::sessions_opened},
    {"dgram_sessions_ended_total", "Sessions that ended; over TCP, connections.",
     &statistics::sessions_ended},
};

// What TCP keeps to itself: a zero there would be a claim.
constexpr plain_counter of_udp[] = {
    {"dgram_redundancy_bytes_total", "Bytes of messages that rode along again.",
     &statistics::redundancy_bytes},
    {"dgram_packets_lost_total", "Packets that were declared lost.", &statistics::packets_lost},
    {"dgram_spurious_losses_total", "Packets that were declared lost and then acknowledged.",
     &statistics::spurious_losses},
    {"dgram_losses_repaired_total", "Packets lost whose every message had ridden along again.",
     &statistics::losses_repaired},
    {"dgram_probe_timeouts_total", "Times that nothing was heard for a probe timeout.",
     &statistics::probe_timeouts},
    {"dgram_duplicates_received_total", "Packets and messages that came again.",
     &statistics::duplicates_received},
    {"dgram_replies_repeated_total", "Replies that left again because the request came again.",
     &statistics::replies_repeated},
    {"dgram_congestion_marks_total", "Datagrams of ours that the path marked.",
     &statistics::congestion_marks},
    {"dgram_fragments_received_total", "Fragments of messages that arrived.",
     &statistics::fragments_received},
    {"dgram_fragments_sent_total", "Fragments of messages that left.", &statistics::fragments_sent},
    {"dgram_path_changes_total", "Times that a peer changed its address.", &statistics::path_changes},
    {"dgram_black_holes_total", "Times that a path began to swallow large datagrams.",
     &statistics::black_holes},
};

using by_label = std::initializer_list<std::pair<const char*, std::uint64_t statistics::*>>;

void add_labelled(std::vector<MetricFamily>& all, const transports& of, MetricFamily family,
                  const char* label, by_label values) {
  if (of.empty()) return;
  for (const auto& [transport, its] : of) {
    for (const auto& [name, value] : values) {
      add(family, its->*value, {{"transport", transport}, {label, name}});
    }
  }
  all.push_back(std::move(family));
}

void add_discards(std::vector<MetricFamily>& all, const transports& of) {
  MetricFamily family = counter("dgram_discarded_total", "What peers sent and was thrown away.");
  for (const auto& [transport, its] : of) {
    for (std::size_t i = 0; i < discard_reasons; ++i) {
      add(family, its->discarded.by_reason[i],
          {{"transport", transport}, {"reason", std::string(to_string(static_cast<discard_reason>(i)))}});
    }
  }
  all.push_back(std::move(family));
}

template <std::size_t N>
void add_plain(std::vector<MetricFamily>& all, const transports& of, const plain_counter (&counters)[N]) {
  if (of.empty()) return;
  for (const plain_counter& one : counters) {
    MetricFamily family = counter(one.name, one.help);
    for (const auto& [transport, its] : of) add(family, its->*one.value, {{"transport", transport}});
    all.push_back(std::move(family));
  }
}

void add_transports(std::vector<MetricFamily>& all, const transports& of) {
  add_plain(all, of, of_both);
  MetricFamily sessions = gauge("dgram_sessions", "Sessions that are open; over TCP, connections.");
  for (const auto& [transport, its] : of) add(sessions, its->sessions, {{"transport", transport}});
  all.push_back(std::move(sessions));
  add_labelled(all, of, counter("dgram_message_outcomes_total", "What became of the messages sent."),
               "outcome",
               {{"delivered", &statistics::delivered},
                {"answered", &statistics::answered},
                {"unanswered", &statistics::unanswered},
                {"expired", &statistics::expired},
                {"lost", &statistics::lost},
                {"refused", &statistics::refused},
                {"unknown", &statistics::unknown}});
  add_discards(all, of);
}

void add_udp(std::vector<MetricFamily>& all, const transports& udp) {
  add_plain(all, udp, of_udp);
  add_labelled(
      all, udp,
      counter("dgram_messages_retransmitted_total", "Copies of a message beyond its first, by cause."),
      "cause",
      {{"lost", &statistics::resent_lost},
       {"probe", &statistics::resent_probe},
       {"redundancy", &statistics::resent_ride},
       {"request", &statistics::resent_request}});
}

// Losses and retries are seen by our protocol alone: a plain peer and TCP have no such series.
void add_peers(std::vector<MetricFamily>& all, const std::vector<peer_figures>& peers) {
  MetricFamily messages = counter("dgram_peer_messages_total", "Messages from this peer.");
  MetricFamily retries =
      counter("dgram_peer_retransmitted_total", "Copies of messages to this peer beyond their first.");
  MetricFamily idle = gauge("dgram_peer_idle_seconds", "Since the last message from this peer.");
  MetricFamily loss = gauge("dgram_peer_loss_ratio", "Lost of the last few hundred packets to this peer.");
  MetricFamily trip = gauge("dgram_peer_round_trip_seconds", "Smoothed round trip to this peer.");
  for (MetricFamily* each : {&messages, &retries, &idle, &loss, &trip}) each->metric.reserve(peers.size());
  for (const peer_figures& one : peers) {
    const labels who{{"peer", std::to_string(one.number)},
                     {"transport", one.transport},
                     {"address", one.address},
                     {"name", is_utf8(one.name) ? one.name : escaped(one.name)}};
    add(messages, one.messages, who);
    add(idle, seconds(one.idle), who);
    const statistics& s = one.statistics;
    if (s.smoothed_round_trip > duration{0}) add(trip, seconds(s.smoothed_round_trip), who);
    if (one.transport != "UDP" || one.plain) continue;
    add(loss, s.loss_rate, who);
    add(retries, s.messages_retransmitted, who);
  }
  for (MetricFamily* each : {&messages, &retries, &idle, &loss, &trip}) all.push_back(std::move(*each));
}

}  // namespace

std::string metrics_text(const figures& f) {
  std::vector<MetricFamily> all;
  transports udp, both;
  if (f.totals.udp) udp.push_back({"UDP", &f.totals.over_udp});
  both = udp;
  if (f.totals.tcp) both.push_back({"TCP", &f.totals.over_tcp});
  add_server(all, f);
  add_transports(all, both);
  add_udp(all, udp);
  add_peers(all, f.peers);
  return prometheus::TextSerializer().Serialize(all);
}

}  // namespace dgram::app::metrics
