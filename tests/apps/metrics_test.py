# SPDX-License-Identifier: MIT
# udp_server --metrics, read by the parser that Prometheus publishes.
import http.client
import socket
import subprocess
import sys

from programs import *

try:
    from prometheus_client.parser import text_string_to_metric_families
except ImportError:
    # Debian's package is for Debian's interpreter; this one may be another.
    sys.path.append("/usr/lib/python3/dist-packages")
    try:
        from prometheus_client.parser import text_string_to_metric_families
    except ImportError:
        text_string_to_metric_families = None


class Watched(Server):
    def __init__(self, *flags, at="127.0.0.1:0"):
        try:
            super().__init__("--metrics", at, *flags)
        except AssertionError:
            if self.ended() != 77:
                raise
            raise Skip("this build has no prometheus-cpp") from None
        self.url = json.loads(self.out.seen[0])["metrics"]

    def ask(self, method="GET", path="/metrics", headers={}):
        host, _, port = self.url.split("/")[2].rpartition(":")
        connection = http.client.HTTPConnection(host.strip("[]"), int(port), timeout=LIMIT)
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        body = response.read().decode()
        connection.close()
        return response, body

    def families(self):
        if text_string_to_metric_families is None:
            raise Skip("the Python module prometheus_client is missing (install python3-prometheus-client)")
        response, body = self.ask()
        same(response.status, 200)
        return {family.name: family for family in text_string_to_metric_families(body)}


def value(families, metric, /, **labels):
    """Of the only sample that has these labels."""
    found = [s.value for s in families[metric].samples
             if all(s.labels.get(k) == v for k, v in labels.items())]
    assert len(found) == 1, f"{metric} {labels}: {families[metric].samples}"
    return found[0]


def member(server, name, *flags, lines=b"hello\n"):
    """In the room until its input ends; returns once its lines are answered."""
    one = Program("udp_client", *to(server, "--name", name, *flags))
    one.out.wait_for("joined lobby")
    one.write(lines)
    for _ in lines.splitlines():
        one.out.wait_for(": ")
    return one


@case("a Prometheus parser reads the figures of peers over UDP and TCP and plain ones")
def parsed():
    server = Watched("--both", "--reply", "chat")
    first = member(server, odd := '阿达"x"\\n', lines=b"one\ntwo\nthree\n")
    second = member(server, "bob", "--tcp", lines=b"four\n")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plain:
        plain.settimeout(LIMIT)
        plain.sendto(b"five", ("127.0.0.1", server.port))
        plain.recv(2048)
        found = server.families()
        address = "127.0.0.1:%d" % plain.getsockname()[1]
    for family in found.values():
        assert family.documentation and family.type in ("counter", "gauge"), family
    same(value(found, "dgram_peers"), 3)
    same(value(found, "dgram_peers_left_out"), 0)
    same(value(found, "dgram_peers_joined"), 3)
    same(value(found, "dgram_accepts_clients"), 1)
    same(value(found, "dgram_sessions", transport="TCP"), 1)
    same(value(found, "dgram_requests"), sum(s.value for s in found["dgram_peer_messages"].samples))
    # Each of the two greets the room before its first line, and may say more to it by itself.
    assert value(found, "dgram_peer_messages", name=odd, transport="UDP") >= 4
    assert value(found, "dgram_peer_messages", name="bob", transport="TCP") >= 2
    same(value(found, "dgram_peer_messages", address=address), 1)
    assert 0 < value(found, "dgram_peer_round_trip_seconds", name=odd) < LIMIT
    assert 0 <= value(found, "dgram_peer_loss_ratio", name=odd) < 1
    assert 0 <= value(found, "dgram_peer_idle_seconds", name="bob") < LIMIT
    assert value(found, "dgram_received_bytes", transport="UDP") > 0
    assert value(found, "dgram_received_bytes", transport="TCP") > 0
    for one in (first, second):
        one.end_input()
        same(one.ended(), 0)
    server.event("left", peer=2)
    found = server.families()
    same(value(found, "dgram_sessions_ended", transport="TCP"), 1)
    assert not any(s.labels["name"] == "bob" for s in found["dgram_peer_messages"].samples)
    server.stop()


