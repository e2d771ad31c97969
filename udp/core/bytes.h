// SPDX-License-Identifier: MIT
// Bounded cursors over bytes in network order. Reading past the end yields zero and makes the reader bad;
// writing past the end writes nothing and makes the writer bad. Both stay so, so one check at the end does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace dgram {

class byte_reader {
 public:
  explicit byte_reader(std::span<const std::byte> bytes) : rest_(bytes) {}

  template <unsigned Bytes>
  std::uint64_t integer() {
    static_assert(Bytes >= 1 && Bytes <= 8);
    const auto field = take(Bytes);
    std::uint64_t value = 0;
    for (const std::byte b : field) value = value << 8 | std::to_integer<std::uint64_t>(b);
    return value;
  }

  std::uint8_t u8() { return static_cast<std::uint8_t>(integer<1>()); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(integer<2>()); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(integer<4>()); }
  std::uint64_t u64() { return integer<8>(); }

  // Little-endian groups of seven bits, at most 32 bits in all. Only the shortest form is valid, so that
  // one value has one encoding.
  std::uint32_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
      const std::uint8_t group = u8();
      value |= std::uint64_t{group & 0x7fU} << shift;
      if ((group & 0x80U) == 0) {
        if ((group == 0 && shift != 0) || value > 0xffffffffU) break;
        return static_cast<std::uint32_t>(value);
      }
    }
    fail();
    return 0;
  }

  std::span<const std::byte> take(std::size_t size) {
    if (size > rest_.size()) {
      fail();
      return {};
    }
    const auto field = rest_.first(size);
    rest_ = rest_.subspan(size);
    return field;
  }

  void fail() {
    good_ = false;
    rest_ = {};
  }
  bool good() const { return good_; }
  std::size_t left() const { return rest_.size(); }

 private:
  std::span<const std::byte> rest_;
  bool good_ = true;
};

constexpr std::size_t varint_size(std::uint32_t value) {
  std::size_t size = 1;
  while (value >= 0x80) {
    value >>= 7;
    ++size;
  }
  return size;
}

class byte_writer {
 public:
  explicit byte_writer(std::span<std::byte> buffer) : buffer_(buffer) {}

  template <unsigned Bytes>
  void integer(std::uint64_t value) {
    static_assert(Bytes >= 1 && Bytes <= 8);
    if (!room_for(Bytes)) return;
    for (unsigned i = Bytes; i-- > 0;) buffer_[used_++] = static_cast<std::byte>(value >> (8 * i) & 0xff);
  }

  void u8(std::uint8_t value) { integer<1>(value); }
  void u16(std::uint16_t value) { integer<2>(value); }
  void u32(std::uint32_t value) { integer<4>(value); }
  void u64(std::uint64_t value) { integer<8>(value); }

  void varint(std::uint32_t value) {
    if (!room_for(varint_size(value))) return;
    for (; value >= 0x80; value >>= 7) buffer_[used_++] = static_cast<std::byte>(value | 0x80);
    buffer_[used_++] = static_cast<std::byte>(value);
  }

  void bytes(std::span<const std::byte> data) {
    if (!room_for(data.size())) return;
    if (!data.empty()) std::memcpy(buffer_.data() + used_, data.data(), data.size());
    used_ += data.size();
  }

  // Zeroes up to `size` bytes in all; does nothing when more is written already.
  void pad_to(std::size_t size) {
    while (used_ < size && used_ < buffer_.size()) buffer_[used_++] = std::byte{0};
  }

  bool good() const { return good_; }
  std::size_t size() const { return used_; }
  std::size_t left() const { return buffer_.size() - used_; }
  std::span<std::byte> written() const { return buffer_.first(used_); }

 private:
  bool room_for(std::size_t size) {
    if (size > left()) good_ = false;
    return good_;
  }

  std::span<std::byte> buffer_;
  std::size_t used_ = 0;
  bool good_ = true;
};

}  // namespace dgram
