# SPDX-License-Identifier: MIT
# udp_client on a pipe, one-shot, and measuring.
import fcntl
import json
import os
import random
import signal
import socket
import subprocess
import threading
import time

from programs import *


def ten_thousand(*flags):
    server = Server("--reply", "echo", "--quiet", *flags)
    numbers = "".join(f"{i}\n" for i in range(1, 10001)).encode()
    done = client(*to(server, *flags), input=numbers, limit=120)
    same(done.returncode, 0, done.stderr)
    same(done.stdout, numbers)
    contains(done.stderr, "10000 messages, all answered")


@case("ten thousand lines come back in order over UDP")
def seq_udp():
    ten_thousand()


@case("ten thousand lines come back in order over TCP")
def seq_tcp():
    ten_thousand("--tcp")


def killed_half_way(*flags):
    server = Server("--reply", "echo", "--quiet", *flags)
    run = Program("udp_client", *to(server, "--deadline", "1s", *flags))
    run.write("".join(f"{i}\n" for i in range(1, 5001)).encode())
    for i in range(1, 5001):
        same(run.out.next(), b"%d\n" % i)
    server.kill()
    began = time.monotonic()
    run.write("".join(f"{i}\n" for i in range(5001, 10001)).encode())
    run.end_input()
    same(run.ended(), 3)
    took = time.monotonic() - began
    # 5000 lines are 20 windows of 256; a deadline for each would be 20 s.
    assert took < 8, f"took {took} s"
    contains(b"".join(run.err.rest()), "5000 of 10000 messages went unanswered")


@case("a server killed half-way ends the run, which says how many went unanswered, over UDP")
def killed_udp():
    killed_half_way()


@case("a server killed half-way ends the run, which says how many went unanswered, over TCP")
def killed_tcp():
    killed_half_way("--tcp")


@case("an endless input ends too once the server is lost")
def endless_input():
    port = free_port()
    yes = Program("udp_client", "127.0.0.1", str(port), "--deadline", "500ms",
                  stdin=subprocess.Popen(["yes"], stdout=subprocess.PIPE).stdout)
    same(yes.ended(), 3)
    contains(b"".join(yes.err.rest()), "the rest of the input was not read")


@case("a stdout closed in the middle ends the client quietly with 5")
def closed_stdout():
    server = Server("--reply", "echo", "--quiet")
    reading, writing = os.pipe()
    run = Program("udp_client", *to(server), stdout=writing)
    os.close(writing)
    run.write(b"first\n")
    same(os.read(reading, 6), b"first\n")
    os.close(reading)
    run.write(b"second\n" * 1000)
    same(run.ended(), 5)
    same(run.err.rest(), [])


@case("a stdout that is closed from the start is an output error, not a hang")
def no_stdout():
    server = Server("--reply", "echo", "--quiet")
    done = subprocess.run(["sh", "-c", f'"{path_of("udp_client")}" 127.0.0.1 {server.port} -m hello >&-'],
                          capture_output=True, timeout=LIMIT)
    same(done.returncode, 5, done.stderr)


@case("a full disk is named, exit 5")
def full_disk():
    if not os.path.exists("/dev/full"):
        raise Skip("there is no /dev/full")
    server = Server("--quiet")
    for flags in (("-m", "hello"), ("--count", "3"), ("--json", "-m", "hello")):
        with open("/dev/full", "wb") as full:
            run = Program("udp_client", *to(server, *flags), stdout=full)
            same(run.ended(), 5, flags)
            contains(b"".join(run.err.rest()), "standard output cannot be written: No space left on device")


@case("binary lines, empty lines and a last line without newline pass byte for byte")
def binary():
    server = Server("--reply", "echo", "--quiet")
    seed = 20
    source = random.Random(seed)
    lines = [bytes(b for b in source.randbytes(source.randrange(1000)) if b != 10) for _ in range(500)]
    lines[3] = b""
    lines.append(bytes(range(10)) + bytes(range(11, 256)))
    for flags in ((), ("--window", "1")):
        done = client(*to(server, *flags), input=b"\n".join(lines))
        same(done.returncode, 0, (seed, done.stderr))
        same(done.stdout, b"\n".join(lines) + b"\n", seed)


@case("invalid UTF-8 goes through unchanged and is shown escaped")
def invalid_utf8():
    server = Program("udp_server", "--port", "0", "--reply", "echo", stdin=subprocess.DEVNULL)
    port = server.err.wait_for(r"listening on 127\.0\.0\.1:(\d+)").group(1)
    done = client("127.0.0.1", port, input=b"caf\xe9 \x1b[31m\xe4\xbd\xa0\n")
    same(done.stdout, b"caf\xe9 \x1b[31m\xe4\xbd\xa0\n")
    server.out.wait_for(r"^peer #1 caf\\xE9 \\x1B\[31m你$")


@case("a line that is too long is named with its number and size, and the others go on")
def too_large():
    server = Server("--reply", "echo", "--quiet")
    for flags, most in (((), 16 * 1024 * 1024), (("--mode", "unreliable"), 16 * 1024)):
        done = client(*to(server, *flags), input=b"one\n" + b"x" * (most + 1) + b"\nthree\n")
        same(done.returncode, 3)
        same(done.stdout, b"one\nthree\n")
        contains(done.stderr, f"line 2 is too large: {most + 1} bytes, at most {most}")
        contains(done.stderr, "1 of 3 messages went unanswered: 1 too large")


@case("no input is no message and no error")
def empty_input():
    server = Server("--quiet")
    done = client(*to(server))
    same((done.returncode, done.stdout, done.stderr), (0, b"", b""))


