// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/net/tcp_fixture.h"

using namespace dgram;
using namespace dgram::test;
using namespace std::chrono_literals;

namespace {

// While it lives, the process can open no more descriptors.
class no_more_descriptors {
 public:
  no_more_descriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    // The lowest free number is where the limit goes; there are no holes below it.
    const int lowest = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::close(lowest);
    rlimit now = before_;
    now.rlim_cur = static_cast<rlim_t>(lowest);
    ::setrlimit(RLIMIT_NOFILE, &now);
  }
  ~no_more_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  no_more_descriptors(const no_more_descriptors&) = delete;
  no_more_descriptors& operator=(const no_more_descriptors&) = delete;

 private:
  rlimit before_{};
};

// UBSan's check of a dynamic type opens a pipe to see whether memory is readable: with no descriptor left it
// reports sound objects.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool sanitizer_needs_descriptors = true;
#else
constexpr bool sanitizer_needs_descriptors = false;
#endif

bool skipped() {
  if (sanitizer_needs_descriptors) WARN("skipped: this sanitizer needs descriptors of its own");
  return sanitizer_needs_descriptors;
}

}  // namespace

TEST_CASE("The accept loop survives running out of descriptors") {
  if (skipped()) return;
  asio::io_context context;
  auto options = listening_at(ipv4_loopback(0));
  options.accept_pause = 20ms;
  echo_server server(context, options);
  asio::ip::tcp::socket waiting(context, asio::ip::tcp::v4());
  asio::ip::tcp::socket unlucky(context, asio::ip::tcp::v4());
  {
    const no_more_descriptors shortage;
    const auto at = to_tcp_endpoint(server.endpoint.local());
    waiting.connect(at);
    unlucky.connect(at);
    // The first shortage turns nobody away; a lasting one tells a caller in each pause.
    REQUIRE(run_until(context, [&] { return server.endpoint.accept_pauses() == 1; }));
    const auto before = std::chrono::steady_clock::now();
    REQUIRE(run_until(context, [&] { return server.endpoint.accept_pauses() == 3; }));
    CHECK(std::chrono::steady_clock::now() - before >= 40ms);
    std::array<char, 1> end{};
    std::error_code error;
    waiting.read_some(asio::buffer(end), error);
    CHECK(error == asio::error::eof);
  }
  raw_peer later(context, server.endpoint.local());
  later.write("hello");
  CHECK(later.read(5) == "hello");
}

TEST_CASE("Callers wait out a short shortage of descriptors") {
  if (skipped()) return;
  asio::io_context context;
  auto options = listening_at(ipv4_loopback(0));
  options.accept_pause = 20ms;
  echo_server server(context, options);
  tcp_endpoint client(context.get_executor());
  awaited<answer> result;
  asio::ip::tcp::socket caller(context, asio::ip::tcp::v4());
  {
    const no_more_descriptors shortage;
    caller.connect(to_tcp_endpoint(server.endpoint.local()));
    REQUIRE(run_until(context, [&] { return server.endpoint.accept_pauses() == 1; }));
  }
  asio::write(caller, asio::buffer("hello", 5));
  REQUIRE(run_until(context, [&] { return server.messages.size() == 1; }));
  std::array<char, 5> echoed{};
  REQUIRE(run_until(context, [&] { return caller.available() == 5; }));
  CHECK(caller.read_some(asio::buffer(echoed)) == 5);
}
