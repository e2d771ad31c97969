// SPDX-License-Identifier: MIT
#include "apps/relay/relay_run.h"

#include <vector>

#include <asio/io_context.hpp>

#include "apps/cli/descriptor_limit.h"
#include "apps/cli/port_file.h"
#include "apps/cli/stop_signals.h"
#include "apps/impairment/link_front.h"
#include "apps/impairment/schedule_keeper.h"
#include "apps/relay/ip_frame.h"
#include "apps/relay/relay_report.h"
#include "udp/net/address_text.h"
#include "udp/net/clock.h"

namespace dgram::app {
namespace {

// Both ends of what `from` sent, as the interface `where` shows them.
struct two_ends {
  address source;
  address destination;
};

two_ends ends_of(const relay& running, const relay_client& client, side where, side from) {
  two_ends ends;
  if (where == side::client) {
    ends.source = client.at.remote;
    ends.destination = client.at.local == address{} ? running.local() : client.at.local;
  } else {
    ends.source = client.upstream->local();
    ends.destination = running.server();
  }
  if (from == side::server) std::swap(ends.source, ends.destination);
  return ends;
}

front_hooks hooks_for(relay& running, std::function<void(exit_code)> end) {
  front_hooks hooks;
  hooks.end = std::move(end);
  hooks.changed = [&] { running.reschedule(); };
  hooks.add_counts = [&](json_object& event) {
    add_relay_counts(event, running.counts(), running.clients());
  };
  hooks.count_lines = [&] { return relay_count_lines(running.counts(), running.clients()); };
  hooks.ip_packet = [&, frame = std::vector<std::byte>()](side where, side from, std::uint64_t tag,
                                                          std::span<const std::byte> bytes) mutable {
    const relay_client* client = running.client(tag);
    if (!client) return std::span<const std::byte>();
    const two_ends ends = ends_of(running, *client, where, from);
    write_ip_frame(ends.source, ends.destination, bytes, frame);
    return std::span<const std::byte>(frame);
  };
  return hooks;
}

}  // namespace

exit_code run_relay(relay_run_options options) {
  ask_for_descriptors(options.relay.max_clients);  // each has a socket
  asio::io_context context(1);
  exit_code code = exit_code::ok;
  const auto end = [&](exit_code why) {
    code = why;
    context.stop();
  };
  // IP and UDP headers, so that rates and MTUs mean the same as on a link that carries IP packets.
  const std::size_t headers = is_ipv4(options.relay.to) ? 28 : 48;
  impaired_path path(options.link, read_clock(), headers);
  relay running(context, path, options.relay);
  link_front front(context, path, options.link, options.front, "udp_relay",
                   std::to_string(running.local().port), hooks_for(running, end));
  running.on_no_socket([&](const std::string& why) { front.problem("a client gets no socket: " + why); });
  stop_signals signals(context, [&](int number) { end(code_for_signal(number)); });

  json_object ready;
  ready.add("event", "ready").add("address", to_string(running.local())).add("port", running.local().port);
  front.start(options.command,
              "listening on " + to_string(running.local()) + " for " + to_string(running.server()) + ", " +
                  describe(options.link),
              ready);
  running.start();
  if (!options.port_file.empty()) write_port_file(options.port_file, running.local().port);
  keep_schedule();
  context.run();
  return front.finish(code);
}

}  // namespace dgram::app
