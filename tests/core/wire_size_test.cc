// SPDX-License-Identifier: MIT
// What a message takes is known before it is written, for every message; and a fragment fills its room.
#include <array>
#include <cstdint>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/seed.h"
#include "udp/core/splitmix64.h"
#include "udp/core/wire.h"

using namespace dgram;

namespace {

constexpr std::array<std::byte, largest_datagram + 1> content{};

std::uint64_t below(std::uint64_t& random, std::uint64_t limit) {
  return splitmix64(random) % limit;
}

// Of any number of bits, so that every length of a varint turns up.
std::uint32_t any_size(std::uint64_t& random, std::uint64_t most) {
  return static_cast<std::uint32_t>((splitmix64(random) >> below(random, 64)) % (most + 1));
}

wire::message any_message(std::uint64_t& random) {
  wire::message m;
  m.mode = static_cast<delivery_mode>(below(random, 4));
  m.wants_reply = below(random, 2) == 0;
  m.channel.value = static_cast<std::uint8_t>(below(random, 2) == 0 ? below(random, 5) : below(random, 256));
  if (below(random, 3) == 0) {
    m.mode = delivery_mode::reliable;
    m.wants_reply = false;
    m.in_reply_to =
        wire::request_name{static_cast<std::uint32_t>(below(random, 0x10000)), below(random, 2) == 0};
  }
  if (m.mode == delivery_mode::ordered) m.order = static_cast<std::uint16_t>(splitmix64(random));
  m.id = static_cast<std::uint16_t>(splitmix64(random));
  return m;
}

void make_fragment(wire::message& m, std::size_t size, std::uint64_t& random) {
  const std::uint32_t offset = any_size(random, max_message_size - size);
  const std::uint32_t rest = any_size(random, max_message_size - size - offset);
  m.part = wire::fragment{static_cast<std::uint32_t>(splitmix64(random)),
                          offset + rest + static_cast<std::uint32_t>(size), offset};
}

wire::message with_bytes(wire::message m, std::size_t size) {
  m.bytes = std::span(content).first(size);
  return m;
}

}  // namespace

TEST_CASE("what a message takes is what is written for it, and it comes back the same") {
  const std::uint64_t seed = test::seed_or(1);
  INFO("seed " << seed);
  std::uint64_t random = seed;
  std::array<std::byte, largest_datagram> buffer;
  for (int i = 0; i < 20000; ++i) {
    wire::message m = any_message(random);
    const std::size_t size = 1 + any_size(random, 1399);
    if (below(random, 2) == 0) make_fragment(m, size, random);
    m = with_bytes(m, size);
    wire::datagram_writer out(buffer, {});
    out.write(m);
    REQUIRE(out.size() - wire::header_size == wire::size_of(m));
    REQUIRE(out.seal() != 0);
    wire::frame_reader frames(
        std::span<const std::byte>(buffer).subspan(wire::header_size, wire::size_of(m)));
    REQUIRE(frames.next() == wire::frame(m));
  }
}

TEST_CASE("a fragment fills any room to the last byte that can be filled") {
  const std::uint64_t seed = test::seed_or(1);
  INFO("seed " << seed);
  std::uint64_t random = seed;
  for (int i = 0; i < 20; ++i) {
    wire::message m = any_message(random);
    make_fragment(m, largest_datagram, random);
    const std::size_t fields = wire::size_of(m) - 1;
    for (std::size_t room = 0; room <= largest_datagram - 1; ++room) {
      const std::size_t bytes = wire::fragment_capacity(m, room);
      INFO(bytes << " bytes in a room of " << room << " with fields of " << fields);
      REQUIRE((bytes == 0 || wire::size_of(with_bytes(m, bytes)) <= room));
      REQUIRE(wire::size_of(with_bytes(m, bytes + 1)) > room);
    }
  }
}

TEST_CASE(
    "the lengths of 127 and 128 bytes differ in size, and a fragment's room is filled around them too") {
  wire::message m;
  m.part = wire::fragment{1, 100000, 0};
  const std::size_t fields = wire::size_of(m) - 1;
  CHECK(wire::fragment_capacity(m, fields) == 0);
  CHECK(wire::fragment_capacity(m, fields + 1) == 0);
  CHECK(wire::fragment_capacity(m, fields + 2) == 1);
  CHECK(wire::fragment_capacity(m, fields + 127) == 126);
  CHECK(wire::fragment_capacity(m, fields + 128) == 127);
  CHECK(wire::fragment_capacity(m, fields + 129) == 127);  // no length makes exactly this
  CHECK(wire::fragment_capacity(m, fields + 130) == 128);
}
