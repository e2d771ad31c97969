// SPDX-License-Identifier: MIT
#include "apps/client/room_line.h"
#include "apps/client/room_paint.h"

#include "tests/support/catch.h"

using namespace dgram::app;
using kind = room_line::kind;

namespace {

std::string whole(const room_line& line) {
  return std::string(line.before).append(line.speaker).append(line.text);
}

void reads(std::string_view text, kind is, std::string_view speaker, std::string_view rest) {
  INFO(text);
  const room_line line = parse_room_line(text);
  CHECK(line.is == is);
  CHECK(line.speaker == speaker);
  CHECK(line.text == rest);
  CHECK(whole(line) == text);
}

std::string without_colours(std::string text) {
  for (std::size_t at = 0; (at = text.find("\x1b[", at)) != std::string::npos;) {
    text.erase(at, text.find('m', at) + 1 - at);
  }
  return text;
}

}  // namespace

TEST_CASE("a room's line says who speaks in it and how") {
  reads("ada: hello: you", kind::said, "ada", ": hello: you");
  reads("阿达: 你好", kind::said, "阿达", ": 你好");
  reads("ada: ", kind::said, "ada", ": ");
  reads("* ada waves", kind::acted, "ada", " waves");
  reads("[private] bob: psst", kind::told_in_private, "bob", ": psst");
  reads("[private to bob] psst", kind::said_in_private, "bob", "] psst");
  reads("-- bob joined lobby", kind::notice, "", "-- bob joined lobby");
  reads("", kind::other, "", "");
  reads("no speaker here", kind::other, "", "no speaker here");
  reads(": nobody", kind::other, "", ": nobody");
}

TEST_CASE("a plain peer speaks under its address") {
  reads("127.0.0.1:9000: hi", kind::said, "127.0.0.1:9000", ": hi");
  reads("[::1]:9000: a: b", kind::said, "[::1]:9000", ": a: b");
  reads("127.0.0.1:9000/tcp#3: hi", kind::said, "127.0.0.1:9000/tcp#3", ": hi");
  reads("* 127.0.0.1:9000 waves", kind::acted, "127.0.0.1:9000", " waves");
  reads("[private] [::1]:9000: psst", kind::told_in_private, "[::1]:9000", ": psst");
}

TEST_CASE("a name that looks like a mark still speaks as itself") {
  reads("--: -- bob left", kind::said, "--", ": -- bob left");
  reads("*: * bob waves", kind::said, "*", ": * bob waves");
  reads("[private]: [private] bob: psst", kind::said, "[private]", ": [private] bob: psst");
  reads("* -- bob left", kind::acted, "--", " bob left");
}

TEST_CASE("the server's word for a new name is known") {
  CHECK(renamed(parse_room_line("-- ada is now 阿达"), "ada") == "阿达");
  CHECK(renamed(parse_room_line("-- bob is now eve"), "ada").empty());
  CHECK(renamed(parse_room_line("-- ada2 is now eve"), "ada").empty());
  CHECK(renamed(parse_room_line("-- ada is now here, or so"), "ada").empty());
  CHECK(renamed(parse_room_line("ada: -- ada is now eve"), "ada").empty());
  CHECK_FALSE(welcome_of(parse_room_line("bob: -- welcome to lobby, ada; 1 in lobby: ada")));
  CHECK_FALSE(welcome_of(parse_room_line("-- welcome to lobby")));
  const auto welcomed = welcome_of(parse_room_line("-- welcome to a,, b;; 1 in a,: b;"));
  REQUIRE(welcomed);
  CHECK(welcomed->room == "a,");
  CHECK(welcomed->name == "b;");
}

TEST_CASE("colours add nothing to a line but themselves") {
  for (const char* line : {"ada: hello", "* ada waves", "[private] bob: psst", "[private to bob] psst",
                           "-- bob left", "[::1]:9000: a", "neither", "", "ada: \\x1B[31m"}) {
    CHECK(without_colours(painted(parse_room_line(line), "ada")) == line);
  }
}

TEST_CASE("oneself is bold, the server dim, and a private line marked") {
  const std::string own = painted(parse_room_line("ada: hello"), "ada");
  CHECK(own.starts_with("\x1b[1;38;5;"));
  CHECK(own.ends_with("mada\x1b[0m: hello"));
  CHECK(painted(parse_room_line("bob: hello"), "ada").starts_with("\x1b[38;5;"));
  CHECK(painted(parse_room_line("-- bob left"), "ada") == "\x1b[2m-- bob left\x1b[0m");
  CHECK(painted(parse_room_line("[private] bob: x"), "ada").starts_with("\x1b[1;35m[private] \x1b[0m"));
  CHECK(painted(parse_room_line("[private to bob] x"), "ada").ends_with("\x1b[1;35m]\x1b[0m x"));
}
