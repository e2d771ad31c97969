# SPDX-License-Identifier: MIT
# udp_relay as its user meets it: through it udp_client talks to udp_server.
import json
import os
import re
import signal
import socket
import stat
import struct
import subprocess

from programs import (LIMIT, Program, Server, Skip, case, client, contains, free_port, main, one_line, path_of, same,
                      temporary_directory, until)


class Relay(Program):
    """Ready when the constructor returns. Its control socket is in a folder of its own."""

    def __init__(self, server_port, *flags, folder=None):
        self.folder = folder or temporary_directory()
        self.env = {"XDG_RUNTIME_DIR": self.folder.name}
        super().__init__("udp_relay", "--json", "--listen", "0", "--to", f"127.0.0.1:{server_port}", *flags,
                         env=self.env, stdin=subprocess.DEVNULL)
        self.ready = self.event("ready")
        self.port = self.ready["port"]

    def event(self, kind):
        while True:
            line = self.out.next()
            assert line is not None, f"the relay ended without {kind}: {self.err.rest()}"
            event = json.loads(line)
            if event["event"] == kind:
                return event

    def ask(self, *words):
        return subprocess.run([path_of("udp_relay"), *words], env=dict(os.environ, **self.env), capture_output=True,
                              timeout=LIMIT)

    def stats(self):
        return json.loads(self.ask("stats", "--json").stdout)

    def stop(self, number=signal.SIGINT):
        self.signal(number)
        summary = self.event("summary")
        code = self.ended()
        same(summary["exit_code"], code)
        assert summary["up"]["closes"] and summary["down"]["closes"], summary
        return summary, code


def refused(*flags):
    result = subprocess.run([path_of("udp_relay"), *flags], capture_output=True, timeout=LIMIT)
    one_line(result.stderr)
    same(result.stdout, b"")
    return result.returncode, result.stderr.decode()


def through(relay, *flags, **more):
    return client("127.0.0.1", str(relay.port), *flags, **more)


@case("messages go through a relay and every one is accounted for")
def _carried():
    server = Server("--reply", "echo")
    relay = Relay(server.port, "--loss", "10%", "--delay", "2ms", "--seed", "1")
    result = through(relay, "--count", "100", "--interval", "1ms", "--json")
    same(result.returncode, 0, result.stderr)
    summary, code = relay.stop()
    same(code, 130)
    for way in ("up", "down"):
        counts = summary[way]
        same(counts["offered"], counts["delivered"] + counts["lost"] + counts["in_flight"])
        assert counts["lost"] > 0, summary
    same(summary["seed"], 1)
    same(summary["client_gone"], 0)


@case("a relay tells its seed and the command that repeats it before anything else")
def _seed_first():
    server = Server()
    with temporary_directory() as folder:
        relay = Program("udp_relay", "--listen", "0", "--to", f"127.0.0.1:{server.port}", "--loss", "5%",
                        env={"XDG_RUNTIME_DIR": folder})
        first = relay.err.next().decode()
        found = re.match(r"seed (\d+), to repeat: (.*)", first)
        assert found, first
        same(found[2], f"udp_relay --listen 0 --to 127.0.0.1:{server.port} --loss 5% --seed {found[1]}")
        relay.err.wait_for("listening on 127.0.0.1:[0-9]+ for .*, 5 % loss")
        relay.signal(signal.SIGTERM)
        relay.err.wait_for(r"5 % loss each way, seed " + found[1])
        same(relay.ended(), 143)
        same(relay.out.rest(), [])


@case("many clients at once each have a port of their own at the server")
def _many_clients():
    server = Server("--reply", "echo")
    relay = Relay(server.port, "--delay", "1ms")
    clients = [Program("udp_client", "127.0.0.1", str(relay.port), "-m", f"from {i}", stdin=subprocess.DEVNULL)
               for i in range(20)]
    for i, one in enumerate(clients):
        contains(b"".join(one.out.rest()), f"from {i}")
        same(one.ended(), 0)
    summary, _ = relay.stop()
    same(summary["clients"], 20)
    same(server.stop()["peers"], 20)


