// SPDX-License-Identifier: MIT
#include "apps/client/conversation.h"

#include "apps/cli/text_escape.h"
#include "apps/client/mention.h"
#include "apps/client/room_line.h"
#include "apps/client/room_paint.h"

namespace dgram::app {

std::string for_people(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  return escaped(text);
}

conversation::conversation(chat_screen& screen, conversation_log& log, const client_options& options,
                           const room_place& place, bool colour)
    : screen_(screen),
      log_(log),
      place_(place),
      bell_(options.bell),
      colour_(colour),
      times_(options.times) {}

void conversation::said(std::string_view text) {
  log_.said(text);
}

void conversation::came(std::string_view text) {
  log_.came(text);
  const std::string line = for_people(text);
  if (place_.name().empty()) return show("server: " + line);
  heard_in_room(line);
}

void conversation::heard_in_room(std::string_view text) {
  using kind = room_line::kind;
  const room_line line = parse_room_line(text);
  show(colour_ ? painted(line, place_.name()) : std::string(text));
  // Between the welcome and the next word of the server come lines of earlier.
  if (line.is == kind::notice) earlier_ = welcome_of(line).has_value();
  const bool spoken = line.is == kind::said || line.is == kind::acted || line.is == kind::told_in_private;
  const bool for_me = line.is == kind::told_in_private || mentions(line.text, place_.name());
  const bool by_another = spoken && line.speaker != place_.name();
  if (by_another && for_me && !earlier_ && bell_.rings(time_point::clock::now())) screen_.ring();
}

void conversation::answered(std::string_view quote, std::string_view reply, std::string_view cost) {
  log_.came(reply);
  show(std::string(quote) + for_people(reply) + "   " + screen_.dim(cost));
}

void conversation::failed(std::string_view said, std::string_view quote, std::string_view why) {
  log_.failed(std::string(said) + " → " + std::string(why));
  show(std::string(quote) + screen_.alarming(why));
}

void conversation::note(std::string_view text) {
  show(std::string(text));
}

void conversation::show(const std::string& line) {
  if (!times_) return screen_.line(line);
  screen_.line(screen_.dim(time_of_day(std::chrono::system_clock::now())) + " " + line);
}

}  // namespace dgram::app
