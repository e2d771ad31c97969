// SPDX-License-Identifier: MIT
// The TCP example of the wire document is what two sessions really write.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/core/stream_pair.h"
#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::test;

namespace {

struct line {
  std::string who;
  std::string bytes;
};

std::vector<line> example_in(const std::filesystem::path& page) {
  std::ifstream in(page);
  std::vector<line> lines;
  std::string text;
  while (std::getline(in, text) && text != "```tcp") {
  }
  while (std::getline(in, text) && text != "```") {
    std::istringstream words(text.substr(0, text.find('#')));
    line read;
    words >> read.who;
    for (std::string byte; words >> byte;) read.bytes += static_cast<char>(std::stoul(byte, nullptr, 16));
    lines.push_back(read);
  }
  return lines;
}

std::vector<line> documented() {
  const auto docs = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path() / "docs";
  return example_in(docs / "wire.md");
}

std::string written_by(stream_protocol& from, stream_protocol& to, time_point now) {
  const std::string out = text(from.poll_transmit(now));
  from.transmitted(out.size(), now);
  to.handle_bytes(view(out), now);
  while (to.poll_event()) {
  }
  to.keep();
  return out;
}

}  // namespace

TEST_CASE("The TCP example of the wire document is what two sessions write") {
  const auto expected = documented();
  REQUIRE(expected.size() == 7);
  const time_point now{};
  stream_session initiator({}, stream_role::initiator, {1, 1});
  stream_session responder({}, stream_role::responder, {2, 1});
  initiator.handle_opened(now);
  responder.handle_opened(now);

  send_options request;
  request.wants_reply = true;
  initiator.send(view("hi"), request, {}, now);
  CHECK(written_by(initiator, responder, now) == expected[0].bytes + expected[1].bytes);
  responder.reply({{2, 1}, session_id{1}, message_id{1}}, view("ho"), now);
  send_options on_channel;
  on_channel.mode = delivery_mode::ordered;
  on_channel.channel = {5};
  responder.send({}, on_channel, {}, now);
  CHECK(written_by(responder, initiator, now) == expected[2].bytes + expected[3].bytes + expected[4].bytes);
  CHECK(written_by(initiator, responder, now) == expected[5].bytes);
  initiator.close(now);
  CHECK(written_by(initiator, responder, now) == expected[6].bytes);
}
