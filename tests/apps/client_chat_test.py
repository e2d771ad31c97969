# SPDX-License-Identifier: MIT
# What udp_client puts around a conversation: colours, times, the row above the prompt, the bell, the log.
import json

from programs import *
from typed_chat import *

CLOCK = r"[0-2]\d:[0-5]\d:[0-5]\d"
DATE = rf"\d{{4}}-\d\d-\d\dT{CLOCK}[+-]\d\d:\d\d"
# Without line editing the prompt may stand before an answer.
START = "^(?:> )?"
OVERWRITTEN = r"\x1b7\x1b\[\d+A\r(.*?)\x1b\[K\x1b8"


class Bob(Program):
    """A member of the lobby on a pipe, there when the constructor returns."""

    def __init__(self, server, name="bob"):
        super().__init__("udp_client", *to(server), "--name", name)
        self.out.wait_for(f"-- {name} joined lobby")

    def say(self, text):
        self.write(text.encode() + b"\n")


def room():
    return Server("--both", "--reply", "chat")


def ada_in(server, *flags, **more):
    ada = Chat(*to(server, "--name", "ada", *flags), **more)
    ada.sees("-- ada joined lobby")
    return ada


@case("each name in a room has a colour of its own and oneself is bold")
def colours():
    server = room()
    bob = Bob(server)
    ada = ada_in(server)
    ada.saw(r"\x1b\[2m-- ada joined lobby\x1b\[0m")
    bob.say("hello")
    ada.saw(r"\x1b\[38;5;\d+mbob\x1b\[0m: hello")
    bob.say("/me waves")
    ada.saw(r"\* \x1b\[38;5;\d+mbob\x1b\[0m waves")
    bob.say("/msg ada psst")
    ada.saw(r"\x1b\[1;35m\[private\] \x1b\[0m\x1b\[38;5;\d+mbob\x1b\[0m: psst")
    ada.type("hi\r")
    ada.saw(r"\x1b\[1;38;5;\d+mada\x1b\[0m: hi")
    with socket.create_connection(("127.0.0.1", server.port)) as plain:
        plain.sendall(b"from nowhere\n")
        address = "127.0.0.1:" + str(plain.getsockname()[1])
        ada.saw(rf"\x1b\[38;5;\d+m{address}\x1b\[0m: from nowhere")
    ada.type("/nick eve\r")
    ada.saw("-- ada is now eve")
    ada.type("me again\r")
    ada.saw(r"\x1b\[1;38;5;\d+meve\x1b\[0m: me again")


@case("nobody can put colours into another's terminal")
def forged():
    server = room()
    bob = Bob(server)
    ada = ada_in(server)
    bob.say("\x1b[31mred\x07\x1b]0;title\x07")
    ada.saw(r"\\x1B\[31mred\\x07\\x1B\]0;title\\x07")
    assert "\x1b[31m" not in ada.raw and "\a" not in ada.raw, ada.raw


@case("a room has no colours with NO_COLOR or --no-color or on a dumb terminal")
def colourless():
    server = room()
    bob = Bob(server)
    for flags, env in ((("--no-color",), {}), ((), {"NO_COLOR": "1"}), ((), {"TERM": "dumb"})):
        ada = ada_in(server, *flags, env=env)
        bob.say("hello")
        ada.sees("bob: hello$")
        assert not re.search(r"\x1b\[[0-9;]*m", ada.raw), ada.raw
        ada.type("/quit\r")
        same(ada.ended(), 0)
        bob.out.wait_for("-- ada left")


@case("the time stands before each line with --times and after /times")
def times():
    server = room()
    bob = Bob(server)
    ada = ada_in(server, "--times")
    ada.sees(f"^{CLOCK} -- ada joined lobby$")
    bob.say("hello")
    ada.sees(f"^{CLOCK} bob: hello$")
    ada.type("/times off\r")
    ada.sees(START + "lines have no times$")
    bob.say("without")
    ada.sees("^bob: without$")
    ada.type("/times\r")
    ada.sees(START + "each line has its time$")
    bob.say("with")
    ada.sees(f"^{CLOCK} bob: with$")
    ada.type("/times maybe\r")
    ada.sees(START + "/times: 'maybe' is neither on nor off$")
    echo = Server("--reply", "echo")
    chat = Chat(*to(echo, "--times"))
    chat.type("hello\r")
    chat.sees(f"{START}{CLOCK} hello   ")


@case("on a pipe --times puts the time before the lines of a room and leaves replies alone")
def times_on_a_pipe():
    server = room()
    bob = Program("udp_client", *to(server), "--name", "bob", "--times")
    bob.out.wait_for(f"^{CLOCK} -- bob joined lobby$")
    echo = Server("--reply", "echo")
    done = client(*to(echo, "--times"), input=b"one\n")
    same((done.returncode, done.stdout), (0, b"one\n"))


