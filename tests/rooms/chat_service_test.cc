// SPDX-License-Identifier: MIT
#include "apps/rooms/chat_service.h"

#include <algorithm>
#include <memory>

#include "tests/rooms/fake_port.h"
#include "tests/support/catch.h"

using namespace std::chrono_literals;
using namespace dgram;
using namespace dgram::app;
using dgram::test::fake_port;
using lines = std::vector<std::string>;

namespace {

struct scene {
  explicit scene(const rooms::chat_limits& limits = {}) : chat(port, limits) {}

  // The server's reply.
  std::string say(std::uint64_t who, std::string_view text, bool plain = false) {
    const client_id id{who};
    chat.arrived({id, text, {}, true, plain, {id}});
    return port.replies[who].empty() ? "none" : port.replies[who].back();
  }
  void come(std::uint64_t who, bool plain = false, const std::string& host = "127.0.0.1") {
    const bool loopback = host == "127.0.0.1";
    chat.joined({who}, {"UDP", host, host + ":" + std::to_string(50000 + who), plain, loopback});
  }
  std::string greet(std::uint64_t who, const std::string& name, const std::string& room = "lobby") {
    come(who);
    return say(who, "/hello " + name + " " + room);
  }
  lines heard(std::uint64_t who) {
    pass(duration{0});
    return std::exchange(port.told[who], {});
  }
  void pass(duration time) {
    const time_point end = port.clock + time;
    while (const auto due = chat.next_timeout()) {
      if (*due > end) break;
      port.clock = std::max(port.clock, *due);
      chat.handle_timeout(port.clock);
    }
    port.clock = end;
  }

  fake_port port;
  rooms::chat_service chat;
};

}  // namespace

TEST_CASE("a line reaches all of its room and nobody else, the speaker too") {
  scene s;
  s.greet(1, "ada");
  s.greet(2, "bob");
  s.greet(3, "eve", "attic");
  for (std::uint64_t who : {1u, 2u, 3u}) s.heard(who);
  CHECK(s.say(1, "hello") == "");
  CHECK(s.heard(1) == lines{"ada: hello"});
  CHECK(s.heard(2) == lines{"ada: hello"});
  CHECK(s.heard(3).empty());
}

TEST_CASE("whoever comes is told who is there and the last twenty lines") {
  scene s;
  s.greet(1, "ada");
  for (int i = 0; i < 30; ++i) s.say(1, std::to_string(i));
  s.pass(0ms);
  s.greet(2, "bob");
  const lines heard = s.heard(2);
  REQUIRE(heard.size() == 22);
  CHECK(heard.front() == "-- welcome to lobby, bob; 2 in lobby: ada, bob");
  CHECK(heard[1] == "ada: 10");
  CHECK(heard[20] == "ada: 29");
  CHECK(heard.back() == "-- bob joined lobby");
}

TEST_CASE("who has not said who they are is in no room") {
  scene s;
  s.come(1);
  CHECK(s.say(1, "hello") == "not taken: you are in no room; say /hello NAME ROOM");
  CHECK(s.say(1, "") == "");
  CHECK(s.chat.members() == 0);
  CHECK(s.say(1, "/hello ada lobby") == "");
  CHECK(s.say(1, "/hello ada lobby") == "");
  CHECK(s.chat.members() == 1);
}

TEST_CASE("a plain peer is in the lobby under its address and cannot have another name") {
  scene s;
  s.greet(1, "ada");
  s.come(2, true);
  s.heard(1);
  s.say(2, "one\ntwo\r\n", true);
  CHECK(s.heard(1) ==
        lines{"-- 127.0.0.1:50002 joined lobby", "127.0.0.1:50002: one", "127.0.0.1:50002: two"});
  for (const std::string& line : s.heard(2)) CHECK(line.ends_with('\n'));
  s.say(2, "/nick bob\n", true);
  CHECK(s.heard(2) == lines{"-- a plain peer's name is its address\n"});
  s.say(2, "/hello bob lobby\n", true);
  CHECK(s.heard(2).back().starts_with("-- you are 127.0.0.1:50002 already"));
  CHECK(s.greet(3, "127.0.0.1:50002") == "the name '127.0.0.1:50002' has a ':'");
}

TEST_CASE("lines of a plain stream are found however it is cut") {
  scene s;
  s.greet(1, "ada");
  s.chat.joined({2}, {"TCP", "127.0.0.1", "127.0.0.1:50002", true, true});
  s.say(2, "one\ntw", true);
  s.say(2, "o\r\nthree\nfo", true);
  const std::string nc = "127.0.0.1:50002: ";
  lines heard = s.heard(1);
  heard.erase(heard.begin(), heard.end() - 3);
  CHECK(heard == lines{nc + "one", nc + "two", nc + "three"});
  s.pass(90ms);
  s.say(2, "ur", true);
  s.pass(90ms);
  CHECK(s.heard(1).empty());
  s.pass(20ms);  // nothing follows
  CHECK(s.heard(1) == lines{nc + "four"});
  s.say(2, "last words", true);
  s.chat.left({2}, end_reason::closed_by_peer);
  CHECK(s.heard(1) == lines{nc + "last words", "-- 127.0.0.1:50002 left"});
  s.pass(1s);
  CHECK(s.heard(1).empty());
}

