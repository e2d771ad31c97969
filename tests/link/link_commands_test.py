# SPDX-License-Identifier: MIT
# The commands at both ends: how they are started and ended, and what of them comes out of udp_link.
from links import *


@case("the client's exit code is passed on")
def codes():
    need_link()
    same(Run("--", "sh", "-c", "exit 7").code, 7)
    same(Run("--", "true").code, 0)
    same(Run("--", "sh", "-c", "kill -9 $$").code, 137)
    same(Run("--", *IDLE, "---", "sh", "-c", "exit 9", flags=NO_ECHO).code, 9)


@case("standard input and output are the client's own")
def streams():
    need_link()
    everything = bytes(range(256)) * 1000
    run = Run("--", "sh", "-c", "echo server speaks; exec sleep 1000", "---", "cat", flags=NO_ECHO, input=everything)
    same((run.code, run.out), (0, everything))
    contains(run.err, "server speaks")
    quiet = Run("-q", "--", "sh", "-c", "echo out; echo err >&2")
    same((quiet.out, quiet.err), (b"out\n", b"err\n"))


@case("both commands know where the ends are")
def environment():
    need_link()
    show = "echo $UDP_LINK_SIDE $UDP_LINK_SERVER $UDP_LINK_CLIENT"
    run = Run("--", "sh", "-c", show + "; exec sleep 1000", "---", "sh", "-c", show, flags=("--ready-timeout", "100ms"))
    same(run.out, b"client 198.18.0.2 198.18.0.1\n")
    contains(run.err, "server 198.18.0.2 198.18.0.1")
    contains(run.err, "the server has not opened a port so far")


@case("a client that needs a certain port is started when it is open")
def wait_for():
    need_link()
    late = python("import socket, time\n"
                  "first = socket.create_server(('198.18.0.2', 5))\n"
                  "time.sleep(0.3)\n"
                  "second = socket.create_server(('198.18.0.2', 6))\n"
                  "second.accept()[0].sendall(b'here')\n"
                  "time.sleep(1000)\n")
    ask = python("import socket; print(socket.create_connection(('198.18.0.2', 6)).recv(4))")
    run = Run("--wait-for", "6", "--ready-timeout", "20s", "--", *late, "---", *ask)
    same((run.code, run.out), (0, b"b'here'\n"), run.err)


@case("a server that ends first is reported and the client goes on")
def server_ends():
    need_link()
    run = Run("--", "sh", "-c", "exit 3", "---", "sh", "-c", "echo still here")
    same((run.code, run.out), (0, b"still here\n"))
    contains(run.err, "the server ended with code 3; the client goes on")


@case("a server is asked to end and killed when it does not")
def server_stays():
    need_link()
    run = Run("--", "sh", "-c", "trap 'echo asked; exit 0' TERM; while :; do sleep 0.01; done", "---", "sleep", "0.3",
              flags=NO_ECHO)
    contains(run.err, "asked")
    run = Run("--", "sh", "-c", "trap '' TERM; exec sleep 1000", "---", "sleep", "0.3", flags=NO_ECHO)
    same(run.code, 0)
    contains(run.err, "did not end within 2 s of SIGTERM and is killed")


@case("what the client sent last still crosses after its end")
def drained():
    need_link()
    run = Run("--delay", "400ms", *NO_ECHO, "--", *IDLE, "---", *sender(5))
    same(run.summary()["up"]["delivered"], 5)


@case("the first signal ends the client with it and the summary is still written")
def first_signal():
    need_link()
    for number, code in ((signal.SIGTERM, 143), (signal.SIGINT, 130)):
        name = signal.Signals(number).name[3:]
        link = Program("udp_link", "--", "sh", "-c",
                       f"trap 'echo asked by {name}; exit 0' {name}; echo ready; while :; do sleep 0.01; done")
        link.out.wait_for("ready")
        link.signal(number)
        link.out.wait_for(f"asked by {name}")
        same(link.ended(), code)
        assert link.out.rest() == []
        contains(b"".join(link.err.rest()), "no impairment, seed")


@case("timeout ends the link and the summary is still written")
def timeout():
    need("timeout")
    need_link()
    timed = Program(shutil.which("timeout"), str(LIMIT), path_of("udp_link"), "--", "sh", "-c",
                    "echo ready; sleep 1000", stdin=subprocess.DEVNULL)
    timed.out.wait_for("ready")
    timed.signal(signal.SIGALRM)  # to `timeout`, the end of its time
    same(timed.ended(), 124)
    contains(b"".join(timed.err.rest()), "no impairment, seed")


@case("--duration ends the link with code 0")
def duration():
    need_link()
    same(Run("--duration", "300ms", "--", *IDLE).code, 0)


@case("echo answers our own clients and plain ones when there is no server")
def echo():
    need_link()
    client_path = path_of("udp_client")
    for flags in ((), ("--tcp",), ("--plain",), ("--plain", "--tcp")):
        for port in ("9000", "7"):
            run = Run("-q", "--", client_path, SERVER, port, "-m", "hello", *flags)
            same((run.code, run.out), (0, b"hello\n"), (flags, port, run.err))


@case("our server and client talk across a bad link over UDP and TCP")
def own_programs():
    need_link()
    numbers = "".join(f"{n}\n" for n in range(2000)).encode()
    for flags in ((), ("--tcp",)):
        run = Run("--loss", "20%", "--delay", "2ms", "--", path_of("udp_server"), "--bind", SERVER, "--both",
                  "--reply", "echo", "--quiet", "---", path_of("udp_client"), SERVER, "9000", "--deadline", "60s",
                  *flags, input=numbers, limit=90)
        same((run.code, run.out), (0, numbers), (flags, run.err))
        assert run.summary()["up"]["lost"] + run.summary()["down"]["lost"] > 0, run.events


@case("an ordinary user has a link too")
def ordinary_user():
    need("ping", "ss")
    how = as_nobody()
    need_link(**how)
    run = Run("-q", "--", "sh", "-c", "id -u; ping -n -q -c 2 -i 0.2 198.18.0.2 > /dev/null && echo pinged; "
              "ss -tin > /dev/null && echo asked; cat /proc/self/uid_map", cwd="/", **how)
    same(run.code, 0, run.err)
    same(run.out.split(), [b"65534", b"pinged", b"asked", b"65534", b"65534", b"1"])
    same(run.summary()["up"]["offered"], 2)


@case("processes inside see only one another")
def own_processes():
    need("ps")
    need_link()
    if b"ok       a /proc of its own" not in subprocess.run([path_of("udp_link"), "--doctor"], capture_output=True,
                                                            timeout=LIMIT).stdout:
        raise Skip("parts of /proc are hidden here, so there is no other")
    run = Run("-q", "--", "sh", "-c", "ps -e -o comm=")
    assert len(run.out.split(b"\n")) <= 5, run.out


if __name__ == "__main__":
    main()
