# SPDX-License-Identifier: MIT
# Starts the programs under test and waits for what they say, always with a limit and never by sleeping.
# A test file lists its cases with @case("sentence") and ends in main().
import json
import os
import queue
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

LIMIT = 30  # seconds; sanitizers and busy machines are slow
SKIP = 77
cases = []
programs_dir = None


class Skip(Exception):
    pass


def case(sentence):
    def add(function):
        cases.append((function.__name__, sentence, function))
        return function
    return add


def main():
    global programs_dir
    if sys.argv[1] == "--list":
        for name, sentence, _ in cases:
            print(f"{name}|{sentence}")
        return
    programs_dir = sys.argv[1]
    for name, _, function in cases:
        if name == sys.argv[2]:
            try:
                function()
            except Skip as reason:
                print("skipped:", reason)
                sys.exit(SKIP)
            finally:
                for program in list(Program.running):
                    program.kill()
            return
    sys.exit(f"no case {sys.argv[2]}")


def path_of(name):
    return os.path.join(os.path.abspath(programs_dir), name)


def until(condition, what):
    """Polls, for the few things that announce themselves in no other way."""
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end, f"waited {LIMIT} s for {what}"
        time.sleep(0.005)


class Stream:
    """The lines of a pipe, read by a thread so that waiting for one can end."""

    def __init__(self, pipe):
        self.lines = queue.Queue()
        self.seen = []
        threading.Thread(target=self._read, args=(pipe,), daemon=True).start()

    def _read(self, pipe):
        for line in pipe:
            self.lines.put(line)
        self.lines.put(None)

    def next(self):
        try:
            line = self.lines.get(timeout=LIMIT)
        except queue.Empty:
            raise AssertionError(f"no line in {LIMIT} s; before: {self.seen[-10:]}") from None
        if line is not None:
            self.seen.append(line)
        return line

    def wait_for(self, pattern):
        while True:
            line = self.next()
            assert line is not None, f"ended without {pattern!r}: {self.seen[-20:]}"
            found = re.search(pattern, line.decode("utf-8", "backslashreplace"))
            if found:
                return found

    def rest(self):
        found = []
        while (line := self.next()) is not None:
            found.append(line)
        return found


class Program:
    running = []

    def __init__(self, name, *flags, env=None, **streams):
        self.process = subprocess.Popen([path_of(name), *flags],
                                        env=dict(os.environ, **(env or {})),
                                        stdin=streams.get("stdin", subprocess.PIPE),
                                        stdout=streams.get("stdout", subprocess.PIPE),
                                        stderr=streams.get("stderr", subprocess.PIPE), bufsize=0,
                                        close_fds=True)
        Program.running.append(self)
        self.out = Stream(self.process.stdout) if self.process.stdout else None
        self.err = Stream(self.process.stderr) if self.process.stderr else None

    def write(self, data):
        view = memoryview(data)
        while view:
            view = view[self.process.stdin.write(view):]

    def end_input(self):
        self.process.stdin.close()

    def signal(self, number):
        self.process.send_signal(number)

    def ended(self):
        return self.process.wait(timeout=LIMIT)

    def kill(self):
        if self in Program.running:
            Program.running.remove(self)
        self.process.kill()
        self.process.wait()


class Server(Program):
    """Ready when the constructor returns. Its events are read with `event`."""

    def __init__(self, *flags, port=0, **more):
        super().__init__("udp_server", "--json", "--port", str(port), *flags, stdin=subprocess.DEVNULL, **more)
        self.port = self.event("ready")["port"]

    def event(self, kind, **wanted):
        while True:
            line = self.out.next()
            assert line is not None, f"the server ended without {kind}: {self.err.rest()}"
            event = json.loads(line)
            if event["event"] == kind and all(event.get(k) == v for k, v in wanted.items()):
                return event

    def stop(self):
        self.signal(signal.SIGINT)
        summary = self.event("summary")
        assert self.ended() == 130
        return summary


def client(*flags, input=b"", limit=LIMIT, **more):
    """Runs udp_client to its end."""
    return subprocess.run([path_of("udp_client"), *flags], input=input, capture_output=True,
                          timeout=limit, **more)


def to(server, *flags):
    return ("127.0.0.1", str(server.port), *flags)


def free_port(kind=socket.SOCK_DGRAM):
    """A port where nobody listens, nor will: it is none that the system gives to those who ask for any."""
    while True:
        port = random.SystemRandom().randrange(20000, 32000)
        with socket.socket(socket.AF_INET, kind) as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def same(got, wanted, what=""):
    assert got == wanted, f"{what}: got {got!r}, wanted {wanted!r}"


def contains(text, part):
    text = text.decode("utf-8", "backslashreplace") if isinstance(text, bytes) else text
    assert part in text, f"{part!r} is not in {text!r}"


def one_line(text):
    assert text.count(b"\n") == 1 and text.endswith(b"\n"), f"not one line: {text!r}"


def temporary_directory():
    return tempfile.TemporaryDirectory(prefix="dgram-test-")