@case("a relay that runs loses everything when it is told to and nothing when told again")
def _live():
    server = Server("--reply", "echo")
    relay = Relay(server.port)
    same(through(relay, "-m", "before").returncode, 0)
    result = relay.ask("set", "loss=100%")
    same((result.returncode, result.stdout), (0, b"100 % loss each way\n"), result.stderr)
    same(relay.event("changed")["link"], "100 % loss each way")
    result = through(relay, "-m", "lost", "--deadline", "300ms")
    same(result.returncode, 3, result.stderr)
    same(relay.ask("set", "loss=0").returncode, 0)
    same(through(relay, "-m", "after").returncode, 0)
    summary, _ = relay.stop()
    assert summary["up"]["lost"] > 0, summary
    same(summary["down"]["lost"], 0)


@case("a bad setting changes nothing and is answered with exit code 2")
def _bad_setting():
    server = Server()
    relay = Relay(server.port, "--loss", "5%", "--seed", "1")
    for words, part in ((("set", "delay=5ms", "loss=101%"), "loss: '101%'"), (("set", "nonsense=1"), "nonsense"),
                        (("set", "seed=2"), "seed"), (("frob",), "'frob'"), (("set",), "NAME=VALUE")):
        result = relay.ask(*words)
        same(result.returncode, 2, words)
        one_line(result.stderr)
        contains(result.stderr, part)
    same(relay.ask("get").stdout, b"loss=5%\nseed=1\n")


@case("settings are shown and put back to those of the start")
def _get_and_reset():
    server = Server()
    relay = Relay(server.port, "--loss", "5%", "--seed", "1")
    relay.ask("set", "up-loss=7%", "rate=1m")
    same(relay.ask("get").stdout, b"loss=5%\nup-loss=7%\nrate=1m\nseed=1\n")
    same(relay.ask("reset").stdout, b"5 % loss each way\n")
    same(relay.ask("get").stdout, b"loss=5%\nseed=1\n")
    contains(relay.ask("stats").stdout, "5 % loss each way, seed 1")


@case("a message to a control socket that is no command is answered and harms nothing")
def _control_garbage():
    server = Server()
    relay = Relay(server.port)
    for garbage, wanted in ((b"frob\n", b"error "), (b"\x00\xff\x1b[31m\n", b"error "), (b"x" * 8000, b"error a line"),
                            (b"\n", b"error ")):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(LIMIT)
            s.connect(relay.ready["control"])
            s.sendall(garbage)
            assert s.recv(1000).startswith(wanted), garbage
    same(relay.ask("get").returncode, 0)


@case("a control socket is this user's alone and gone at the end")
def _control_socket():
    server = Server()
    relay = Relay(server.port)
    path = relay.ready["control"]
    same(stat.S_IMODE(os.stat(path).st_mode), 0o600)
    same(stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode), 0o700)
    relay.stop()
    assert not os.path.exists(path)


@case("a killed relay leaves a socket that neither the next relay nor a command minds")
def _stale():
    server = Server()
    first = Relay(server.port)
    stale = first.ready["control"]
    first.signal(signal.SIGKILL)
    first.ended()
    assert os.path.exists(stale)
    result = first.ask("get")
    same(result.returncode, 1)
    contains(result.stderr, "no udp_relay of this user is running")
    second = Relay(server.port, "--loss", "5%", folder=first.folder)
    contains(second.ask("get").stdout, "loss=5%")

    control = os.path.join(first.folder.name, "chosen")
    third = Relay(server.port, "--control", control, folder=first.folder)
    third.signal(signal.SIGKILL)
    third.ended()
    same(first.ask("get", "--control", control).returncode, 1)
    fourth = Relay(server.port, "--control", control, "--loss", "7%", folder=first.folder)
    contains(fourth.ask("get", "--control", control).stdout, "loss=7%")


@case("several relays are listed and one is chosen")
def _several():
    server = Server()
    first = Relay(server.port)
    second = Relay(server.port, "--loss", "5%", folder=first.folder)
    result = first.ask("get")
    same(result.returncode, 2)
    one_line(result.stderr)
    for relay in (first, second):
        contains(result.stderr, relay.ready["control"])
    contains(first.ask("get", "--control", second.ready["control"]).stdout, "loss=5%")


@case("what a relay is wrongly told is refused in one line with exit code 2")
def _bad_input():
    good = ("--listen", "0", "--to", "127.0.0.1:9")
    for flags, *parts in ((("--loss", "101%"), "--loss: '101%'"), (("--delay", "-5ms"), "--delay: '-5ms'"),
                          (("--trace", "/nonexistent"), "--trace: '/nonexistent' cannot be read"),
                          (("--replay", "/nonexistent"), "--replay: '/nonexistent' cannot be read"),
                          (("--loss", "90%", "--burst", "2"), "--burst: '2' cannot be"),
                          (("--down-rate", "fast"), "--down-rate: 'fast'"), (("--bogus",), "bogus"),
                          (("--idle", "0"), "--idle: '0'"), (("get",), "'get'"), (("--profile", "x"), "--profile: 'x'")):
        code, words = refused(*good, *flags)
        same(code, 2, flags)
        for part in parts:
            contains(words, part)
    same(refused()[0], 2)
    same(refused("--listen", "0", "--to", "no.such.host.invalid:9")[0], 1)