@case("the row above the prompt tells peer and transport and round trip and is written over in place")
def row_in_place():
    needs_line_editing()
    server = Server("--reply", "echo")
    chat = Chat(*to(server))
    chat.sees(r"^127\.0\.0\.1:\d+ · UDP · 0 unanswered\n>$")
    chat.type("hello\rhalf a line that is wrapped, for it is longer than the window")
    chat.sees(r"^127\.0\.0\.1:\d+ · UDP · [0-9.]+ ms · loss [0-9.]+ % · 0 unanswered\n> half a line")
    chat.saw(OVERWRITTEN)
    chat.type("!")
    until(lambda: chat.pump(0.05) is not None and chat.unwrapped().endswith("window!"), "what was typed")
    same(chat.screen.text().count("unanswered"), 1, chat.screen.text())
    # Without what waits meanwhile it changes once a second at most, and then only to say something new.
    rows = re.findall(OVERWRITTEN, chat.raw)
    assert all(a != b for a, b in zip(rows, rows[1:])), rows


@case("over TCP the row has a round trip and no loss")
def row_over_tcp():
    needs_line_editing()
    server = Server("--tcp", "--reply", "echo")
    chat = Chat(*to(server, "--tcp"))
    chat.type("hello\r")
    chat.sees(r"^127\.0\.0\.1:\d+ · TCP · [0-9.]+ ms · 0 unanswered\n>$")


@case("what waits and what went unanswered is told in the same row")
def row_unanswered():
    needs_line_editing()
    chat = Chat("127.0.0.1", str(free_port()), "--deadline", "1s", "--timeout", "100ms")
    chat.type("hello\r")
    chat.sees(r"^… waiting, try \d.*\n>$")
    chat.sees(r"^127\.0\.0\.1:\d+ · UDP · 1 unanswered\n>$")


@case("a window that changes while a line is typed leaves no remains of the row")
def row_resized():
    needs_line_editing()
    server = Server("--reply", "echo")
    chat = Chat(*to(server))
    chat.type("hello\r")
    chat.sees("^hello   ")
    typed = "half a line of what is typed"
    chat.type(typed)
    chat.sees(f"> {typed}$")
    for columns in (40, 23, 12, 80, 17, 60):
        before = len(chat.raw)
        chat.resize(columns)
        # Not what the terminal itself makes of the old rows.
        until(lambda: chat.pump(0.05) is not None and "\x1b[J" in chat.raw[before:], "the screen drawn anew")
        shown = "> " + typed
        pieces = [shown[i:i + columns] for i in range(0, len(shown), columns)]
        chat.sees(r"\n127\.0\.0\.1:.*\n" + "\n".join(re.escape(piece.rstrip()) for piece in pieces) + "$")
        text = chat.screen.text()
        same(len(re.findall("^127", text, re.M)), 1, text)
        assert max(len(row) for row in chat.screen.rows) <= columns, text
        contains(text.replace("\n", ""), "hello   ")
    chat.type("!\r")
    server.event("message", text=typed + "!")


@case("Ctrl-L clears the screen but for the row and the line being typed")
def cleared():
    needs_line_editing()
    server = Server("--reply", "echo")
    chat = Chat(*to(server))
    chat.type("hello\r")
    chat.sees("^hello   ")
    chat.type("half\x0c")
    chat.sees(r"\A127\.0\.0\.1:.*\n> half\Z")
    chat.type(" a line\r")
    server.event("message", text="half a line")


@case("/status takes the row away and brings it back and --quiet begins without")
def row_switched():
    needs_line_editing()
    server = Server("--reply", "echo")
    chat = Chat(*to(server))
    chat.sees("unanswered\n>$")
    chat.type("/status off\r")
    chat.sees("> /status off\n>$")
    assert "unanswered" not in chat.screen.text(), chat.screen.text()
    chat.type("/status\r")
    chat.sees("> /status\n.*unanswered\n>$")
    chat.type("/quit\r")
    same(chat.ended(), 0)
    assert "unanswered" not in chat.screen.text(), chat.screen.text()
    quiet = Chat(*to(server, "--quiet"))
    quiet.type("hello\r")
    quiet.sees("^hello   .*\n>$")
    assert "unanswered" not in quiet.raw, quiet.raw
    quiet.type("half a line")
    quiet.sees("half a line$")
    quiet.program.signal(signal.SIGINT)
    same(quiet.ended(), 130)


@case("one's name said by another and a private line ring the bell")
def bell():
    server = room()
    bob = Bob(server)
    bob.say("ada was spoken of before she came")
    bob.out.wait_for("before she came")
    ada = ada_in(server)
    silent = Bob(server, "eve")
    for text in ("adam and canada", "nobody"):
        bob.say(text)
        ada.sees(f"^bob: {text}$")
    ada.type("ada talks of ada\r")
    ada.sees("^ada: ada talks of ada$")
    assert "\a" not in ada.raw, ada.raw
    bob.say("hi ADA!")
    ada.saw("\a")
    other = Chat(*to(server, "--name", "阿达"))
    other.sees("-- 阿达 joined lobby")
    bob.say("/msg 阿达 psst")
    other.saw("\a")
    mute = Chat(*to(server, "--name", "mute", "--no-bell"))
    mute.sees("-- mute joined lobby")
    bob.say("hi mute")
    mute.sees("^bob: hi mute$")
    bob.say("/msg mute psst")
    mute.sees("psst$")
    assert "\a" not in mute.raw, mute.raw
    silent.out.wait_for("hi mute")
    assert not any(b"\a" in line for line in silent.out.seen), silent.out.seen


