// SPDX-License-Identifier: MIT
#include "apps/client/mention.h"

#include "apps/client/bell.h"
#include "tests/support/catch.h"

using namespace dgram::app;
using namespace std::chrono_literals;
using dgram::time_point;

TEST_CASE("a name is mentioned as a word of its own") {
  for (const char* text :
       {"ada", ": ada", ": hello ada, you", ": ADA!", ": @ada", ": (Ada)", ": 'ada'", ": ada's"}) {
    INFO(text);
    CHECK(mentions(text, "ada"));
  }
  for (const char* text : {"", ": adam", ": canada", ": ada_2", ": ada2", ": a da", ": adaé", ": äada"}) {
    INFO(text);
    CHECK_FALSE(mentions(text, "ada"));
  }
  CHECK_FALSE(mentions("anything", ""));
}

TEST_CASE("a second occurrence counts where the first is part of a word") {
  CHECK(mentions(": canada, ada", "ada"));
  CHECK(mentions(": adaada ada", "ada"));
}

TEST_CASE("names of any script are found") {
  CHECK(mentions(": 你好阿达吗", "阿达"));
  CHECK(mentions(": привет, Аня!", "Аня"));
  CHECK_FALSE(mentions(": Таня", "аня"));
  CHECK_FALSE(mentions(": Анялюбит", "Аня"));
  CHECK(mentions(": 阿达ada你好", "ada"));
  CHECK(mentions(": 안녕 민수야", "민수"));
  CHECK(mentions(": hi 👋ada👋", "ada"));
  CHECK(mentions(": hi 👋", "👋"));
  CHECK(mentions(": a-b here", "a-b"));
  CHECK(mentions(": «Łukasz»", "Łukasz"));
}

TEST_CASE("the bell rings once a second at most and not when it is not wanted") {
  const time_point start{1h};
  bell wanted(true);
  CHECK(wanted.rings(start));
  CHECK_FALSE(wanted.rings(start + 999ms));
  CHECK(wanted.rings(start + 1s));
  CHECK_FALSE(bell(false).rings(start));
}
