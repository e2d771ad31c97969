// SPDX-License-Identifier: MIT
#include <csignal>
#include <functional>
#include <optional>
#include <string>

#include <asio/io_context.hpp>

#include "apps/cli/descriptor_limit.h"
#include "apps/cli/exit_code.h"
#include "apps/cli/output.h"
#include "apps/cli/port_file.h"
#include "apps/cli/run_program.h"
#include "apps/cli/stop_signals.h"
#include "apps/cli/terminal.h"
#include "apps/journal/log_file.h"
#include "apps/metrics/metrics_server.h"
#include "apps/rooms/name_key.h"
#include "apps/server/endpoints.h"
#include "apps/server/live_view.h"
#include "apps/server/server.h"
#include "apps/server/server_log.h"
#include "apps/server/server_options.h"
#include "apps/server/server_reports.h"
#include "apps/server/services.h"
#include "apps/terminal/line_reader.h"
#include "udp/net/address_text.h"
#include "udp/net/attentive_run.h"

namespace dgram::app {
namespace {

std::optional<journal::log_file> log_file_for(const report_options& options) {
  if (!options.log) return std::nullopt;
  journal::require_rotating_file();
  return journal::log_file(*options.log);
}

// The last words, and the exit code.
exit_code finish(server_log& log, const std::optional<journal::log_file>& file, const server_totals& totals,
                 exit_code code) {
  const auto incomplete = [&] { return file && file->failed(); };
  if (code == exit_code::interrupted) log.after_control_c();
  log.summary(totals, incomplete() ? exit_code::output : code);
  log.flush();
  if (!log.failed()) return incomplete() ? exit_code::output : code;
  if (const std::string why = loss_of_output(log.error()); !why.empty()) log.problem(why);
  log.flush();
  return exit_code::output;
}

exit_code serve(const server_options& options) {
  if (options.top) top_screen::require();
  asio::io_context context(1);
  std::optional<journal::log_file> file = log_file_for(options.reports);
  server_log log(options.json, options.quiet, file ? &*file : nullptr);
  exit_code code = exit_code::ok;
  std::function<void()> quit;
  const auto output_lost = [&] {
    code = exit_code::output;
    context.stop();
  };
  server running(service_for(options, context.get_executor(), log, output_lost), log,
                 {.on_output_lost = output_lost, .on_quit = [&] { quit(); }});
  server_reports reports(context.get_executor(), running, log, options.reports.log_interval);
  std::optional<metrics::metrics_server> published;
  std::optional<live_view> view;
  if (options.top) view.emplace(log);
  const auto close = [&] {
    published.reset();
    if (view) view->stop();
    reports.stop();
    running.close();
  };
  stop_signals signals(context, [&](int number) {
    code = code_for_signal(number);
    close();
  });
  quit = [&] {
    signals.stop_waiting();
    close();
  };

  if (options.tcp) ask_for_descriptors(options.max_peers);
  address where;
  std::string transports;
  for (auto& [endpoint, transport] : bind_endpoints(context.get_executor(), options)) {
    where = endpoint->local();
    transports += (transports.empty() ? "" : " and ") + transport;
    running.serve(std::move(endpoint), transport);
  }
  if (const auto at = options.reports.metrics) published.emplace(context.get_executor(), *at, running);
  if (options.exec.shell) {
    log.problem("warning: --exec-shell runs whatever anybody on this machine sends to it, with your rights");
  }
  log.ready(to_string(where), where.port, transports, published ? published->url() : "");
  log.flush();
  if (log.failed()) return exit_code::output;
  // The terminal must be as it was for whoever has it next.
  if (options.operated && is_terminal(0) && is_terminal(1)) signals.also_on(SIGHUP);
  running.start();
  reports.start();
  if (!options.port_file.empty()) write_port_file(options.port_file, where.port);
  if (view) {
    signals.also_on(SIGHUP);
    view->start(context.get_executor(), running, to_string(where) + ", " + transports);
  }

  run_attentively(context);
  view.reset();
  return finish(log, file, running.totals(), code);
}

exit_code run(const flags& given) {
  return serve(server_options_from(given));
}

std::string build_note() {
  return std::string(line_editing()) + ", " + rooms::name_comparison() + "\n";
}

}  // namespace
}  // namespace dgram::app

int main(int argc, char** argv) {
  using namespace dgram::app;
  return run_program({"udp_server", server_flags, run, failure_event, build_note}, argc, argv);
}
