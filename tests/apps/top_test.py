# SPDX-License-Identifier: MIT
# udp_server --top as a person sees it: the server runs on a pseudo-terminal, and a small terminal of our own
# shows what its screen would hold.
import codecs
import fcntl
import pty
import select
import signal
import struct
import termios

from programs import *
from screen import Screen


class FullScreen(Screen):
    """A screen of so many rows and columns, with what ncurses needs of an xterm beside."""

    def __init__(self, rows, columns):
        super().__init__(columns)
        self.height = rows
        self.taken = False  # the alternate screen
        self.cursor = True
        self.last = " "

    def put(self, c):
        self.last = c
        super().put(c)

    def control(self, final, arguments):
        numbers = [int(n) if n.isdigit() else 1 for n in arguments.split(";")]
        if final in "Hf":
            self.to(numbers[0] - 1, (numbers + [1])[1] - 1)
        elif final == "d":
            self.to(numbers[0] - 1, self.column)
        elif final == "X":
            row = self.rows[self.row]
            row.extend(" " * (self.column + numbers[0] - len(row)))
            row[self.column:self.column + numbers[0]] = " " * numbers[0]
        elif final == "b":
            for _ in range(numbers[0]):
                self.put(self.last)
        elif final == "J" and arguments == "2":
            self.rows = [[] for _ in range(self.row + 1)]
        elif final == "K" and arguments == "1":
            row = self.rows[self.row]
            row[:self.column + 1] = " " * (self.column + 1)
        elif final in "hl" and arguments == "?1049":
            self.taken = final == "h"
            self.rows, self.row, self.column = [[]], 0, 0
        elif final in "hl" and arguments == "?25":
            self.cursor = final == "h"
        else:
            super().control(final, arguments)

    def to(self, row, column):
        self.row, self.column = row, column
        self.down(0)


class Top:
    """The server shows its screen when the constructor returns."""

    def __init__(self, *flags, rows=24, columns=80, wanted="q quit"):
        try:
            self.master, self.slave = pty.openpty()
        except OSError as why:
            raise Skip(f"no pseudo-terminal to be had here: {why}") from None
        self.screen = FullScreen(rows, columns)
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.settings = termios.tcgetattr(self.slave)
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.folder = temporary_directory()
        port_file = os.path.join(self.folder.name, "port")
        self.program = Program("udp_server", "--top", "--port", "0", "--port-file", port_file, *flags, stdin=self.slave,
                               stdout=self.slave, stderr=self.slave,
                               env={"TERM": "xterm", "LC_ALL": "", "LANG": "C", "LINES": "", "COLUMNS": ""})
        if wanted:
            self.sees(wanted)
        else:
            until(lambda: os.path.exists(port_file), "the port file")
        self.port = int(open(port_file).read())

    def pump(self, seconds):
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            self.screen.feed(self.decoder.decode(os.read(self.master, 65536)))
        except OSError:
            return False
        return True

    def sees(self, pattern):
        end = time.monotonic() + LIMIT
        while not re.search(pattern, self.screen.text(), re.M):
            left = end - time.monotonic()
            assert left > 0 and self.program.process.poll() is None, \
                f"{pattern!r} never came; the screen:\n{self.screen.text()}"
            self.pump(min(left, 1))

    def type(self, text):
        os.write(self.master, text.encode())

    def resize(self, rows, columns):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.columns = columns
        self.program.signal(signal.SIGWINCH)  # the kernel would, were it the program's controlling terminal

    def ended(self):
        end = time.monotonic() + LIMIT
        while self.program.process.poll() is None:
            assert time.monotonic() < end, f"does not end; the screen:\n{self.screen.text()}"
            self.pump(0.05)
        while self.pump(0):
            pass
        return self.program.process.returncode

    def gives_back_with(self, code):
        same(self.ended(), code)
        same(termios.tcgetattr(self.slave), self.settings, "the terminal's settings")
        assert not self.screen.taken and self.screen.cursor, "the screen was not given back"


def of(top, *flags):
    return ("127.0.0.1", str(top.port), *flags)


def without_terminal(*flags, term="xterm", **streams):
    return subprocess.run([path_of("udp_server"), "--top", "--port", "0", *flags], capture_output="stdout" not in streams,
                          timeout=LIMIT, env=dict(os.environ, TERM=term), **streams)


def has_ncurses():
    return b"no ncurses" not in without_terminal(stdin=subprocess.DEVNULL).stderr


def needs_ncurses():
    if not has_ncurses():
        raise Skip("this build has no ncurses")


