// SPDX-License-Identifier: MIT
#include <string>
#include <vector>

#include "apps/metrics/http_request.h"
#include "tests/support/catch.h"

using namespace dgram::app::metrics;

namespace {

// -1 while more is awaited.
int status_of(std::string_view request) {
  const auto decision = read_request(request);
  return decision ? static_cast<int>(decision->status) : -1;
}

std::string with_host(const std::string& first_line) {
  return first_line + "\r\nHost: 127.0.0.1:9100\r\n\r\n";
}

}  // namespace

TEST_CASE("A GET of the figures is answered once its head has ended and not before") {
  const std::string request = with_host("GET /metrics HTTP/1.1");
  for (std::size_t n = 0; n < request.size(); ++n) {
    CAPTURE(n);
    CHECK(status_of(request.substr(0, n)) == -1);
  }
  const auto whole = read_request(request);
  REQUIRE(whole);
  CHECK(whole->status == http_status::ok);
  CHECK(whole->with_body);
  CHECK(status_of(request + "and what a body would be \x01\x02") == 200);
}

TEST_CASE("HEAD is answered without a body") {
  const auto decision = read_request(with_host("HEAD /metrics HTTP/1.1"));
  REQUIRE(decision);
  CHECK(decision->status == http_status::ok);
  CHECK_FALSE(decision->with_body);
  CHECK_FALSE(read_request(with_host("HEAD /other HTTP/1.1"))->with_body);
}

TEST_CASE("What a client may also write is understood") {
  CHECK(status_of("GET /metrics HTTP/1.0\r\n\r\n") == 200);
  CHECK(status_of("GET /metrics HTTP/1.0\n\n") == 200);
  CHECK(status_of("\r\n" + with_host("GET /metrics HTTP/1.1")) == 200);
  CHECK(status_of(with_host("GET /metrics?name[]=up HTTP/1.1")) == 200);
  CHECK(status_of(with_host("GET http://127.0.0.1:9100/metrics HTTP/1.1")) == 200);
  CHECK(status_of("GET /metrics HTTP/1.1\r\nhOsT: x\r\nAccept: text/plain;q=0.5,*/*\r\nX-Empty:\r\n\r\n") ==
        200);
}

TEST_CASE("Another path is not found and another method is not allowed") {
  for (const char* target : {"/", "/metric", "/metrics/", "/metrics/../metrics", "*", "//metrics", "metrics",
                             "http://127.0.0.1", "/%6Detrics", "/METRICS"}) {
    CAPTURE(target);
    CHECK(status_of(with_host(std::string("GET ") + target + " HTTP/1.1")) == 404);
  }
  for (const char* method : {"POST", "PUT", "DELETE", "get", "OPTIONS", "TRACE", "GETT"}) {
    CAPTURE(method);
    CHECK(status_of(with_host(std::string(method) + " /metrics HTTP/1.1")) == 405);
  }
}

TEST_CASE("What is no request is a bad one") {
  const std::vector<std::string> bad{
      "GET\r\n\r\n",
      "GET /metrics\r\n\r\n",
      "GET  HTTP/1.1\r\nHost: x\r\n\r\n",
      " GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /metrics /metrics HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /metrics HTTP/1.1 \r\nHost: x\r\n\r\n",
      "GET /metrics HTTP/11\r\nHost: x\r\n\r\n",
      "GET /metrics HTTP/1.x\r\nHost: x\r\n\r\n",
      "GET /metrics http/1.1\r\nHost: x\r\n\r\n",
      "G(T /metrics HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /metrics HTTP/1.1\r\n\r\n",                        // no host
      "GET /metrics HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",  // two
      "GET /metrics HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",  // RFC 9112 §5.2
      "GET /metrics HTTP/1.1\r\nHost : x\r\n\r\n",            // §5.1
      "GET /metrics HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
      "GET /metrics HTTP/1.1\r\nHost: x\rX: y\r\n\r\n",
      std::string("GET /metrics\0 HTTP/1.1\r\n", 24),
      "\x16\x03\x01\x02",  // a TLS greeting, before any line ends
  };
  for (const std::string& request : bad) {
    CAPTURE(request);
    CHECK(status_of(request) == 400);
  }
  CHECK(status_of(with_host("GET /metrics HTTP/2.0")) == 505);
  CHECK(status_of(with_host("PRI * HTTP/2.0")) == 505);
}

TEST_CASE("A head of 8 KiB that has not ended is too large, whatever it is made of") {
  const std::string start = "GET /metrics HTTP/1.1\r\nHost: x\r\nX: ";
  CHECK(status_of(start + std::string(largest_request - start.size() - 1, 'y')) == -1);
  CHECK(status_of(start + std::string(largest_request - start.size(), 'y')) == 431);
  CHECK(status_of(start + std::string(100'000, 'y') + "\r\n\r\n") == 431);
  CHECK(status_of(std::string(largest_request - 1, 'G')) == -1);
  CHECK(status_of(std::string(largest_request, 'G')) == 431);
  CHECK(status_of(std::string(largest_request, '\n')) == 431);
  // The last that is let in.
  CHECK(status_of(start + std::string(largest_request - start.size() - 4, 'y') + "\r\n\r\n") == 200);
}

TEST_CASE("A response says how long it is and that the connection closes") {
  CHECK(response_head(http_status::ok, 12) ==
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
        "Content-Length: 12\r\nConnection: close\r\n\r\n");
  CHECK_THAT(response_head(http_status::method_not_allowed, 0),
             ContainsSubstring("\r\nAllow: GET, HEAD\r\n"));
  CHECK(explanation(http_status::not_found) == "404 Not Found: the figures are at /metrics\n");
}
