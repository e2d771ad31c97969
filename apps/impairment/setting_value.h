// SPDX-License-Identifier: MIT
// The text of one value beside the name it was given under, and the ways to read it. Every complaint is a
// usage_error that names both.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "udp/core/time.h"
#include "udp/sim/delivery_trace.h"
#include "udp/sim/link_options.h"

namespace dgram::app {

struct setting_value {
  std::string name;  // "--up-loss" of a flag, "up-loss" of a setting of a running program
  std::string text;

  // "--loss: '101%' is not a share ..."
  [[noreturn]] void reject(std::string_view wanted) const;
  // "--trace: 'x' cannot be read: No such file or directory"
  [[noreturn]] void fail(std::string_view why) const;
  // "--trace: 'x' is not a mahimahi trace: line 3 is empty"
  [[noreturn]] void fail_at(const sim::text_error&, std::string_view wanted) const;
  // "none" and "0" turn a setting off that has no other word for it.
  bool none() const { return text == "none" || text == "0"; }

  double share() const;
  duration time() const;  // an hour at most
  double number(double least, double most) const;
  bool yes_or_no() const;

  double bytes_per_second() const;             // "10m" bits per second
  std::vector<std::uint64_t> indices() const;  // "3,7,20-25", ascending, a million at most
  sim::gilbert_elliott chain() const;          // "p,r,1-h,1-k"
  sim::queue_limit queue() const;              // "50p", "64KB", "100ms", joined by "+"
  sim::on_off fades() const;                   // "2s/500ms", "~2s/500ms"
  // "2s..7s,10s..12s", counted from `zero`.
  std::vector<sim::outage> outages(time_point zero) const;

  // The file that the value names, 1 GiB at most.
  std::string file() const;
};

// The same outages as text, whatever they were counted from: "2s..7s".
std::string outage_text(const std::vector<sim::outage>&);

}  // namespace dgram::app
