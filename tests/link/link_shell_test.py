# SPDX-License-Identifier: MIT
# udp_link at a terminal: the client's command has it as if a shell had started it.
import pty
import select

from links import *


class Terminal:
    """A shell with job control at a terminal of its own, which starts udp_link as people do."""

    def __init__(self):
        try:
            self.pid, self.fd = pty.fork()
        except OSError as error:
            raise Skip(f"there are no pseudo-terminals here: {error}") from None
        if self.pid == 0:
            os.environ.update(PS1="out> ", SHELL="/bin/sh", ENV="", TERM="dumb")
            os.execvp("bash", ["bash", "--norc", "--noediting", "-i"])
        self.seen = b""
        self.expect(b"out> ")

    def type(self, text):
        os.write(self.fd, text)

    def expect(self, what):
        """Returns what came up to and with it; what follows is left."""
        end = time.monotonic() + LIMIT
        while what not in self.seen:
            ready, _, _ = select.select([self.fd], [], [], max(0, end - time.monotonic()))
            assert ready, f"no {what!r} in {LIMIT} s: {self.seen[-2000:]}"
            try:
                self.seen += os.read(self.fd, 65536)
            except OSError:
                raise AssertionError(f"the terminal closed without {what!r}: {self.seen[-2000:]}") from None
        before, self.seen = self.seen.split(what, 1)
        return before + what

    def end(self):
        os.close(self.fd)  # hangs up
        os.waitpid(self.pid, 0)


@contextlib.contextmanager
def terminal():
    need("bash")
    t = Terminal()
    try:
        yield t
    finally:
        t.end()


# The terminal echoes what is typed, so what is waited for must not stand in the line typed.
@case("without a command there is a shell with job control and echo at the other end")
def shell():
    need_link()
    with terminal() as t:
        t.type(b"PS1='in> ' SHELL=$(command -v bash) " + path_of("udp_link").encode() + b"\n")
        t.expect(b"198.18.0.2")
        t.expect(b"leave it to end the link")
        t.expect(b"# " if os.geteuid() == 0 else b"$ ")
        t.type(b"PS1='in''> '\n")
        t.expect(b"in> ")
        t.type(b"sh -c 'echo star\"\"ted; exec sleep 1000'\n")
        t.expect(b"started")
        t.type(b"\x1a")
        t.expect(b"Stopped")
        t.expect(b"in> ")
        t.type(b"kill -9 %1; echo kil''led\n")
        t.expect(b"killed")
        t.type(b"sh -c 'echo star\"\"ted; exec sleep 1000'\n")
        t.expect(b"started")
        t.type(b"\x03")
        t.expect(b"in> ")
        t.type(b"exit 5\n")
        t.expect(b"out> ")
        t.type(b"echo co''de $?\n")
        t.expect(b"code 5")


@case("Ctrl-C reaches the client alone and the link ends with the client")
def control_c():
    need_link()
    with terminal() as t:
        script = "trap 'echo go''ne; exit 6' INT; echo re''ady; while :; do sleep 0.01; done"
        t.type(f"{path_of('udp_link')} -- sh -c \"{script}\"\n".encode())
        t.expect(b"ready")
        t.type(b"\x03")
        t.expect(b"gone")
        t.expect(b"out> ")
        t.type(b"echo co''de $?\n")
        t.expect(b"code 6")


@case("Ctrl-Z stops the link as a job and fg goes on with it")
def control_z():
    need_link()
    with terminal() as t:
        t.type(f"{path_of('udp_link')} -q -- sh -c 'echo re\"\"ady; read line; echo got $line'\n".encode())
        t.expect(b"ready")
        t.type(b"\x1a")
        t.expect(b"Stopped")
        t.expect(b"out> ")
        t.type(b"fg\n")
        t.expect(b"fg\r\n")
        t.type(b"wo\"\"rd\n")
        t.expect(b"got ")
        t.expect(b"out> ")


@case("in a pipeline the others keep the terminal")
def pipeline():
    need_link()
    with terminal() as t:
        t.type(f"{path_of('udp_link')} -q -- sh -c 'read line; echo got $line' | sh -c 'read x; read y < /dev/tty; "
               "echo $x and $y'\n".encode())
        t.type(b"one\ntwo\n")
        t.expect(b"got one and two")


if __name__ == "__main__":
    main()
