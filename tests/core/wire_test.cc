// SPDX-License-Identifier: MIT
// docs/wire.md is checked by tests/docs; here are the forms it forbids, and that sizes are known beforehand.
#include "udp/core/wire.h"

#include <array>
#include <string>
#include <vector>

#include "tests/core/bytes_of.h"
#include "tests/support/catch.h"
#include "udp/core/crc32c.h"

using namespace dgram;
using namespace dgram::test;
using bytes = std::vector<std::byte>;

namespace {

constexpr wire::header plain{wire::kind::from_initiator, false, false, {0x0123456789abcdef}, 7};

template <class... Frames>
bytes datagram_of(const wire::header& h, const Frames&... frames) {
  std::array<std::byte, largest_datagram> buffer;
  wire::datagram_writer out(buffer, h);
  (out.write(frames), ...);
  const std::size_t size = out.seal();
  return {buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size)};
}

void seal(bytes& d) {
  const std::uint32_t sum = crc32c(std::span(d).subspan(16), crc32c(std::span(d).first(12)));
  for (unsigned i = 0; i < 4; ++i) d[12 + i] = static_cast<std::byte>(sum >> (24 - 8 * i) & 0xff);
}

std::optional<wire::frame> only_frame(const bytes& payload) {
  wire::frame_reader frames(payload);
  const auto f = frames.next();
  return f && !frames.next() && frames.good() ? f : std::nullopt;
}

template <class Frame>
void check_both_ways(const Frame& f, wire::header h = plain) {
  const bytes d = datagram_of(h, f);
  REQUIRE_FALSE(d.empty());
  const auto parsed = wire::parse_header(d);
  REQUIRE(parsed.header);
  CHECK(*parsed.header == h);
  CHECK(only_frame({d.begin() + 16, d.end()}) == wire::frame(f));
  CHECK(wire::summarize(h, std::span(d).subspan(16)));
}

void check_malformed(const bytes& payload, wire::header h = plain) {
  CHECK_FALSE(wire::summarize(h, payload));
}

wire::message text_message(delivery_mode mode, channel_id channel, std::string_view text) {
  return {mode, false, 1, 0, {}, channel, bytes_of(text)};
}

constexpr wire::header responder{wire::kind::from_responder, false, true, {42}, 0xffffff};
constexpr wire::header unheard{wire::kind::from_initiator, true, true, {42}, 0};

}  // namespace

TEST_CASE("every frame comes back as it was written") {
  check_both_ways(wire::hello{123456, 7}, unheard);
  check_both_ways(wire::greeting{0xcafe, 0x1122334455667788}, responder);
  check_both_ways(wire::token_echo{0x1122334455667788});
  check_both_ways(wire::skip{0xffff, 0xfffe, {255}});
  check_both_ways(wire::close{});
  check_both_ways(wire::ping{}, responder);
  wire::ack a{0xabcdef, 0xffff, 0xff00ff00ff00ff01, 0, {}};
  check_both_ways(a);
  a.range_count = wire::max_ack_ranges;
  a.ranges.fill({1, 0xffffffff});
  a.ranges[0].gap = 0;
  check_both_ways(a);
  check_both_ways(wire::path_challenge{0x1122334455667788});
  check_both_ways(wire::path_response{0xfedcba9876543210}, responder);
  check_both_ways(wire::drop{0xffff, 0xfffffffe, {}, {}});
  check_both_ways(wire::drop{1, 2, 0xfffd, {255}});
  for (const std::uint32_t n : {0U, 127U, 128U, 0x10000U, 0xffffffffU}) {
    check_both_ways(wire::credit{n});
    check_both_ways(wire::congestion_marks{n});
  }
}

