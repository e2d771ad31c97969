// SPDX-License-Identifier: MIT
#include "apps/operator/operator_service.h"

#include <algorithm>
#include <utility>

#include "apps/cli/text_escape.h"
#include "apps/cli/units.h"
#include "apps/rooms/command.h"
#include "udp/core/message.h"

namespace dgram::app {
namespace {

// What one IPv4 datagram carries.
constexpr std::size_t largest_plain_datagram = 65507;

}  // namespace

operator_service::operator_service(service_port& port, std::unique_ptr<operator_console> console,
                                   operator_options options)
    : port_(port),
      console_(std::move(console)),
      options_(std::move(options)),
      open_(options_.limits.open),
      allowance_(options_.limits.lines_per_second) {}

void operator_service::started(server_control& control) {
  control_ = &control;
  console_->start([this](std::optional<std::string> line) { on_line(std::move(line)); });
  if (console_->interactive() && options_.show_peers) {
    console_->show(kind::note, "what you type answers the last speaker; /help lists commands");
  }
}

void operator_service::joined(client_id id, const client_description& about) {
  peers_.add(id, about);
  show_of(id, kind::event,
          "#" + std::to_string(id.value) + " " + about.address + " joined, " + (about.plain ? "plain " : "") +
              about.transport);
}

void operator_service::left(client_id id, end_reason reason) {
  const known_peer* its = peers_.find(id);
  if (!its) return;
  std::string line = called(*its) + " left (" + std::string(to_string(reason)) + ")";
  if (const std::size_t n = open_.forget(id); n != 0) {
    line += ", " + std::to_string(n) + (n == 1 ? " message" : " messages") + " unanswered";
  }
  if (last_speaker_ == id) turn_to(std::nullopt);
  peers_.remove(id);
  show_of(id, kind::event, line);
}

void operator_service::closing() {
  if (const std::uint64_t n = allowance_.take_left_out(time_point::max()); n != 0) tell_left_out(n);
  if (!early_.empty()) {
    refuse(std::to_string(early_.size()) + (early_.size() == 1 ? " answer" : " answers") + " went to nobody");
  }
  std::size_t unsure = 0;
  for (const auto& [number, peer] : peers_.all()) unsure += port_.waiting(peer.id).messages;
  if (options_.show_peers && open_.size() != 0) {
    console_->show(kind::note, counted(open_.size(), "message", "messages") + " unanswered");
  }
  if (options_.show_peers && unsure != 0) {
    console_->show(kind::note, counted(unsure, "answer", "answers") + " may not have arrived");
  }
  console_->stop();
}

std::string operator_service::name_of(client_id id) const {
  const known_peer* its = peers_.find(id);
  return its ? its->name : std::string{};
}

void operator_service::arrived(const arrival& message) {
  known_peer* const from = peers_.find(message.from);
  if (!from || take_greeting(*from, message)) return;
  // A sign of life, or what a line's copy rides on.
  const bool may_be_empty = message.wants_reply && !message.plain && from->name.empty();
  if (message.bytes.empty() && !may_be_empty) {
    if (message.wants_reply) port_.acknowledge(message.handle);
    return;
  }
  // What the person did not see changes nothing about whom the line being typed goes to.
  if (show_words(*from, message.bytes) || !options_.show_peers || !last_speaker_) turn_to(from->id);
  open(*from, message);
  answer_early(*from);
}

bool operator_service::take_greeting(known_peer& from, const arrival& message) {
  if (message.plain) return false;
  const rooms::command c = rooms::parse(message.bytes);
  if (c.verb != rooms::verb::hello) return false;
  std::string why;
  if (from.name.empty()) {
    why = peers_.give_name(from, c.first);
    show_of(
        from.id, kind::event,
        "#" + std::to_string(from.id.value) + (why.empty() ? " is " + from.name : " was refused: " + why));
    if (last_speaker_ == from.id) turn_to(from.id);
  } else if (from.name != c.first) {
    why = "you are " + from.name + " already";
  }
  if (!message.wants_reply) return true;
  // Its client takes a reply with words for a refusal.
  why.empty() ? port_.acknowledge(message.handle) : port_.reply(message.handle, why);
  return true;
}

bool operator_service::show_words(const known_peer& from, std::string_view bytes) {
  // One read of a plain stream may bring several lines, and a line of nc ends in its newline.
  bool shown = false;
  do {
    const std::size_t end = from.about.plain ? bytes.find('\n') : std::string_view::npos;
    std::string_view line = bytes.substr(0, end);
    bytes = end == std::string_view::npos ? std::string_view{} : bytes.substr(end + 1);
    if (from.about.plain && line.ends_with('\r')) line.remove_suffix(1);
    shown |= show_of(from.id, kind::speech, called(from) + ": " + escaped(line, options_.limits.shown_text));
  } while (!bytes.empty());
  return shown;
}

void operator_service::open(known_peer& from, const arrival& message) {
  if (!message.wants_reply) return;
  const open_request request{message.handle, message.bytes.size()};
  if (nobody_) return say_instead(request, "nobody is here to answer");
  std::optional<time_point> due;
  if (!message.plain) due = port_.now() + options_.hold;
  if (open_.add(request.to, request.bytes, due)) return;
  const std::size_t before = open_.of(from.id);
  say_instead(request, before >= options_.limits.open.per_peer
                           ? std::to_string(before) + " messages before it have no answer yet"
                           : "too many messages have no answer yet");
}

void operator_service::say_instead(const open_request& request, std::string_view why) {
  std::string text = "received " + std::to_string(request.bytes) + " bytes; ";
  text.append(why);
  const known_peer* its = peers_.find(request.to.to);
  port_.reply(request.to, its ? ended(*its, text) : text);
}

std::string_view operator_service::ended(const known_peer& peer, std::string_view text) {
  if (!peer.about.plain) return text;
  scratch_.assign(text).append("\n");
  return scratch_;
}

send_status operator_service::answer(known_peer& to, std::string_view text) {
  if (text.size() > max_message_size) return send_status::too_large;
  while (const auto request = open_.oldest(to.id)) {
    send_status status = send_status::accepted;
    if (to.name.empty()) {
      status = port_.try_reply(request->to, ended(to, text));
    } else if (status = send_apart(to, text); status == send_status::accepted) {
      // Its client shows what it is sent as a line, and a reply with words as a refusal.
      port_.acknowledge(request->to);
    }
    if (status == send_status::accepted || status == send_status::no_peer) open_.remove_oldest(to.id);
    // The transport has forgotten that one.
    if (status != send_status::no_peer) return status;
  }
  return send_apart(to, text);
}

send_status operator_service::send_apart(const known_peer& to, std::string_view text) {
  const backlog waits = port_.waiting(to.id);
  const std::string_view whole = ended(to, text);
  const bool too_much = waits.messages != 0 && waits.bytes + whole.size() > options_.limits.waiting_bytes;
  if (waits.messages >= options_.limits.waiting_messages || too_much) return send_status::would_block;
  if (to.about.plain && to.about.transport == "UDP" && whole.size() > largest_plain_datagram) {
    return send_status::too_large;
  }
  return port_.send(to.id, whole);
}

bool operator_service::show_of(client_id of, kind what, std::string_view line) {
  if (!options_.show_peers) return false;
  const time_point now = port_.now();
  if (const std::uint64_t n = allowance_.take_left_out(now); n != 0) tell_left_out(n);
  const bool may = allowance_.take(of, now);
  if (may) console_->show(what, line);
  return may;
}

void operator_service::turn_to(std::optional<client_id> speaker) {
  last_speaker_ = speaker;
  const known_peer* its = speaker ? peers_.find(*speaker) : nullptr;
  console_->show_target(its ? called(*its) : "");
}

void operator_service::tell_left_out(std::uint64_t lines) {
  console_->show(kind::event,
                 "… " + std::to_string(lines) + (lines == 1 ? " line" : " lines") + " not shown");
}

std::optional<time_point> operator_service::next_timeout() const {
  const auto reply = open_.next_due();
  const auto line = allowance_.next_due();
  return reply && line ? std::min(*reply, *line) : reply ? reply : line;
}

void operator_service::handle_timeout(time_point now) {
  if (const std::uint64_t n = allowance_.take_left_out(now); n != 0) tell_left_out(n);
  while (const auto request = open_.take_due(now)) {
    const known_peer* its = peers_.find(request->to.to);
    if (its && !its->name.empty()) {
      port_.acknowledge(request->to);
    } else {
      say_instead(*request, "nobody has answered yet");
    }
  }
}

}  // namespace dgram::app
