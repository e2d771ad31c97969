// SPDX-License-Identifier: MIT
#include "udp/core/stream_framing.h"

#include <algorithm>
#include <random>
#include <string_view>
#include <vector>

#include "tests/support/catch.h"

using namespace dgram;

namespace {

using bytes = std::vector<std::byte>;
constexpr std::size_t max_message = 1024 * 1024;

std::span<const std::byte> view(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

bytes preamble(stream_role role = stream_role::initiator) {
  bytes out;
  append_preamble(out, role);
  return out;
}

stream_frame message(std::uint64_t id, std::span<const std::byte> content) {
  return {.kind = frame_kind::message,
          .mode = delivery_mode::ordered,
          .wants_reply = true,
          .channel = {7},
          .id = {id},
          .bytes = content};
}

// What a parser made of a stream, for comparison.
struct parsed {
  std::vector<frame_kind> kinds;
  std::vector<std::uint64_t> ids;
  std::vector<bytes> contents;
  std::optional<discard_reason> failure;

  bool operator==(const parsed&) const = default;
};

parsed parse_in_chunks(std::span<const std::byte> stream, std::size_t chunk,
                       std::size_t limit = max_message) {
  stream_parser parser(stream_role::initiator, limit);
  parsed result;
  while (!stream.empty()) {
    // The chunk's memory goes away after each step, so that a dangling span is noticed by the sanitizer.
    const auto piece = stream.first(std::min(chunk, stream.size()));
    const bytes borrowed(piece.begin(), piece.end());
    stream = stream.subspan(piece.size());
    parser.feed(borrowed);
    while (const auto frame = parser.front()) {
      result.kinds.push_back(frame->kind);
      result.ids.push_back(frame->id.value);
      result.contents.emplace_back(frame->bytes.begin(), frame->bytes.end());
      parser.pop();
    }
    parser.keep();
  }
  result.failure = parser.failure();
  return result;
}

// A whole stream with one frame whose header is as given.
bytes stream_with(std::uint32_t length, std::uint8_t kind, std::uint8_t flags, std::uint8_t channel = 0) {
  bytes out = preamble();
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::byte>(length >> shift & 0xff));
  out.push_back(std::byte{kind});
  out.push_back(std::byte{flags});
  out.push_back(std::byte{channel});
  for (int i = 0; i < 7; ++i) out.push_back(std::byte{0});
  out.push_back(std::byte{1});
  return out;
}

}  // namespace

TEST_CASE("A frame comes out of the stream as it went in") {
  bytes stream = preamble();
  append_frame(stream, message(42, view("hello")));
  stream_parser parser(stream_role::initiator, max_message);
  parser.feed(stream);
  const auto frame = parser.front();
  REQUIRE(frame);
  CHECK(frame->kind == frame_kind::message);
  CHECK(frame->mode == delivery_mode::ordered);
  CHECK(frame->wants_reply);
  CHECK(frame->channel == channel_id{7});
  CHECK(frame->id == message_id{42});
  CHECK(std::ranges::equal(frame->bytes, view("hello")));
}

TEST_CASE("A frame that arrives whole is not copied") {
  bytes stream = preamble();
  append_frame(stream, message(1, view("hello")));
  stream_parser parser(stream_role::initiator, max_message);
  parser.feed(stream);
  const auto frame = parser.front();
  REQUIRE(frame);
  CHECK(frame->bytes.data() == stream.data() + preamble_size + frame_header_size);
}

TEST_CASE("The frames of a stream do not depend on how it is cut") {
  bytes stream = preamble();
  std::mt19937 random(7);
  for (std::uint64_t id = 1; id <= 60; ++id) {
    const bytes content(random() % (id % 10 == 0 ? 20000 : 200), static_cast<std::byte>(id));
    append_frame(stream, message(id, content));
    append_frame(stream, {.kind = frame_kind::ack, .id = {id}});
    append_frame(stream, {.kind = frame_kind::reply, .id = {id}, .bytes = content});
  }
  const auto whole = parse_in_chunks(stream, stream.size());
  REQUIRE(whole.kinds.size() == 180);
  REQUIRE_FALSE(whole.failure);
  for (std::size_t chunk = 1; chunk <= 300; ++chunk) CHECK(parse_in_chunks(stream, chunk) == whole);
  for (std::size_t chunk = 512; chunk <= 65536; chunk *= 2) CHECK(parse_in_chunks(stream, chunk) == whole);
}

