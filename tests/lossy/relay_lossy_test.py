# SPDX-License-Identifier: MIT
# The programs through udp_relay, which needs no privilege.
import os
import signal

import links
from programs import *

SEED = os.environ.get("DGRAM_SEED", "1")


class Relay(Program):
    """Ready when the constructor returns."""

    def __init__(self, to, *flags):
        super().__init__("udp_relay", "--json", "--listen", "0", "--to", f"127.0.0.1:{to}", "--seed", SEED,
                         "--delay", "10ms", *flags, stdin=subprocess.DEVNULL)
        self.port = self.event("ready")["port"]

    def event(self, kind):
        while True:
            line = self.out.next()
            assert line is not None, f"the relay ended without {kind}: {self.err.rest()}"
            event = json.loads(line)
            if event["event"] == kind:
                return event

    def stop(self):
        self.signal(signal.SIGINT)
        return self.event("summary")


def through(link, client_flags):
    if not os.path.exists(path_of("udp_relay")):
        raise Skip("udp_relay is not built")
    server = Server()
    relay = Relay(server.port, *link)
    done = client("127.0.0.1", str(relay.port), *links.FLOW, *client_flags, limit=170)
    print(f"seed {SEED}; udp_relay {' '.join(link)}\n{done.stdout.decode()}{done.stderr.decode()}")
    summary = relay.stop()
    server.stop()
    return json.loads(done.stdout), done.returncode, links.executed(server.out.seen), summary


def add(sentence, link, client_flags, complete, harm):
    def pass_through():
        result, code, ran, summary = through(link, client_flags)
        links.accounted_for(result, code, ran)
        if complete:
            links.all_answered(result, ran)
        links.harmed(summary, harm)
    pass_through.__name__ = sentence.replace(" ", "_").replace("%", "percent")
    case(f"through a relay {sentence} every message is answered once over UDP")(pass_through)


for sentence, what in links.LINKS.items():
    add(sentence, *what)


@case("through a relay with an MTU of 600 small messages are answered over UDP")
def mtu_small():
    result, code, ran, summary = through(["--mtu", "600"], ["--deadline", "60s"])
    links.accounted_for(result, code, ran)
    links.all_answered(result, ran)
    links.harmed(summary, [])


@case("through a relay with an MTU of 600 large messages arrive in fragments over UDP")
def mtu_large():
    result, code, ran, summary = through(["--mtu", "600"], ["--size", "900", "--deadline", "60s"])
    links.accounted_for(result, code, ran)
    links.all_answered(result, ran)
    links.harmed(summary, ["too_big"])


if __name__ == "__main__":
    main()
