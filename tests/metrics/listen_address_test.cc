// SPDX-License-Identifier: MIT
#include <string>

#include "apps/metrics/listen_address.h"
#include "tests/support/catch.h"
#include "udp/net/address_text.h"

using namespace dgram;
using namespace dgram::app::metrics;

namespace {

std::string read(std::string_view text) {
  const auto found = parse_listen_address(text);
  return found ? to_string(*found) : "none";
}

}  // namespace

TEST_CASE("An address and a port are read, and a port alone is one of the loopback address") {
  CHECK(read("127.0.0.1:9100") == "127.0.0.1:9100");
  CHECK(read("[::1]:9100") == "[::1]:9100");
  CHECK(read("0.0.0.0:0") == "0.0.0.0:0");
  CHECK(read("[::]:65535") == "[::]:65535");
  CHECK(read("9100") == "127.0.0.1:9100");
  CHECK(read(":9100") == "127.0.0.1:9100");
}

TEST_CASE("What is no address and port is none") {
  for (const char* text :
       {"", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:http",
        "localhost:9100", "::1:9100", "[::1]", "[127.0.0.1]:9100", "[]:9100", "[::1:9100", "127.0.0.1:91 00",
        "256.0.0.1:9100", "127.0.0.1:9100/metrics"}) {
    CAPTURE(text);
    CHECK(read(text) == "none");
  }
}
