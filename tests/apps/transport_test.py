# SPDX-License-Identifier: MIT
# What the transport's flags do on the wire, large messages, and the statistics of both programs.
import json
import random
import select
import socket
import subprocess
import threading

from programs import *
from relay import Relay


def lines_of(sizes, seed):
    """Lines of random bytes without a newline."""
    table = bytes(b if b != 10 else 11 for b in range(256))
    source = random.Random(seed)
    return b"".join(source.randbytes(size).translate(table) + b"\n" for size in sizes)


@case("a message of 5 MB goes through a pipe and comes back byte for byte over UDP")
def five_megabytes():
    seed = 5
    message = lines_of([5_000_000], seed)
    server = Server("--reply", "echo", "--quiet")
    done = client(*to(server, "--deadline", "60s"), input=message, limit=120)
    same(done.returncode, 0, done.stderr)
    assert done.stdout == message, f"the reply differs; seed {seed}"
    summary = server.stop()
    same((summary["messages"], summary["answered"]), (1, 1))
    assert summary["statistics"]["fragments_received"] > 3000, summary


@case("the largest message is answered whole and one byte more is not sent")
def largest():
    seed = 16
    most = 16 * 1024 * 1024
    message = lines_of([most], seed)
    server = Server("--reply", "upper", "--quiet")
    done = client(*to(server, "--deadline", "60s"), input=message + b"x" * (most + 1), limit=120)
    same(done.returncode, 3, done.stderr)
    assert done.stdout == message.upper(), f"the reply differs; seed {seed}"
    contains(done.stderr, f"line 2 is too large: {most + 1} bytes")


@case("forty messages of a megabyte go through a pipe in order and come back whole")
def many_large():
    seed = 40
    messages = lines_of([1_000_000 + 1000 * i for i in range(40)], seed)
    server = Server("--reply", "echo", "--quiet")
    done = client(*to(server, "--deadline", "60s"), input=messages, limit=150)
    same(done.returncode, 0, done.stderr)
    assert done.stdout == messages, f"the replies differ; seed {seed}"
    same(server.stop()["replies_not_sent"], 0)


@case("large messages are measured with --size over UDP")
def measured_large():
    server = Server("--quiet")
    done = client(*to(server, "--count", "5", "--interval", "1ms", "--size", "2Mi", "--deadline", "60s", "--json"),
                  limit=120)
    same(done.returncode, 0, done.stderr)
    result = json.loads(done.stdout)
    same((result["sent"], result["answered"]), (5, 5))
    assert result["bytes_sent"] > 5 * 2 * 1024 * 1024, result["bytes_sent"]


@case("a large message to a server that is gone is given up at its deadline")
def large_to_nobody():
    done = client("127.0.0.1", str(free_port()), "--deadline", "400ms", input=lines_of([3_000_000] * 40, 1), limit=60)
    same(done.returncode, 3)
    contains(done.stderr, "40 of 40 messages went unanswered")


class Between:
    """Forwards datagrams both ways and notes the size of each that the client sent, and of each reply."""

    def __init__(self, server_port):
        self.client_side = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.client_side.bind(("127.0.0.1", 0))
        self.server_side = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.server_side.connect(("127.0.0.1", server_port))
        self.port = self.client_side.getsockname()[1]
        self.up, self.down = [], []
        self.more = threading.Condition()
        self.ends, self.end = socket.socketpair()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        came_from = None
        while True:
            ready, _, _ = select.select([self.client_side, self.server_side, self.ends], [], [])
            if self.ends in ready:
                return
            for side in ready:
                data, sender = side.recvfrom(65536)
                with self.more:
                    (self.up if side is self.client_side else self.down).append(len(data))
                    self.more.notify_all()
                if side is self.client_side:
                    came_from = sender
                    self.server_side.send(data)
                elif came_from:
                    self.client_side.sendto(data, came_from)

    def wait_for_up(self, count):
        with self.more:
            assert self.more.wait_for(lambda: len(self.up) >= count, LIMIT), f"{len(self.up)} of {count} datagrams"

    def stop(self):
        self.end.send(b"x")
        self.thread.join()


@case("no datagram is larger than --largest-datagram in either direction")
def largest_datagram():
    message = lines_of([300_000], 3)
    for flags, most in ((("--largest-datagram", "600"), 600), (("--largest-datagram", "1200"), 1200), ((), 1472)):
        server = Server("--reply", "echo", "--quiet", *flags)
        between = Between(server.port)
        done = client("127.0.0.1", str(between.port), "--deadline", "60s", "--json", *flags, input=message)
        between.stop()
        same(done.returncode, 0, done.stderr)
        same(max(between.up), most, flags)
        same(max(between.down), most, flags)
        same(json.loads(done.stdout)["statistics"]["datagram_size_bytes"], most)
        same(server.stop()["statistics"]["datagram_size_bytes"], most)


