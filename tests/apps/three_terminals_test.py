# SPDX-License-Identifier: MIT
# Three people in three terminals of tmux, who type: over UDP through a relay that loses a fifth of all packets,
# over TCP, and with nc.
import os
import shutil
import subprocess

from programs import *
from relay import Relay


class Terminals:
    """A tmux of its own, with a window for each command."""

    def __init__(self):
        self.tmux = shutil.which("tmux")
        if not self.tmux:
            raise Skip("tmux is not installed")
        self.folder = temporary_directory()
        self.socket = os.path.join(self.folder.name, "tmux")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.run("kill-server", check=False)

    def run(self, *arguments, check=True):
        environment = {k: v for k, v in os.environ.items() if k not in ("TMUX", "NO_COLOR")}
        environment.update(TERM="screen-256color", LC_ALL="C.UTF-8")
        return subprocess.run([self.tmux, "-f", "/dev/null", "-S", self.socket, *arguments], capture_output=True,
                              text=True, timeout=LIMIT, check=check, env=environment).stdout

    def open(self, name, *command):
        size = ["-x", "80", "-y", "40"]
        self.run("new-session", "-d", "-s", name, *size, *command)

    def type(self, name, line):
        self.run("send-keys", "-t", name, "-l", line)
        self.run("send-keys", "-t", name, "Enter")

    def screen(self, name):
        # From the beginning of the history, wrapped rows joined.
        return self.run("capture-pane", "-t", name, "-p", "-J", "-S", "-").splitlines()

    def wait_for(self, name, condition, what):
        try:
            until(lambda: condition(self.screen(name)), what)
        except AssertionError:
            print(f"--- {name}", *self.screen(name), sep="\n")
            raise


def said(screen):
    """The lines that people said, as a terminal shows them."""
    return [row.rstrip() for row in screen if ": line " in row]


@case("three terminals over UDP at 20 % loss and TCP and nc show the same lines in the same order once")
def same_transcript():
    nc = shutil.which("nc")
    if not nc:
        raise Skip("nc is not installed")
    server = Server("--both", "--reply", "chat", "--quiet")
    relay = Relay(server.port, "--loss", "20%", "--delay", "5ms", "--seed", "3")
    with Terminals() as terminals:
        client = path_of("udp_client")
        terminals.open("ada", client, "127.0.0.1", str(relay.port), "--name", "ada", "--deadline", "60s")
        terminals.open("bob", client, "127.0.0.1", str(server.port), "--tcp", "--name", "bob")
        # Without echo: the terminal would put what comes into the middle of the line that is typed.
        terminals.open("nc", "sh", "-c", f"stty -echo; exec {nc} 127.0.0.1 {server.port}")
        for name in ["ada", "bob"]:
            terminals.wait_for(name, lambda rows, n=name: f"-- {n} joined lobby" in rows, "the welcome")
        terminals.type("nc", "/me is here")
        terminals.wait_for("ada", lambda rows: any(r.endswith(" is here") for r in rows), "nc's first line")
        people = ["ada", "bob", "nc"]
        for n in range(8):
            for who in people:
                terminals.type(who, f"line {n} 你好 of {who}")
        for who in people:
            terminals.wait_for(who, lambda rows: len(said(rows)) >= 24, "all that was said")
        transcripts = [said(terminals.screen(who)) for who in people]
        for who, transcript in zip(people, transcripts):
            assert transcript == transcripts[0], f"{who} saw another order: {transcripts}"
        assert len(set(transcripts[0])) == len(transcripts[0]) == 24, transcripts[0]
        for who in people:
            own = [line.split(": ", 1)[1] for line in transcripts[0] if line.endswith(f"of {who}")]
            assert own == [f"line {n} 你好 of {who}" for n in range(8)], own


if __name__ == "__main__":
    main()