TEST_CASE("every kind of message comes back as it was written") {
  for (const auto mode : {delivery_mode::unreliable, delivery_mode::sequenced, delivery_mode::reliable,
                          delivery_mode::ordered}) {
    for (const unsigned channel : {0U, 1U, 2U, 3U, 255U}) {
      for (const std::size_t size : {std::size_t{0}, std::size_t{127}, std::size_t{128}, max_whole_message}) {
        const std::string text(size, 'x');
        wire::message m = text_message(mode, {static_cast<std::uint8_t>(channel)}, text);
        m.wants_reply = size % 2 == 0;
        if (mode == delivery_mode::ordered) m.order = 0xfedc;
        check_both_ways(m);
      }
    }
  }
  wire::message reply = text_message(delivery_mode::reliable, {}, "reply");
  reply.in_reply_to = wire::request_name{0xffff, false};
  check_both_ways(reply);
  reply.in_reply_to = wire::request_name{0xfffffffe, true};
  check_both_ways(reply);
}

TEST_CASE("every kind of fragment comes back as it was written") {
  const std::string text(1300, 'x');
  constexpr auto largest = static_cast<std::uint32_t>(max_message_size);
  for (const wire::fragment part :
       {wire::fragment{0xfffffffe, 1300, 0}, {7, 1427, 127}, {7, 1428, 128}, {7, largest, largest - 1300}}) {
    for (const auto mode : {delivery_mode::unreliable, delivery_mode::sequenced, delivery_mode::reliable,
                            delivery_mode::ordered}) {
      wire::message m = text_message(mode, {200}, text);
      m.wants_reply = part.offset == 0;
      if (mode == delivery_mode::ordered) m.order = 0xfedc;
      m.part = part;
      check_both_ways(m);
    }
    wire::message reply = text_message(delivery_mode::reliable, {}, text);
    reply.part = part;
    for (const bool is_long : {false, true}) {
      reply.in_reply_to = wire::request_name{0xfffe, is_long};
      check_both_ways(reply);
    }
  }
}

TEST_CASE("a small message on channels 0 to 2 costs at most six bytes before its own") {
  for (const auto mode : {delivery_mode::unreliable, delivery_mode::sequenced, delivery_mode::reliable,
                          delivery_mode::ordered}) {
    for (const unsigned channel : {0U, 1U, 2U}) {
      const auto m =
          text_message(mode, {static_cast<std::uint8_t>(channel)}, "sixty-four bytes or so of a message");
      CHECK(wire::size_of(m) - m.bytes.size() <= (mode == delivery_mode::ordered ? 6 : 4));
    }
  }
  wire::message reply = text_message(delivery_mode::reliable, {}, "reply");
  reply.in_reply_to = wire::request_name{1, false};
  CHECK(wire::size_of(reply) == 6 + 5);
}

TEST_CASE("sizes are known before anything is written") {
  const auto written = [](const auto& f) { return datagram_of(plain, f).size() - wire::header_size; };
  wire::ack a{1, 2, 0xffffffffffff00ff, 3, {{{0, 1}, {200, 1}, {1, 70000}}}};
  CHECK(wire::size_of(a) == written(a));
  a.range_count = 0;
  CHECK(wire::size_of(a) == written(a));
  CHECK(wire::skip_size == written(wire::skip{}));
  CHECK(wire::greeting_size == written(wire::greeting{}));
  CHECK(wire::token_size == written(wire::token_echo{}));
  CHECK(wire::challenge_size == written(wire::path_challenge{}));
  CHECK(wire::challenge_size == written(wire::path_response{}));
  CHECK(wire::drop_size == written(wire::drop{0, 0, 0, {}}));
  CHECK(wire::drop_size > written(wire::drop{}));
  CHECK(wire::credit_size == written(wire::credit{0xffffffff}));
  CHECK(wire::marks_size == written(wire::congestion_marks{0xffffffff}));
  for (const unsigned channel : {0U, 3U}) {
    const auto m = text_message(delivery_mode::ordered, {static_cast<std::uint8_t>(channel)}, "text");
    CHECK(wire::size_of(m) == written(m));
  }
}

TEST_CASE("the largest message fits beside the longest header and a greeting, or a token") {
  const std::string text(max_whole_message, 'x');
  const wire::message m = text_message(delivery_mode::ordered, {200}, text);
  CHECK_FALSE(datagram_of(responder, wire::greeting{}, m).empty());
  CHECK_FALSE(datagram_of(unheard, wire::hello{0xffffffff, 1}, wire::token_echo{}, m).empty());
}

