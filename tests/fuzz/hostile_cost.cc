// SPDX-License-Identifier: MIT
// What does the worst datagram cost? Nanoseconds per datagram for each way we know to make work, next to an
// ordinary one. A measurement, not a test: the figures depend on the machine.
#include <chrono>
#include <cstdio>
#include <functional>
#include <string_view>
#include <vector>

#include "tests/core/hostile_peer.h"
#include "udp/core/switchboard.h"

namespace {

using namespace dgram;
using namespace dgram::test;
using wire::message;

constexpr time_point now{std::chrono::hours(1)};
constexpr std::size_t ids = 65536;

struct victim {
  switchboard board{{}, seeded(1), now};
  hostile_peer peer;

  victim() {
    peer.begin(board, now, wire::ping{});
    const auto greeting = collect(board, now);
    peer.send(board, now, wire::token_echo{hostile_peer::token_in(greeting.at(0))});
    discard_events(board);
    collect(board, now);
  }
};

using filler = std::function<void(wire::datagram_writer&, std::uint32_t datagram)>;

// Time from handle_datagram to the last event, over `count` datagrams made by `fill`. `reply_and_send`: as a
// server that answers and transmits.
void measure(std::string_view what, std::uint32_t count, const filler& fill, std::uint32_t stride = 1) {
  victim v;
  std::vector<datagram> datagrams;
  std::array<std::byte, max_datagram_size> buffer;
  for (std::uint32_t i = 0; i < count; ++i) {
    v.peer.next_packet += stride - 1;
    wire::datagram_writer out(buffer, v.peer.header());
    fill(out, i);
    const std::size_t size = out.seal();
    datagrams.emplace_back(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size));
  }
  std::size_t events = 0;
  std::chrono::nanoseconds sum{0}, worst{0};
  for (const datagram& d : datagrams) {
    const auto start = std::chrono::steady_clock::now();
    v.board.handle_datagram(d, {v.peer.at, {}}, now);
    while (const auto e = v.board.poll_event()) {
      const auto* m = std::get_if<message_arrived>(&*e);
      if (m != nullptr && m->wants_reply) v.board.reply(m->id, {}, now);
      ++events;
    }
    const auto took = std::chrono::steady_clock::now() - start;
    sum += took;
    worst = std::max<std::chrono::nanoseconds>(worst, took);
    collect(v.board, now);
  }
  std::printf("%-58.*s %8lld ns mean %9lld ns worst %9zu events %8llu discarded\n",
              static_cast<int>(what.size()), what.data(), static_cast<long long>(sum.count() / count),
              static_cast<long long>(worst.count()), events,
              static_cast<unsigned long long>(v.board.total().discarded.total()));
}

message small(delivery_mode mode, std::uint32_t id, std::uint32_t order = 0, std::uint8_t channel = 0) {
  return {mode,      false, static_cast<std::uint16_t>(id % ids), static_cast<std::uint16_t>(order % ids), {},
          {channel}, {}};
}

// Calls write(i) until nothing of `largest` bytes fits any more.
template <class Write>
void fill_up(wire::datagram_writer& out, std::uint32_t& i, Write write, std::size_t largest = 12) {
  while (out.left() >= largest) write(i++);
}

// One byte of a message of 16 MiB.
void write_fragment(wire::datagram_writer& out, std::uint32_t id, std::uint32_t of, std::uint32_t offset) {
  static constexpr std::array<std::byte, 1> byte{};
  message m = small(delivery_mode::reliable, id);
  m.part = wire::fragment{of, max_message_size, offset};
  m.bytes = byte;
  out.write(m);
}
constexpr std::size_t fragment_bytes = 32;

}  // namespace

