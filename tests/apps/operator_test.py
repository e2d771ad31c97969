# SPDX-License-Identifier: MIT
# A person answers: udp_server --reply operator on a pseudo-terminal and on pipes, with clients over UDP, TCP and
# none of our protocols.
import codecs
import fcntl
import pty
import select
import signal
import struct
import termios

from programs import *
from screen import COLUMNS, ROWS, Screen


class Pipe(Program):
    """The operator's server with pipes instead of a terminal. Ready when the constructor returns."""

    def __init__(self, *flags, **more):
        self.folder = temporary_directory()
        file = os.path.join(self.folder.name, "port")
        super().__init__("udp_server", "--both", "--port", "0", "--reply", "operator", "--port-file", file, *flags,
                         **more)
        until(lambda: self.process.poll() is not None or os.path.exists(file) and open(file).read().endswith("\n"),
              "the server's port")
        self.port = int(open(file).read())

    def type(self, text):
        self.write(text.encode() + b"\n")

    def hears(self, line):
        self.out.wait_for(f"^{re.escape(line)}$")

    def told(self, line):
        self.err.wait_for(f"^{re.escape(line)}$")


class Desk:
    """The same on a terminal."""

    def __init__(self, *flags):
        try:
            self.master, self.slave = pty.openpty()
        except OSError as why:
            raise Skip(f"no pseudo-terminal to be had here: {why}") from None
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.settings = termios.tcgetattr(self.slave)
        self.screen = Screen()
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.program = Program("udp_server", "--both", "--port", "0", "--reply", "operator", *flags, stdin=self.slave,
                               stdout=self.slave, stderr=self.slave,
                               env={"TERM": "xterm", "LC_ALL": "", "LANG": "C", "NO_COLOR": "1"})
        self.port = int(self.sees(r"^listening on 127\.0\.0\.1:(\d+), UDP and TCP$").group(1))
        self.sees("^>$")

    def type(self, text):
        os.write(self.master, text.encode())

    def pump(self, seconds):
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        self.screen.feed(self.decoder.decode(data))
        return bool(data)

    def sees(self, pattern):
        end = time.monotonic() + LIMIT
        while not (found := re.search(pattern, self.screen.text(), re.M)):
            left = end - time.monotonic()
            assert left > 0, f"{pattern!r} never came; the screen:\n{self.screen.text()}"
            self.pump(min(left, 1))
        return found

    def ended(self):
        until(lambda: self.pump(0.02) is None or self.program.process.poll() is not None, "the server's end")
        while self.pump(0):
            pass
        same(termios.tcgetattr(self.slave), self.settings, "terminal settings")
        return self.program.ended()


class Asker(Program):
    """udp_client on pipes; what it says is an answer's reply or a line of a room."""

    def __init__(self, server, *flags):
        super().__init__("udp_client", "127.0.0.1", str(server.port), "--deadline", "60s", *flags)

    def ask(self, text):
        self.write(text.encode() + b"\n")

    def gets(self, line):
        same(self.out.next(), line.encode() + b"\n")


class Plain:
    def __init__(self, server, tcp=False):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
        self.socket.settimeout(LIMIT)
        self.socket.connect(("127.0.0.1", server.port))
        self.address = f"127.0.0.1:{self.socket.getsockname()[1]}"

    def ask(self, text):
        self.socket.sendall(text.encode())

    def gets(self, text):
        same(self.socket.recv(65536), text.encode())


def needs_line_editing():
    version = subprocess.run([path_of("udp_client"), "--version"], capture_output=True, timeout=LIMIT).stdout
    if b"libedit" not in version:
        raise Skip("built without line editing: what is being typed is out of the program's reach")