TEST_CASE("a name belongs to one and is free again when its owner is gone") {
  scene s;
  s.greet(1, "ada");
  CHECK(s.greet(2, "ada") == "the name 'ada' is taken");
  CHECK(s.greet(2, "ADA") == "the name 'ADA' is taken");
  CHECK(s.greet(3, "eve") == "");
  CHECK(s.say(3, "/nick Ada") == "the name 'Ada' is taken");
  s.heard(3);
  s.chat.left({1}, end_reason::idle);
  CHECK(s.heard(3) == lines{"-- ada went silent"});
  CHECK(s.say(3, "/nick ada") == "");
  CHECK(s.heard(3) == lines{"-- eve is now ada"});
  CHECK(s.say(3, "/nick Ada") == "");
  CHECK(s.say(3, "/nick Ada") == "the name 'Ada' is taken");
  CHECK(s.say(2, "/hello eve lobby") == "");
}

TEST_CASE("a private line reaches its two ends alone and nobody is said to be nobody") {
  scene s;
  s.greet(1, "ada");
  s.greet(2, "bob");
  s.greet(3, "eve");
  for (std::uint64_t who : {1u, 2u, 3u}) s.heard(who);
  CHECK(s.say(1, "/msg bob a  secret ") == "");
  CHECK(s.heard(2) == lines{"[private] ada: a  secret"});
  CHECK(s.heard(1) == lines{"[private to bob] a  secret"});
  CHECK(s.heard(3).empty());
  CHECK(s.say(1, "/msg nobody x") == "nobody here is called 'nobody'");
}

TEST_CASE("nothing that a line holds makes it look like another's or like two") {
  scene s;
  s.greet(1, "ada");
  s.heard(1);
  s.say(1, "hi\nbob: forged\x1b[2J");
  CHECK(s.heard(1) == lines{"ada: hi\\x0Abob: forged\\x1B[2J"});
  s.say(1, "/me bob: forged");
  CHECK(s.heard(1) == lines{"* ada bob: forged"});
  CHECK(s.say(1, std::string(4097, 'x')) == "not taken: the line has 4097 bytes, at most 4096");
  CHECK(s.say(1, std::string(4096, 'x')) == "");
  CHECK(s.say(1, "/join " + std::string(4000, 'x')).find("4000 bytes long, at most 128") !=
        std::string::npos);
}

TEST_CASE("who takes no lines any more is put out and delays nobody") {
  scene s;
  s.greet(1, "ada");
  s.greet(2, "bob");
  s.heard(1);
  s.port.stuck[2];
  s.heard(2);
  // 256 after 5.1 s, and 5 s later it is out.
  for (int i = 0; i < 600; ++i) {
    s.say(1, "line");
    s.pass(20ms);
  }
  CHECK(s.heard(1).size() == 601);
  const lines bob = s.heard(2);
  REQUIRE(bob.size() == 507);
  CHECK(bob.back() == "-- you were too slow, 506 lines waited: you are out; /join lobby brings you back");
  s.port.stuck.erase(2);
  CHECK(s.say(2, "still there?") == "not taken: you are in no room; /join ROOM brings you into one");
  CHECK(s.say(2, "/join lobby") == "");
  CHECK(s.heard(2).size() == 22);
}

TEST_CASE("a flood of others puts out nobody who takes the lines and nobody keeps more than four thousand") {
  scene s;
  s.greet(1, "ada");
  s.greet(2, "bob");
  s.port.stuck[1];
  s.port.stuck[2];
  s.heard(1);
  for (std::uint64_t n = 0; n < 1000; ++n) {
    s.come(10 + n, true);
    s.say(10 + n, "flood", true);
  }
  CHECK(s.heard(1).size() >= 1000);
  s.port.stuck.erase(1);  // takes them now
  for (std::uint64_t n = 0; n < 4000; ++n) {
    s.come(2000 + n, true);
    s.say(2000 + n, "flood", true);
  }
  CHECK(s.heard(1).size() >= 4000);
  CHECK(s.chat.room_of({1}) == "lobby");
  CHECK(s.chat.room_of({2}) == "");
  CHECK(s.heard(2).size() <= 4200);
}

