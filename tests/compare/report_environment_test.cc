// SPDX-License-Identifier: MIT
#include "apps/compare/environment.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/support/catch.h"

using dgram::app::compare::environment_of;

namespace {

std::string value_of(const std::vector<std::pair<std::string, std::string>>& all, const std::string& name) {
  for (const auto& [n, value] : all)
    if (n == name) return value;
  return "(none)";
}

}  // namespace

TEST_CASE("What bears upon the figures is read from the system's files") {
  std::string root = std::filesystem::temp_directory_path() / "dgram-root-XXXXXX";
  REQUIRE(::mkdtemp(root.data()) != nullptr);
  std::filesystem::create_directories(root + "/proc/sys/net/ipv4");
  std::ofstream(root + "/proc/sys/net/ipv4/tcp_rmem") << "4096\t131072\t6291456\n";
  std::ofstream(root + "/proc/sys/net/ipv4/tcp_sack") << std::string(10'000, '1');
  std::ofstream(root + "/proc/cpuinfo")
      << "processor\t: 0\nmodel name\t: Some Processor\nmodel name\t: Other\n";
  const auto all = environment_of(false, root);
  std::filesystem::remove_all(root);
  CHECK(value_of(all, "TCP receive buffer (least, usual, most)") == "4096 131072 6291456");
  CHECK(value_of(all, "TCP selective acknowledgements").size() < 200);
  CHECK_THAT(value_of(all, "processors"), ContainsSubstring(" × Some Processor"));
  CHECK(value_of(all, "TCP send buffer (least, usual, most)") == "(none)");
  CHECK(value_of(all, "kernel") != "(none)");
  CHECK(value_of(all, "offloads") != "(none)");
}

TEST_CASE("In virtual time there is no machine") {
  CHECK(environment_of(true).size() == 1);
}
