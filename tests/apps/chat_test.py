# SPDX-License-Identifier: MIT
# udp_client as a person sees it.
import signal

from programs import *
from typed_chat import *


@case("a line typed is answered under it with what it cost")
def line():
    server = Server()
    chat = Chat(*to(server))
    chat.sees(r"^> $|^>$")
    chat.type("hello\r")
    chat.sees(r"> hello\nreceived 5 bytes   [0-9.]+ ms, 1 try" + row() + "\n>$")
    server.event("message", text="hello")
    chat.type("\x04")
    same(chat.ended(), 0)
    chat.terminal_is_as_before()


@case("the same over TCP")
def line_tcp():
    server = Server("--tcp")
    chat = Chat(*to(server, "--tcp"))
    chat.sees(r"^>$")
    chat.type("hello\r")
    chat.sees(r"> hello\nreceived 5 bytes   [0-9.]+ ms" + row("TCP") + "\n>$")
    chat.type("/quit\r")
    same(chat.ended(), 0)
    chat.terminal_is_as_before()


def room(*flags):
    needs_line_editing()
    server = Server("--both", "--reply", "chat")
    bob = Program("udp_client", *to(server), "--name", "bob")
    bob.out.wait_for("-- bob joined lobby")
    ada = Chat(*to(server, "--name", "阿达", *flags))
    status = row("TCP" if "--tcp" in flags else "UDP")
    ada.sees(f"^-- 阿达 joined lobby{status}\n>$")
    ada.type("hel")
    ada.sees("^> hel$")
    bob.write("你好\n".encode())
    ada.sees(f"^bob: 你好{status}\n> hel$")
    ada.type("lo\r")
    ada.sees(f"^> hello\n阿达: hello{status}\n>$")
    bob.out.wait_for("^阿达: hello$")
    ada.type("/nick bob\r")
    ada.sees(f"^> /nick bob\nthe name 'bob' is taken{status}\n>$")
    ada.type("/who\r")
    ada.sees(f"^-- 2 in lobby: bob, 阿达{status}\n>$")
    ada.type("/quit\r")
    same(ada.ended(), 0)
    bob.out.wait_for("^-- 阿达 (left|lost the connection)$")


@case("in a room lines of others leave the line being typed whole and one's own comes without its cost")
def room_udp():
    room()


@case("a room over TCP looks the same")
def room_tcp():
    room("--tcp")


def editing(*flags):
    needs_line_editing()
    server = Server("--reply", "echo", *flags)
    chat = Chat(*to(server, *flags))
    chat.sees(r"^>$")
    chat.type("你好")
    chat.sees("> 你好")
    chat.type("\x7f")
    chat.sees("> 你$")
    chat.type("吗\r")
    server.event("message", text="你吗")
    chat.sees("^你吗   ")
    chat.type("a👋b")
    chat.sees("> a👋b")
    chat.type("\x7f\x7f")
    chat.sees("> a$")
    chat.type("🙂\r")
    server.event("message", text="a🙂")
    # The line before comes back, and is edited in its middle.
    chat.type("\x1b[A")
    chat.sees("> a🙂$")
    chat.type("\x1b[A")
    chat.sees("> 你吗$")
    chat.type("\x1b[D很\r")
    server.event("message", text="你很吗")


@case("Chinese and emoji are edited character by character, in the C locale too")
def chinese():
    editing()


@case("what is typed while answers come stays whole, wide and wrapped lines too")
def unbroken():
    needs_line_editing()
    server = Server("--reply", "echo")
    chat = Chat(*to(server, "--deadline", "60s", "--timeout", "100ms"))
    chat.sees("^>$")
    chat.type("first\r")
    chat.sees("^first   ")
    server.signal(signal.SIGSTOP)
    chat.type("second\r")
    chat.saw("waiting, try 2")
    long = "这是一行很长的文字" * 5
    chat.type(long)
    chat.saw("waiting, try 3")
    server.signal(signal.SIGCONT)
    chat.sees("^second   ")
    chat.settles("> " + long)
    text = chat.unwrapped()
    same(text.count(long), 1, text)
    chat.type("\r")
    server.event("message", text=long)


@case("a line of twenty rows stays whole too")
def very_long():
    needs_line_editing()
    server = Server("--reply", "echo")
    chat = Chat(*to(server, "--deadline", "60s", "--timeout", "100ms"))
    chat.sees("^>$")
    chat.type("first\r")
    chat.sees("^first   ")
    server.signal(signal.SIGSTOP)
    chat.type("second\r")
    chat.saw("waiting, try 2")
    long = "".join(f"{i:04d}" for i in range(300))
    for i in range(0, len(long), 100):
        chat.type(long[i:i + 100])
        chat.pump(1)
    chat.saw("waiting, try 5")
    server.signal(signal.SIGCONT)
    chat.sees("^second   ")
    chat.settles("> " + long)
    chat.type("\x15ok\r")
    server.event("message", text="ok")


