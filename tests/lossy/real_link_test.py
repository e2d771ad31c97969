# SPDX-License-Identifier: MIT
# The programs across a link that the kernel's own UDP and TCP meet, in two network namespaces.
import os

import links
from programs import *

SEED = os.environ.get("DGRAM_SEED", "1")
HOST, PORT = "198.18.0.2", "9000"


def across(link, client_flags, transport):
    """Returns the client's JSON and exit code, what the server ran, and what the link counted."""
    if not os.path.exists(path_of("udp_link")):
        raise Skip("udp_link is not built on this system")
    tcp = ["--tcp"] if transport == "TCP" else []
    with temporary_directory() as folder:
        log = os.path.join(folder, "link.json")
        done = subprocess.run(
            [path_of("udp_link"), "--quiet", "--json", log, "--seed", SEED, "--delay", "10ms", *link, "--",
             path_of("udp_server"), "--bind", HOST, "--port", PORT, "--json", *tcp, "---",
             path_of("udp_client"), HOST, PORT, *links.FLOW, *client_flags, *tcp],
            capture_output=True, timeout=170)
        if done.returncode == 77:
            raise Skip(done.stderr.decode().strip())
        print(f"seed {SEED}; udp_link {' '.join(link)}\n{done.stdout.decode()}{done.stderr.decode()[-2000:]}")
        with open(log, encoding="utf-8") as lines:
            summary = [json.loads(line) for line in lines if '"event":"summary"' in line][-1]
    return json.loads(done.stdout), done.returncode, links.executed(done.stderr.splitlines()), summary


def add(sentence, transport, link, client_flags, complete, harm):
    def cross():
        result, code, ran, summary = across(link, client_flags, transport)
        links.accounted_for(result, code, ran)
        if complete:
            links.all_answered(result, ran)
        links.harmed(summary, harm)
    cross.__name__ = f"{transport}_{sentence}".replace(" ", "_").replace("%", "percent")
    case(f"across a real link {sentence} every message is answered once over {transport}")(cross)


for sentence, what in links.LINKS.items():
    for transport in ("UDP", "TCP"):
        add(sentence, transport, *what)


@case("across a real link with an MTU of 600 small messages are answered over UDP")
def mtu_small():
    result, code, ran, summary = across(["--mtu", "600"], ["--deadline", "60s"], "UDP")
    links.accounted_for(result, code, ran)
    links.all_answered(result, ran)
    links.harmed(summary, [])


# The link says nothing of its MTU, as routers that send no ICMP. A session of ours finds out; TCP as Linux has it by
# default (tcp_mtu_probing 0) does not.
@case("across a real link with an MTU of 600 large messages arrive in fragments over UDP")
def mtu_large_udp():
    result, code, ran, summary = across(["--mtu", "600"], ["--size", "900", "--deadline", "60s"], "UDP")
    links.accounted_for(result, code, ran)
    links.all_answered(result, ran)
    links.harmed(summary, ["too_big"])


@case("across a real link with an MTU of 600 large messages are given up and said to be over TCP")
def mtu_large_tcp():
    result, code, ran, summary = across(["--mtu", "600"], ["--size", "900", "--deadline", "2s"], "TCP")
    links.accounted_for(result, code, ran)
    same((result["answered"], code, ran), (0, 3, []))
    links.harmed(summary, ["too_big"])


if __name__ == "__main__":
    main()