@case("a person at a terminal answers who asked over UDP and TCP and without a protocol")
def terminal():
    desk = Desk()
    udp = Asker(desk)
    udp.ask("hello")
    desk.sees(r"^#1 127\.0\.0\.1:\d+ joined, UDP\n#1: hello$")
    desk.type("hi\r")
    udp.gets("hi")
    tcp = Asker(desk, "--tcp")
    tcp.ask("over TCP")
    desk.sees(r"^#2 127\.0\.0\.1:\d+ joined, TCP\n#2: over TCP$")
    plain = Plain(desk)
    plain.ask("plain\n")
    desk.sees(r"^#3 127\.0\.0\.1:\d+ joined, plain UDP\n#3: plain$")
    stream = Plain(desk, tcp=True)
    stream.ask("a stream\n")
    desk.sees(r"^#4 127\.0\.0\.1:\d+ joined, plain TCP\n#4: a stream$")
    desk.type("last one\r")
    stream.gets("last one\n")
    desk.sees("^to #4$")
    desk.type("@2 by number\r")
    tcp.gets("by number")
    desk.type(f"@{plain.address} by address\r")
    plain.gets("by address\n")
    desk.type("/peers\r")
    desk.sees(r"^peer  name  address +transport")
    desk.sees(r"^#3    - +127\.0\.0\.1:\d+ +plain UDP  1 ")
    desk.type("/kick eve\r")
    desk.sees("^nobody here is called eve$")
    desk.type("/kick #4\r")
    desk.sees(r"^#4 left \(closed\)$")
    same(stream.socket.recv(10), b"")
    desk.type("/stats\r")
    desk.sees("^4 messages from 4 peers in .*, 4 answered$")
    desk.type("/quit\r")
    same(desk.ended(), 0)
    desk.sees("^4 messages from 4 peers in [^\n]*, 4 answered(.|\n)*4 messages from 4 peers in")


@case("lines that arrive never break the answer being typed")
def unbroken():
    needs_line_editing()
    desk = Desk()
    udp = Asker(desk, "--name", "阿达")
    desk.sees("^#1 is 阿达$")
    typed = "一个很长的回答 " + "that is longer than a row of this terminal " * 2 + "终"
    for i, c in enumerate(typed):
        desk.type(c)
        if i % 10 == 0:
            udp.ask(f"line {i}")
            desk.sees(f"^阿达: line {i}$")
    desk.type("\r")
    udp.gets(typed)
    desk.sees("终\nan answer goes to 阿达\n>$")
    # A row that ends in a space is shown without it.
    contains(re.sub(r"\s", "", desk.screen.text()), re.sub(" ", "", "> " + typed))
    for i in range(0, len(typed), 10):
        same(desk.screen.text().count(f"阿达: line {i}\n"), 1, f"line {i}")
    desk.type("\x04")
    same(desk.ended(), 0)


@case("after /stop a new client gets no answer while the old one goes on, until /start")
def stopped():
    desk = Desk()
    old = Asker(desk)
    old.ask("one")
    desk.sees("^#1: one$")
    desk.type("/stop\r")
    desk.sees("^no new peers are taken, 1 here go on; /start takes")
    fresh = client(*to(desk, "-m", "let me in", "--deadline", "1s"))
    same(fresh.returncode, 3, fresh.stderr)
    desk.type("still here\r")
    old.gets("still here")
    old.ask("two")
    desk.sees("^#1: two$")
    assert "let me in" not in desk.screen.text()
    desk.type("/start\r")
    desk.sees("^new peers are taken$")
    late = Asker(desk)
    late.ask("and now")
    desk.sees("^#2: and now$")
    desk.type("welcome\r")
    late.gets("welcome")
    desk.program.signal(signal.SIGINT)
    same(desk.ended(), 130)


@case("a client that greets is called by its name and gets lines and no refusals")
def named():
    server = Pipe()
    ada = Asker(server, "--name", "ada")
    server.told("#1 is ada")
    ada.ask("hello")
    server.hears("ada: hello")
    server.type("@ada hi ada")
    ada.gets("hi ada")
    second = client(*to(server, "--name", "ada", "-m", "x"))
    same(second.returncode, 3)
    contains(second.stderr, "the name 'ada' is taken")
    server.told("#2 was refused: the name 'ada' is taken")
    ada.end_input()
    same(ada.ended(), 0)
    server.told("ada left (closed by the peer)")