TEST_CASE("lines to very many are told in turns and those of other rooms do not wait for them") {
  scene s({.tellings = 100, .untold_lines = 12});
  constexpr std::uint64_t many = 150;
  for (std::uint64_t who = 1; who <= many; ++who) s.greet(who, "m" + std::to_string(who));
  s.greet(500, "ada", "kitchen");
  s.greet(501, "bob", "kitchen");
  for (std::uint64_t who : {1u, 500u, 501u}) s.heard(who);
  for (std::uint64_t who = 1; who <= 20; ++who) {
    CHECK(s.say(who, "flood") == (who <= 12 ? "" : "not taken: too many lines at once in lobby"));
  }
  s.say(500, "hello bob");
  CHECK(s.port.told[1].empty());
  s.chat.handle_timeout(s.port.clock);
  s.chat.handle_timeout(s.port.clock);
  CHECK(s.port.told[1].size() <= 2);
  CHECK(s.port.told[501] == lines{"ada: hello bob"});
  // Who leaves has what was said while it was there, and who comes has it from the history.
  s.say(1, "/join kitchen");
  CHECK(std::count(s.port.told[1].begin(), s.port.told[1].end(), "m12: flood") == 1);
  s.greet(600, "eve");
  const lines eve = s.heard(600);
  for (const char* line : {"m1: flood", "m12: flood"}) CHECK(std::count(eve.begin(), eve.end(), line) <= 1);
  CHECK(std::count(eve.begin(), eve.end(), "m12: flood") == 1);
}

TEST_CASE("when very many lines wait plain peers are told several at once") {
  scene s;
  std::string wanted;
  for (std::uint64_t who = 1; who <= 10; ++who) s.greet(who, "m" + std::to_string(who));
  s.come(20, true);
  s.say(20, "hi", true);
  s.heard(20);
  s.heard(1);
  for (int n = 0; n < 40; ++n) {
    for (std::uint64_t who = 1; who <= 10; ++who) {
      s.say(who, std::to_string(n));
      wanted += "m" + std::to_string(who) + ": " + std::to_string(n) + "\n";
    }
  }
  const lines plain = s.heard(20);
  CHECK(plain.size() < 300);
  std::string all;
  for (const std::string& text : plain) all += text;
  CHECK(all == wanted);
  CHECK(s.heard(1).size() == 400);
}

TEST_CASE("a speaker above the rate has answers held back and one that does not wait is refused") {
  scene s;
  s.greet(1, "ada");
  const std::size_t before = s.port.replies[1].size();
  for (int i = 0; i < 39; ++i) s.say(1, "x");
  CHECK(s.port.replies[1].size() == before + 39);
  for (int i = 0; i < 32; ++i) s.say(1, "x");
  CHECK(s.port.replies[1].size() == before + 39);
  CHECK(s.say(1, "x") == "not taken: too many lines at once");
  // One in 20 ms.
  s.pass(100ms);
  CHECK(s.port.replies[1].size() == before + 40 + 5);
  s.pass(2s);
  CHECK(s.port.replies[1].size() == before + 40 + 32);
  CHECK_FALSE(s.chat.next_timeout());
}

TEST_CASE("members rooms hosts and joins have limits that are told in one line") {
  scene s({.members = 5, .rooms = 2, .per_host = 2});
  s.greet(1, "a", "one");
  s.greet(2, "b", "two");
  CHECK(s.greet(3, "c", "three") == "there are too many rooms already, at most 2");
  s.say(2, "/join one");
  CHECK(s.say(3, "/hello c three") == "");
  CHECK(s.chat.rooms() == 2);
  for (std::uint64_t who : {4u, 5u, 6u}) s.come(who, false, "192.0.2.1");
  CHECK(s.say(4, "/hello d one") == "");
  CHECK(s.say(5, "/hello e one") == "");
  CHECK(s.say(6, "/hello f one") == "the server is full");
  s.chat.left({1}, end_reason::closed_by_peer);
  CHECK(s.say(6, "/hello f one") == "too many are here from 192.0.2.1 already, at most 2");
  s.chat.left({4}, end_reason::closed_by_peer);
  CHECK(s.say(6, "/hello f one") == "");
  for (int i = 0; i < 5; ++i) s.say(6, i % 2 == 0 ? "/join three" : "/join one");
  CHECK(s.say(6, "/join one") == "too many joins at once; wait some seconds");
  s.pass(2s);
  CHECK(s.say(6, "/join one") == "");
}

TEST_CASE("in a crowd comings and goings are told in numbers once a second") {
  scene s({.crowd = 3});
  s.greet(1, "a");
  s.greet(2, "b");
  s.heard(1);
  for (std::uint64_t who = 3; who < 13; ++who) s.greet(who, "n" + std::to_string(who));
  s.chat.left({2}, end_reason::idle);
  CHECK(s.heard(1).empty());
  s.pass(1s);
  CHECK(s.heard(1) == lines{"-- 10 came and 1 went, 11 are here"});
  s.pass(5s);
  CHECK(s.heard(1).empty());
}