@case("--keep-alive speaks while nothing is to be said")
def keep_alive():
    server = Server("--quiet")
    between = Between(server.port)
    run = Program("udp_client", "127.0.0.1", str(between.port), "--keep-alive", "100ms")
    run.write(b"hello\n")
    run.out.wait_for("received 5 bytes")
    between.wait_for_up(len(between.up) + 5)
    run.end_input()
    same(run.ended(), 0)
    between.stop()


def lossy(redundancy, *relay_flags):
    """Both ends' statistics of 200 messages in a row over a path that loses some."""
    flags = ("--redundancy", redundancy) if redundancy else ()
    server = Server("--quiet", *flags)
    relay = Relay(server.port, "--delay", "10ms", "--seed", "7", *relay_flags)
    done = client("127.0.0.1", str(relay.port), "--count", "200", "--interval", "2ms", "--json", "--deadline", "20s",
                  *flags, limit=60)
    same(done.returncode, 0, done.stderr)
    of_server = server.stop()["statistics"]
    relay.kill()
    return json.loads(done.stdout)["statistics"], of_server


@case("copies ride along as --redundancy says, and losses are repaired by them")
def redundancy():
    for of_end in lossy("3", "--loss", "10%"):
        same(of_end["redundancy_copies"], 3)
        assert of_end["resent_by_cause"]["rode_along"] > 200, of_end
        assert of_end["redundancy_bytes"] > 0, of_end
        assert of_end["losses_repaired_by_redundancy"] > 0, of_end
    for of_end in lossy("off", "--loss", "10%"):
        same(of_end["redundancy_copies"], 0)
        # Only what was lost once already has company.
        assert of_end["resent_by_cause"]["rode_along"] < 100, of_end
        assert of_end["resent_by_cause"]["lost"] > 0, of_end


@case("the causes of resends add up to their number, whatever the loss")
def causes():
    for of_end in lossy(None, "--loss", "10%"):
        same(sum(of_end["resent_by_cause"].values()), of_end["retransmitted"])
        assert of_end["packets_lost"] > 0 and of_end["loss_rate"] > 0, of_end
        assert of_end["smoothed_rtt_ms"] >= 20, of_end
        same(sum(of_end["discarded_by_reason"].values()), of_end["discarded"])


@case("the conservative congestion control carries messages too")
def new_reno():
    server = Server("--reply", "echo", "--quiet", "--congestion", "new-reno")
    message = lines_of([1_000_000], 2)
    done = client(*to(server, "--congestion", "new-reno", "--deadline", "60s"), input=message, limit=120)
    same(done.returncode, 0, done.stderr)
    assert done.stdout == message, "the reply differs"


@case("messages of any channel and priority are answered in every mode")
def channels():
    server = Server("--reply", "echo", "--quiet")
    for mode in ("unreliable", "sequenced", "reliable", "ordered"):
        done = client(*to(server, "--mode", mode, "--channel", "255", "--priority", "255", "-m", "hello"))
        same((done.returncode, done.stdout), (0, b"hello\n"), mode)


@case("the statistics have the same fields in both programs, over UDP and TCP, and when nothing could be done")
def fields():
    seen = []
    for flags in ((), ("--tcp",)):
        server = Server("--quiet", *flags)
        seen.append(json.loads(client(*to(server, "--json", "-m", "hello", *flags)).stdout)["statistics"])
        seen.append(server.stop()["statistics"])
    seen.append(json.loads(client("no-such-host.invalid", "--json", "-m", "x").stdout)["statistics"])
    for one in seen:
        same(list(one), list(seen[0]))
        same(list(one["discarded_by_reason"]), list(seen[0]["discarded_by_reason"]))
        same(set(one["resent_by_cause"]), {"lost", "timeout", "asked_again", "rode_along"})
    same((seen[0]["messages_sent"], seen[0]["outcomes"]["answered"], seen[0]["datagram_size_bytes"]), (1, 1, 1200))


@case("the summaries for people explain what was lost and say nothing of what was not")
def words():
    server = Program("udp_server", "--port", "0", "--redundancy", "2", stdin=subprocess.DEVNULL)
    port = server.err.wait_for(r"listening on 127\.0\.0\.1:(\d+)").group(1)
    relay = Relay(port, "--delay", "10ms", "--loss", "20%", "--seed", "9")
    text = client("127.0.0.1", str(relay.port), "--count", "100", "--interval", "2ms", "--redundancy", "2",
                  limit=60).stdout.decode()
    server.signal(2)
    same(server.ended(), 130)
    for summary in (text, b"".join(server.err.rest()).decode()):
        for row in ("per message", "lost", "sent again", "redundancy", "path", "sending"):
            assert re.search(f"^{row} +.*\\d", summary, re.MULTILINE), (row, summary)
        contains(summary, "rode along")
        assert "changes" not in summary and "fragments" not in summary, summary


if __name__ == "__main__":
    main()
