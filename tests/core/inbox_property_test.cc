// SPDX-License-Identifier: MIT
// Any mixture of whole copies, fragments cut anew, repetitions, late arrivals, lost acknowledgements, waits
// and drops: every message is delivered at most once, and exactly once when its sender does not give it up.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "tests/core/bytes_of.h"
#include "tests/support/catch.h"
#include "udp/core/inbox.h"
#include "udp/core/splitmix64.h"

using namespace dgram;
using namespace dgram::test;
using refusal = std::optional<discard_reason>;

namespace {

constexpr std::size_t longest = 30000;

struct sent_message {
  message_id id;
  delivery_mode mode{};
  channel_id channel;
  order_number order;
  std::optional<wire::request_name> in_reply_to;
  std::string text;
  std::vector<bool> acknowledged;  // by byte
  bool in_fragments = false, dropped = false;
  int delivered = 0;

  bool is_acknowledged() const {
    return std::find(acknowledged.begin(), acknowledged.end(), false) == acknowledged.end();
  }
};

class history {
 public:
  explicit history(std::uint64_t seed)
      : random_(seed),
        budget_(assembly::cost(longest) + below(300000)),
        in_(budget_),
        next_id_(below(2) == 0 ? 65535 - below(200) : below(100)) {
    begin_messages(3 + below(10));
  }

  void run(std::size_t steps) {
    for (; steps > 0; --steps) step();
    for (int round = 0; round < 4; ++round) {
      for (sent_message& m : messages_) finish(m);
    }
    for (const sent_message& m : messages_) {
      CAPTURE(m.id.value, m.dropped, m.in_fragments, to_string(m.mode));
      if (m.dropped) {
        REQUIRE(m.delivered <= 1);
      } else {
        REQUIRE(m.delivered == 1);
      }
    }
    repeat_everything();
    REQUIRE(in_.held_bytes() == 0);
    REQUIRE(in_.missing_bytes() == 0);
  }

 private:
  std::uint64_t below(std::uint64_t n) { return splitmix64(random_) % n; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }

  void begin_messages(std::uint64_t count) {
    std::array<order_number, 2> orders{};
    for (; count > 0; --count) {
      sent_message m;
      m.id = {next_id_++};
      m.mode = one_in(2) ? delivery_mode::ordered : delivery_mode::reliable;
      m.channel.value = static_cast<std::uint8_t>(below(2));
      if (m.mode == delivery_mode::ordered) {
        m.order = orders.at(m.channel.value);
        ++orders.at(m.channel.value);
      } else if (one_in(3)) {
        m.in_reply_to = wire::request_name{static_cast<std::uint32_t>(below(65536)), false};
        replies_ += longest;
      }
      const std::uint64_t size = 1 + below(one_in(3) ? longest : 1500);
      for (std::uint64_t i = 0; i < size; ++i) m.text.push_back(static_cast<char>('a' + below(26)));
      m.acknowledged.resize(size);
      messages_.push_back(std::move(m));
    }
  }

  wire::message frame_of(const sent_message& m) const {
    wire::message f;
    f.mode = m.mode;
    f.id = static_cast<std::uint16_t>(m.id.value);
    f.order = static_cast<std::uint16_t>(m.order.value);
    f.in_reply_to = m.in_reply_to;
    f.channel = m.channel;
    f.bytes = bytes_of(m.text);
    return f;
  }

  void step() {
    sent_message& m = messages_[below(messages_.size())];
    const std::uint64_t what = below(200);
    if (what < 150) {
      cut(m, below(m.text.size()), 1 + below(one_in(4) ? 2500 : 300));
    } else if (what < 170 && !log_.empty()) {
      offer(log_[below(log_.size())], false);
    } else if (what < 175) {
      offer(frame_of(m), false);
    } else if (what == 199 && one_in(4)) {
      now_ += assembly::patience / (1 + below(3));
    } else if (what == 198) {
      give_up(m);
    } else if (what > 190) {
      resend_missing(m, 1 + below(5));
    }
  }

