// SPDX-License-Identifier: MIT
#include "apps/cli/json_object.h"

#include <limits>
#include <string>

#include "apps/client/summary.h"
#include "tests/support/catch.h"

#if __has_include(<nlohmann/json.hpp>)
#include <nlohmann/json.hpp>
#define HAVE_JSON_READER
#endif

using namespace dgram::app;

TEST_CASE("strings are escaped as JSON wants them") {
  CHECK(json_string("a\"b\\c\n\t\x01") == "\"a\\\"b\\\\c\\n\\t\\u0001\"");
  CHECK(json_string("你好") == "\"你好\"");
  CHECK(json_string("\xff") == "\"\xEF\xBF\xBD\"");
}

TEST_CASE("numbers, booleans and null are written bare, what is not finite as null") {
  json_object object;
  object.add("i", -5).add("d", 0.25).add("b", true).add_null("n");
  object.add("inf", std::numeric_limits<double>::infinity());
  CHECK(object.text() == R"({"i":-5,"d":0.25,"b":true,"n":null,"inf":null})");
  CHECK(json_object{}.text() == "{}");
}

#ifdef HAVE_JSON_READER
TEST_CASE("the client's summary reads back with every field that is promised") {
  run_summary run;
  run.server = "127.0.0.1:9000";
  run.counts.sent = 3;
  run.counts.answered = 2;
  run.counts.expired = 1;
  run.counts.latency.record(std::chrono::milliseconds(2));
  run.code = exit_code::unanswered;
  run.error = "1 without an answer in time";
  const auto read = nlohmann::json::parse(json(run));
  CHECK(read["transport"] == "udp");
  CHECK(read["sent"] == 3);
  CHECK(read["answered"] == 2);
  CHECK(read["unanswered"] == 1);
  for (const char* q : {"p50", "p90", "p99", "p999", "max"}) {
    CHECK(read["rtt_ms"][q].get<double>() == Approx(2).epsilon(0.01));
  }
  for (const char* key : {"datagrams_sent", "datagrams_received", "bytes_sent", "bytes_received",
                          "retransmitted", "duplicates"}) {
    CHECK(read[key].is_number_unsigned());
  }
  CHECK(read["exit_code"] == 3);
  CHECK(read["error"] == "1 without an answer in time");
}

TEST_CASE("a summary without a single answer has no latencies, and still reads back") {
  const auto read = nlohmann::json::parse(json(run_summary{}));
  CHECK(read["rtt_ms"]["p50"].is_null());
  CHECK(read["error"].is_null());
}

TEST_CASE("any bytes make JSON that reads back") {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  json_object object;
  object.add("text", bytes);
  CHECK_NOTHROW(nlohmann::json::parse(object.text()));
}
#else
TEST_CASE("the client's summary reads back with every field that is promised") {
  WARN("not tested: nlohmann/json.hpp is not installed");
}
#endif