@case("a slow reader of the replies costs no message")
def slow_reader():
    server = Server("--reply", "echo", "--quiet")
    lines = b"".join(b"%06d" % i + b"x" * 993 + b"\n" for i in range(2000))
    reading, writing = os.pipe()
    run = Program("udp_client", *to(server, "--deadline", "400ms"), stdout=writing)
    os.close(writing)
    feeder = threading.Thread(target=lambda: (run.write(lines), run.end_input()))
    feeder.start()
    same(os.read(reading, 1)[:1], b"0")
    time.sleep(1)  # the stall is what is tested: two deadlines long
    with os.fdopen(reading, "rb") as rest:
        got = b"0" + rest.read()
    same(run.ended(), 0)
    assert got == lines, "replies differ"


@case("standard input is left blocking for whoever shares it, pipe or socket")
def stdin_flags():
    server = Server("--quiet")
    pipe = os.pipe()
    pair = socket.socketpair()
    for reading, writing in (pipe, (pair[0].fileno(), pair[1].fileno())):
        before = fcntl.fcntl(reading, fcntl.F_GETFL)
        run = Program("udp_client", *to(server), stdin=reading)
        os.write(writing, b"hello\n")
        run.out.wait_for("received 5 bytes")
        if reading == pipe[0]:
            same(fcntl.fcntl(reading, fcntl.F_GETFL), before, "while it runs")
            os.close(writing)
        else:
            pair[1].shutdown(socket.SHUT_WR)
        same(run.ended(), 0)
        same(fcntl.fcntl(reading, fcntl.F_GETFL), before, "afterwards")


@case("-m prints the reply on stdout and its cost on stderr")
def one_shot():
    server = Server()
    done = client(*to(server, "-m", "a,b"))
    same((done.returncode, done.stdout), (0, b"received 3 bytes\n"))
    contains(done.stderr, "ms, 1 try")
    server.event("message", text="a,b")
    same(client(*to(server, "-m", "")).stdout, b"received 0 bytes\n")
    done = client(*to(server, "-m", "one", "-m", "你好", "--quiet"))
    same((done.stdout, done.stderr), (b"received 3 bytes\nreceived 6 bytes\n", b""))


@case("without a server -m gives the reason and 3 once the deadline has passed")
def nobody_there():
    began = time.monotonic()
    done = client("127.0.0.1", str(free_port()), "-m", "hello", "--deadline", "600ms", "--timeout", "100ms")
    took = time.monotonic() - began
    same((done.returncode, done.stdout), (3, b""))
    contains(done.stderr, "nobody listens there (ICMP port unreachable)")
    contains(done.stderr, "tries")
    assert 0.5 < took < 10, took


@case("without a server -m gives the reason and 3 over TCP too")
def nobody_there_tcp():
    done = client("127.0.0.1", str(free_port(socket.SOCK_STREAM)), "--tcp", "-m", "hello", "--deadline", "600ms")
    same((done.returncode, done.stdout), (3, b""))
    contains(done.stderr, "nobody listens there (connection refused)")


@case("a server that never answers: the tries are counted, and --retries caps them")
def silent_server():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        port = str(silent.getsockname()[1])
        done = client("127.0.0.1", port, "-m", "hello", "--timeout", "20ms", "--retries", "2", "--deadline", "20s",
                      "--trace")
        same(done.returncode, 3)
        contains(done.stderr, "after 3 tries")
        contains(done.stderr, "sent again")


@case("SIGINT ends the client with 130 and a summary, SIGTERM with 143")
def signals():
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
            silent.bind(("127.0.0.1", 0))
            silent.settimeout(LIMIT)
            run = Program("udp_client", "127.0.0.1", str(silent.getsockname()[1]), "--deadline", "60s")
            run.write(b"one\ntwo\n")
            silent.recv(2000)
            run.signal(number)
            same(run.ended(), code)
            contains(b"".join(run.err.rest()), "2 of 2 messages went unanswered: 2 given up")


def measured(*flags):
    server = Server("--quiet", *flags)
    done = client(*to(server, "--count", "200", "--interval", "1ms", "--size", "64", "--json", *flags))
    same(done.returncode, 0, done.stderr)
    one_line(done.stdout)
    result = json.loads(done.stdout)
    same(result["transport"], "tcp" if flags else "udp")
    same((result["sent"], result["answered"], result["unanswered"]), (200, 200, 0))
    same((result["exit_code"], result["error"]), (0, None))
    rtt = result["rtt_ms"]
    assert 0 < rtt["p50"] <= rtt["p90"] <= rtt["p99"] <= rtt["p999"] <= rtt["max"], rtt
    # At least the interval times the count: an open loop keeps its schedule.
    assert result["elapsed_ms"] >= 199, result["elapsed_ms"]
    for key in ("datagrams_sent", "datagrams_received", "bytes_sent", "bytes_received"):
        assert result[key] > 0, key
    for key in ("retransmitted", "duplicates"):
        assert result[key] >= 0, key


@case("--count measures on schedule and reports as JSON over UDP")
def count_udp():
    measured()


@case("--count measures on schedule and reports as JSON over TCP")
def count_tcp():
    measured("--tcp")


@case("--count against nobody still ends, with every message accounted for")
def count_nobody():
    done = client("127.0.0.1", str(free_port()), "--count", "20", "--interval", "1ms", "--deadline", "300ms", "--json")
    same(done.returncode, 3)
    result = json.loads(done.stdout)
    same((result["answered"], result["unanswered"], result["exit_code"]), (0, 20, 3))
    same(result["rtt_ms"]["p50"], None)
    contains(result["error"], "20 without an answer")


if __name__ == "__main__":
    main()
