// SPDX-License-Identifier: MIT
#include "apps/server/services.h"

#include "apps/operator/operate.h"
#include "apps/rooms/chat_service.h"
#include "apps/server/exec_service.h"
#include "apps/server/reply_service.h"

namespace dgram::app {
namespace {

make_service operated(const server_options& options, const asio::any_io_executor& executor, server_log& log,
                      std::function<void()> on_output_lost) {
  operator_options how;
  how.hold = options.hold;
  how.show_peers = !options.json && !options.quiet;
  how.summary = summary_text;
  operator_words words;
  words.word = [&log](std::string_view text) { log.word(text); };
  words.line = [&log, json = options.json](std::string_view text) { json ? log.word(text) : log.line(text); };
  words.divert = [&log](operator_words::to other) { log.divert_words(std::move(other)); };
  words.flush = [&log, lost = std::move(on_output_lost)] {
    const bool failed_before = log.failed();
    log.flush();
    if (log.failed() && !failed_before) lost();
  };
  if (!options.json) log.leave_peers_to_console();
  return operate(executor, std::move(how), std::move(words), !options.json);
}

}  // namespace

make_service service_for(const server_options& options, const asio::any_io_executor& executor,
                         server_log& log, std::function<void()> on_output_lost) {
  if (options.exec.wanted()) return run_commands(executor, options.exec);
  if (options.chat) return rooms::chat();
  if (options.operated) return operated(options, executor, log, std::move(on_output_lost));
  return answer_by(options.reply);
}

}  // namespace dgram::app
