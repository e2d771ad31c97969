// SPDX-License-Identifier: MIT
#include "apps/client/trace_text.h"

#include <array>
#include <cstdio>

#include "apps/cli/units.h"

namespace dgram::app {
namespace {

bool repeats(send_cause cause) {
  return cause == send_cause::loss || cause == send_cause::probe || cause == send_cause::asked ||
         cause == send_cause::ride;
}

const char* verb(const trace_record& record) {
  using what = trace_record::what;
  switch (record.happened) {
    case what::sent: return repeats(record.cause) ? "sent again" : "sent";
    case what::received: return "received";
    case what::acknowledged: return "acknowledged";
    case what::lost: return "lost";
    case what::discarded: return "discarded";
    case what::timeout: return "timeout";
  }
  return "";
}

std::string why(send_cause cause) {
  switch (cause) {
    case send_cause::fresh: return {};
    case send_cause::loss: return ", because a datagram was lost";
    case send_cause::probe: return ", because no acknowledgement came in time";
    case send_cause::asked: return ", because the request came again";
    case send_cause::ride: return ", ahead of a loss";
    case send_cause::acknowledgement: return ", to acknowledge";
    case send_cause::handshake: return ", to begin the session";
  }
  return {};
}

std::string details(const trace_record& record) {
  using what = trace_record::what;
  const std::string size = std::to_string(record.bytes) + " B";
  const std::string load =
      record.messages == 0 ? size : size + ", " + counted(record.messages, "message", "messages");
  switch (record.happened) {
    case what::sent: return load + why(record.cause);
    case what::received: return load;
    case what::acknowledged: return "after " + format_duration(record.round_trip);
    case what::discarded: return size + ", " + std::string(to_string(record.discard));
    case what::lost:
    case what::timeout: return {};
  }
  return {};
}

}  // namespace

std::string to_text(const trace_record& record, time_point start) {
  const double at = std::chrono::duration<double, std::milli>(record.when - start).count();
  std::array<char, 80> head{};
  const int length = std::snprintf(head.data(), head.size(), "%11.3f ms  %-13s", at, verb(record));
  std::string line(head.data(), static_cast<std::size_t>(length));
  if (record.happened != trace_record::what::timeout) line += " #" + std::to_string(record.packet.value);
  const std::string more = details(record);
  return more.empty() ? line : line + "   " + more;
}

}  // namespace dgram::app
