# SPDX-License-Identifier: MIT
# udp_server --log and --log-interval.
import os
import subprocess

from programs import *


class Logged(Server):
    def __init__(self, *flags, path=None):
        self.folder = temporary_directory()
        self.path = path or os.path.join(self.folder.name, "server.log")
        try:
            super().__init__("--log", self.path, *flags)
        except AssertionError:
            if self.ended() != 77:
                raise
            raise Skip("this build has no spdlog") from None

    def lines(self, path=None):
        with open(path or self.path, "rb") as file:
            return [json.loads(line) for line in file]


def without(event, *keys):
    return {k: v for k, v in event.items() if k not in keys}


def plain_socket(server):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(LIMIT)
    s.connect(("127.0.0.1", server.port))
    return s


@case("the log file has the events of --json with a time and a level")
def same_events():
    server = Logged("--both", "--reply", "echo")
    same(client(*to(server, "-m", "你好 \"x\"")).returncode, 0)
    same(client(*to(server, "--tcp", "-m", "b")).returncode, 0)
    server.event("left", peer=2)
    server.stop()
    printed = [json.loads(line) for line in server.out.seen if line]
    filed = server.lines()
    same([without(e, "time", "level") for e in filed], printed)
    for line in filed:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", line["time"]), line
        same(line["level"], "info")
    same([line["time"] for line in filed], sorted(line["time"] for line in filed))
    same(filed[0]["event"], "ready")
    same(filed[-1]["event"], "summary")
    same(filed[-1]["exit_code"], 130)


@case("the log file has everything whatever is quiet and a long message is cut")
def quiet():
    server = Logged("--reply", "echo", "--quiet")
    with plain_socket(server) as s:
        s.send(b"\xff\x00bytes")
        s.recv(2048)
    done = client(*to(server, "-q"), input="阿".encode() * 4000 + b"\n")
    same(done.returncode, 0)
    server.stop()
    messages = [line for line in server.lines() if line["event"] == "message"]
    same(without(messages[-1], "time", "peer"),
         {"level": "info", "event": "message", "bytes": 12000, "text": "阿" * 333, "cut": True})
    same([len(json.loads(line)["event"]) > 0 for line in server.out.seen if line], [True, True])


@case("a log file that is full gives way and only so many are kept")
def rotation():
    server = Logged("--reply", "echo", "--quiet", "--log-size", "2k", "--log-files", "3")
    lines = b"".join(b"line %d\n" % i for i in range(200))
    same(client(*to(server, "-q"), input=lines).returncode, 0)
    server.stop()
    names = sorted(os.listdir(server.folder.name))
    same(names, ["server.1.log", "server.2.log", "server.log"])
    kept = []
    for name in ("server.2.log", "server.1.log", "server.log"):
        path = os.path.join(server.folder.name, name)
        kept += [line["text"] for line in server.lines(path) if line["event"] == "message"]
    assert 5 < len(kept) < 100, kept
    same(kept, [f"line {i}" for i in range(200 - len(kept), 200)])


@case("messages beyond the rate of the log are counted in a line of their own")
def suppressed():
    server = Logged("--reply", "echo", "--quiet", "--log-rate", "5")
    lines = b"".join(b"line %d\n" % i for i in range(300))
    same(client(*to(server, "-q"), input=lines).returncode, 0)
    summary = server.stop()
    filed = server.lines()
    written = sum(line["event"] == "message" for line in filed)
    counted = sum(line["messages"] for line in filed if line["event"] == "suppressed")
    same(written + counted, 300)
    same(summary["messages"], 300)
    assert written < 300 and counted > 0, filed
    assert all(line["level"] == "warning" for line in filed if line["event"] == "suppressed")


@case("a full disk is said once and the server goes on and ends with code 5")
def full_disk():
    if not os.path.exists("/dev/full"):
        raise Skip("there is no /dev/full here")
    server = Logged("--reply", "echo", path="/dev/full")
    for text in ("one", "two"):
        done = client(*to(server, "-m", text))
        same((done.returncode, done.stdout.decode()), (0, text + "\n"))
    server.signal(signal.SIGINT)
    same(server.event("summary")["exit_code"], 5)
    same(server.ended(), 5)
    said = [line.decode() for line in server.err.rest()]
    same(sum("cannot be written" in line for line in said), 1, said)
    assert any(line == "udp_server: --log: '/dev/full' cannot be written: No space left on device; "
               "the server goes on\n" for line in said), said
    assert any(re.fullmatch(r"udp_server: --log: \d+ lines are missing\n", line) for line in said), said


@case("a log file that cannot be opened is one line with code 5 and bad values are one with code 2")
def bad_input():
    def refused(*flags):
        done = subprocess.run([path_of("udp_server"), "--port", "0", *flags], capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=LIMIT)
        one_line(done.stderr)
        return done.returncode, done.stderr.decode()

    Logged().stop()
    with temporary_directory() as folder:
        path = os.path.join(folder, "no", "x.log")
        same(refused("--log", path),
             (5, f"udp_server: --log: '{path}' cannot be opened: No such file or directory\n"))
        same(refused("--log", folder), (5, f"udp_server: --log: '{folder}' cannot be opened: Is a directory\n"))
        good = os.path.join(folder, "x.log")
        for flags in (("--log", ""), ("--log", good, "--log-size", "5"), ("--log", good, "--log-files", "0"),
                      ("--log", good, "--log-rate", "x"), ("--log-size", "1m"), ("--log-interval", "99ms"),
                      ("--log-interval", "often")):
            code, text = refused(*flags)
            same(code, 2, flags)
            contains(text, flags[-2])
        assert not os.path.exists(good)


@case("a line each interval says how much came since the last one, also when nothing did")
def interval():
    server = Program("udp_server", "--port", "0", "--reply", "echo", "--quiet", "--log-interval", "100ms",
                     "--port-file", os.path.join((folder := temporary_directory()).name, "port"),
                     stdin=subprocess.DEVNULL)
    server.err.wait_for(r"^[\d.]+m?s: 0 peers, 0 messages \(0/s\), 0 answered, in 0 B, out 0 B, 0 lost, 0 discarded$")
    with open(os.path.join(folder.name, "port")) as file:
        port = file.read().strip()
    same(client("127.0.0.1", port, "-q", input=b"a\nb\nc\n").returncode, 0)
    pattern = r"^[\d.]+m?s: \d+ peers?, (\d+) messages? \([\d.]+/s\), (\d+) answered, in ([\d.]+ k?B), out "
    messages = answered = 0
    while messages < 3:
        found = server.err.wait_for(pattern)
        messages += int(found.group(1))
        answered += int(found.group(2))
    same((messages, answered), (3, 3))
    server.err.wait_for(r" 0 messages \(0/s\), 0 answered, in ")
    server.signal(signal.SIGTERM)
    same(server.ended(), 143)


@case("the interval is an event with --json and in the log file")
def interval_event():
    server = Logged("--reply", "echo", "--log-interval", "100ms")
    same(client(*to(server, "-m", "x")).returncode, 0)
    while (event := server.event("interval"))["messages"] == 0:
        pass
    same((event["messages"], event["answered"]), (1, 1))
    assert event["seconds"] > 0 and event["messages_per_s"] > 0 and event["bytes_received"] > 0, event
    assert event["round_trip_ms"] is None or event["round_trip_ms"] > 0, event
    server.stop()
    assert without(event) in [without(e, "time", "level") for e in server.lines()]


main()
