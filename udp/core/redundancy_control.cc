// SPDX-License-Identifier: MIT
#include "udp/core/redundancy_control.h"

#include <algorithm>

namespace dgram {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// A message whose every copy is lost waits for a round trip, and an ordered channel with it: a dozen messages
// at 200 a second. So that this touches fewer than one in a thousand, fewer than one in 50,000 may be lost.
constexpr double ride_target = 2e-5;
// A thin flow has nothing that waits behind a message, and each copy is a datagram: so fewer, and with all
// other repetitions 1.9 of them a message in the mean, so that a message costs three datagrams at most.
constexpr double thin_target = 2e-3;
constexpr unsigned most_thin_copies = 2;

}  // namespace

unsigned redundancy_control::copies(const loss_meter& meter) const {
  if (!setting_.is_automatic()) return setting_.copies;
  return meter.seen_lately() ? meter.copies_for(ride_target) : 0;
}

outbox::ride_rules redundancy_control::rules(const loss_meter& meter, const rtt_estimator& rtt) const {
  outbox::ride_rules r;
  r.automatic_copies = meter.seen_lately() ? meter.copies_for(ride_target) : 0;
  r.session = setting_;
  r.bytes = bytes_;
  r.spacing = spacing(rtt) / 2;
  return r;
}

void redundancy_control::sent(const departure& d, bool losses_seen, const loss_meter& meter,
                              const rtt_estimator& rtt, time_point now) {
  if (!d.fresh && !d.repeats) return;
  if (d.fresh) saved_ = std::min(saved_ + message_worth, most_saved);
  if (d.repeats) saved_ = std::max(saved_ - datagram_price, -most_saved);
  if (last_ != time_point{}) {
    // A long silence says no more about the flow than a short one.
    const duration gap = std::min(now - last_, 4 * rtt.smoothed());
    interval_ = interval_ == duration{0} ? gap : (7 * interval_ + gap) / 8;
  }
  last_ = now;
  next_copy_.reset();
  // A loss in a flow with less than half a round trip between its datagrams is repaired by the next of them
  // soon enough.
  const bool thin = interval_ == duration{0} || interval_ > rtt.smoothed() / 2;
  const bool wanted = setting_.is_automatic() ? losses_seen && meter.seen_lately() : setting_.copies > 0;
  if (d.more || !thin || !wanted || !rtt.measured()) return;
  copies_left_ = std::min<unsigned>(most_thin_copies, setting_.copies);
  if (setting_.is_automatic()) {
    const auto affordable = static_cast<unsigned>(std::max(saved_, 0) / datagram_price);
    copies_left_ = std::min({meter.copies_for(thin_target), most_thin_copies, affordable});
  }
  if (copies_left_ > 0) next_copy_ = now + spacing(rtt);
}

void redundancy_control::copied(bool any, const rtt_estimator& rtt, time_point now) {
  next_copy_.reset();
  if (!any) return;
  saved_ -= datagram_price;
  if (--copies_left_ > 0) next_copy_ = now + spacing(rtt);
}

// Far enough apart that one short burst does not take them all, near enough that a repair is not felt.
duration redundancy_control::spacing(const rtt_estimator& rtt) {
  return std::clamp<duration>(rtt.smoothed() / 16, microseconds(500), milliseconds(5));
}

}  // namespace dgram
