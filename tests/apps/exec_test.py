# SPDX-License-Identifier: MIT
# Commands that the server runs for its peers, as both sides meet them.
import os
import random
import signal
import socket
import subprocess

from programs import *
from relay import Relay

PATIENCE = ("--deadline", "100s")  # not what a test is about
LONG = 170


def replies(server, *flags, **more):
    done = client(*to(server, *PATIENCE, *flags), limit=LONG, **more)
    same(done.returncode, 0, done.stderr)
    return done.stdout


def reply(server, message, *flags):
    """What the server replied; the client ends it with a line's end."""
    out = replies(server, "-m", message, *flags)
    assert out.endswith(b"\n"), out[-100:]
    return out[:-1]


def same_bytes(got, wanted):
    """Without printing millions of them."""
    assert len(got) == len(wanted), f"{len(got)} bytes, wanted {len(wanted)}; the end: {got[-80:]!r}"
    assert got == wanted, "the bytes differ"


def cut(got, of, after=b""):
    """How many of so many bytes of "y\\n" are shown before the line about the rest."""
    shown = got.index(b"...")
    lines = got[:shown]
    same_bytes(lines, b"y\n" * (len(lines) // 2))
    # What is cut behind a "y" has its line ended.
    left_out = int(got[shown:].split()[1])
    assert left_out in (of - shown, of - shown + 1), (left_out, shown)
    same(got[shown:], b"... %d bytes left out\n" % left_out + after)
    return shown


def unique_seconds():
    return f"{1000000 + os.getpid()}.{random.SystemRandom().randrange(10**9):09}"


def left_over(seconds, server=None):
    """Processes with the number among their arguments, but for the server that was told it."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                line = f.read()
        except OSError:
            continue
        if seconds.encode() in line and not (server and int(pid) == server.process.pid):
            found.append((pid, line))
    return found


def refused(parts, *flags):
    done = subprocess.run([path_of("udp_server"), "--port", "0", *flags], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=LIMIT)
    same(done.returncode, 2, done.stderr)
    one_line(done.stderr)
    for part in parts:
        contains(done.stderr, part)


@case("a message that names a command is answered with what it writes")
def named():
    server = Server("--both", "--exec", "greet=echo hello", "--exec", "echo a, b", "--exec", "silent=:",
                    "--exec", "fails=echo out; echo err >&2; exit 3", "--exec", "killed=kill -9 $$")
    for over in ((), ("--tcp",)):
        same(reply(server, "greet", *over), b"hello\n")
        same(reply(server, "echo a, b", *over), b"a, b\n")
        same(reply(server, "silent", *over), b"no output")
        same(reply(server, "fails", *over), b"out\n-- stderr --\nerr\nexit status 3")
        same(reply(server, "killed", *over), b"no output\nkilled by signal 9 (SIGKILL)")
        same(reply(server, "echo a; id", *over),
             b"no such command: echo a; id; there are: greet, echo a, b, silent, fails, killed")
    server.stop()


@case("ten million bytes of a command come back byte for byte over UDP at 10% loss")
def whole_over_udp():
    server = Server("--exec", "big=yes | head -c 10000000")
    seed = str(random.SystemRandom().randrange(2**32))
    print("seed", seed)
    relay = Relay(server.port, "--loss", "10%", "--seed", seed)
    same_bytes(reply(relay, "big"), b"y\n" * 5_000_000)


@case("ten million bytes of a command come back byte for byte over TCP")
def whole_over_tcp():
    server = Server("--tcp", "--exec", "big=yes | head -c 10000000")
    same_bytes(reply(server, "big", "--tcp"), b"y\n" * 5_000_000)


@case("a peer that asks for more than fits its queue gets all of it in time")
def many_large():
    server = Server("--both", "--exec", "big=yes | head -c 10000000")
    for over in ((), ("--tcp",)):
        out = replies(server, "--window", "8", *over, input=b"big\n" * 8)
        same_bytes(out, (b"y\n" * 5_000_000 + b"\n") * 8)
    same(server.stop()["replies_not_sent"], 0)


@case("a command beyond the longest message is cut with a count of what is left out")
def beyond_the_limit():
    server = Server("--both", "--exec", "big=yes | head -c 20000000; echo trouble >&2")
    for over in ((), ("--tcp",)):
        got = reply(server, "big", *over)
        assert len(got) <= 16 * 1024 * 1024, len(got)
        cut(got, 20_000_000, b"-- stderr --\ntrouble\n")


@case("a command that never ends is stopped at its limit and nothing of it is left")
def never_ends():
    seconds = unique_seconds()
    server = Server("--exec", f"forever=echo begun; (sleep {seconds} &) ; trap '' TERM; sleep {seconds}; sleep {seconds}",
                    "--exec-timeout", "500ms")
    same(reply(server, "forever"), b"begun\nstopped after 500 ms: time limit")
    until(lambda: not left_over(seconds, server), "the command's processes to end")


@case("the commands of a client that left are stopped")
def peer_gone():
    seconds = unique_seconds()
    server = Server("--both", "--exec", f"forever=sleep {seconds}; sleep {seconds}", "--exec-timeout", "24h")
    for over in ((), ("--tcp",)):
        asking = Program("udp_client", *to(server, "-m", "forever", *PATIENCE, *over), stdin=subprocess.DEVNULL)
        until(lambda: left_over(seconds, server), "the command to start")
        until(lambda: any(b"sleep" == line.split(b"\0")[0] for _, line in left_over(seconds, server)), "its sleep")
        asking.signal(signal.SIGINT)
        asking.ended()
        until(lambda: not left_over(seconds, server), "the command's processes to end")


@case("a server that is stopped takes its commands with it")
def server_stopped():
    seconds = unique_seconds()
    flags = ("--exec", f"forever=trap '' TERM; sleep {seconds}; sleep {seconds}", "--exec-timeout", "24h")
    server = Server(*flags)
    Program("udp_client", *to(server, "-m", "forever", *PATIENCE), stdin=subprocess.DEVNULL)
    until(lambda: left_over(seconds, server), "the command to start")
    server.stop()
    until(lambda: not left_over(seconds), "the command's processes to end")


@case("a server that is killed does not leave its shell behind")
def server_killed():
    seconds = unique_seconds()
    server = Server("--exec", f"forever=exec sleep {seconds}", "--exec-timeout", "24h")
    Program("udp_client", *to(server, "-m", "forever", *PATIENCE), stdin=subprocess.DEVNULL)
    until(lambda: left_over(seconds, server), "the command to start")
    server.kill()
    until(lambda: not left_over(seconds), "the command to end")


@case("two hundred commands at once wait their turn and all are answered")
def two_hundred():
    server = Server("--both", "--exec-shell", "--exec-at-once", "8")
    lines = b"".join(b"echo %d\n" % i for i in range(200))
    wanted = b"".join(b"%d\n\n" % i for i in range(200))
    for over in ((), ("--tcp",)):
        same(replies(server, "--window", "200", *over, input=lines), wanted)


@case("a command gets none of the server's descriptors and a clean environment")
def clean():
    server = Server("--both", "--exec", "fds=ls /proc/self/fd", "--exec", "env",
                    env={"DGRAM_TEST_SECRET": "secret"})
    for over in ((), ("--tcp",)):
        # ls itself has one open, for the folder it lists.
        same(reply(server, "fds", *over), b"0\n1\n2\n3\n")
        names = {line.split(b"=")[0] for line in reply(server, "env", *over).splitlines()}
        assert names <= {b"PATH", b"HOME", b"LANG", b"LC_ALL", b"PWD", b"OLDPWD", b"SHLVL", b"_"}, names


@case("a plain peer's command is answered within what its transport carries")
def plain_peers():
    server = Server("--both", "--exec", "big=yes | head -c 1000000", "--exec", "silent=:")
    with socket.create_connection(("127.0.0.1", server.port), timeout=LIMIT) as s:
        s.sendall(b"silent\n")
        same(s.recv(100), b"no output\n")
        s.sendall(b"big\n")
        s.shutdown(socket.SHUT_WR)
        got = b""
        while chunk := s.recv(1 << 20):
            got += chunk
        same_bytes(got, b"y\n" * 500_000)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(LIMIT)
        s.connect(("127.0.0.1", server.port))
        s.send(b"silent\n")
        same(s.recv(100), b"no output\n")
        s.send(b"big\n")
        got = s.recv(65536)
        assert cut(got, 1_000_000) > 60_000, len(got)


@case("a shell runs what it is told, warns at the start, and not for plain peers")
def shell():
    server = Server("--both", "--exec-shell", "--exec", "named=echo named")
    server.err.wait_for("warning: --exec-shell")
    same(reply(server, "echo $((6 * 7)); exit 1"), b"42\nexit status 1")
    same(reply(server, "named", "--tcp"), b"named\n")
    with socket.create_connection(("127.0.0.1", server.port), timeout=LIMIT) as s:
        s.sendall(b"echo x\n")
        same(s.recv(100), b"the shell is not for plain peers\n")


@case("a shell is refused on an address that others reach, exit 2")
def shell_elsewhere():
    for address in ("0.0.0.0", "::", "192.0.2.1"):
        for transport in ((), ("--tcp",), ("--both",)):
            refused(["--exec-shell", f"'{address}'", "not a loopback address"], "--exec-shell", "--bind", address,
                    *transport)


@case("a command that cannot be is named with its flag, exit 2")
def bad_values():
    refused(["--exec", "'=ls'", "no name"], "--exec", "=ls")
    refused(["--exec", "'a='", "no command"], "--exec", "a=")
    refused(["--exec", "''", "no command"], "--exec", "")
    refused(["--exec", "'a=df'", "already"], "--exec", "a=ls", "--exec", "a=df")
    refused(["--exec", "'echo 256'", "256"], *(f for i in range(257) for f in ("--exec", f"echo {i}")))
    refused(["--exec-timeout", "'0'"], "--exec", "ls", "--exec-timeout", "0")
    refused(["--exec-at-once", "'0'"], "--exec", "ls", "--exec-at-once", "0")
    refused(["--exec-timeout", "needs --exec"], "--exec-timeout", "1s")
    refused(["--exec-at-once", "needs --exec"], "--exec-at-once", "1")
    refused(["--exec", "--reply"], "--exec", "ls", "--reply", "echo")
    refused(["--exec-shell", "--reply"], "--exec-shell", "--reply", "chat")


if __name__ == "__main__":
    main()
