# SPDX-License-Identifier: MIT
# Rooms: udp_server --reply chat with people over UDP, TCP and nc in them.
import socket
import subprocess

from programs import *
from relay import Relay


class Member(Program):
    """In the room when the constructor returns; reads what everybody in it is told from then on."""

    def __init__(self, port, name, *flags, room="lobby"):
        super().__init__("udp_client", "127.0.0.1", str(port), "--name", name, "--room", room, "--deadline", "60s",
                         *flags)
        self.name = name
        self.out.wait_for(f"^-- {name} joined {room}$")

    def say(self, text):
        self.write(text.encode() + b"\n")

    def line(self):
        return self.out.next().decode().rstrip("\n")


class Plain:
    """A UDP socket in the lobby, as nc -u is."""

    def __init__(self, server, first):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(LIMIT)
        self.socket.connect(("127.0.0.1", server.port))
        self.name = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self.say(first)
        while self.line() != f"-- {self.name} joined lobby":
            pass

    def say(self, text):
        self.socket.send(text.encode() + b"\n")

    def line(self):
        text = self.socket.recv(65536).decode()
        assert text.endswith("\n") and text.count("\n") == 1, f"not one line: {text!r}"
        return text[:-1]


def chat_server(*flags):
    return Server("--both", "--reply", "chat", *flags)


@case("members over UDP with a fifth lost and TCP and plain UDP see the same lines in the same order once")
def same_transcript():
    server = chat_server("--quiet")
    relay = Relay(server.port, "--loss", "20%", "--delay", "5ms", "--seed", "11")
    plain = Plain(server, "hello from nowhere")
    members = [Member(relay.port, "阿达"), Member(relay.port, "bob"), Member(server.port, "eve", "--tcp"), plain]
    wanted = {f"{m.name}: line {i} of {m.name}" for m in members for i in range(30)}
    for i in range(30):
        for m in members:
            m.say(f"line {i} of {m.name}")
    transcripts = []
    for m in members:
        said = []
        while len(said) < len(wanted):
            line = m.line()
            if " joined " not in line and not line.endswith("hello from nowhere"):
                said.append(line)
        transcripts.append(said)
    same(set(transcripts[0]), wanted)
    for m, said in zip(members, transcripts):
        assert said == transcripts[0], f"{m.name} saw another order; seed 11"
        for other in members:
            own = [line for line in said if line.startswith(f"{other.name}: ")]
            same(own, [f"{other.name}: line {i} of {other.name}" for i in range(30)])


@case("whoever joins a room sees who is there and the last twenty lines")
def welcome():
    server = chat_server()
    ada = Member(server.port, "ada")
    for i in range(25):
        ada.say(f"line {i}")
    ada.out.wait_for("line 24")
    bob = Program("udp_client", "127.0.0.1", str(server.port), "--tcp", "--name", "bob")
    first = bob.out.next()
    same(first, b"-- welcome to lobby, bob; 2 in lobby: ada, bob\n")
    same([bob.out.next() for _ in range(20)], [f"ada: line {i}\n".encode() for i in range(5, 25)])
    same(bob.out.next(), b"-- bob joined lobby\n")


@case("commands of a room work over every transport")
def commands():
    server = chat_server()
    ada = Member(server.port, "ada")
    bob = Member(server.port, "bob", "--tcp")
    ada.say("/me waves")
    bob.out.wait_for(r"^\* ada waves$")
    bob.say("/msg ada psst")
    ada.out.wait_for(r"^\[private\] bob: psst$")
    bob.say("/nick 鲍勃")
    ada.out.wait_for("^-- bob is now 鲍勃$")
    bob.say("/who")
    bob.out.wait_for("^-- 2 in lobby: ada, 鲍勃$")
    bob.say("/join 茶馆")
    ada.out.wait_for("^-- 鲍勃 left for another room$")
    bob.out.wait_for("^-- 鲍勃 joined 茶馆$")
    ada.say("nobody else hears this")
    bob.say("//slashes")
    bob.out.wait_for("^鲍勃: /slashes$")
    bob.say("/shrug")
    bob.err.wait_for("/shrug is no command")
    plain = Plain(server, "hi")
    plain.say("/nick ada2")
    same([plain.line() for _ in range(2)], [f"{plain.name}: hi", "-- a plain peer's name is its address"])


