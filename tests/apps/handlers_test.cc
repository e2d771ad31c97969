// SPDX-License-Identifier: MIT
#include "apps/server/handlers.h"

#include <string>

#include "tests/support/catch.h"

using namespace dgram::app;

namespace {

std::string reply(std::string_view message, const reply_rule& rule, bool plain = false) {
  std::string scratch;
  return std::string(reply_to(message, rule, plain, scratch));
}

}  // namespace

TEST_CASE("ack says how many bytes were received") {
  CHECK(reply("hello", {}) == "received 5 bytes");
  CHECK(reply("", {}) == "received 0 bytes");
  CHECK(reply("你好", {}) == "received 6 bytes");
}

TEST_CASE("ack with a text of one's own replies that text") {
  CHECK(reply("hello", {reply_kind::ack, "服务器已收到您的消息"}) == "服务器已收到您的消息");
}

TEST_CASE("echo replies the message byte for byte, a text of one's own before it") {
  const std::string binary("\0\xff\n\x01", 4);
  CHECK(reply(binary, {reply_kind::echo, ""}) == binary);
  CHECK(reply(binary, {reply_kind::echo, ""}, true) == binary);
  CHECK(reply("hi", {reply_kind::echo, "Echo=>"}) == "Echo=>hi");
}

TEST_CASE("upper turns a to z into capitals and nothing else") {
  CHECK(reply("Hello, 世界 ß", {reply_kind::upper, ""}) == "HELLO, 世界 ß");
  CHECK(reply("hi", {reply_kind::upper, "you said "}) == "you said HI");
}

TEST_CASE("a plain peer that ends its line gets a reply that ends its line") {
  CHECK(reply("hello\n", {}, true) == "received 6 bytes\n");
  CHECK(reply("hello", {}, true) == "received 5 bytes");
  CHECK(reply("hello\n", {}, false) == "received 6 bytes");
  CHECK(reply("hello\n", {reply_kind::echo, "Echo=>"}, true) == "Echo=>hello\n");
  CHECK(reply("hello\n", {reply_kind::upper, ""}, true) == "HELLO\n");
}