@case("the log holds what was said and what came with date and time")
def log():
    server = room()
    bob = Bob(server)
    with temporary_directory() as folder:
        path = os.path.join(folder, "log")
        ada = ada_in(server, "--log", path)
        ada.type("hello\r")
        bob.out.wait_for("^ada: hello$")
        bob.say("\x1b[31mred")
        ada.sees(r"bob: \\x1B\[31mred")
        ada.type("/nick bob\r")
        ada.sees("the name 'bob' is taken")
        # A line is in the file as soon as it is on the screen.
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for line in ("< -- ada joined lobby", "> hello", "< ada: hello", r"< bob: \x1B[31mred",
                     "! /nick bob → the name 'bob' is taken"):
            assert re.search(f"^{DATE} {re.escape(line)}$", text, re.M), (line, text)
        assert "\x1b" not in text, text
        ada.type("/quit\r")
        same(ada.ended(), 0)
        again = client(*to(server, "--name", "eve", "--log", path, "-m", "me too"))
        same(again.returncode, 0, again.stderr)
        with open(path, encoding="utf-8") as file:
            longer = file.read()
        assert longer.startswith(text) and re.search(f"^{DATE} > me too$", longer, re.M), longer


@case("the log of a pipe and of a chat without a room holds questions and answers and failures")
def log_without_room():
    with temporary_directory() as folder:
        path = os.path.join(folder, "log")
        server = Server("--reply", "upper")
        same(client(*to(server, "--log", path), input=b"one\ntwo\n").returncode, 0)
        chat = Chat(*to(server, "--log", path))
        chat.type("three\r")
        chat.sees(START + "THREE   ")
        chat.type("/stats\r/quit\r")
        same(chat.ended(), 0)
        lost = client("127.0.0.1", str(free_port()), "--deadline", "200ms", "--log", path, "-m", "four")
        same(lost.returncode, 3)
        with open(path, encoding="utf-8") as file:
            lines = [re.fullmatch(f"{DATE} (.*)\n", line).group(1) for line in file]
        same(sorted(lines[:4]), ["< ONE", "< TWO", "> one", "> two"])
        same(lines[4:7], ["> three", "< THREE", "> four"])
        assert re.fullmatch("! message 1: .*no answer.*", lines[7]), lines


@case("a log that cannot be opened is one line and exit code 5")
def log_not_opened():
    for path in ("/nowhere/log", "/"):
        done = client("--log", path, "-m", "hello")
        one_line(done.stderr)
        same((done.returncode, done.stdout), (5, b""))
        contains(done.stderr, f"udp_client: --log: '{path}' cannot be opened: ")
    done = client("--log", "")
    same(done.returncode, 2)
    contains(done.stderr, "--log: '' is not a file")
    same(client("--count", "1", "--log", "x").returncode, 2)


@case("a log that cannot be written any more is said once and makes the exit code 5")
def log_lost():
    if not os.path.exists("/dev/full"):
        raise Skip("there is no /dev/full here")
    server = Server("--reply", "echo")
    done = client(*to(server, "--log", "/dev/full"), input=b"one\ntwo\n")
    same((done.returncode, done.stdout), (5, b"one\ntwo\n"))
    same(done.stderr.count(b"cannot be written"), 1, done.stderr)
    contains(done.stderr, "udp_client: the log '/dev/full' cannot be written: No space left on device")
    done = client(*to(server, "--log", "/dev/full", "--json"), input=b"one\n")
    summary = json.loads(done.stdout)
    same((done.returncode, summary["exit_code"], summary["error"]), (5, 5, "the log could not be written"))
    chat = Chat(*to(server, "--log", "/dev/full"))
    chat.type("one\r")
    chat.sees(START + "one   ")
    chat.type("two\r")
    chat.sees(START + "two   ")
    chat.type("/quit\r")
    same(chat.ended(), 5)
    same(chat.unwrapped().count("cannot be written"), 1, chat.screen.text())


@case("help lists what can be switched")
def help_lists():
    server = Server("--reply", "echo")
    chat = Chat(*to(server, "--times"))
    chat.type("/help\r")
    chat.sees(START + r"/times on\|off .*now on")
    chat.sees(r"^/status on\|off .*now on")
    text = client("--help").stdout
    for flag in ("--times", "--no-bell", "--log"):
        contains(text, flag)


if __name__ == "__main__":
    main()
