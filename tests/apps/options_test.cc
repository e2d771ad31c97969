// SPDX-License-Identifier: MIT
#include <initializer_list>
#include <string>
#include <vector>

#include "apps/client/client_options.h"
#include "apps/server/server_options.h"
#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::app;
using namespace std::chrono_literals;

namespace {

using words = std::vector<const char*>;

template <class Options>
Options parsed(flags given, Options (*from)(const flags&), const char* program, words arguments) {
  arguments.insert(arguments.begin(), program);
  given.parse(static_cast<int>(arguments.size()), arguments.data());
  return from(given);
}

client_options client(words arguments) {
  return parsed(client_flags(), client_options_from, "udp_client", std::move(arguments));
}

server_options server(words arguments) {
  return parsed(server_flags(), server_options_from, "udp_server", std::move(arguments));
}

// The complaint must name each of `parts`.
template <class Parse>
void refuses(Parse parse, words arguments, std::initializer_list<const char*> parts) {
  CAPTURE(arguments);
  try {
    parse(arguments);
    FAIL_CHECK("accepted");
  } catch (const usage_error& e) {
    const std::string complaint = e.what();
    CAPTURE(complaint);
    for (const char* part : parts) CHECK(complaint.find(part) != std::string::npos);
    CHECK(complaint.find('\n') == std::string::npos);
  }
}

}  // namespace

TEST_CASE("without flags the client chats with port 9000 of this machine over UDP") {
  const client_options options = client({});
  CHECK(options.host == "127.0.0.1");
  CHECK(options.port == 9000);
  CHECK_FALSE(options.tcp);
  CHECK(options.timeout == 250ms);
  CHECK(options.deadline == 5s);
  CHECK(options.max_tries == 0);
  CHECK(options.window == 256);
  CHECK(options.mode == delivery_mode::ordered);
}

TEST_CASE("the client takes host and port by position or by flag") {
  CHECK(client({"::1", "7"}).host == "::1");
  CHECK(client({"::1", "7"}).port == 7);
  CHECK(client({"--host", "a", "--port=8"}).host == "a");
  CHECK(client({"--host", "a", "--port=8"}).port == 8);
  CHECK(client({"h", "-p", "65535", "-4"}).family == address_family::ipv4);
}

TEST_CASE("messages may hold commas, be empty, begin with a dash, and repeat") {
  const auto messages = client({"-m", "a,b", "-m", "", "-m", "-x", "--message", "你好"}).messages;
  CHECK(messages == std::vector<std::string>{"a,b", "", "-x", "你好"});
}

TEST_CASE("retries count beyond the first try") {
  CHECK(client({"--retries", "0"}).max_tries == 1);
  CHECK(client({"--retries", "5"}).max_tries == 6);
}

TEST_CASE("a timeout beyond the usual deadline doubles into the deadline, unless one is given") {
  CHECK(client({"--timeout", "1s"}).deadline == 5s);
  CHECK(client({"--timeout", "20s"}).deadline == 40s);
  CHECK(client({"--timeout", "20s", "--deadline", "3s"}).deadline == 3s);
}

TEST_CASE("measuring is unordered unless asked otherwise") {
  CHECK(client({"--count", "10"}).mode == delivery_mode::reliable);
  CHECK(client({"--count", "10", "--mode", "sequenced"}).mode == delivery_mode::sequenced);
  CHECK(client({"--count", "10", "--interval", "2ms", "--size", "1k"}).size == 1000);
  CHECK(client({"--count", "10", "--size", "16Mi"}).size == max_message_size);
}

TEST_CASE("plain datagrams go one at a time, unless asked otherwise") {
  CHECK(client({"--plain"}).window == 1);
  CHECK(client({"--plain", "--window", "8"}).window == 8);
  CHECK(client({"--plain", "--tcp"}).window == 256);
}

TEST_CASE("in a room the client has a copy of each line and few lines on the way unless asked otherwise") {
  const client_options options = client({"--name", "阿达"});
  CHECK(options.name == "阿达");
  CHECK(options.room == "lobby");
  CHECK(options.window == 8);
  CHECK(options.transport.redundancy == redundancy{2});
  CHECK(client({"--name", "a", "--redundancy", "off"}).transport.redundancy == redundancy::off());
  CHECK(client({"--name", "a", "--room", "茶馆", "--window", "3"}).window == 3);
  refuses(client, {"--name", "a b"}, {"--name", "'a b'", "has a space"});
  refuses(client, {"--name", "a", "--room", "x:y"}, {"--room", "'x:y'", "has a ':'"});
  refuses(client, {"--room", "x"}, {"--room", "--name"});
}

