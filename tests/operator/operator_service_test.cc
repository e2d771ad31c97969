// SPDX-License-Identifier: MIT
#include "apps/operator/operator_service.h"

#include <algorithm>
#include <memory>

#include "tests/operator/fake_desk.h"
#include "tests/support/catch.h"
#include "udp/core/message.h"

using namespace std::chrono_literals;
using namespace dgram;
using namespace dgram::app;
using namespace dgram::test;
using lines = std::vector<std::string>;

namespace {

struct desk {
  explicit desk(bool terminal = true, operator_options options = {})
      : console(new fake_console(terminal)),
        post(port, std::unique_ptr<operator_console>(console), std::move(options)) {
    post.started(control);
    console->shown.clear();
    console->kinds.clear();
  }

  void come(std::uint64_t who, const std::string& transport = "UDP", bool plain = false) {
    post.joined({who}, {transport, "127.0.0.1", "127.0.0.1:" + std::to_string(50000 + who), plain, true});
  }
  void say(std::uint64_t who, std::string_view text, bool plain = false, bool wants_reply = true) {
    post.arrived({{who}, text, {}, wants_reply, plain, {{who}}});
  }
  void greet(std::uint64_t who, const std::string& name) {
    come(who);
    say(who, "/hello " + name + " lobby");
  }
  void leave(std::uint64_t who) { post.left({who}, end_reason::idle); }
  void type(const std::string& line) { console->line(line); }
  void end_input() { console->line(std::nullopt); }
  void pass(duration time) {
    const time_point end = port.clock + time;
    while (const auto due = post.next_timeout()) {
      if (*due > end) break;
      port.clock = std::max(port.clock, *due);
      post.handle_timeout(port.clock);
    }
    port.clock = end;
  }
  lines shown() { return std::exchange(console->shown, {}); }
  lines replies(std::uint64_t who) { return std::exchange(port.replies[who], {}); }
  lines told(std::uint64_t who) { return std::exchange(port.told[who], {}); }

  operator_port port;
  fake_control control;
  fake_console* console;
  operator_service post;
};

}  // namespace

TEST_CASE("the console shows who comes and what is said and who leaves") {
  desk d;
  d.come(3);
  d.say(3, "hello");
  d.say(3, "\x1b[2J\nesc");
  d.come(4, "TCP", true);
  d.leave(3);
  CHECK(d.shown() == lines{"#3 127.0.0.1:50003 joined, UDP", "#3: hello", "#3: \\x1B[2J\\x0Aesc",
                           "#4 127.0.0.1:50004 joined, plain TCP", "#3 left (idle), 2 messages unanswered"});
}

