// SPDX-License-Identifier: MIT
#include "udp/core/bytes.h"

#include <array>

#include "tests/core/bytes_of.h"
#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::test;

TEST_CASE("integers travel in network order") {
  std::array<std::byte, 15> buffer{};
  byte_writer out(buffer);
  out.u8(0x01);
  out.u16(0x0203);
  out.u32(0x04050607);
  out.u64(0x08090a0b0c0d0e0f);
  REQUIRE(out.good());
  for (unsigned i = 0; i < 15; ++i) CHECK(buffer[i] == static_cast<std::byte>(i + 1));
  byte_reader in(buffer);
  CHECK(in.u8() == 0x01);
  CHECK(in.u16() == 0x0203);
  CHECK(in.u32() == 0x04050607);
  CHECK(in.u64() == 0x08090a0b0c0d0e0f);
  CHECK((in.good() && in.left() == 0));
}

TEST_CASE("reading past the end yields zero, and the reader stays bad") {
  const auto bytes = hex({1, 2, 3});
  byte_reader in(bytes);
  CHECK(in.u32() == 0);
  CHECK_FALSE(in.good());
  CHECK(in.u8() == 0);  // though there were bytes left
  CHECK(in.left() == 0);
}

TEST_CASE("writing past the end writes nothing, and the writer stays bad") {
  std::array<std::byte, 3> buffer{};
  byte_writer out(buffer);
  out.u32(0xffffffff);
  CHECK_FALSE(out.good());
  out.u8(1);
  CHECK(out.size() == 0);
  CHECK(buffer == std::array<std::byte, 3>{});
}

TEST_CASE("a varint takes one byte per seven bits, least significant first") {
  for (const auto& [value, size] : {std::pair{0U, 1U},
                                    {127U, 1U},
                                    {128U, 2U},
                                    {300U, 2U},
                                    {16383U, 2U},
                                    {16384U, 3U},
                                    {0xffffffffU, 5U}}) {
    std::array<std::byte, 5> buffer{};
    byte_writer out(buffer);
    out.varint(value);
    CHECK(out.size() == size);
    CHECK(varint_size(value) == size);
    byte_reader in(out.written());
    CHECK(in.varint() == value);
    CHECK((in.good() && in.left() == 0));
  }
  const auto three_hundred = hex({0xac, 0x02});
  CHECK(byte_reader(three_hundred).varint() == 300);
}

TEST_CASE("a varint that is cut short, too large or longer than needed is refused") {
  for (const auto& bytes :
       {hex({}), hex({0x80}), hex({0xff, 0xff}), hex({0x80, 0x00}), hex({0xff, 0x80, 0x00}),
        hex({0xff, 0xff, 0xff, 0xff, 0x10}), hex({0xff, 0xff, 0xff, 0xff, 0x8f, 0x00}),
        hex({0x80, 0x80, 0x80, 0x80, 0x80, 0x01})}) {
    byte_reader in(bytes);
    CHECK(in.varint() == 0);
    CHECK_FALSE(in.good());
  }
}

TEST_CASE("padding fills up to a size, and does nothing beyond it") {
  std::array<std::byte, 8> buffer;
  buffer.fill(std::byte{0xaa});
  byte_writer out(buffer);
  out.u16(0x0101);
  out.pad_to(1);
  CHECK(out.size() == 2);
  out.pad_to(6);
  CHECK(out.size() == 6);
  CHECK(buffer[5] == std::byte{0});
  CHECK(buffer[6] == std::byte{0xaa});
  out.pad_to(100);
  CHECK((out.size() == 8 && out.good()));
}