TEST_CASE("the client names the flag and the value that it refuses") {
  refuses(client, {"--bogus"}, {"bogus"});
  refuses(client, {"--timeout", "5x"}, {"--timeout", "'5x'", "250ms"});
  refuses(client, {"--timeout", "0"}, {"--timeout", "'0'"});
  refuses(client, {"--deadline", "never"}, {"--deadline", "'never'"});
  refuses(client, {"--port", "70000"}, {"--port", "'70000'", "65535"});
  refuses(client, {"--port", "0"}, {"--port", "'0'"});
  refuses(client, {"--port", "-1"}, {"--port", "'-1'"});
  refuses(client, {"h", "99999"}, {"PORT", "'99999'"});
  refuses(client, {"h", "http"}, {"PORT", "'http'"});
  refuses(client, {"h", "1", "extra"}, {"'extra'"});
  refuses(client, {"h", "--host", "g"}, {"--host", "'h'"});
  refuses(client, {"--retries", "many"}, {"--retries", "'many'"});
  refuses(client, {"--window", "0"}, {"--window", "'0'"});
  refuses(client, {"--count", "1.5"}, {"--count", "'1.5'"});
  refuses(client, {"--size", "10"}, {"--size", "--count"});
  refuses(client, {"--count", "1", "--size", "16777217"}, {"--size", "'16777217'", "16777216"});
  refuses(client, {"--count", "1", "--size", "16385", "--mode", "sequenced"}, {"--size", "'16385'", "16384"});
  refuses(client, {"--count", "1", "--size", "65508", "--plain"}, {"--size", "'65508'", "65507"});
  refuses(client, {"--count", "1", "--interval", "0"}, {"--interval", "'0'"});
  refuses(client, {"--mode", "fast"}, {"--mode", "'fast'", "ordered"});
  refuses(client, {"-4", "-6"}, {"--ipv4", "--ipv6"});
  refuses(client, {"--timeout"}, {"timeout"});
  refuses(client, {"--host", ""}, {"--host"});
}

TEST_CASE("without flags the transport does as the library does by itself") {
  for (const session_options& options : {client({}).transport, server({}).transport}) {
    const session_options usual;
    CHECK(options.redundancy == usual.redundancy);
    CHECK(options.congestion == usual.congestion);
    CHECK(options.keep_alive == usual.keep_alive);
    CHECK(options.largest_datagram == usual.largest_datagram);
  }
  CHECK(client({}).channel.value == 0);
  CHECK(client({}).priority == 0);
}

TEST_CASE("client and server take the same flags for the transport") {
  const auto redundancy_of = [](const char* how) {
    const redundancy of_client = client({"--redundancy", how}).transport.redundancy;
    CHECK(of_client == server({"--redundancy", how}).transport.redundancy);
    return of_client;
  };
  CHECK(redundancy_of("off") == redundancy::off());
  CHECK(redundancy_of("auto") == redundancy::automatic());
  CHECK(redundancy_of("0") == redundancy::off());
  CHECK(redundancy_of("16").copies == 16);

  const words given{"--congestion", "new-reno", "--keep-alive", "15s", "--largest-datagram", "548"};
  for (const session_options& options : {client(given).transport, server(given).transport}) {
    CHECK(options.congestion == congestion_algorithm::new_reno);
    CHECK(options.keep_alive == 15s);
    CHECK(options.largest_datagram == 548);
  }
  CHECK(client({"--congestion", "bbr"}).transport.congestion == congestion_algorithm::bbr);
  CHECK(client({"--channel", "255", "--priority", "7"}).channel.value == 255);
  CHECK(client({"--channel", "255", "--priority", "7"}).priority == 7);
}

TEST_CASE("client and server name the transport's flag and the value that they refuse") {
  const auto both_refuse = [](const words& arguments, std::initializer_list<const char*> parts) {
    refuses(client, arguments, parts);
    refuses(server, arguments, parts);
  };
  both_refuse({"--redundancy", "17"}, {"--redundancy", "'17'", "off, auto", "16"});
  both_refuse({"--redundancy", "-1"}, {"--redundancy", "'-1'"});
  both_refuse({"--redundancy", "lots\x1b"}, {"--redundancy", "'lots\\x1B'"});
  both_refuse({"--congestion", "cubic"}, {"--congestion", "'cubic'", "bbr or new-reno"});
  both_refuse({"--keep-alive", "0"}, {"--keep-alive", "'0'", "100 ms"});
  both_refuse({"--keep-alive", "1m"}, {"--keep-alive", "'1m'", "25 s"});
  both_refuse({"--keep-alive", "5x"}, {"--keep-alive", "'5x'", "250ms"});
  both_refuse({"--largest-datagram", "547"}, {"--largest-datagram", "'547'", "548"});
  both_refuse({"--largest-datagram", "1473"}, {"--largest-datagram", "'1473'", "1472"});
  refuses(client, {"--channel", "256"}, {"--channel", "'256'", "255"});
  refuses(client, {"--priority", "high"}, {"--priority", "'high'", "255"});
}