@case("a relay cannot carry TCP and says why and names the program that can")
def _tcp():
    code, words = refused("--tcp", "--listen", "0", "--to", "127.0.0.1:9")
    same(code, 2)
    contains(words, "acknowledged the bytes")
    contains(words, "udp_link")


@case("a port that is taken or an output that cannot be opened ends a relay before it begins")
def _start_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken, temporary_directory() as folder:
        taken.bind(("127.0.0.1", 0))
        port = str(taken.getsockname()[1])
        code, words = refused("--listen", port, "--to", "127.0.0.1:9")
        same(code, 1)
        contains(words, port)
        to = ("--listen", "0", "--to", "127.0.0.1:9")
        for flag in ("--record", "--control"):
            code, words = refused(*to, flag, f"{folder}/no/such/folder/file")
            same(code, 5, flag)
            contains(words, flag)
        code, words = refused(*to, "--pcap", f"{folder}/no/such/folder/file")
        assert code in (5, 77), words


@case("a full disk ends the recording and not the relay and the exit code tells")
def _full_disk():
    if not os.path.exists("/dev/full"):
        raise Skip("no /dev/full here")
    server = Server("--reply", "echo")
    relay = Relay(server.port, "--record", "/dev/full")
    same(through(relay, "--count", "50", "--interval", "1ms").returncode, 0)
    summary, code = relay.stop()
    same(code, 5)
    words = b"".join(relay.err.rest())
    same(words.count(b"/dev/full"), 1, words)
    contains(words, "--record: '/dev/full' cannot be written: No space left on device")
    assert summary["up"]["delivered"] >= 1


@case("progress is told at the interval and a duration ends the run")
def _interval():
    server = Server("--reply", "echo")
    relay = Relay(server.port, "--interval", "10ms", "--duration", "100ms")
    relay.event("stats")
    relay.event("stats")
    same(relay.event("summary")["exit_code"], 0)
    same(relay.ended(), 0)


@case("nobody behind a relay reaches the client as silence and the relay goes on")
def _nobody():
    relay = Relay(free_port())
    same(through(relay, "-m", "hello", "--deadline", "500ms").returncode, 3)
    summary, code = relay.stop(signal.SIGTERM)
    same(code, 143)
    assert summary["server_sockets"]["icmp_errors"] > 0, summary
    same(summary["up"]["delivered"], summary["up"]["offered"])


@case("a port file names the port of a relay that is ready")
def _port_file():
    server = Server("--reply", "echo")
    with temporary_directory() as folder:
        file = os.path.join(folder, "port")
        relay = Relay(server.port, "--port-file", file)
        until(lambda: os.path.exists(file), "the port file")
        with open(file, encoding="ascii") as f:
            same(int(f.read()), relay.port)


def packets(file):
    """IP packets of a capture: source port, destination port, UDP payload."""
    with open(file, "rb") as f:
        data = f.read()
    magic, *_, link_type = struct.unpack_from("<IHHiIII", data)
    same((magic, link_type), (0xA1B23C4D, 101))
    found, at, last = [], 24, 0
    while at < len(data):
        seconds, nanoseconds, size, original = struct.unpack_from("<IIII", data, at)
        same(size, original)
        packet = data[at + 16:at + 16 + size]
        same(packet[0], 0x45)
        source, destination, length = struct.unpack_from(">HHH", packet, 20)
        same(length, size - 20)
        found.append((source, destination, packet[28:]))
        at += 16 + size
        assert seconds > 1_600_000_000 and nanoseconds < 1_000_000_000 and seconds >= last
        last = seconds
    return found


