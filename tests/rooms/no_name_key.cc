// SPDX-License-Identifier: MIT
// A build without utf8proc.
#include "apps/rooms/name_key.h"
#include "tests/support/catch.h"

using dgram::app::rooms::name_key;

TEST_CASE("without utf8proc names that differ in A to Z alone are the same") {
  CHECK(name_key("Ada") == name_key("aDA"));
  CHECK(name_key("ada") != name_key("adah"));
  CHECK(name_key("Ä") != name_key("ä"));
  CHECK(std::string(dgram::app::rooms::name_comparison()).ends_with("without utf8proc"));
}