@case("counters only grow from one scrape to the next and discards have their reason")
def counters():
    server = Watched("--reply", "echo")
    before = server.families()
    same(value(before, "dgram_discarded", transport="UDP", reason="truncated"), 0)
    for i in range(3):
        same(client(*to(server, "-m", "x" * 100)).returncode, 0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trap:
        trap.bind(("127.0.0.1", 0))
        trap.settimeout(LIMIT)
        caller = Program("udp_client", "127.0.0.1", str(trap.getsockname()[1]), "-m", "x")
        ours = trap.recv(2048)
        caller.kill()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as cut:
        for _ in range(4):
            cut.sendto(ours[:5], ("127.0.0.1", server.port))
        cut.settimeout(LIMIT)
        cut.sendto(b"text", ("127.0.0.1", server.port))
        cut.recv(2048)
    after = server.families()
    same(value(after, "dgram_requests"), 4)
    same(value(after, "dgram_replies", result="sent"), 4)
    same(value(after, "dgram_discarded", transport="UDP", reason="truncated"), 4)
    for name, family in before.items():
        for old in family.samples:
            new = [s.value for s in after[name].samples if s.name == old.name and s.labels == old.labels]
            if family.type == "counter":
                assert new and new[0] >= old.value, (old, new)
    server.stop()


@case("every other path and method is refused with a line and HEAD has no body")
def refusals():
    server = Watched()
    response, body = server.ask()
    same(response.headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
    same(response.headers["Connection"], "close")
    assert body.endswith("\n")
    response, body = server.ask("HEAD")
    same((response.status, body), (200, ""))
    assert int(response.headers["Content-Length"]) > 1000
    response, body = server.ask(path="/")
    same((response.status, body), (404, "404 Not Found: the figures are at /metrics\n"))
    response, body = server.ask("POST")
    same((response.status, body), (405, "405 Method Not Allowed: GET and HEAD are\n"))
    same(response.headers["Allow"], "GET, HEAD")
    response, body = server.ask(headers={"X-Long": "y" * 9000})
    same(response.status, 431)
    server.stop()


@case("silent callers at the metrics port keep neither the figures nor the server from others")
def silent_callers():
    server = Watched("--reply", "echo")
    host, port = server.url.split("/")[2].split(":")
    silent = [socket.create_connection((host, int(port)), timeout=LIMIT) for _ in range(20)]
    same(server.ask()[0].status, 200)
    same(client(*to(server, "-m", "x")).returncode, 0)
    # All are let go in the end, whether for others or for their time.
    for one in silent:
        same(one.recv(1), b"")
        one.close()
    server.stop()


@case("the line that says where the metrics are can be fetched on IPv6 too")
def ready_line():
    with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as s:
        try:
            s.bind(("::1", 0))
        except OSError as e:
            raise Skip(f"no IPv6 here: {e}")
    Watched().stop()
    server = Program("udp_server", "--port", "0", "--metrics", "[::1]:0", stdin=subprocess.DEVNULL)
    server.err.wait_for("^listening on 127.0.0.1:")
    port = server.err.wait_for(r"^metrics on http://\[::1\]:(\d+)/metrics$").group(1)
    connection = http.client.HTTPConnection("::1", int(port), timeout=LIMIT)
    connection.request("GET", "/metrics")
    same(connection.getresponse().status, 200)
    connection.close()
    server.signal(signal.SIGTERM)
    same(server.ended(), 143)


@case("a metrics port in use and values that are none are one line with an exit code")
def bad_input():
    Watched().stop()
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        at = "127.0.0.1:%d" % taken.getsockname()[1]
        done = subprocess.run([path_of("udp_server"), "--port", "0", "--metrics", at], capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=LIMIT)
    same(done.returncode, 1)
    same(done.stderr.decode(), f"udp_server: --metrics: {at} cannot be used: Address already in use\n")
    for bad in ("nonsense", "127.0.0.1", "127.0.0.1:99999", "localhost:9100", "::1:9100", "", "1.2.3:\x1b[31m"):
        done = subprocess.run([path_of("udp_server"), "--port", "0", "--metrics", bad], capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=LIMIT)
        same(done.returncode, 2, bad)
        one_line(done.stderr)
        contains(done.stderr, "--metrics: '")
        assert b"\x1b" not in done.stderr


main()