  // A fragment under a new id, if the message still goes on.
  void cut(sent_message& m, std::uint64_t offset, std::uint64_t size) {
    if (m.dropped || next_id_ - messages_[0].id.value > message_window::size - 300) return;
    wire::message f = frame_of(m);
    f.id = static_cast<std::uint16_t>(next_id_++);
    f.bytes = f.bytes.subspan(offset, std::min<std::uint64_t>(size, f.bytes.size() - offset));
    f.part = wire::fragment{static_cast<std::uint32_t>(m.id.value), static_cast<std::uint32_t>(m.text.size()),
                            static_cast<std::uint32_t>(offset)};
    m.in_fragments = true;
    log_.push_back(f);
    if (!one_in(5)) offer(f, false);  // or it comes later
    if (one_in(5)) offer(f, false);
  }

  void resend_missing(sent_message& m, std::uint64_t pieces) {
    for (; pieces > 0 && !m.is_acknowledged(); --pieces) {
      const auto from = std::find(m.acknowledged.begin(), m.acknowledged.end(), false);
      const auto to = std::find(from, m.acknowledged.end(), true);
      cut(m, static_cast<std::uint64_t>(from - m.acknowledged.begin()),
          std::min<std::uint64_t>(1100, static_cast<std::uint64_t>(to - from)));
    }
  }

  void give_up(sent_message& m) {
    if (m.is_acknowledged()) return;
    const auto id = static_cast<std::uint16_t>(m.in_fragments ? next_id_++ : m.id.value);
    std::optional<std::uint16_t> order;
    if (m.mode == delivery_mode::ordered) order = static_cast<std::uint16_t>(m.order.value);
    in_.begin(now_);
    refusal refused;
    if (m.in_fragments) {
      refused = in_.drop({id, static_cast<std::uint32_t>(m.id.value), order, m.channel},
                         [&](const auto& a) { arrived(a); });
    } else if (order) {
      refused = in_.skip({id, *order, m.channel}, [&](const auto& a) { arrived(a); });
    }
    if (!refused || !inbox::must_come_again(*refused)) m.dropped = true;
    check_held();
  }

  void finish(sent_message& m) {
    if (m.dropped) return;
    for (int tries = 0; !m.is_acknowledged() && tries < 3; ++tries) resend_missing(m, 40);
    if (!m.is_acknowledged()) offer(frame_of(m), true);
  }

  void repeat_everything() {
    for (const wire::message& f : log_) offer(f, false);
    for (sent_message& m : messages_) {
      if (!m.dropped) offer(frame_of(m), true);
    }
  }

  void offer(const wire::message& f, bool ack_arrives) {
    in_.begin(now_);
    const auto refused = in_.take(f, [&](const auto& a) { arrived(a); });
    check_held();
    const std::uint64_t id = in_.id_of(f).value;
    const auto m =
        std::find_if(messages_.begin(), messages_.end(), [&](auto& s) { return s.id.value == id; });
    REQUIRE(m != messages_.end());
    if ((refused && inbox::must_come_again(*refused)) || (one_in(6) && !ack_arrives)) return;
    const auto from = m->acknowledged.begin() + (f.part ? f.part->offset : 0);
    std::fill_n(from, f.bytes.size(), true);
  }

  void check_held() const {
    REQUIRE(in_.held_bytes() <= 2 * budget_ + replies_ + longest);
    REQUIRE(in_.missing_bytes() <= in_.held_bytes());
  }

  void arrived(const inbox::arrival& a) {
    const auto m = std::find_if(messages_.begin(), messages_.end(), [&](auto& s) { return s.id == a.id; });
    REQUIRE(m != messages_.end());
    REQUIRE(++m->delivered == 1);
    REQUIRE(text_of(a.bytes) == m->text);
    REQUIRE((a.mode == m->mode && a.channel == m->channel && a.in_reply_to == m->in_reply_to));
    if (a.mode != delivery_mode::ordered) return;
    order_number& next = next_order_.at(a.channel.value);
    REQUIRE(m->order >= next);
    next = {m->order.value + 1};
  }

  std::uint64_t random_;
  std::size_t budget_, replies_ = 0;
  inbox in_;
  time_point now_{std::chrono::hours(1)};
  std::uint64_t next_id_;
  std::vector<sent_message> messages_;
  std::vector<wire::message> log_;  // every fragment ever cut
  std::array<order_number, 2> next_order_{};
};

}  // namespace

TEST_CASE("whatever mixture arrives, every message is delivered once with its own bytes") {
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    CAPTURE(seed);
    history h(seed);
    h.run(50 + seed % 1000);
  }
}
