// SPDX-License-Identifier: MIT
#include "apps/cli/statistics_text.h"

#include <array>
#include <cstdint>
#include <cstdio>

#include "apps/cli/units.h"

namespace dgram::app {
namespace {

constexpr std::size_t label_width = 13;

std::string fixed(double value, int decimals) {
  std::array<char, 48> text{};
  const int length = std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return std::string(text.data(), static_cast<std::size_t>(length));
}

// Joins what there is to say, and says nothing when there is nothing.
class sentence {
 public:
  sentence& add(bool wanted, const std::string& part, std::string_view separator = ", ") {
    if (!wanted) return *this;
    if (!text_.empty()) text_ += separator;
    text_ += part;
    return *this;
  }
  sentence& count(std::uint64_t n, std::string_view singular, std::string_view plural) {
    return add(n != 0, counted(n, singular, plural));
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string cost(const statistics& s) {
  if (s.messages_sent == 0 || s.datagrams_sent == 0) return {};
  return fixed(s.datagrams_per_message(), 2) + " datagrams, " +
         format_size(static_cast<std::uint64_t>(s.bytes_per_message() + 0.5));
}

std::string losses(const statistics& s) {
  sentence lost;
  lost.count(s.packets_lost, "datagram", "datagrams");
  lost.add(s.spurious_losses != 0, std::to_string(s.spurious_losses) + " of them only late");
  lost.count(s.probe_timeouts, "timeout", "timeouts");
  lost.add(s.loss_rate >= 0.0005, fixed(s.loss_rate * 100, 1) + " % of the latest");
  return lost.text();
}

std::string resends(const statistics& s) {
  if (s.messages_retransmitted == 0) return {};
  sentence causes;
  causes.add(s.resent_lost != 0, std::to_string(s.resent_lost) + " after a loss")
      .add(s.resent_probe != 0, std::to_string(s.resent_probe) + " after a timeout")
      .add(s.resent_request != 0, std::to_string(s.resent_request) + " asked for again")
      .add(s.resent_ride != 0, std::to_string(s.resent_ride) + " rode along");
  const std::string copies = counted(s.messages_retransmitted, "copy", "copies");
  return causes.text().empty() ? copies : copies + ": " + causes.text();
}

std::string redundancy_text(const statistics& s) {
  sentence help;
  help.add(s.losses_repaired != 0, counted(s.losses_repaired, "loss", "losses") + " repaired without waiting")
      .add(s.redundancy_bytes != 0, format_size(s.redundancy_bytes) + " of copies")
      .add(s.redundancy_copies != 0, counted(s.redundancy_copies, "copy", "copies") + " of each now");
  return help.text();
}

std::string duplicates(const statistics& s) {
  sentence repeated;
  repeated.add(s.duplicates_received != 0, std::to_string(s.duplicates_received) + " dropped")
      .add(s.replies_repeated != 0,
           counted(s.replies_repeated, "reply", "replies") + " sent again for a request that came again");
  return repeated.text();
}

std::string fragments(const statistics& s) {
  if (s.fragments_sent + s.fragments_received == 0) return {};
  return std::to_string(s.fragments_sent) + " sent, " + std::to_string(s.fragments_received) + " received";
}

std::string path(const statistics& s) {
  sentence way;
  const bool measured = s.smoothed_round_trip > duration{0};
  way.add(measured, "round trip " + format_duration(s.smoothed_round_trip) + ", " +
                        format_duration(s.queueing_delay()) + " of it in queues");
  way.add(s.datagram_size != 0, "datagrams of " + std::to_string(s.datagram_size) + " B");
  way.add(s.sessions_opened > 1 && !way.text().empty(), "(latest session)", " ");
  return way.text();
}

std::string sending(const statistics& s) {
  if (s.congestion_window == 0) return {};
  sentence now;
  now.add(true, "window " + format_size(s.congestion_window))
      .add(s.bytes_in_flight != 0, format_size(s.bytes_in_flight) + " in flight")
      .add(s.pacing_rate != 0, "paced at " + format_size(s.pacing_rate) + "/s")
      .add(s.peer_credit != 0, "the peer has room for " + format_size(s.peer_credit));
  return now.text();
}

std::string changes(const statistics& s) {
  sentence changed;
  changed.count(s.path_changes, "change of address", "changes of address")
      .add(s.black_holes != 0, "large datagrams began to vanish " + counted(s.black_holes, "time", "times"));
  return changed.text();
}

}  // namespace

std::string table_row(std::string_view label, std::string_view text) {
  std::string row = "\n" + std::string(label);
  row.resize(label_width + 1, ' ');
  return row.append(text);
}

std::string transport_rows(const statistics& s) {
  const std::string depth = counted(s.deepest_reordering, "datagram", "datagrams");
  const std::string marks = counted(s.congestion_marks, "datagram", "datagrams");
  std::string rows;
  const auto add = [&](std::string_view label, const std::string& text) {
    if (!text.empty()) rows += table_row(label, text);
  };
  add("per message", cost(s));
  add("lost", losses(s));
  add("sent again", resends(s));
  add("redundancy", redundancy_text(s));
  add("duplicates", duplicates(s));
  add("fragments", fragments(s));
  add("overtaken", s.deepest_reordering == 0 ? "" : "by " + depth + " at most");
  add("marked", s.congestion_marks == 0 ? "" : marks + " by a router whose queue grew (ECN)");
  add("changes", changes(s));
  add("path", path(s));
  add("sending", sending(s));
  return rows;
}

std::string discards_text(const discard_counters& discarded) {
  sentence reasons;
  for (std::size_t i = 0; i < discard_reasons; ++i) {
    const std::uint64_t n = discarded.by_reason[i];
    reasons.add(n != 0, std::to_string(n) + ' ' + std::string(to_string(static_cast<discard_reason>(i))));
  }
  const std::string total = std::to_string(discarded.total()) + " discarded";
  return reasons.text().empty() ? total : total + " (" + reasons.text() + ')';
}

}  // namespace dgram::app