@case("without a server the reason is given and the prompt comes back")
def nobody():
    chat = Chat("127.0.0.1", str(free_port()), "--deadline", "1s", "--timeout", "100ms")
    chat.sees("^>$")
    chat.type("hello\r")
    chat.saw("… waiting, try 2 after [0-9.]+ ms")
    chat.saw("… waiting, try 3 after [0-9.]+ ms")
    chat.sees(r"\n>$")
    status = r"127\.0\.0\.1:\d+ · UDP · .*unanswered" if has_line_editing() else ""
    found = rf"nobody listens there \(ICMP port unreachable\); no answer in [0-9.]+ s after \d+ tries{status}>$"
    until(lambda: chat.pump(0.05) is not None and re.search(found, chat.unwrapped()), "the reason")
    if has_line_editing():
        assert "waiting" not in chat.unwrapped(), chat.unwrapped()
    chat.type("\x04")
    same(chat.ended(), 0)


@case("a server restarted in between is noticed, and the chat goes on")
def restarted():
    server = Server("--reply", "echo")
    chat = Chat(*to(server, "--deadline", "20s"))
    chat.sees("^>$")
    chat.type("one\r")
    chat.sees("^one   ")
    server.kill()
    again = Server("--reply", "echo", port=server.port)
    chat.type("two\r")
    chat.sees("^the server was restarted")
    # Without line editing the prompt may stand before it.
    chat.sees("^(> )?(two   |the server may or may not have run this)")
    chat.type("three\r")
    chat.sees("^three   ")
    again.event("message", text="three")


@case("a TCP server restarted in between is noticed, and the chat goes on")
def restarted_tcp():
    server = Server("--reply", "echo", "--tcp")
    chat = Chat(*to(server, "--deadline", "20s", "--tcp"))
    chat.sees("^>$")
    chat.type("one\r")
    chat.sees("^one   ")
    server.kill()
    chat.sees("^the connection was lost|^the server closed the connection")
    chat.type("two\r")
    chat.sees("waiting")
    Server("--reply", "echo", "--tcp", port=server.port)
    chat.sees("^two   ")


@case("Ctrl-C leaves with 130 after a summary, and the terminal is as before")
def control_c():
    server = Server()
    chat = Chat(*to(server))
    chat.sees("^>$")
    chat.type("hello\r")
    chat.sees("^received 5 bytes")
    chat.type("half a li")
    chat.sees("half a li")
    # The terminal's own signal goes to its session; the client is not in one of its own here.
    chat.program.signal(signal.SIGINT)
    same(chat.ended(), 130)
    contains(chat.screen.text(), "1 message answered")
    chat.terminal_is_as_before()


@case("SIGTERM leaves with 143, and the terminal is as before")
def terminated():
    server = Server()
    chat = Chat(*to(server))
    chat.sees("^>$")
    chat.program.signal(signal.SIGTERM)
    same(chat.ended(), 143)
    chat.terminal_is_as_before()


@case("commands help, count, set the time limit, and two slashes send one")
def commands():
    server = Server("--reply", "echo")
    chat = Chat(*to(server))
    chat.sees("^>$")
    chat.type("/help\r")
    chat.sees("^/stats")
    chat.type("//etc/passwd\r")
    server.event("message", text="/etc/passwd")
    chat.sees("^/etc/passwd   ")
    chat.type("/stats\r")
    chat.sees("^round trip +p50")
    chat.sees("^sent +[1-9]")
    chat.type("/timeout 2s\r")
    chat.sees("given up after 2 s")
    chat.type("/timeout soon\r")
    chat.sees("'soon' is not a duration")
    chat.type("/nonsense\r")
    chat.sees("^/nonsense is no command")
    chat.type("/quit\r")
    same(chat.ended(), 0)
    chat.terminal_is_as_before()


@case("no colour with NO_COLOR, --no-color or on a dumb terminal; colour otherwise")
def colour():
    server = Server()
    for flags, env, coloured in (((), {}, True), (("--no-color",), {}, False), ((), {"NO_COLOR": "1"}, False),
                                 ((), {"TERM": "dumb"}, False)):
        chat = Chat(*to(server, *flags), env=env)
        chat.sees("^>$")
        chat.type("hello\r")
        chat.sees("^received 5 bytes")
        chat.type("/quit\r")
        same(chat.ended(), 0)
        same("\x1b[2m" in chat.raw, coloured, (flags, env))
        if env.get("TERM") == "dumb":
            assert "\x1b[" not in chat.raw, chat.raw


@case("on a dumb terminal lines follow one another, retries are told, and the prompt comes back")
def dumb():
    chat = Chat("127.0.0.1", str(free_port()), "--deadline", "500ms", "--timeout", "50ms", env={"TERM": "dumb"})
    chat.sees("^>$")
    chat.type("hello\r")
    chat.sees("^… waiting, try 2 after")
    chat.sees("^nobody listens there")
    chat.sees(r">$")
    chat.type("\x04")
    same(chat.ended(), 0)
    chat.terminal_is_as_before()


@case("a message that is too long is refused at the prompt")
def too_large():
    server = Server()
    chat = Chat(*to(server, "--mode", "unreliable"))
    chat.sees("^>$")
    for _ in range(17):
        chat.type("x" * 1000)
        chat.pump(1)
    chat.type("\r")
    chat.sees("^too large: 17000 bytes, at most 16384")
    chat.type("short\r")
    chat.sees("^received 5 bytes")


@case("a terminal that goes away ends the client")
def hang_up():
    server = Server()
    chat = Chat(*to(server))
    chat.sees("^>$")
    os.close(chat.slave)
    os.close(chat.master)
    chat.program.ended()


if __name__ == "__main__":
    main()
