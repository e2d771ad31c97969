// SPDX-License-Identifier: MIT
#include "apps/exec/command_service.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "apps/exec/result_text.h"

namespace dgram::app::exec {
namespace {

constexpr auto retry_interval = std::chrono::milliseconds(20);

// What a plain datagram carries over IPv4; one that fits every path; and three times a small question, for a
// stranger who has proved nothing.
constexpr std::array<std::size_t, 3> shorter_replies{65'507, 1'150, shortest_reply};

}  // namespace

command_service::command_service(const asio::any_io_executor& executor, command_table table, bool shell,
                                 command_starter starter, const service_limits& limits)
    : table_(std::move(table)),
      shell_(shell),
      starter_(std::move(starter)),
      limits_(limits),
      retry_(executor) {}

void command_service::arrived(const asker& from, std::string_view message, reply_function reply) {
  std::string refusal;
  const std::string* command = command_for(trimmed(message), from.may_use_shell, refusal);
  if (!command) return refuse(reply, refusal);
  if (waiting_.size() >= limits_.waiting) {
    return refuse(reply, std::to_string(limits_.waiting) + " commands wait already; try again later");
  }
  const auto known = loads_.find(from.peer);
  if (known != loads_.end() && known->second.waiting >= limits_.waiting_per_peer) {
    return refuse(
        reply, std::to_string(limits_.waiting_per_peer) + " commands of yours wait already; try again later");
  }
  ++loads_[from.peer].waiting;
  waiting_.push_back({from.peer, *command, std::move(reply)});
  start_waiting();
}

const std::string* command_service::command_for(std::string_view asked, bool may_use_shell,
                                                std::string& refusal) {
  if (const std::string* named = table_.find(asked)) return named;
  if (shell_ && !may_use_shell) {
    refusal = "the shell is not for plain peers";
  } else if (!shell_) {
    refusal = table_.refusal(asked);
  } else if (asked.empty()) {
    refusal = "an empty message is no command";
  } else if (asked.size() > command_table::longest_command) {
    refusal = "a command has " + std::to_string(command_table::longest_command) + " bytes at most";
  } else if (asked.find('\0') != asked.npos) {
    refusal = "a command holds no zero byte";
  } else {
    asked_ = asked;
    return &asked_;
  }
  return nullptr;
}

void command_service::refuse(const reply_function& reply, std::string_view why) {
  ++counts_.refused;
  if (reply(why, true) != send_status::accepted) ++counts_.unsent;
}

void command_service::start_waiting() {
  const auto may_start = [this](const job& one) {
    return loads_[one.peer].running < limits_.at_once_per_peer;
  };
  while (jobs_.size() < limits_.at_once) {
    const auto next = std::ranges::find_if(waiting_, may_start);
    if (next == waiting_.end()) return;
    job taken = std::move(*next);
    waiting_.erase(next);
    start(std::move(taken));
  }
}

void command_service::start(job taken) {
  load& of_peer = loads_[taken.peer];
  --of_peer.waiting;
  ++of_peer.running;
  ++counts_.started;
  const job_number number = ++last_;
  job& one = jobs_.emplace(number, std::move(taken)).first->second;
  one.run = starter_(one.command, [this, number](run_result result) { ended(number, std::move(result)); });
}

void command_service::ended(job_number number, run_result result) {
  const auto found = jobs_.find(number);
  if (found == jobs_.end()) return;
  ++counts_.ended;
  job& one = found->second;
  one.run.reset();
  one.result = std::move(result);
  one.most = limits_.reply;
  one.text = result_text(*one.result, one.most, one.scratch);
  one.ended = time_point::clock::now();
  if (hand_over(one)) {
    remove(number);
  } else {
    retry_later();
  }
}

bool command_service::hand_over(job& one) {
  if (!one.wanted) {
    ++counts_.unwanted;
    return true;
  }
  const bool late = time_point::clock::now() - one.ended >= limits_.patience;
  send_status status = one.reply(one.text, late);
  for (const std::size_t most : shorter_replies) {
    if (status != send_status::too_large) break;
    if (most >= one.most) continue;
    one.most = most;
    one.text = result_text(*one.result, most, one.scratch);
    status = one.reply(one.text, late || most == shorter_replies.back());
  }
  if (status == send_status::would_block && !late) return false;
  if (status == send_status::no_peer) {
    ++counts_.unwanted;
  } else if (status != send_status::accepted) {
    ++counts_.unsent;
  }
  return true;
}

void command_service::remove(job_number number) {
  const auto found = jobs_.find(number);
  lighten(found->second.peer, &load::running);
  jobs_.erase(found);
  start_waiting();
}

void command_service::lighten(peer_key peer, std::size_t load::*part) {
  const auto found = loads_.find(peer);
  --(found->second.*part);
  if (found->second.running == 0 && found->second.waiting == 0) loads_.erase(found);
}

void command_service::left(peer_key peer) {
  counts_.unwanted += std::erase_if(waiting_, [peer](const job& one) { return one.peer == peer; });
  if (const auto found = loads_.find(peer); found != loads_.end()) {
    found->second.waiting = 0;
    if (found->second.running == 0) loads_.erase(found);
  }
  for (auto& [number, one] : jobs_) {
    if (one.peer != peer || !one.wanted) continue;
    one.wanted = false;
    // A result that waits for room goes at the next try.
    if (one.run) one.run->stop();
  }
}

void command_service::close() {
  retry_.cancel();
  retry_is_due_ = false;
  waiting_.clear();
  jobs_.clear();
  loads_.clear();
}

void command_service::retry_later() {
  if (retry_is_due_) return;
  retry_is_due_ = true;
  retry_.expires_after(retry_interval);
  retry_.async_wait([this, watch = alive_.observe()](std::error_code error) {
    if (watch.over() || error) return;
    retry_is_due_ = false;
    try_again();
  });
}

void command_service::try_again() {
  std::vector<job_number> done;
  for (auto& [number, one] : jobs_) {
    if (!one.result) continue;
    if (hand_over(one)) {
      done.push_back(number);
    } else {
      retry_later();
    }
  }
  for (const job_number number : done) remove(number);
}

}  // namespace dgram::app::exec
