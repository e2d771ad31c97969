// SPDX-License-Identifier: MIT
#include "apps/compare/csv_form.h"

#include <algorithm>

#include "tests/compare/report_sample.h"
#include "tests/support/catch.h"

using namespace dgram::app::compare;
using dgram::duration;

namespace {

comparison one_sample(const sample& s) {
  run r;
  r.repetition = 2;
  r.samples = {s};
  contender who;
  who.name = "udp";
  who.runs = {r};
  point p;
  p.link = "20 ms each way, 5 % loss";
  p.contenders = {who};
  comparison c;
  c.points = {p};
  return c;
}

constexpr const char* header =
    "point,contender,repetition,number,warm_up,intended_ms,latency_ms,waited_ms\r\n";

}  // namespace

TEST_CASE("A sample is a line of CSV with all its nanoseconds") {
  const auto c = one_sample({7, true, duration(-1'500'000), duration(20'000'001), duration(3)});
  CHECK(to_csv(c) ==
        std::string(header) + "\"20 ms each way, 5 % loss\",udp,2,7,1,-1.500000,20.000001,0.000003\r\n");
}

TEST_CASE("A message that never came has no latency in the CSV") {
  const auto c = one_sample({7, false, duration(0), std::nullopt, duration(5'000'000)});
  CHECK_THAT(to_csv(c), ContainsSubstring(",7,0,0.000000,,5.000000\r\n"));
}

TEST_CASE("Quotes and line ends inside a CSV field are quoted") {
  auto c = one_sample({});
  c.points[0].contenders[0].name = "a\"b\r\nc";
  c.points[0].swept = {{"loss", "5%"}, {"delay", "20ms"}};
  CHECK_THAT(to_csv(c), ContainsSubstring("\r\nloss=5% delay=20ms,\"a\"\"b\r\nc\",2,"));
}

TEST_CASE("The CSV has a line for every sample") {
  const comparison c = dgram::test::made_comparison(1, 2);
  std::size_t samples = 0;
  for (const point& p : c.points)
    for (const contender& who : p.contenders)
      for (const run& r : who.runs) samples += r.samples.size();
  const std::string csv = to_csv(c);
  CHECK(samples == 2 * 4 * 4 * 350);
  CHECK(static_cast<std::size_t>(std::count(csv.begin(), csv.end(), '\n')) == samples + 1);
}