TEST_CASE("a long message is cut where it is shown") {
  desk d;
  d.come(1);
  d.say(1, std::string(100'000, 'x'));
  const std::string last = d.shown().back();
  CHECK(last.size() < 500);
  CHECK(last.ends_with("… (100000 bytes)"));
}

TEST_CASE("a typed line answers the last speaker: his oldest message first and then by itself") {
  desk d;
  d.come(1);
  d.come(2);
  d.say(1, "a");
  d.say(2, "b");
  d.say(2, "c");
  d.type("first");
  d.type("second");
  d.type("third");
  CHECK(d.replies(2) == lines{"first", "second"});
  CHECK(d.told(2) == lines{"third"});
  CHECK(d.replies(1).empty());
  CHECK(d.console->shown.back() == "to #2");
}

TEST_CASE("the console shows whom an answer goes to") {
  desk d;
  d.come(1);
  CHECK(d.console->target == "");
  d.say(1, "a");
  CHECK(d.console->target == "#1");
  d.say(1, "/hello ada lobby");
  CHECK(d.console->target == "ada");
  d.come(2);
  d.say(2, "b");
  CHECK(d.console->target == "#2");
  d.leave(1);
  CHECK(d.console->target == "#2");
  d.leave(2);
  CHECK(d.console->target == "");
}

TEST_CASE("a message that was not shown does not turn the answer being typed to somebody else") {
  desk d;
  for (std::uint64_t i = 1; i <= 199; ++i) d.come(i);
  d.say(1, "seen");
  d.say(2, "not seen");
  CHECK(d.console->target == "#1");
  d.type("for the first");
  CHECK(d.replies(1) == lines{"for the first"});
}

TEST_CASE("at the end it is said what nobody answered and what may not have arrived") {
  desk d;
  d.come(1);
  d.say(1, "a");
  d.port.stuck[1] = {2, 20};
  d.shown();
  d.post.closing();
  CHECK(d.shown() == lines{"1 message unanswered", "2 answers may not have arrived"});
}

TEST_CASE("with one peer it is not said whom an answer goes to") {
  desk d;
  d.come(1);
  d.say(1, "a");
  d.shown();
  d.type("x");
  CHECK(d.shown().empty());
}

TEST_CASE("a peer is found by number and by name and by address") {
  desk d;
  d.greet(3, "ada");
  d.come(4);
  for (const char* line : {"@ada 1", "@3 2", "@#3 3", "@127.0.0.1:50003 4", "@@ada 5", "//x"}) d.type(line);
  CHECK(d.told(3) == lines{"1", "2", "3", "4"});
  d.say(4, "me");
  d.type("@@ada 5");
  d.type("//x");
  CHECK(d.replies(4) == lines{"@ada 5"});
  CHECK(d.told(4) == lines{"/x"});
  d.shown();
  d.type("@eve x");
  d.type("@9 x");
  CHECK(d.shown() == lines{"nobody here is called eve", "nobody here is called 9"});
}

TEST_CASE("an address that two peers have names neither of them") {
  desk d;
  const client_description about{"UDP", "127.0.0.1", "127.0.0.1:5", true, true};
  d.post.joined({1}, about);
  d.post.joined({2}, about);
  d.shown();
  d.type("@127.0.0.1:5 x");
  CHECK(d.shown().back().starts_with("127.0.0.1:5 is the address of more than one: #"));
  CHECK(d.told(1).empty());
  d.leave(1);
  d.type("@127.0.0.1:5 x");
  CHECK(d.told(2) == lines{"x\n"});
}

TEST_CASE("a greeting names the peer and its reply is empty") {
  desk d;
  d.greet(3, "ada");
  d.say(3, "hello");
  CHECK(d.shown() == lines{"#3 127.0.0.1:50003 joined, UDP", "#3 is ada", "ada: hello"});
  CHECK(d.replies(3) == lines{""});
  CHECK(d.post.name_of({3}) == "ada");
  // Its client would take words in a reply for a refusal.
  d.type("hi");
  CHECK(d.replies(3) == lines{""});
  CHECK(d.told(3) == lines{"hi"});
  d.say(3, "/hello ada lobby");
  d.say(3, "/hello eve lobby");
  CHECK(d.replies(3) == lines{"", "you are ada already"});
  d.leave(3);
  CHECK(d.shown().back() == "ada left (idle)");
}

TEST_CASE("a name that is taken or bad or looks like a number is refused and seen to be") {
  desk d;
  d.greet(1, "ada");
  const auto refusal = [&](std::uint64_t who, const std::string& name) {
    d.greet(who, name);
    return d.replies(who).back();
  };
  CHECK(refusal(2, "ada") == "the name 'ada' is taken");
  CHECK(d.shown().back() == "#2 was refused: the name 'ada' is taken");
  CHECK(refusal(8, "ADA") == "the name 'ADA' is taken");
  d.type("@Ada x");
  CHECK(d.told(1) == lines{"x"});
  d.type("@\xff x");
  CHECK(d.shown().back() == "nobody here is called \\xFF");
  CHECK(refusal(3, "7") == "the name '7' looks like the number or the address of somebody");
  CHECK(refusal(4, "#1") == "the name '#1' looks like the number or the address of somebody");
  CHECK(refusal(5, "a:b") == "the name 'a:b' has a ':'");
  CHECK(refusal(6, "\x1b[2Jx") == "the name '\\x1B[2Jx' has a control character");
  d.leave(1);
  CHECK(refusal(7, "ada") == "");
}

TEST_CASE("nobody is answered by a name that looks like another's number or address") {
  desk d;
  d.come(1);
  d.greet(2, "１");
  d.greet(3, "＃1");
  d.greet(4, "127.0.0.1：50001");
  for (const char* line : {"@1 a", "@#1 b", "@127.0.0.1:50001 c"}) d.type(line);
  CHECK(d.told(1) == lines{"a", "b", "c"});
}

TEST_CASE("signs of life of a greeted client are acknowledged and not shown") {
  desk d;
  d.greet(3, "ada");
  d.shown();
  d.say(3, "");
  d.say(3, "", false, false);
  CHECK(d.shown().empty());
  CHECK(d.replies(3) == lines{"", ""});
  d.come(4);
  d.say(4, "");
  CHECK(d.shown().back() == "#4: ");
}

TEST_CASE("an answer to nobody says so") {
  desk d;
  d.type("hello?");
  CHECK(d.shown() == lines{"nobody to answer: nobody is here; it was not sent"});
  d.come(1);
  d.say(1, "x");
  d.come(2);
  d.leave(1);
  d.shown();
  d.type("hello?");
  CHECK(d.shown() == lines{"nobody to answer: the last speaker is none of those here; it was not sent"});
  CHECK(d.console->kinds.back() == operator_console::kind::refusal);
}

TEST_CASE("all are answered at once") {
  desk d;
  d.type("/all x");
  CHECK(d.shown() == lines{"nobody is here"});
  d.come(1);
  d.come(2, "UDP", true);
  d.greet(3, "ada");
  d.say(1, "?");
  d.replies(3);
  d.type("/all good night");
  CHECK(d.replies(1) == lines{"good night"});
  CHECK(d.told(2) == lines{"good night\n"});
  CHECK(d.told(3) == lines{"good night"});
  CHECK(d.shown().back() == "to 3 peers");
  d.port.stuck[2].messages = 256;
  d.type("/all again");
  CHECK(d.shown() == lines{"not sent to 1 peer, sent to 2"});
}

TEST_CASE("a peer is kicked and a kick of nobody says so") {
  desk d;
  d.greet(3, "ada");
  d.type("/kick eve");
  CHECK(d.shown().back() == "nobody here is called eve");
  d.type("/kick ada");
  d.type("/kick #3");
  CHECK(d.port.disconnected == std::vector<std::uint64_t>{3, 3});
}

TEST_CASE("what nobody answers in time is told so and answered later by a message of its own") {
  desk d;
  d.come(1);
  d.say(1, "hello");
  d.pass(1s);
  d.say(1, "anybody");
  d.pass(2999ms);
  CHECK(d.replies(1).empty());
  d.pass(1ms);
  CHECK(d.replies(1) == lines{"received 5 bytes; nobody has answered yet"});
  d.type("here");
  CHECK(d.replies(1) == lines{"here"});
  d.type("sorry");
  CHECK(d.told(1) == lines{"sorry"});
  d.pass(1h);
  CHECK(d.replies(1).empty());
}

TEST_CASE("a greeted client is only acknowledged when nobody answers in time") {
  desk d;
  d.greet(1, "ada");
  d.say(1, "hello");
  d.replies(1);
  d.pass(4s);
  CHECK(d.replies(1) == lines{""});
}

TEST_CASE("plain peers wait as long as they like and their lines are lines") {
  desk d;
  d.come(1, "TCP", true);
  d.shown();
  d.say(1, "one\r\ntwo\n", true);
  CHECK(d.shown() == lines{"#1: one", "#1: two"});
  d.pass(24h);
  CHECK(d.replies(1).empty());
  d.type("at last");
  CHECK(d.replies(1) == lines{"at last\n"});
  d.say(1, "/hello ada lobby\n", true);
  CHECK(d.shown().back() == "#1: /hello ada lobby");
}

TEST_CASE("beyond its open messages a peer is told so at once and nothing is forgotten") {
  operator_options options;
  options.limits.open = {3, 4};
  desk d(true, options);
  d.come(1);
  for (int i = 0; i < 5; ++i) d.say(1, "x");
  CHECK(d.replies(1) == lines(2, "received 1 bytes; 3 messages before it have no answer yet"));
  d.come(2);
  d.say(2, "x");
  d.say(2, "yy");
  CHECK(d.replies(2) == lines{"received 2 bytes; too many messages have no answer yet"});
  d.leave(1);
  d.say(2, "x");
  d.pass(4s);
  CHECK(d.replies(2) == lines(2, "received 1 bytes; nobody has answered yet"));
}

TEST_CASE("whoever floods is shown a part and hides nobody else") {
  desk d;
  d.come(1);
  d.come(2);
  d.shown();
  for (int i = 0; i < 5000; ++i) {
    d.say(1, "x");
    if (i % 500 == 0) d.say(2, "me too");
  }
  const lines shown = d.shown();
  CHECK(shown.size() < 200);
  CHECK(std::count(shown.begin(), shown.end(), "#2: me too") == 10);
  CHECK(std::count(shown.begin(), shown.end(), "#1: x") == 149);
  d.pass(1s);
  CHECK(d.shown() == lines{"… 4851 lines not shown"});
  d.say(1, "again");
  CHECK(d.shown() == lines{"#1: again"});
  // Not shown is not lost: it was answered.
  CHECK(d.replies(1).size() >= 4936);
}

TEST_CASE("many peers together show no more than the console takes") {
  desk d;
  for (std::uint64_t i = 1; i <= 300; ++i) d.come(i);
  CHECK(d.shown().size() == 200);
  d.post.closing();
  CHECK(d.shown() == lines{"… 100 lines not shown"});
  CHECK(d.console->stopped);
}

TEST_CASE("what is not sent is said and may be tried again") {
  desk d;
  d.come(1);
  d.say(1, "x");
  d.shown();
  d.port.reply_status = send_status::too_large;
  d.type("too much");
  CHECK(d.shown() == lines{"not sent to #1: message too large"});
  d.port.reply_status = send_status::accepted;
  d.type("less");
  CHECK(d.replies(1) == lines{"less"});
  // The transport has forgotten the request.
  d.say(1, "y");
  d.port.reply_status = send_status::no_peer;
  d.type("anyway");
  CHECK(d.told(1) == lines{"anyway"});
  d.shown();
  d.port.stuck[1] = {256, 512};
  d.type("more");
  CHECK(d.shown() ==
        lines{"not sent to #1: it takes nothing more for now, 256 messages wait for it (512 B)"});
  d.port.stuck[1] = {1, 1024 * 1024};
  d.type("more");
  CHECK(d.shown().size() == 1);
  d.port.stuck.erase(1);
  d.type(std::string(max_message_size + 1, 'x'));
  CHECK(d.shown() == lines{"not sent to #1: message too large"});
  d.port.send_status_now = send_status::no_peer;
  d.type("gone?");
  CHECK(d.shown() == lines{"not sent to #1: " + std::string(to_string(send_status::no_peer))});
}

TEST_CASE("more than a datagram is not sent to a plain peer over UDP") {
  desk d;
  d.come(1, "UDP", true);
  d.say(1, "x", true, false);
  d.shown();
  d.type(std::string(70'000, 'x'));
  CHECK(d.shown() == lines{"not sent to #1: message too large"});
}

TEST_CASE("new peers are kept out and let in again") {
  desk d;
  d.control.here.resize(2);
  d.type("/stop");
  CHECK_FALSE(d.control.accepts);
  d.type("/stop");
  d.type("/start");
  CHECK(d.control.accepts);
  d.type("/start");
  CHECK(d.shown() == lines{"no new peers are taken, 2 here go on; /start takes them again",
                           "no new peers are taken already", "new peers are taken",
                           "new peers are taken already"});
}

TEST_CASE("commands are asked of the server or refused in one line") {
  operator_options options;
  options.summary = [](const server_totals& t) { return std::to_string(t.messages) + " messages"; };
  desk d(true, options);
  d.control.figures.messages = 30;
  d.control.figures.running = 10s;
  d.type("/stats");
  CHECK(d.shown().back() ==
        "30 messages\n0 peers here, 0 messages unanswered, 3 messages/s, 0 B/s in, 0 B/s out; new peers are "
        "taken");
  d.type("/peers");
  CHECK(d.shown().back() == "nobody is here");
  d.control.here.resize(250);
  d.control.here[0].number = 7;
  d.control.here[0].name = "阿达";
  d.control.here[0].transport = "UDP";
  d.control.here[0].address = "127.0.0.1:50007";
  d.type("/peers");
  const std::string table = d.shown().back();
  CHECK(table.find("#7") != std::string::npos);
  CHECK(table.ends_with("\nand 50 more"));
  d.type("/frob\x1b x");
  d.type("/quit now");
  d.type("@ada");
  d.type("@ ");
  d.type("/kick");
  CHECK(d.shown() == lines{"/frob\\x1B is no command; /help lists them, //frob\\x1B sends it",
                           "/quit takes nothing after it; //quit sends it with what follows",
                           "@ada wants TEXT after it", "@NAME wants TEXT after it",
                           "/kick wants NAME after it"});
  CHECK(d.control.quits == 0);
  d.type("/quit");
  CHECK(d.control.quits == 1);
  d.end_input();
  CHECK(d.control.quits == 2);
}

TEST_CASE("lines of a pipe wait for who speaks and each answers one message") {
  desk d(false);
  for (const char* line : {"one", "two", "three"}) d.type(line);
  CHECK(d.shown().empty());
  d.come(1);
  d.come(2);
  d.say(2, "a");
  d.say(1, "b");
  // Behind the one that waits.
  d.type("four");
  CHECK(d.replies(2) == lines{"one"});
  CHECK(d.replies(1) == lines{"two"});
  CHECK(d.told(1).empty());
  d.say(2, "c");
  d.say(1, "d");
  CHECK(d.replies(2) == lines{"three"});
  CHECK(d.replies(1) == lines{"four"});
  d.type("five");
  CHECK(d.told(1) == lines{"five"});
}

TEST_CASE("no more lines of a pipe are taken than may wait") {
  desk d(false);
  for (int i = 0; i < 999; ++i) d.type("x");
  CHECK(d.console->wanted);
  d.type("x");
  CHECK_FALSE(d.console->wanted);
  d.come(1);
  d.say(1, "a");
  CHECK(d.console->wanted);
  d.shown();
  d.post.closing();
  CHECK(d.shown() == lines{"999 answers went to nobody"});
}

TEST_CASE("at the end of a pipe who still asks is told that nobody is here") {
  desk d(false);
  d.come(1);
  d.say(1, "before");
  d.shown();
  d.end_input();
  CHECK(d.shown() == lines{"end of input: nobody answers any more"});
  CHECK(d.replies(1) == lines{"received 6 bytes; nobody is here to answer"});
  d.come(2, "UDP", true);
  d.say(2, "after\n", true);
  CHECK(d.replies(2) == lines{"received 6 bytes; nobody is here to answer\n"});
  d.greet(3, "ada");
  d.say(3, "");
  CHECK(d.replies(3) == lines{"", ""});
  CHECK(d.control.quits == 0);
}

TEST_CASE("lines of a pipe that ended are still answers") {
  desk d(false);
  d.type("hi");
  d.end_input();
  CHECK(d.shown().empty());
  d.come(1);
  d.say(1, "a");
  CHECK(d.shown().back() == "end of input: nobody answers any more");
  d.say(1, "b");
  CHECK(d.replies(1) == lines{"hi", "received 1 bytes; nobody is here to answer"});
}

TEST_CASE("where peers are shown elsewhere the console says only what fails and what was asked") {
  operator_options options;
  options.show_peers = false;
  desk d(false, options);
  d.come(1);
  d.say(1, "a");
  d.leave(1);
  CHECK(d.shown().empty());
  d.type("@1 x");
  CHECK(d.shown() == lines{"nobody here is called 1"});
}