TEST_CASE("what does not begin like one of ours is told apart from what is damaged") {
  const bytes good = datagram_of(plain, wire::ping{});
  const auto why = [](bytes d) { return wire::parse_header(d).why; };
  CHECK(why({}) == discard_reason::foreign);
  CHECK(why(hex({'h', 'e', 'l', 'l', 'o'})) == discard_reason::foreign);
  CHECK(why(hex({0xc3, 0x80})) == discard_reason::foreign);  // UTF-8
  CHECK(why({good.begin(), good.begin() + 15}) == discard_reason::truncated);
  CHECK(why({good.begin(), good.begin() + 16}) == discard_reason::bad_checksum);
  bytes other_version = good;
  other_version[0] ^= std::byte{0x30};
  CHECK(why(other_version) == discard_reason::wrong_version);
  for (std::size_t i = 1; i < good.size(); ++i) {
    bytes damaged = good;
    damaged[i] ^= std::byte{0x10};
    CHECK(why(damaged) == discard_reason::bad_checksum);
  }
}

TEST_CASE("kind 3, the unheard flag of a responder and more than 1472 bytes are malformed") {
  for (const unsigned first : {0x9cU, 0x96U, 0x9aU}) {
    bytes d = datagram_of(plain, wire::ping{});
    d[0] = static_cast<std::byte>(first);
    seal(d);
    CHECK(wire::parse_header(d).why == discard_reason::malformed);
  }
  bytes long_one = datagram_of(plain, wire::ping{});
  for (const std::size_t size : {max_datagram_size + 1, largest_datagram}) {
    long_one.resize(size);
    seal(long_one);
    CHECK(wire::parse_header(long_one).header);
  }
  long_one.resize(largest_datagram + 1);
  seal(long_one);
  CHECK(wire::parse_header(long_one).why == discard_reason::malformed);
}

TEST_CASE("frames in the wrong direction or place are malformed") {
  const auto payload_of = [](const bytes& d) { return bytes(d.begin() + 16, d.end()); };
  check_malformed(payload_of(datagram_of(responder, wire::greeting{})), plain);
  check_malformed(payload_of(datagram_of(plain, wire::token_echo{})), responder);
  check_malformed(payload_of(datagram_of(plain, wire::ping{})), unheard);  // a hello must come first
  check_malformed(payload_of(datagram_of(unheard, wire::hello{})), plain);
  check_malformed(payload_of(datagram_of(unheard, wire::hello{}, wire::hello{})), unheard);
  check_malformed(payload_of(datagram_of(plain, wire::ack{}, wire::ack{})), plain);
}