@case("an answer that waits in a pipe goes to the first message, and at the end nobody is here")
def early():
    server = Pipe()
    server.write(b"hi\n\nand you\n")
    server.end_input()
    done = client(*to(server, "-m", "first", "-m", "second", "-m", "third", "--window", "1"))
    same(done.stdout, b"hi\nand you\nreceived 5 bytes; nobody is here to answer\n")
    same(done.returncode, 0)
    server.told("end of input: nobody answers any more")
    plain = Plain(server)
    plain.ask("still?\n")
    plain.gets("received 7 bytes; nobody is here to answer\n")
    server.signal(signal.SIGTERM)
    same(server.ended(), 143)


@case("what nobody answers within --hold is told so and answered later")
def hold():
    server = Pipe("--hold", "200ms")
    asker = Program("udp_client", *to(server, "--name", "ada"))
    server.told("#1 is ada")
    done = client(*to(server, "-m", "anybody"))
    same(done.stdout, b"received 7 bytes; nobody has answered yet\n")
    plain = Plain(server, tcp=True)
    plain.ask("I wait\n")
    server.hears("#3: I wait")
    asker.write(b"me too\n")
    server.hears("ada: me too")
    server.type("@#3 at last")
    plain.gets("at last\n")
    server.type("@ada for you")
    asker.out.wait_for("^for you$")


@case("commands on a pipe act at once and /quit ends with the summary and exit code 0")
def pipe_commands():
    server = Pipe()
    server.type("/peers")
    server.hears("nobody is here")
    server.type("waits")
    server.type("@nobody x")
    server.told("nobody here is called nobody")
    server.type("/frob")
    server.told("/frob is no command; /help lists them, //frob sends it")
    asker = Asker(server)
    asker.ask("a")
    asker.gets("waits")
    server.type("/all everybody")
    server.type("/quit")
    same(server.ended(), 0)
    server.err.wait_for("^1 message from 1 peer in .*, 1 answered$")


@case("an answer of a mebibyte reaches over UDP and TCP")
def large():
    server = Pipe()
    for flags in ((), ("--tcp",)):
        asker = Asker(server, *flags)
        asker.ask("how much?")
        server.hears(f"#{1 + len(flags)}: how much?")
        text = "x" * (1 << 20)
        server.type(text)
        asker.gets(text)


@case("with --json the events are on stdout alone and answers are still read")
def json_events():
    server = Pipe("--json")
    asker = Asker(server)
    asker.ask("a\x1b[2J")
    while json.loads(line := server.out.next())["event"] != "message":
        pass
    same(json.loads(line)["text"], "a\x1b[2J")
    server.type("yes")
    asker.gets("yes")
    server.type("/peers")
    server.err.wait_for("^peer  name")
    server.type("/quit")
    same(server.ended(), 0)
    for line in server.out.rest():
        json.loads(line)


@case("what peers write cannot take over the terminal")
def hostile():
    server = Pipe()
    plain = Plain(server)
    plain.ask("\x1b]0;owned\x07\u202egnihton\r\n")
    server.hears("#1: \\x1B]0;owned\\x07\\xE2\\x80\\xAEgnihton")
    flood = Plain(server, tcp=True)
    flood.ask("x\n" * 5000)
    server.err.wait_for(r"^… \d+ lines not shown$")


@case("stdout that nobody reads ends the server with exit code 5")
def no_reader():
    reader, writer = os.pipe()
    server = Pipe(stdout=writer)
    os.close(writer)
    os.close(reader)
    plain = Plain(server)
    plain.ask("anybody\n")
    same(server.ended(), 5)


@case("flags that mean nothing beside an operator are refused")
def bad_flags():
    for flags, words in ((["--reply", "operator", "--hold", "0"], ["--hold", "'0'"]),
                         (["--reply", "operator", "--hold", "soon"], ["--hold", "'soon'"]),
                         (["--hold", "1s"], ["--hold", "--reply operator"]),
                         (["--reply", "operator", "--reply-text", "x"], ["--reply-text", "--reply operator"]),
                         (["--reply", "operator", "--exec", "df"], ["--exec", "--reply"]),
                         (["--reply", "operator", "--top"], ["--reply operator", "--top"])):
        done = subprocess.run([path_of("udp_server"), "--port", "0", *flags], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=LIMIT)
        same(done.returncode, 2, flags)
        one_line(done.stderr)
        for word in words:
            contains(done.stderr, word)


main()