TEST_CASE("what only our protocol over UDP knows is refused where it would do nothing") {
  const std::vector<std::pair<const char*, const char*>> table{{"--redundancy", "off"},
                                                               {"--congestion", "bbr"},
                                                               {"--keep-alive", "1s"},
                                                               {"--largest-datagram", "1200"}};
  for (const auto& [name, value] : table) {
    refuses(client, {name, value, "--tcp"}, {name, "--tcp"});
    refuses(client, {"--plain", name, value}, {name, "--plain"});
    refuses(server, {name, value, "--tcp"}, {name, "--tcp"});
    CHECK_NOTHROW(server({name, value, "--both"}));
  }
  refuses(client, {"--priority", "1", "--tcp"}, {"--priority", "--tcp"});
  refuses(client, {"--channel", "1", "--plain"}, {"--channel", "--plain"});
}

TEST_CASE("without flags the server acknowledges on loopback, UDP port 9000") {
  const server_options options = server({});
  CHECK(options.bind == "127.0.0.1");
  CHECK(options.port == 9000);
  CHECK(options.udp);
  CHECK_FALSE(options.tcp);
  CHECK(options.reply.kind == reply_kind::ack);
  CHECK_FALSE(options.plain);
}

TEST_CASE("the server takes a transport, a reply and limits") {
  CHECK_FALSE(server({"--tcp"}).udp);
  CHECK(server({"--tcp"}).tcp);
  CHECK(server({"--both"}).udp);
  CHECK(server({"--both"}).tcp);
  CHECK(server({"--reply", "upper", "--reply-text", "Echo=>"}).reply.kind == reply_kind::upper);
  CHECK(server({"--reply-text", "服务器已收到您的消息"}).reply.text == "服务器已收到您的消息");
  CHECK(server({"--port", "0", "--idle-timeout", "2s", "--max-peers", "3"}).idle_timeout == 2s);
}

TEST_CASE("the server takes commands and keeps the sessions of those who wait for them") {
  const server_options none = server({});
  CHECK_FALSE(none.exec.wanted());
  CHECK(none.transport.keep_alive == 0s);
  const server_options two = server({"--exec", "a=echo b, c", "--exec", "df -h"});
  CHECK(two.exec.wanted());
  CHECK_FALSE(two.exec.shell);
  REQUIRE(two.exec.commands.find("a"));
  CHECK(*two.exec.commands.find("a") == "echo b, c");
  CHECK(two.exec.timeout == 10s);
  CHECK(two.exec.at_once == 16);
  CHECK(two.transport.keep_alive == 20s);
  const server_options shell =
      server({"--exec-shell", "--exec-timeout", "2m", "--exec-at-once", "3", "--keep-alive", "5s"});
  CHECK(shell.exec.wanted());
  CHECK(shell.exec.shell);
  CHECK(shell.exec.timeout == 2min);
  CHECK(shell.exec.at_once == 3);
  CHECK(shell.transport.keep_alive == 5s);
}

TEST_CASE("the server is operated by a person whose silence ends no session") {
  const server_options usual = server({"--reply", "operator"});
  CHECK(usual.operated);
  CHECK_FALSE(server({}).operated);
  CHECK(usual.hold == 4s);
  CHECK(usual.transport.keep_alive == 20s);
  CHECK(server({"--reply", "operator", "--hold", "1m"}).hold == 1min);
  CHECK(server({"--reply", "operator", "--keep-alive", "5s"}).transport.keep_alive == 5s);
  refuses(server, {"--reply", "operator", "--hold", "0"}, {"--hold", "'0'"});
  refuses(server, {"--reply", "chat", "--hold", "1s"}, {"--hold", "--reply operator"});
  refuses(server, {"--reply", "operator", "--reply-text", "x"}, {"--reply-text", "--reply operator"});
}

TEST_CASE("the server names the flag and the value that it refuses") {
  CHECK(server({"--reply", "chat"}).chat);
  refuses(server, {"--reply", "chat", "--reply-text", "x"}, {"--reply-text", "--reply chat"});
  refuses(server, {"--reply", "shout"}, {"--reply", "'shout'", "ack, echo, upper, chat or operator"});
  refuses(server, {"--port", "65536"}, {"--port", "'65536'"});
  refuses(server, {"--idle-timeout", "soon"}, {"--idle-timeout", "'soon'"});
  refuses(server, {"--max-peers", "0"}, {"--max-peers", "'0'"});
  refuses(server, {"--tcp", "--both"}, {"--tcp", "--both"});
  refuses(server, {"9000"}, {"'9000'"});
  refuses(server, {"--nonsense=\x1b[31m"}, {"nonsense"});
}

TEST_CASE("help names every exit code and shows examples") {
  for (const std::string& help : {client_flags().help(), server_flags().help()}) {
    CHECK_THAT(help, ContainsSubstring("Examples:"));
    CHECK_THAT(help, ContainsSubstring("Exit codes:"));
    CHECK_THAT(help, ContainsSubstring("130"));
    for (const char* name :
         {"--redundancy HOW", "--congestion NAME", "--keep-alive TIME", "--largest-datagram BYTES"}) {
      CHECK_THAT(help, ContainsSubstring(name));
    }
    const std::size_t examples = help.find("Examples:");
    CHECK_THAT(help.substr(examples), ContainsSubstring("--redundancy"));
  }
}