TEST_CASE("every malformed frame is refused") {
  check_malformed({});
  check_malformed(hex({0x0f}));  // no such frame
  check_malformed(hex({0x7f}));
  check_malformed(hex({0x08, 0x7f}));     // a good one and a bad one
  check_malformed(hex({0x00, 0x01}));     // padding is zeros to the end
  check_malformed(hex({0x05, 1, 2, 3}));  // cut short
  check_malformed(hex({0x06, 0, 1, 0, 1}));
  check_malformed(hex({0x01, 0, 0, 1, 0, 0}));                    // no presence byte
  check_malformed(hex({0x01, 0, 0, 1, 0, 0, 1}));                 // no bitmap byte
  check_malformed(hex({0x01, 0, 0, 1, 0, 0, 1, 0xff}));           // one that must be left out
  check_malformed(hex({0x02, 0, 0, 1, 0, 0, 0, 0}));              // no ranges where there must be some
  check_malformed(hex({0x02, 0, 0, 1, 0, 0, 0, 1, 0, 0}));        // an empty range
  check_malformed(hex({0x02, 0, 0, 1, 0, 0, 0, 2, 0, 1, 0, 1}));  // two that are one
  bytes too_many = hex({0x02, 0, 0, 1, 0, 0, 0, wire::max_ack_ranges + 1});
  for (std::size_t i = 0; i <= wire::max_ack_ranges; ++i) too_many.insert(too_many.end(), 2, std::byte{1});
  check_malformed(too_many);
  for (const unsigned type : {0x09U, 0x0cU}) {  // credit, marks
    CHECK(only_frame(hex({type, 0xff, 0xff, 0xff, 0xff, 0x0f})));
    check_malformed(hex({type}));
    check_malformed(hex({type, 0x80}));
    check_malformed(hex({type, 0x80, 0}));                          // longer than needed
    check_malformed(hex({type, 0xff, 0xff, 0xff, 0xff, 0x1f}));     // more than 32 bits
    check_malformed(hex({type, 0x80, 0x80, 0x80, 0x80, 0x80, 1}));  // six bytes
  }
  for (const unsigned type : {0x0aU, 0x0bU}) check_malformed(hex({type, 1, 2, 3, 4, 5, 6, 7}));
  CHECK(only_frame(hex({0x0d, 0, 1, 0, 0, 0, 2})));
  check_malformed(hex({0x0d, 0, 1, 0, 0, 0}));
  check_malformed(hex({0x0e, 0, 1, 0, 0, 0, 2, 0, 3}));  // no channel
  check_malformed(hex({0x0e, 0, 1, 0, 0, 0, 2}));        // no place
}

TEST_CASE("every malformed message is refused") {
  CHECK(only_frame(hex({0xc0, 0, 1, 2, 'h', 'i'})));
  check_malformed(hex({0xc0, 0, 1}));               // no length
  check_malformed(hex({0xc0, 0, 1, 3, 'h', 'i'}));  // cut short
  check_malformed(hex({0xc0, 0, 1, 0x80, 0}));      // length longer than needed
  check_malformed(hex({0xc0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0x0f}));
  check_malformed(hex({0xc3, 0, 1, 2, 0}));     // channel 2 has a shorter form
  check_malformed(hex({0xd8, 0, 1, 0, 2, 0}));  // a reply that wants a reply
  CHECK(only_frame(hex({0xe8, 0, 1, 0, 0, 0, 2, 0})));
  check_malformed(hex({0xe8, 0, 1, 0, 0, 2}));                 // a long name cut short
  check_malformed(hex({0xf8, 0, 1, 0, 0, 0, 2, 0}));           // a long name in what wants a reply
  for (const unsigned first : {0x88U, 0xa8U, 0x98U, 0xb8U}) {  // unreliable, sequenced: no replies
    check_malformed(hex({first, 0, 1, 0, 2, 0}));
  }
}

TEST_CASE("every malformed fragment is refused") {
  const auto of_16_mib = [](unsigned total_low, unsigned offset_low) {
    return hex({0xc4, 0, 1, 0, 0, 0, 9, total_low, 0x80, 0x80, 0x08, offset_low, 0xff, 0xff, 0x07, 1, 'x'});
  };
  CHECK(only_frame(hex({0xc4, 0, 1, 0, 0, 0, 9, 2, 0, 1, 'x'})));
  CHECK(only_frame(hex({0xc4, 0, 1, 0, 0, 0, 9, 2, 1, 1, 'x'})));
  CHECK(only_frame(hex({0xc4, 0, 1, 0, 0, 0, 9, 1, 0, 1, 'x'})));  // one that is the whole
  check_malformed(hex({0xc4, 0, 1, 0, 0, 0, 9, 2, 0, 0}));         // no bytes
  check_malformed(hex({0xc4, 0, 1, 0, 0, 0, 9, 2, 2, 0}));         // no bytes at the end
  check_malformed(hex({0xc4, 0, 1, 0, 0, 0, 9, 0, 0, 0}));         // of nothing
  check_malformed(hex({0xc4, 0, 1, 0, 0, 0, 9, 0, 0, 1, 'x'}));    // more than the whole
  check_malformed(hex({0xc4, 0, 1, 0, 0, 0, 9, 2, 2, 1, 'x'}));    // behind the end
  check_malformed(hex({0xc4, 0, 1, 0, 0, 0, 9, 2, 1, 2, 'x', 'y'}));
  // offset + size is 0 again after 32 bits
  check_malformed(hex({0xc4, 0, 1, 0, 0, 0, 9, 2, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 'x'}));
  check_malformed(hex({0xc4, 0, 1, 0, 0, 0, 9, 0x82, 0, 0, 1, 'x'}));  // total longer than needed
  check_malformed(hex({0xc4, 0, 1, 0, 0, 0, 9, 2, 0x80, 0, 1, 'x'}));  // offset longer than needed
  check_malformed(hex({0xc4, 0, 1, 0, 0, 9}));                         // cut short
  check_malformed(hex({0xc4, 0, 1, 0, 0, 0, 9, 2, 0}));
  check_malformed(hex({0xc4, 0, 1, 0, 0, 0, 9, 2, 0, 2, 'x'}));
  CHECK(only_frame(of_16_mib(0x80, 0xff)));
  check_malformed(of_16_mib(0x81, 0xff));  // a byte more than 16 MiB
  check_malformed(hex({0xc4, 0, 1, 0, 0, 0, 9, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 1, 'x'}));
}

