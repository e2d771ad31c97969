// SPDX-License-Identifier: MIT
#include "apps/relay/relay_options.h"

#include <vector>

#include "tests/support/catch.h"
#include "udp/net/address_text.h"

using namespace dgram;
using namespace dgram::app;
using namespace std::chrono_literals;

namespace {

relay_run_options parsed(std::vector<const char*> arguments) {
  flags given = relay_flags();
  arguments.insert(arguments.begin(), "udp_relay");
  given.parse(static_cast<int>(arguments.size()), arguments.data());
  return relay_options_from(given);
}

void refuses(const std::vector<const char*>& arguments, std::initializer_list<const char*> parts) {
  CAPTURE(arguments);
  try {
    parsed(arguments);
    FAIL_CHECK("accepted");
  } catch (const usage_error& e) {
    for (const char* part : parts) CHECK_THAT(e.what(), ContainsSubstring(part));
  }
}

}  // namespace

TEST_CASE("the relay listens on loopback unless it is told an address") {
  const relay_run_options options = parsed({"--listen", "9001", "--to", "127.0.0.1:9000", "--loss", "5%"});
  CHECK(to_string(options.relay.listen) == "127.0.0.1:9001");
  CHECK(to_string(options.relay.to) == "127.0.0.1:9000");
  CHECK(options.relay.max_clients == 1024);
  CHECK(options.relay.idle == 60s);
  CHECK(options.link.up.loss == 0.05);
  CHECK(to_string(parsed({"--listen", "[::1]:1", "--to", "[::1]:2"}).relay.listen) == "[::1]:1");
  CHECK(to_string(parsed({"--listen", "0.0.0.0:0", "--to", "[::1]:2"}).relay.to) == "[::1]:2");
}

TEST_CASE("the relay names the flag and the value that it refuses") {
  refuses({}, {"--listen"});
  refuses({"--listen", "1"}, {"--to"});
  refuses({"--to", "127.0.0.1:1"}, {"--listen"});
  refuses({"--listen", "x", "--to", "127.0.0.1:1"}, {"--listen", "'x'"});
  refuses({"--listen", "65536", "--to", "127.0.0.1:1"}, {"--listen", "'65536'"});
  refuses({"--listen", "::1:5", "--to", "127.0.0.1:1"}, {"--listen", "'::1:5'"});
  refuses({"--listen", ":5", "--to", "127.0.0.1:1"}, {"--listen", "':5'"});
  refuses({"--listen", "1", "--to", "9000"}, {"--to", "'9000'"});
  refuses({"--listen", "1", "--to", "127.0.0.1:0"}, {"--to", "'0'"});
  refuses({"--listen", "1", "--to", "127.0.0.1:"}, {"--to", "''"});
  refuses({"--listen", "1", "--to", "h:1", "--max-clients", "0"}, {"--max-clients", "'0'"});
  refuses({"--listen", "1", "--to", "h:1", "--idle", "0"}, {"--idle", "'0'"});
  refuses({"--listen", "1", "--to", "h:1", "--interval", "0"}, {"--interval", "'0'"});
  refuses({"--listen", "1", "--to", "h:1", "--duration", "x"}, {"--duration", "'x'"});
  refuses({"--listen", "1", "--to", "h:1", "--record", ""}, {"--record"});
  refuses({"--listen", "1", "--to", "h:1", "--loss", "101%"}, {"--loss", "'101%'"});
}

TEST_CASE("asked to carry TCP the relay explains and names the program that can") {
  refuses({"--tcp"}, {"--tcp", "acknowledged", "udp_link"});
}

TEST_CASE("the relay's help shows how to change one that runs and the exit codes") {
  const std::string help = relay_flags().help();
  CHECK_THAT(help, ContainsSubstring("udp_relay set loss=20%"));
  CHECK_THAT(help, ContainsSubstring("Exit codes:"));
}
