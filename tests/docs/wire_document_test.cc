// SPDX-License-Identifier: MIT
// docs/wire.md is the contract: its examples are read out of it, not repeated here.
#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/describe_datagram.h"

using namespace dgram;

namespace {

struct example {
  std::vector<std::byte> bytes;
  std::string words;
};

std::string block_after(std::istream& in) {
  std::string text;
  for (std::string line; std::getline(in, line) && line != "```";) text += line + "\n";
  return text;
}

std::vector<example> examples_of(const std::string& page) {
  std::ifstream in(page);
  std::vector<example> found;
  for (std::string line; std::getline(in, line);) {
    if (line == "```hex") {
      std::istringstream hex(block_after(in));
      found.emplace_back();
      for (std::string byte; hex >> byte;) {
        found.back().bytes.push_back(static_cast<std::byte>(std::stoul(byte, nullptr, 16)));
      }
    } else if (line == "```text" && !found.empty() && found.back().words.empty()) {
      found.back().words = block_after(in);
    }
  }
  return found;
}

}  // namespace

TEST_CASE("every example of docs/wire.md means what it says and is written again to the same bytes") {
  const auto examples = examples_of(DGRAM_SOURCE_DIR "/docs/wire.md");
  CHECK(examples.size() >= 16);
  for (const example& e : examples) {
    INFO(e.words);
    const auto words = testing::describe(e.bytes);
    REQUIRE(words);
    CHECK(*words == e.words);
    CHECK(std::ranges::equal(testing::encode_again(e.bytes), e.bytes));
  }
}

TEST_CASE("docs/wire.md shows every frame, and every form of a message") {
  std::string words;
  for (const example& e : examples_of(DGRAM_SOURCE_DIR "/docs/wire.md")) words += e.words;
  for (const char* shown : {"padding",    "ack largest",     "gap=",
                            "hello age",  "greeting epoch",  "token ",
                            "skip id",    "close",           "ping",
                            "credit ",    "challenge ",      "response ",
                            "marks ",     "drop id=",        "drop id=17 of=65550 order",
                            "unreliable", "sequenced",       "reliable",
                            "ordered",    "wants-reply",     "in-reply-to",
                            " long",      "of=65550 total=", "unheard",
                            "ack-now",    "unknown-session"}) {
    INFO(shown);
    CHECK(words.find(shown) != std::string::npos);
  }
}

TEST_CASE("a bit of an example that changed on the way is found by the checksum") {
  for (const example& e : examples_of(DGRAM_SOURCE_DIR "/docs/wire.md")) {
    for (std::size_t bit = 0; bit < e.bytes.size() * 8; ++bit) {
      auto damaged = e.bytes;
      damaged[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
      REQUIRE_FALSE(wire::parse_header(damaged).header);
    }
  }
}