@case("who leaves or goes silent is missed by the others")
def goings():
    server = chat_server("--idle-timeout", "1s")
    ada = Member(server.port, "ada")
    bob = Member(server.port, "bob")
    bob.end_input()
    same(bob.ended(), 0)
    ada.out.wait_for("^-- bob left$")
    eve = Member(server.port, "eve", "--tcp")
    eve.kill()
    ada.out.wait_for("^-- eve (left|lost the connection)$")
    plain = Plain(server, "one word")
    ada.out.wait_for(f"^-- {plain.name} went silent$")


@case("members come back by themselves under their name and into their room when the server was started anew")
def restart():
    server = Server("--reply", "chat")
    ada = Member(server.port, "ada", "--timeout", "100ms")
    ada.say("/nick Ada2")
    ada.out.wait_for("^-- ada is now Ada2$")
    ada.say("/join kitchen")
    ada.out.wait_for("^-- Ada2 joined kitchen$")
    server.kill()
    again = Server("--reply", "chat", port=server.port)
    # What is said within a round trip of the server's start may have been run by the old one, for all ada knows.
    bob = Member(again.port, "bob", room="kitchen")
    # The new server gets these before it knows who says them.
    ada.say("anybody?")
    ada.say("is here?")
    ada.out.wait_for("^-- Ada2 joined kitchen$")
    same([ada.line(), ada.line()], ["Ada2: anybody?", "Ada2: is here?"])
    ada.say("hello bob")
    bob.out.wait_for("^Ada2: hello bob$")


@case("a pipe leaves a room when its own lines have come back")
def own_lines():
    server = Server("--reply", "chat", "--quiet")
    relay = Relay(server.port, "--loss", "30%", "--delay", "5ms")
    said = [f"line {i}" for i in range(50)]
    done = client("127.0.0.1", str(relay.port), "--name", "ada", "--deadline", "60s", input="\n".join(said).encode())
    same(done.returncode, 0, done.stderr)
    same([line for line in done.stdout.decode().splitlines() if line.startswith("ada: ")], [f"ada: {s}" for s in said])


def refused(server, *flags, says, code=2):
    done = client(*to(server, *flags), input=b"")
    one_line(done.stderr)
    same((done.returncode, done.stdout), (code, b""), done.stderr)
    for part in says:
        contains(done.stderr, part)


@case("bad names and rooms are refused with one line that names the flag and the value")
def bad_names():
    server = chat_server()
    for name in ("\x1b[31mred", "a b", "/etc", "127.0.0.1:50200", "x" * 33, "‮evil", "", "字" * 43):
        refused(server, "--name", name, says=("--name: '",))
    refused(server, "--name", "\x1b[31mred", says=("--name: '\\x1B[31mred' has a control character",))
    refused(server, "--name", "ada", "--room", "r" * 65536, says=("--room", "65536 bytes"))
    refused(server, "--room", "lobby", says=("--room needs --name",))
    refused(server, "--name", "ada", "--plain", says=("--name means nothing with --plain",))
    ada = Member(server.port, "ada")
    refused(server, "--name", "ada", code=3, says=("the name 'ada' is taken",))
    ada.say("/me is the only one")
    ada.out.wait_for("is the only one")


@case("a greeting with a room of 64 KiB and an escape sequence are refused by the server in one line each")
def bad_greetings():
    server = chat_server()
    for greeting, why in ((b"/hello ada " + b"r" * 65536, "the line has 65547 bytes, at most 4096"),
                          (b"/hello ada " + b"r" * 2000, "the room name 'rrr"),
                          (b"/hello \x1b[31m lobby", "the name '\\x1B[31m' has a control character"),
                          (b"/hello a\xff lobby", "the name 'a\\xFF' is not UTF-8"),
                          (b"just talking", "you are in no room; say /hello NAME ROOM")):
        done = client(*to(server, "-m", greeting))
        contains(done.stdout, why)
        one_line(done.stdout)


@case("control characters in a line reach nobody's terminal")
def escapes():
    server = chat_server()
    ada = Member(server.port, "ada")
    plain = Plain(server, "x")
    plain.say("\x1b]0;title\x07 and \u202e more")
    ada.out.wait_for(r"title\\x07 and \\xE2\\x80\\xAE more$")
    assert b"\x1b" not in b"".join(ada.out.seen)


@case("a flood of changes from one member is refused and the others go on")
def flood():
    server = chat_server("--quiet")
    ada = Member(server.port, "ada")
    bob = Member(server.port, "bob")
    for i in range(30):
        bob.say(f"/join room{i}")
    bob.err.wait_for("too many joins at once")
    bob.say("still here")
    bob.out.wait_for("^bob: still here$")
    ada.say("me too")
    ada.out.wait_for("^ada: me too$")


if __name__ == "__main__":
    main()