@case("captures show what each end sees: the client's its losses and the server's only what arrived")
def _captures():
    server = Server("--reply", "echo")
    with temporary_directory() as folder:
        name = os.path.join(folder, "run")
        relay = with_captures(server.port, "--pcap", name, "--up-loss", "30%", "--seed", "4")
        same(through(relay, "--count", "50", "--interval", "1ms").returncode, 0)
        summary, _ = relay.stop()
        at_client, at_server = packets(name + "-client.pcap"), packets(name + "-server.pcap")
        up, down = summary["up"], summary["down"]
        same(sum(p[1] == relay.port for p in at_client), up["offered"])
        same(sum(p[0] == relay.port for p in at_client), down["delivered"])
        same(sum(p[1] == server.port for p in at_server), up["delivered"])
        same(sum(p[0] == server.port for p in at_server), down["offered"])
        assert up["lost"] > 0
        sent = [p[2] for p in at_client if p[1] == relay.port]
        assert all(p[2] in sent for p in at_server if p[1] == server.port)


def crossing(*flags, count=200):
    """Sends numbered datagrams through a relay; returns what came out of it, in order, and the summary."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink, \
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as source:
        sink.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)  # nobody reads until all has arrived
        sink.bind(("127.0.0.1", 0))
        sink.settimeout(LIMIT)
        relay = Relay(sink.getsockname()[1], *flags)
        for i in range(count):
            source.sendto(struct.pack(">I", i) + bytes(60), ("127.0.0.1", relay.port))
        until(lambda: relay.stats()["up"]["offered"] == count and relay.stats()["up"]["in_flight"] == 0
              and relay.stats()["up"]["copies_in_flight"] == 0, "every datagram")
        up = relay.stats()["up"]
        out = [sink.recv(1000) for _ in range(up["delivered"] + up["copies_delivered"])]
        summary, _ = relay.stop()
        return out, summary


def with_captures(*arguments):
    try:
        return Relay(*arguments)
    except AssertionError as e:
        if "libpcap" in str(e):
            raise Skip("this build has no libpcap") from None
        raise


@case("a full disk ends the captures and not the relay and the exit code tells")
def _full_disk_of_captures():
    if not os.path.exists("/dev/full"):
        raise Skip("no /dev/full here")
    server = Server("--reply", "echo")
    with temporary_directory() as folder:
        name = os.path.join(folder, "run")
        os.symlink("/dev/full", name + "-server.pcap")
        relay = with_captures(server.port, "--pcap", name)
        same(through(relay, "-m", "hello").returncode, 0)
        summary, code = relay.stop()
        same(code, 5)
        contains(b"".join(relay.err.rest()), f"--pcap: '{name}' cannot be written: No space left on device")


@case("the same seed gives the same datagrams the same fate and another seed another")
def _same_seed():
    flags = ("--loss", "20%", "--duplicate", "10%", "--corrupt", "10%")
    first, _ = crossing(*flags, "--seed", "3")
    same(crossing(*flags, "--seed", "3")[0], first)
    assert crossing(*flags, "--seed", "4")[0] != first


@case("a replayed recording loses and repeats and corrupts the same datagrams")
def _replay():
    with temporary_directory() as folder:
        file = os.path.join(folder, "fates")
        first, summary = crossing("--loss", "20%", "--duplicate", "10%", "--corrupt", "10%", "--burst", "3",
                                  "--record", file)
        again, repeated = crossing("--replay", file)
        same(again, first)
        for count in ("offered", "delivered", "lost", "copies", "corrupted", "loss_runs"):
            same(repeated["up"][count], summary["up"][count], count)
        same(repeated["up"]["past_recording"], 0)
        assert summary["up"]["lost"] > 0 and summary["up"]["corrupted"] > 0, summary


@case("more clients than the relay keeps push out those that were silent longest")
def _more_clients():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
        sink.bind(("127.0.0.1", 0))
        sink.settimeout(LIMIT)
        # The usual limit of descriptors, which 1024 clients alone would exhaust.
        relay = Relay(sink.getsockname()[1])
        for _ in range(1100):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
                # Its port may be given again at once: then it is the same client.
                one.sendto(b"hello", ("127.0.0.1", relay.port))
                sink.recv(100)
        summary, _ = relay.stop()
        same(summary["no_socket"], 0)
        same(summary["up"]["delivered"], 1100)
        same(summary["clients_now"] + summary["clients_evicted"], summary["clients"])
        assert summary["clients_now"] <= 1024, summary


@case("packets by number are lost and no others")
def _by_number():
    out, summary = crossing("--up-lose", "3,7,20-25", count=50)
    got = [struct.unpack_from(">I", d)[0] for d in out]
    same(got, [i for i in range(50) if i not in (3, 7) and not 20 <= i <= 25])
    same(summary["up"]["loss_runs"], {"1": 2, "6": 1})


main()