TEST_CASE("Frames that were kept while nobody took them come out later") {
  bytes stream = preamble();
  for (std::uint64_t id = 1; id <= 100; ++id) append_frame(stream, message(id, view("kept")));
  stream_parser parser(stream_role::initiator, max_message);
  const std::size_t half = stream.size() / 2 + 3;
  parser.feed(std::span(stream).first(half));
  for (int i = 0; i < 10; ++i) {
    REQUIRE(parser.front());
    parser.pop();
  }
  parser.keep();
  parser.feed(std::span(stream).subspan(half));
  for (std::uint64_t id = 11; id <= 100; ++id) {
    const auto frame = parser.front();
    REQUIRE(frame);
    CHECK(frame->id == message_id{id});
    CHECK(std::ranges::equal(frame->bytes, view("kept")));
    parser.pop();
  }
  CHECK_FALSE(parser.front());
  CHECK(parser.pending() == 0);
}

TEST_CASE("A frame that claims four gibibytes ends the stream before anything is allocated for it") {
  for (const std::uint32_t length : {0xffffffffU, 0x80000000U, 1024U * 1024 + 12}) {
    const auto result = parse_in_chunks(stream_with(length, 1, 2), 65536);
    CHECK(result.failure == discard_reason::malformed);
  }
}

TEST_CASE("A frame of the largest size is taken, and one byte more is not") {
  bytes stream = preamble();
  append_frame(stream, message(1, bytes(1000)));
  CHECK(parse_in_chunks(stream, 64, 1000).contents.size() == 1);
  CHECK(parse_in_chunks(stream, 64, 999).failure == discard_reason::malformed);
}

TEST_CASE("Unknown kinds, flags and lengths that cannot be end the stream") {
  CHECK_FALSE(parse_in_chunks(stream_with(11, 1, 2), 1).failure);
  CHECK(parse_in_chunks(stream_with(10, 1, 2), 1).failure == discard_reason::malformed);
  CHECK(parse_in_chunks(stream_with(0, 1, 2), 1).failure == discard_reason::malformed);
  CHECK(parse_in_chunks(stream_with(11, 0, 0), 1).failure == discard_reason::malformed);
  CHECK(parse_in_chunks(stream_with(11, 5, 0), 1).failure == discard_reason::malformed);
  CHECK(parse_in_chunks(stream_with(11, 1, 8), 1).failure == discard_reason::malformed);
  CHECK(parse_in_chunks(stream_with(11, 3, 1), 1).failure == discard_reason::malformed);
  CHECK(parse_in_chunks(stream_with(11, 2, 0, 1), 1).failure == discard_reason::malformed);
  bytes long_ack = stream_with(12, 3, 0);
  long_ack.push_back(std::byte{0});
  CHECK(parse_in_chunks(long_ack, 1).failure == discard_reason::malformed);
}

TEST_CASE("A cut frame is neither delivered nor a failure") {
  bytes stream = preamble();
  append_frame(stream, message(1, view("hello")));
  for (std::size_t size = 0; size < stream.size(); ++size) {
    const auto result = parse_in_chunks(std::span(stream).first(size), 3);
    CHECK(result.contents.empty());
    CHECK_FALSE(result.failure);
  }
}

TEST_CASE("A wrong preamble is noticed at its first wrong byte") {
  const auto failure_of = [](const bytes& begin) { return parse_in_chunks(begin, 1).failure; };
  CHECK(failure_of({std::byte{'G'}}) == discard_reason::foreign);
  CHECK(failure_of({std::byte{0x9f}}) == std::nullopt);
  CHECK(failure_of({std::byte{0x9f}, std::byte{'x'}}) == discard_reason::foreign);
  CHECK(failure_of({std::byte{0x9f}, std::byte{'d'}, std::byte{'g'}, std::byte{2}}) ==
        discard_reason::wrong_version);
  CHECK(failure_of(preamble(stream_role::responder)) == discard_reason::wrong_direction);
}

TEST_CASE("No UTF-8 text begins like one of our streams") {
  for (int b = 0; b < 256; ++b) {
    const bytes begin{static_cast<std::byte>(b)};
    // 0x80 to 0xbf only continue a character; 0xf8 and above begin none.
    if (begins_like_ours(begin)) CHECK((b & 0xc0) == 0x80);
  }
  CHECK_FALSE(begins_like_ours({}));
}

TEST_CASE("Random bytes behind a preamble never do more than end the stream") {
  const std::uint32_t seed = 20240229;
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 3000; ++round) {
    bytes stream = preamble();
    append_frame(stream, message(1, bytes(random() % 40)));
    const std::size_t valid = stream.size();
    const std::size_t noise = random() % 200;
    for (std::size_t i = 0; i < noise; ++i) stream.push_back(static_cast<std::byte>(random()));
    if (round % 2 == 0) stream[random() % valid] ^= static_cast<std::byte>(1U << random() % 8);
    const auto result = parse_in_chunks(stream, 1 + random() % 64);
    CHECK(result == parse_in_chunks(stream, stream.size()));
  }
}
