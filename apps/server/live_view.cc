// SPDX-License-Identifier: MIT
#include "apps/server/live_view.h"

#include <utility>

#include "apps/cli/terminal.h"

namespace dgram::app {

live_view::live_view(server_log& log)
    : log_(log), words_(!is_terminal(2), [&log](std::string_view line) { log.word(line); }) {
  log_.leave_peers_to_console();
  log_.divert_words([this](std::string_view line) { words_.take(line); });
}

live_view::~live_view() {
  view_.reset();
  log_.divert_words({});
  words_.release();
}

void live_view::start(const asio::any_io_executor& executor, server_control& server, std::string listens) {
  view_.emplace(executor,
                top_view::sources{server, std::move(listens), [this] { return words_.last_problem(); }});
}

void live_view::stop() {
  if (view_) view_->stop();
}

}  // namespace dgram::app
