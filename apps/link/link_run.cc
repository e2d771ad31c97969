// SPDX-License-Identifier: MIT
#include "apps/link/link_run.h"

#include <sys/wait.h>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <cstring>
#include <system_error>

#include "apps/cli/text_escape.h"
#include "apps/link/device_report.h"
#include "udp/net/address_text.h"
#include "udp/net/clock.h"

namespace dgram::app {
namespace {

using std::chrono::seconds;

// For what is under way when the client has ended, and for a command that was asked to end.
constexpr seconds drain_limit{3};
constexpr seconds grace{2};
constexpr std::chrono::milliseconds between_looks{2};

exit_code code_of(int status) {
  return WIFEXITED(status) ? static_cast<exit_code>(WEXITSTATUS(status)) : code_for_signal(WTERMSIG(status));
}

std::string how_it_ended(int status) {
  if (WIFEXITED(status)) return "ended with code " + std::to_string(WEXITSTATUS(status));
  const int number = WTERMSIG(status);
  return "was ended by signal " + std::to_string(number) + " (" + ::strsignal(number) + ")";
}

bool is_empty(const impaired_path& path) {
  return std::ranges::all_of(std::array{side::client, side::server}, [&](side s) {
    const sim::link_counts& c = path.link(s).counts();
    return c.in_flight + c.copies_in_flight == 0;
  });
}

// What tells this link from others that run: the client's program.
std::string label_of(const link_options& options) {
  if (options.client.empty()) return "shell";
  const std::string& program = options.client.front();
  std::string label = program.substr(program.rfind('/') + 1).substr(0, 30);
  std::erase_if(label, [](unsigned char c) { return std::isalnum(c) == 0; });
  return label.empty() ? "command" : label;
}

}  // namespace

link_run::link_run(asio::io_context& context, link_options& options, const tun_pair& pair,
                   command_runner& commands, terminal_job& terminal)
    : context_(context),
      options_(options),
      pair_(pair),
      commands_(commands),
      terminal_(terminal),
      path_(options.link, read_clock()),
      forwarder_(context, pair, path_),
      front_(context, path_, options.link, options.front, "udp_link", label_of(options), hooks()),
      signals_(context, [this](int number) { stop(number); }),
      limit_(context) {}

front_hooks link_run::hooks() {
  front_hooks hooks;
  hooks.end = [this](exit_code code) { end_with(code, SIGTERM, false); };
  hooks.changed = [this] { forwarder_.reschedule(); };
  hooks.add_counts = [this](json_object& event) {
    add_devices(event, report_devices(pair_, forwarder_.counts()));
  };
  hooks.count_lines = [this] { return lines_of(report_devices(pair_, forwarder_.counts())); };
  return hooks;
}

exit_code link_run::run() {
  say_ready();
  begin();
  context_.run();
  return front_.finish(decided_.value_or(clients_));
}

void link_run::say_ready() {
  const std::string server = host_of(tun_pair::address_of(side::server));
  json_object event;
  event.add("event", "ready").add("server", server);
  event.add("client", host_of(tun_pair::address_of(side::client))).add("ipv6", pair_.has_ipv6());
  std::string words = "the server is at " + server;
  if (options_.server.empty()) {
    words += ", where echo answers on port " + std::to_string(echo_service::port) + ", UDP and TCP";
    event.add("echo", echo_service::port);
  }
  words += "; " + describe(options_.link);
  if (options_.client.empty()) words += "\nthis shell is the client; leave it to end the link";
  front_.start(options_.repeat, words, event);
}

void link_run::begin() {
  forwarder_.start();
  commands_.watch(context_, [this](std::optional<command_notice> notice) { heard(notice); });
  if (options_.server.empty()) {
    echo_.emplace(context_, pair_);
    return start_client();
  }
  commands_.start(side::server);
  server_runs_ = true;
  if (options_.ready_timeout == duration(0)) return start_client();
  ready_.emplace(context_, pair_, options_.wait_for, options_.ready_timeout, [this](bool ready) {
    if (!ready) {
      note("the server has not opened " +
           (options_.wait_for ? "port " + std::to_string(*options_.wait_for) : std::string("a port")) +
           " so far; the client starts all the same (see --ready-timeout and --wait-for)");
    }
    start_client();
  });
}

void link_run::start_client() {
  if (phase_ != phase::waiting) return;
  phase_ = phase::running;
  if (ready_) ready_->stop();
  commands_.start(side::client);
}

void link_run::heard(std::optional<command_notice> notice) {
  if (!notice) {
    front_.problem("the first process of the commands was ended from outside, and they with it");
    if (!decided_) decided_ = exit_code::network;
    return finish();
  }
  const bool client = notice->at == side::client;
  switch (notice->what) {
    case command_notice::kind::ready: return;
    case command_notice::kind::not_started: return not_started(notice->at, notice->value);
    case command_notice::kind::ended:
      return client ? client_ended(notice->value) : server_ended(notice->value);
    case command_notice::kind::stopped: return client ? client_stopped() : void();
  }
}

void link_run::not_started(side s, int error) {
  const command_words& words = s == side::client ? options_.client : options_.server;
  front_.problem("the command '" + escaped(words.empty() ? "$SHELL" : words.front(), 200) +
                 "' cannot be run: " + std::generic_category().message(error));
  decided_ = exit_code::usage;
  finish();
}

void link_run::client_ended(int status) {
  terminal_.take_back();
  clients_ = code_of(status);
  if (phase_ == phase::running) drain();
}

void link_run::client_stopped() {
  if (terminal_.lends()) commands_.resume(side::client, terminal_.stop_too());
}

void link_run::server_ended(int status) {
  server_runs_ = false;
  if (phase_ == phase::ending_server) return finish();
  note("the server " + how_it_ended(status) + "; the client goes on");
  start_client();
}

void link_run::drain() {
  if (phase_ != phase::draining) drain_until_ = read_clock() + drain_limit;
  phase_ = phase::draining;
  if ((is_empty(path_) && forwarder_.caught_up()) || read_clock() >= drain_until_) return end_server();
  limit_.expires_after(between_looks);
  limit_.async_wait([this](std::error_code error) {
    if (!error) drain();
  });
}

void link_run::end_server() {
  phase_ = phase::ending_server;
  if (!server_runs_) return finish();
  commands_.signal(side::server, SIGTERM);
  commands_.signal(side::server, SIGCONT);
  limit_.expires_after(grace);
  limit_.async_wait([this](std::error_code error) {
    if (error) return;
    note("the server did not end within 2 s of SIGTERM and is killed");
    finish();
  });
}

void link_run::finish() {
  if (phase_ == phase::over) return;
  phase_ = phase::over;
  commands_.end();
  forwarder_.stop();
  terminal_.take_back();
  context_.stop();
}

void link_run::stop(int signal_number) {
  end_with(code_for_signal(signal_number), signal_number, stop_signals::from_keyboard());
}

void link_run::end_with(exit_code code, int signal_number, bool client_has_had_it) {
  decided_ = code;
  if (phase_ == phase::waiting) return end_server();
  if (phase_ != phase::running) return;
  if (!client_has_had_it) commands_.signal(side::client, signal_number);
  commands_.signal(side::client, SIGCONT);
  limit_.expires_after(grace);
  limit_.async_wait([this](std::error_code error) {
    if (error) return;
    note("the client did not end within 2 s and is killed");
    end_server();
  });
}

void link_run::note(const std::string& text) {
  if (!options_.front.quiet) front_.problem(text);
}

}  // namespace dgram::app
