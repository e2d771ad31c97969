// SPDX-License-Identifier: MIT
#include "apps/rooms/names.h"

#include "apps/rooms/name_key.h"

#include "tests/support/catch.h"

using dgram::app::rooms::name_fault;
using dgram::app::rooms::name_key;

TEST_CASE("a name may be of any script and an emoji") {
  for (const char* name :
       {"ada", "阿达", "Ада", "עדה", "می‌خواهم", "👩‍🚀", "❤️", "a-b_c.d", "x'y\"z"}) {
    INFO(name);
    CHECK(name_fault(name) == "");
  }
}

TEST_CASE("a name of 32 code points is taken and of 33 is not") {
  std::string name;
  for (int i = 0; i < 32; ++i) name += "🦊";
  CHECK(name.size() == 128);
  CHECK(name_fault(name) == "");
  CHECK(name_fault(std::string(32, 'x')) == "");
  CHECK(name_fault(std::string(33, 'x')) == "has 33 characters, at most 32");
  CHECK(name_fault(name + "x") == "is 129 bytes long, at most 128");
  CHECK(name_fault(std::string(65536, 'r')) == "is 65536 bytes long, at most 128");
}

TEST_CASE("a name that moves the cursor or hides or looks like an address is refused") {
  CHECK(name_fault("") == "is empty");
  CHECK(name_fault("/who") == "begins with '/'");
  CHECK(name_fault("127.0.0.1:50200") == "has a ':'");
  CHECK(name_fault("ada\uff1a") == "has a ':'");
  CHECK(name_fault("--") == "begins with '--'");
  CHECK(name_fault("*ada") == "begins with '*'");
  CHECK(name_fault("[private]") == "begins with '['");
  CHECK(name_fault("-ada-") == "");
  CHECK(name_fault("\x1b[31mred") == "has a control character");
  CHECK(name_fault("a\xc2\x85z") == "has a control character");
  CHECK(name_fault("a\nb") == "has a control character");
  for (const char* spaced : {"a b", "a\tb", "a\u00a0b", "a\u3000b", "a\u2028b"}) {
    CHECK(name_fault(spaced) == "has a space");
  }
  for (const char* unseen :
       {"\u202eada", "a\u200eb", "a\u2066b", "a\u200bb", "\ufeffada", "ad\u200da", "a\ufe0f"}) {
    INFO(unseen);
    CHECK(name_fault(unseen) == "has a character that cannot be seen");
  }
  for (const char* broken : {"a\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\xe2\x82"}) {
    CHECK(name_fault(broken) == "is not UTF-8");
  }
}

TEST_CASE("names that people take for the same are the same") {
  CHECK(name_key("Ada") == name_key("aDA"));
  CHECK(name_key("ada") != name_key("adah"));
#ifdef DGRAM_HAS_UTF8PROC
  CHECK(name_key("ÄDA") == name_key("a\u0308da"));
  CHECK(name_key("ａｄａ") == name_key("ada"));
  CHECK(name_key("Straße") == name_key("STRASSE"));
  CHECK(name_key("ΣΊΣΥΦΟΣ") == name_key("σίσυφος"));
  CHECK(name_key("李") != name_key("学"));
#endif
}