TEST_CASE("an unknown-session datagram is exactly its two numbers") {
  const bytes d = datagram_of(plain, wire::unknown_session{0xcafe0002, 1500});
  const auto payload = std::span<const std::byte>(d).subspan(16);
  CHECK(wire::parse_unknown_session(payload) == wire::unknown_session{0xcafe0002, 1500});
  CHECK_FALSE(wire::parse_unknown_session(payload.first(7)));
  const bytes longer = hex({0, 0, 0, 0, 0, 0, 0, 0, 0});
  CHECK_FALSE(wire::parse_unknown_session(longer));
}

TEST_CASE("a summary counts messages, requests and replies, and knows what asks for an acknowledgement") {
  wire::message request = text_message(delivery_mode::reliable, {}, "?");
  request.wants_reply = true;
  wire::message reply = text_message(delivery_mode::reliable, {}, "!");
  reply.in_reply_to = wire::request_name{3, false};
  const bytes d =
      datagram_of(plain, request, request, reply, text_message(delivery_mode::unreliable, {}, "."));
  const auto s = wire::summarize(plain, std::span(d).subspan(16));
  REQUIRE(s);
  CHECK((s->messages == 3 && s->requests == 2 && s->replies == 1 && s->asks_ack));
  for (const auto& [frames, asks] : {std::pair{datagram_of(plain, wire::ack{}), false},
                                     {datagram_of(plain, wire::close{}), false},
                                     {datagram_of(plain, wire::ping{}), true},
                                     {datagram_of(plain, wire::token_echo{}), true},
                                     {datagram_of(plain, wire::credit{}), true},
                                     {datagram_of(plain, wire::drop{}), true},
                                     {datagram_of(plain, wire::path_challenge{}), false},
                                     {datagram_of(plain, wire::path_response{}), false},
                                     {datagram_of(plain, wire::congestion_marks{}), false},
                                     {datagram_of(plain, wire::skip{}), true}}) {
    CHECK(wire::summarize(plain, std::span(frames).subspan(16))->asks_ack == asks);
  }
}

TEST_CASE("a summary names the response that a datagram holds") {
  const bytes with = datagram_of(plain, wire::path_response{2}, wire::ping{});
  CHECK(wire::summarize(plain, std::span(with).subspan(16))->path_response == 2);
  const bytes without = datagram_of(plain, wire::path_challenge{2});
  CHECK_FALSE(wire::summarize(plain, std::span(without).subspan(16))->path_response);
}

TEST_CASE("a writer that has no room left seals nothing") {
  std::array<std::byte, 20> small;
  wire::datagram_writer out(small, plain);
  CHECK(out.empty());
  out.write(text_message(delivery_mode::reliable, {}, "does not fit"));
  CHECK(out.seal() == 0);
}
