// SPDX-License-Identifier: MIT
// Any bytes through the framing of streams: cut in any pieces they are the same frames, and those that are
// taken have one form. Then as the script of two ends.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "tests/fuzz/finding.h"
#include "tests/fuzz/stream_script.h"
#include "udp/core/splitmix64.h"
#include "udp/core/stream_framing.h"

namespace {

using namespace dgram;
using namespace dgram::fuzz;

constexpr std::size_t max_message = 64;

struct reading {
  std::vector<std::byte> again;  // the preamble, and every frame that was taken
  std::optional<discard_reason> failure;
  bool greeted = false;
  std::size_t pending = 0;
};

reading read_in_pieces(std::span<const std::byte> stream, stream_role peer, std::uint64_t random) {
  reading r;
  stream_parser parser(peer, max_message);
  std::size_t fed = 0;
  while (fed < stream.size() && !parser.failure()) {
    const std::size_t size = random == 0 ? stream.size() : 1 + splitmix64(random) % 24;
    // A block of its own, gone after keep().
    const auto rest = stream.subspan(fed, std::min(size, stream.size() - fed));
    const std::vector<std::byte> block(rest.begin(), rest.end());
    fed += block.size();
    parser.feed(block);
    while (const auto frame = parser.front()) {
      require(frame->bytes.size() <= max_message, "a frame larger than the largest");
      if (!std::exchange(r.greeted, true)) append_preamble(r.again, peer);
      append_frame(r.again, *frame);
      parser.pop();
    }
    parser.keep();
    if (parser.greeted() && !std::exchange(r.greeted, true)) append_preamble(r.again, peer);
    require(r.again.size() + parser.pending() == fed || parser.failure(), "bytes went missing");
    require(parser.pending() <= frame_header_size + max_message || parser.failure(),
            "more is held than a frame can be");
  }
  r.failure = parser.failure();
  r.pending = r.failure ? 0 : parser.pending();
  return r;
}

void check_framing(std::span<const std::byte> stream, stream_role peer, std::uint64_t random) {
  const reading whole = read_in_pieces(stream, peer, 0);
  const reading pieces = read_in_pieces(stream, peer, random | 1);
  require(whole.again.size() <= stream.size() &&
              std::equal(whole.again.begin(), whole.again.end(), stream.begin()),
          "a frame that was accepted is written again otherwise");
  require(whole.again == pieces.again && whole.failure == pieces.failure && whole.greeted == pieces.greeted &&
              whole.pending == pieces.pending,
          "a stream in pieces is another stream");
}

// Frames that parse now and then: their lengths are right, and what they say is the input's.
std::vector<std::byte> framed(std::span<const std::byte> input, stream_role peer) {
  std::vector<std::byte> stream;
  append_preamble(stream, peer);
  byte_reader in(input);
  while (in.left() > 0) {
    const std::uint8_t what = in.u8();
    stream_frame f;
    f.kind = static_cast<frame_kind>(1 + what % 4);
    if (f.kind == frame_kind::message) {
      f.mode = static_cast<delivery_mode>(what >> 2 & 3);
      f.wants_reply = (what & 16) != 0;
      f.channel.value = (what & 32) != 0 ? in.u8() : 0;
    }
    f.id = {(what & 64) != 0 ? in.u64() : in.u8()};
    const bool has_bytes = f.kind == frame_kind::message || f.kind == frame_kind::reply;
    if (has_bytes) f.bytes = in.take(std::min<std::size_t>(in.left(), in.u8() % (max_message + 2)));
    const std::size_t begin = stream.size();
    append_frame(stream, f);
    // Now and then a byte of its header is another one.
    if (what >> 7 != 0 && in.u8() % 4 == 0) {
      stream[begin + in.u8() % frame_header_size] = static_cast<std::byte>(in.u8());
    }
  }
  return stream;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = std::as_bytes(std::span(data, size));
  const std::uint64_t random = size * 0x9e3779b97f4a7c15U + (size > 0 ? data[size / 2] : 0U);
  for (const stream_role peer : {stream_role::initiator, stream_role::responder}) {
    check_framing(input, peer, random);
    check_framing(framed(input, peer), peer, random);
  }
  stream_script(input).run();
  return 0;
}
