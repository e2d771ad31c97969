// SPDX-License-Identifier: MIT
// CRC-32C (Castagnoli), the checksum of SCTP (RFC 9260 appendix A) and iSCSI. It finds damage that UDP's own
// 16-bit sum does not, among it whatever a middlebox changed and summed anew. It is no protection against
// somebody who wants to change a datagram.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace dgram {

// Continues from `seed`, the result for the bytes before (0 to begin).
std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t seed = 0);

// The same by table alone, for the tests and for processors without the instruction.
std::uint32_t crc32c_by_table(std::span<const std::byte> bytes, std::uint32_t seed = 0);

}  // namespace dgram
