// SPDX-License-Identifier: MIT
// Which requests were taken, and what became of them? A request is run once; while its reply is not
// acknowledged, the same request coming again has the same reply sent again.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "udp/core/ids.h"
#include "udp/core/time.h"

namespace dgram {

class reply_ledger {
 public:
  // Requests without an acknowledged reply. At the limit the session takes no more of them, so their sender
  // repeats them later.
  static constexpr std::size_t limit = 1024;
  // At the limit a request that was not answered for so long makes room: most likely its reply will never be
  // made, and such requests must not close the session to others for ever.
  static constexpr duration patience = std::chrono::seconds(30);

  std::size_t unsettled() const { return unsettled_; }

  // Whether so many more may be taken.
  bool has_room(std::size_t requests, time_point now);
  void taken(message_id request, time_point now);
  // True once: when the request was taken and has no reply yet.
  bool may_answer(message_id request) const;
  void answered(message_id request, message_slot reply);
  // The reply was acknowledged or given up, or will never be made.
  void settled(message_id request);
  // The reply that is on its way to this request.
  std::optional<message_slot> reply_to(message_id request) const;

 private:
  struct entry {
    message_id request;
    time_point taken;
    std::optional<message_slot> reply;
    bool settled = false;
  };
  const entry* find(message_id) const;
  entry* find(message_id);
  void drop_settled();

  std::vector<entry> entries_;  // by request id
  std::size_t unsettled_ = 0;
};

}  // namespace dgram
