// SPDX-License-Identifier: MIT
// What the person types, and what becomes of it.
#include <utility>

#include "apps/cli/text_escape.h"
#include "apps/cli/units.h"
#include "apps/operator/operator_service.h"
#include "apps/operator/peer_table.h"

namespace dgram::app {
namespace {

constexpr std::size_t shown_word = 40;

constexpr const char* help =
    "TEXT            answers the last speaker\n"
    "@NAME TEXT      answers NAME; so do @3, @#3 and @127.0.0.1:50200\n"
    "/all TEXT       answers everybody\n"
    "/peers          who is here\n"
    "/kick NAME      ends NAME's session\n"
    "/stats          how much came and went\n"
    "/stop           takes no new peers, those who are here go on\n"
    "/start          takes them again\n"
    "/quit           ends; so does Ctrl-D\n"
    "//TEXT @@TEXT   answers /TEXT, @TEXT";

}  // namespace

void operator_service::on_line(std::optional<std::string> line) {
  if (line) return obey(parse_operator_line(*line));
  if (console_->interactive()) return control_->quit();
  input_ended_ = true;
  if (early_.empty()) nobody_answers();
}

void operator_service::obey(const operator_command& c) {
  using means = operator_command::kind;
  const std::string word = escaped(c.who, shown_word);
  switch (c.means) {
    case means::nothing: return;
    case means::answer: return answer_last(c.text);
    case means::answer_to: return answer_named(c);
    case means::answer_all: return answer_all(c.text);
    case means::peers:
      return console_->show(kind::report,
                            peer_table(control_->peers(options_.limits.listed), control_->peer_count()));
    case means::kick: return kick(c.who);
    case means::stats: return console_->show(kind::report, stats_text());
    case means::stop: return take_clients(false);
    case means::start: return take_clients(true);
    case means::quit: return control_->quit();
    case means::help: return console_->show(kind::report, help);
    case means::unknown:
      return refuse("/" + word + " is no command; /help lists them, //" + word + " sends it");
    case means::incomplete: {
      const std::string whole = word.starts_with('@') ? word : "/" + word;
      return refuse((whole == "@" ? "@NAME" : whole) + " wants " + std::string(c.text) + " after it");
    }
    case means::excessive:
      return refuse("/" + word + " takes nothing after it; //" + word + " sends it with what follows");
  }
}

void operator_service::answer_last(std::string_view text) {
  if (last_speaker_ && early_.empty()) {
    known_peer& to = *peers_.find(*last_speaker_);
    tell(to, answer(to, text));
    if (console_->interactive() && peers_.size() > 1) console_->show(kind::note, "to " + called(to));
    return;
  }
  if (console_->interactive()) {
    return refuse(
        "nobody to answer: " +
        std::string(peers_.size() == 0 ? "nobody is here" : "the last speaker is none of those here") +
        "; it was not sent");
  }
  early_.emplace_back(text);
  early_bytes_ += text.size();
  if (early_.size() >= options_.limits.early_lines || early_bytes_ >= options_.limits.early_bytes) {
    console_->want_lines(false);
  }
}

void operator_service::answer_early(known_peer& speaker) {
  if (early_.empty()) return;
  const std::string text = std::move(early_.front());
  early_.pop_front();
  early_bytes_ -= text.size();
  tell(speaker, answer(speaker, text));
  if (early_.size() < options_.limits.early_lines && early_bytes_ < options_.limits.early_bytes) {
    console_->want_lines(true);
  }
  if (early_.empty() && input_ended_) nobody_answers();
}

void operator_service::answer_named(const operator_command& c) {
  const auto [to, why] = peers_.named(c.who);
  if (!to) return refuse(why);
  tell(*to, answer(*to, c.text));
}

void operator_service::answer_all(std::string_view text) {
  if (peers_.size() == 0) return refuse("nobody is here");
  std::size_t missed = 0;
  for (auto& [number, peer] : peers_.all()) missed += answer(peer, text) != send_status::accepted;
  const std::size_t sent = peers_.size() - missed;
  if (missed != 0)
    refuse("not sent to " + counted(missed, "peer", "peers") + ", sent to " + std::to_string(sent));
  if (missed == 0) console_->show(kind::note, "to " + counted(sent, "peer", "peers"));
}

void operator_service::tell(const known_peer& to, send_status status) {
  if (status == send_status::accepted) return;
  std::string why(to_string(status));
  if (status == send_status::would_block) {
    const backlog waits = port_.waiting(to.id);
    why = "it takes nothing more for now, " + counted(waits.messages, "message waits", "messages wait") +
          " for it (" + format_size(waits.bytes) + ")";
  }
  refuse("not sent to " + called(to) + ": " + why);
}

void operator_service::kick(std::string_view who) {
  const auto [peer, why] = peers_.named(who);
  if (!peer) return refuse(why);
  port_.disconnect(peer->id);
}

void operator_service::take_clients(bool take) {
  if (control_->accepts_clients() == take) {
    return refuse(take ? "new peers are taken already" : "no new peers are taken already");
  }
  control_->accept_clients(take);
  console_->show(kind::note, take ? "new peers are taken"
                                  : "no new peers are taken, " + std::to_string(control_->peer_count()) +
                                        " here go on; /start takes them again");
}

void operator_service::nobody_answers() {
  nobody_ = true;
  console_->show(kind::note, "end of input: nobody answers any more");
  while (const auto request = open_.take_any()) say_instead(*request, "nobody is here to answer");
}

std::string operator_service::stats_text() const {
  const server_totals totals = control_->totals();
  const double seconds = std::chrono::duration<double>(totals.running).count();
  const auto rate = [seconds](std::uint64_t n) {
    return seconds > 0 ? static_cast<std::uint64_t>(static_cast<double>(n) / seconds + 0.5) : 0;
  };
  return options_.summary(totals) + "\n" + counted(control_->peer_count(), "peer", "peers") + " here, " +
         counted(open_.size(), "message", "messages") + " unanswered, " +
         counted(rate(totals.messages), "message", "messages") + "/s, " +
         format_size(rate(totals.statistics.bytes_received)) + "/s in, " +
         format_size(rate(totals.statistics.bytes_sent)) + "/s out; " +
         (control_->accepts_clients() ? "new peers are taken" : "no new peers are taken");
}

}  // namespace dgram::app
