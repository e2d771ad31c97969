# SPDX-License-Identifier: MIT
# udp_client on a pseudo-terminal: what is typed goes in, and a small terminal of our own shows what its screen
# would hold.
import codecs
import fcntl
import pty
import select
import signal
import struct
import termios

from programs import *
from screen import COLUMNS, ROWS, Screen


def row(transport="UDP"):
    """The row above the prompt, with the newline before it; without line editing there is none."""
    return rf"\n127\.0\.0\.1:\d+ · {transport} · .*(?:unanswered|…)" if has_line_editing() else ""


class Chat:
    def __init__(self, *flags, env=None):
        try:
            self.master, slave = pty.openpty()
        except OSError as why:
            raise Skip(f"no pseudo-terminal to be had here: {why}") from None
        self.slave = slave
        self.set_window(COLUMNS)
        self.settings = termios.tcgetattr(slave)
        self.screen = Screen()
        self.raw = ""
        # Characters may be cut between reads.
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        plain = {"TERM": "xterm", "XTERM_VERSION": "", "TMUX": "", "LC_ALL": "", "LANG": "C", "NO_COLOR": ""}
        self.program = Program("udp_client", *flags, stdin=slave, stdout=slave, stderr=slave,
                               env={**plain, **(env or {})})
        self.process = self.program.process

    def set_window(self, columns):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, columns, 0, 0))

    def resize(self, columns):
        while self.pump(0):
            pass
        self.screen.resize(columns)
        self.set_window(columns)
        # The terminal's own signal goes to its session; the client is not in one of its own here.
        self.program.signal(signal.SIGWINCH)

    def type(self, text):
        os.write(self.master, text.encode())

    def pump(self, seconds):
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        text = self.decoder.decode(data)
        self.raw += text
        self.screen.feed(text)
        return True

    def unwrapped(self):
        return self.screen.text().replace("\n", "")

    def settles(self, end):
        """Waits until nothing waits any more and the screen ends so."""
        def settled():
            self.pump(0.05)
            text = self.unwrapped()
            return "waiting" not in text and text.endswith(end)

        until(settled, "the typed line, and no row that waits")

    def sees(self, pattern):
        """Waits until the screen matches."""
        end = time.monotonic() + LIMIT
        while not re.search(pattern, self.screen.text(), re.M):
            left = end - time.monotonic()
            assert left > 0, f"{pattern!r} never came; the screen:\n{self.screen.text()}"
            self.pump(min(left, 1))

    def saw(self, pattern):
        """Waits until the bytes that came match, even if they were rubbed out since."""
        end = time.monotonic() + LIMIT
        while not re.search(pattern, self.raw):
            left = end - time.monotonic()
            assert left > 0, f"{pattern!r} never came; all that came: {self.raw!r}"
            self.pump(min(left, 1))

    def ended(self):
        end = time.monotonic() + LIMIT
        while self.process.poll() is None and time.monotonic() < end:
            self.pump(0.05)
        code = self.program.ended()
        while self.pump(0):
            pass
        return code

    def terminal_is_as_before(self):
        same(termios.tcgetattr(self.slave), self.settings, "terminal settings")


def has_line_editing():
    return b"libedit" in subprocess.run([path_of("udp_client"), "--version"], capture_output=True).stdout


def needs_line_editing():
    if not has_line_editing():
        raise Skip("built without libedit")
