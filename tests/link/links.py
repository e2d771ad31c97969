# SPDX-License-Identifier: MIT
# udp_link under test: run to its end, with its events; or a skip where there is no link to be had.
import contextlib
import glob
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import time

from programs import *

NOBODY = 65534
SERVER = "198.18.0.2"


def need(*names):
    for name in names:
        if not shutil.which(name):
            raise Skip(f"{name} is not installed")


def need_link(**how):
    done = subprocess.run([path_of("udp_link"), "--doctor"], capture_output=True, timeout=LIMIT, **how)
    if done.returncode == 77:
        raise Skip(" ".join(line for line in done.stdout.decode().splitlines() if "missing" in line))
    same(done.returncode, 0, done.stderr)


def as_nobody():
    """How subprocess runs something as an ordinary user."""
    if os.geteuid() != 0:
        raise Skip("only root can run something as nobody")
    if subprocess.run(["test", "-x", path_of("udp_link")], user=NOBODY, group=NOBODY).returncode:
        raise Skip("nobody may not enter the build folder")
    return dict(user=NOBODY, group=NOBODY, extra_groups=[])


class Run:
    """What a run of udp_link left: its code, what the commands wrote, and its own events."""

    def __init__(self, *arguments, flags=(), input=None, limit=LIMIT, seed="1", env=None, **how):
        with temporary_directory() as folder:
            os.chmod(folder, 0o700)
            if "user" in how:
                os.chown(folder, how["user"], how["group"])
            events = os.path.join(folder, "events")
            done = subprocess.run([path_of("udp_link"), "--json", events, "--seed", seed, *flags, *arguments],
                                  input=input, stdin=subprocess.DEVNULL if input is None else None,
                                  capture_output=True, timeout=limit,
                                  env=dict(os.environ, XDG_RUNTIME_DIR=folder, **(env or {})), **how)
            self.code, self.out, self.err = done.returncode, done.stdout, done.stderr
            self.events = []
            if os.path.exists(events):
                with open(events, encoding="utf-8") as lines:
                    self.events = [json.loads(line) for line in lines]

    def summary(self):
        assert self.events and self.events[-1]["event"] == "summary", (self.code, self.err, self.events)
        found = self.events[-1]
        for way in ("up", "down"):
            assert found[way]["closes"], found
        return found


def python(code, *arguments):
    """A command that runs a few lines of Python."""
    return (sys.executable, "-c", code, *arguments)


def sender(count, size=64, port=9):
    """Sends that many datagrams to the server's end."""
    return python("import socket, sys\n"
                  "count, size, port = map(int, sys.argv[1:])\n"
                  "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
                  f"for i in range(count): s.sendto(i.to_bytes(4, \"big\") + bytes(size - 4), ('{SERVER}', port))\n",
                  str(count), str(size), str(port))


def bulk_server(count):
    return python("import socket\n"
                  f"peer = socket.create_server(('{SERVER}', 9)).accept()[0]\n"
                  "got = 0\n"
                  f"while got < {count}: got += len(peer.recv(65536))\n"
                  "peer.sendall(str(got).encode())\n"
                  "peer.recv(1)\n")


def bulk_client(count, then=""):
    """Sends so many bytes over TCP, prints what the server has counted."""
    return python("import socket, subprocess\n"
                  f"s = socket.create_connection(('{SERVER}', 9))\n"
                  f"s.sendall(bytes({count}))\n"
                  "print(s.recv(100).decode(), flush=True)\n"
                  f"{then}\n")


# Nothing on port 9 of the server's end: the kernel there answers with ICMP, which nobody minds.
NO_ECHO = ("--ready-timeout", "0s")
IDLE = ("sleep", "1000")


def within_three_deviations(count, of, share):
    deviation = math.sqrt(of * share * (1 - share))
    assert abs(count - of * share) <= 3 * deviation, f"{count} of {of} at {share}: more than 3 x {deviation:.1f} off"