@case("the live view shows who is in a room by name and plain peers too and q ends it")
def shows_peers():
    needs_ncurses()
    top = Top("--both", "--reply", "chat")
    top.sees("^0 peers on 127.0.0.1:[0-9]+, UDP and TCP")
    ada = Program("udp_client", *of(top, "--name", "ada", "--room", "lobby"))
    top.sees(r"^ +1 127\.0\.0\.1:\d+ +UDP +ada +\d+ ")
    wide = Program("udp_client", *of(top, "--name", "世界和平👋", "--tcp", "--room", "lobby"))
    top.sees(r"^ +2 127\.0\.0\.1:\d+ +TCP +世界和平👋 +\d+ ")
    with socket.create_connection(("127.0.0.1", top.port)) as plain:
        plain.sendall(b"hello\n")
        top.sees(r"^ +3 127\.0\.0\.1:\d+ +TCP\* ")
        ada.write(b"one\ntwo\n")
        top.sees(r"^ +1 127\.0\.0\.1:\d+ +UDP +ada +[3-9] ")
        top.sees("^3 peers on ")
        top.sees(r"^\d+ messages, [0-9.]+/s   \d+ answered ")
    top.type("q")
    top.gives_back_with(0)
    contains(top.screen.text(), "messages from 3 peers")
    for one in ada, wide:
        one.end_input()


@case("SIGTERM and SIGINT and SIGHUP give the screen back and end with their codes")
def signals():
    needs_ncurses()
    for number, code in (signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129):
        top = Top()
        assert top.screen.taken
        top.program.signal(number)
        top.gives_back_with(code)
        contains(top.screen.text(), "0 messages from 0 peers")


@case("a screen that is too small says so in one line and is used when it has grown")
def too_small():
    needs_ncurses()
    top = Top(rows=4, columns=60, wanted="^too small: 60x4, needs 40x5$")
    same(top.screen.text().strip(), "too small: 60x4, needs 40x5")
    top.resize(24, 80)
    top.sees("^0 peers on ")
    top.sees("q quit")
    top.resize(24, 39)
    top.sees("^too small: 39x24, needs 40x5$")
    top.type("q")
    top.gives_back_with(0)


@case("the live view sorts and pauses and scrolls by keys")
def keys():
    needs_ncurses()
    top = Top(rows=6)
    for _ in range(3):
        same(client(*of(top, "-m", "x")).returncode, 0)
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(4)]
    for n, plain in enumerate(sockets):
        for _ in range(n + 1):
            plain.sendto(b"hello", ("127.0.0.1", top.port))
    top.sees("1-2 of 4")
    top.sees(r"^ +7 .* 4 ")
    top.type("\x1bOB")  # down
    top.sees("2-3 of 4")
    top.type("\x1b[6~")  # page down
    top.sees("3-4 of 4")
    top.type("\x1b[5~\x1bOA")
    top.sees("1-2 of 4")
    top.type("s")
    top.sees("sort: msg/s")
    top.type("p")
    top.sees("^PAUSED")
    top.type("p")
    top.sees("p pause")
    top.type("q")
    top.gives_back_with(0)


@case("a terminal that nobody reads stops neither the answers nor the end")
def stalled():
    needs_ncurses()
    top = Top("--both")
    termios.tcflow(top.slave, termios.TCOOFF)
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(20)]
    for n in range(100):
        one = sockets[n % 20]
        one.settimeout(LIMIT)
        one.sendto(b"hello", ("127.0.0.1", top.port))
        one.recv(1000)
    top.program.signal(signal.SIGTERM)
    top.gives_back_with(143)


@case("a warning is shown in the live view and said again after it")
def warning():
    needs_ncurses()
    top = Top("--exec-shell", columns=150)
    top.sees("^warning: --exec-shell runs whatever anybody on this machine sends to it, with your rights$")
    top.type("q")
    top.gives_back_with(0)
    contains(top.screen.text(), "udp_server: warning: --exec-shell runs")


@case("--top without a terminal that can show it is one line and a usage error")
def no_terminal():
    needs_ncurses()
    ended = without_terminal(stdin=subprocess.DEVNULL)
    same(ended.returncode, 2)
    one_line(ended.stderr)
    contains(ended.stderr, "--top needs a terminal")
    try:
        master, slave = pty.openpty()
    except OSError as why:
        raise Skip(f"no pseudo-terminal to be had here: {why}") from None
    same(without_terminal(stdin=slave).returncode, 2)
    for term in "dumb", "no-such-terminal", "":
        ended = without_terminal(stdin=slave, stdout=slave, stderr=subprocess.PIPE, term=term)
        same(ended.returncode, 2, term)
        one_line(ended.stderr)
        contains(ended.stderr, "--top needs a terminal")
    for other in ["--json"], ["--reply", "operator"]:
        ended = without_terminal(*other, stdin=subprocess.DEVNULL)
        same(ended.returncode, 2, other)
        contains(ended.stderr, "--top")


@case("--top without ncurses says what is missing")
def no_ncurses():
    ended = without_terminal(stdin=subprocess.DEVNULL)
    if has_ncurses():
        raise Skip("this build has ncurses")
    same(ended.returncode, 77)
    one_line(ended.stderr)
    contains(ended.stderr, "--top: this build has no ncurses (install libncurses-dev and build again)")


if __name__ == "__main__":
    main()
