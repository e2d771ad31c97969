// SPDX-License-Identifier: MIT
#include "udp/core/crc32c.h"

#include <array>
#include <vector>

#include "tests/core/bytes_of.h"
#include "tests/support/catch.h"
#include "udp/core/splitmix64.h"

using namespace dgram;
using namespace dgram::test;

TEST_CASE("the checksum agrees with the vectors of RFC 3720 appendix B.4") {
  std::array<std::byte, 32> zeros{}, ones, rising, falling;
  ones.fill(std::byte{0xff});
  for (unsigned i = 0; i < 32; ++i) {
    rising[i] = static_cast<std::byte>(i);
    falling[i] = static_cast<std::byte>(31 - i);
  }
  // The RFC prints the bytes in the order in which iSCSI sends them, least significant first.
  CHECK(crc32c(zeros) == 0x8a9136aa);
  CHECK(crc32c(ones) == 0x62a8ab43);
  CHECK(crc32c(rising) == 0x46dd794e);
  CHECK(crc32c(falling) == 0x113fdb5c);
  CHECK(crc32c_by_table(rising) == 0x46dd794e);
  const auto scsi_read =
      hex({0x01, 0xc0, 0, 0,    0, 0, 0, 0,    0,    0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 0x04, 0,
           0,    0,    0, 0x14, 0, 0, 0, 0x18, 0x28, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0,    0});
  CHECK(crc32c(scsi_read) == 0xd9963a56);
  CHECK(crc32c(bytes_of("123456789")) == 0xe3069283);
  CHECK(crc32c({}) == 0);
}

TEST_CASE("instruction and table agree on any bytes at any alignment") {
  std::uint64_t random = 5;
  std::vector<std::byte> bytes(1300);
  for (std::byte& b : bytes) b = static_cast<std::byte>(splitmix64(random) & 0xff);
  for (int i = 0; i < 2000; ++i) {
    const std::size_t begin = splitmix64(random) % 16;
    const auto part = std::span(bytes).subspan(begin, splitmix64(random) % (bytes.size() - begin));
    const auto seed = static_cast<std::uint32_t>(splitmix64(random));
    REQUIRE(crc32c(part, seed) == crc32c_by_table(part, seed));
  }
}

TEST_CASE("a checksum may be taken in pieces") {
  const auto text = bytes_of("the quick brown fox jumps over the lazy dog");
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    CHECK(crc32c(text.subspan(cut), crc32c(text.first(cut))) == crc32c(text));
  }
}

TEST_CASE("every single flipped bit changes the checksum") {
  std::array<std::byte, 64> bytes{};
  const std::uint32_t clean = crc32c(bytes);
  for (std::size_t bit = 0; bit < 512; ++bit) {
    bytes[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
    CHECK(crc32c(bytes) != clean);
    bytes[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
  }
}