int main() {
  std::uint32_t n = 0;
  const std::vector<std::byte> kilobyte(1100);
  measure("one message of 1100 bytes", 2000, [&](auto& out, std::uint32_t i) {
    message m = small(delivery_mode::reliable, i);
    m.bytes = kilobyte;
    out.write(m);
  });
  measure("ping", 2000, [](auto& out, std::uint32_t) { out.write(wire::ping{}); });
  n = 0;
  measure("as many empty messages as fit", 200, [&](auto& out, std::uint32_t) {
    fill_up(out, n, [&](std::uint32_t i) { out.write(small(delivery_mode::reliable, i)); });
  });
  n = 0;
  measure("empty messages, each 4,095 ids further", 200, [&](auto& out, std::uint32_t) {
    fill_up(out, n, [&](std::uint32_t i) { out.write(small(delivery_mode::reliable, i * 4095)); });
  });
  measure("the same message over and over", 2000, [&](auto& out, std::uint32_t) {
    std::uint32_t i = 0;
    fill_up(out, i, [&](std::uint32_t) { out.write(small(delivery_mode::reliable, 7)); });
  });
  measure(
      "packet numbers 1,000 apart", 2000, [](auto& out, std::uint32_t) { out.write(wire::ping{}); }, 1000);
  measure(
      "packet numbers 2 apart, each to be acknowledged", 2000,
      [](auto& out, std::uint32_t) { out.write(wire::ping{}); }, 2);
  measure("an acknowledgement with 32 absurd ranges", 2000, [](auto& out, std::uint32_t) {
    wire::ack a;
    a.range_count = wire::max_ack_ranges;
    a.ranges.fill({1, 0xffffffff});
    out.write(a);
    out.write(wire::ping{});
  });
  measure("an acknowledgement that passes over a thousand packets", 4000, [&](auto& out, std::uint32_t i) {
    message m = small(delivery_mode::reliable, i);
    m.wants_reply = i == 1;  // its reply is never acknowledged, so all since then are remembered
    wire::ack a{.largest = i < 4 ? 0 : i - 3, .range_count = 1};
    a.ranges[0] = {0, i < 1100 ? 1U : 1020U};
    out.write(a);
    out.write(m);
  });
  n = 0;
  measure("requests in descending order, answered", 40, [&](auto& out, std::uint32_t) {
    fill_up(out, n, [&](std::uint32_t i) {
      message m = small(delivery_mode::reliable, 4000 - i % 4000);
      m.wants_reply = true;
      out.write(m);
    });
  });
  n = 0;
  measure("ordered messages of 256 channels that must wait", 200, [&](auto& out, std::uint32_t) {
    fill_up(out, n, [&](std::uint32_t i) {
      out.write(small(delivery_mode::ordered, i, 1 + i / 256, static_cast<std::uint8_t>(i)));
    });
  });
  n = 0;
  measure("skips of 256 channels", 200, [&](auto& out, std::uint32_t) {
    fill_up(out, n, [&](std::uint32_t i) {
      out.write(wire::skip{static_cast<std::uint16_t>(i % ids),
                           static_cast<std::uint16_t>(1 + i / 256),
                           {static_cast<std::uint8_t>(i)}});
    });
  });
  n = 1;
  measure("2,000 that wait, then the one they wait for", 12, [&](auto& out, std::uint32_t i) {
    if (i == 11) return out.write(small(delivery_mode::ordered, 0, 0));
    for (int k = 0; k < 180; ++k, ++n) out.write(small(delivery_mode::ordered, n, n));
  });

  n = 1;
  measure("a fragment each of ever more messages of 16 MiB", 200, [&](auto& out, std::uint32_t) {
    fill_up(
        out, n, [&](std::uint32_t i) { write_fragment(out, i, i - 1, 0); }, fragment_bytes);
  });
  n = 1;
  measure("every other byte of one message of 16 MiB", 200, [&](auto& out, std::uint32_t) {
    fill_up(
        out, n, [&](std::uint32_t i) { write_fragment(out, i, 0, 2 * i); }, fragment_bytes);
  });
  measure("credit that grows and shrinks", 2000, [](auto& out, std::uint32_t) {
    std::uint32_t i = 0;
    fill_up(out, i, [&](std::uint32_t k) { out.write(wire::credit{k % 2 * 0xffffffff}); });
  });

  // A stranger per datagram: each begins a session, at the limit each ends another.
  switchboard board{{}, seeded(1), now};
  std::vector<datagram> hellos;
  for (std::uint64_t i = 0; i < 100000; ++i) {
    hellos.push_back(hostile_peer::write({wire::kind::from_initiator, true, true, {i + 1}, 0}, wire::hello{},
                                         wire::ping{}));
  }
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < hellos.size(); ++i) {
    const time_point at = now + std::chrono::microseconds(i);
    board.handle_datagram(hellos[i], {host(static_cast<std::uint16_t>(i % 60000)), {}}, at);
    discard_events(board);
    collect(board, at);
  }
  const auto took = std::chrono::steady_clock::now() - start;
  std::printf(
      "a session begun by every datagram: %lld ns mean\n",
      static_cast<long long>(std::chrono::duration_cast<std::chrono::nanoseconds>(took).count()) / 100000);
  return 0;
}
