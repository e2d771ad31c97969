# SPDX-License-Identifier: MIT
# Peers that speak no protocol of ours, on both sides.
import shutil
import socket
import subprocess
import threading

from programs import *


def udp_peer():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(LIMIT)
    return s


def ask_udp(server, message):
    with udp_peer() as s:
        s.sendto(message, ("127.0.0.1", server.port))
        return s.recvfrom(1024)[0]


def ask_tcp(server, message):
    with socket.create_connection(("127.0.0.1", server.port), timeout=LIMIT) as s:
        s.sendall(message)
        return s.recv(1024)


@case("a plain UDP client of sendto and recvfrom gets its reply")
def udp_ack():
    server = Server()
    same(ask_udp(server, b"hello"), b"received 5 bytes")
    same(ask_udp(server, "你好".encode()), b"received 6 bytes")
    same(server.event("joined")["plain"], True)
    same(server.event("message")["text"], "hello")


@case("an empty plain datagram is a message")
def udp_empty():
    server = Server()
    same(ask_udp(server, b""), b"received 0 bytes")
    same(server.event("message")["bytes"], 0)


@case("a plain TCP client of connect, send and recv gets its reply")
def tcp_ack():
    server = Server("--tcp", "--reply-text", "服务器已收到您的消息")
    same(ask_tcp(server, b"hello"), "服务器已收到您的消息".encode())


@case("one plain TCP client sends one message after another")
def tcp_conversation():
    server = Server("--tcp", "--reply", "echo", "--reply-text", "Echo=>")
    with socket.create_connection(("127.0.0.1", server.port), timeout=LIMIT) as s:
        for word in (b"one", b"two", "三".encode()):
            s.sendall(word)
            same(s.recv(1024), b"Echo=>" + word)
    server.event("left", reason="closed by the peer")


@case("plain and own clients share one port of a server for both transports")
def both():
    server = Server("--both", "--reply", "upper")
    same(ask_udp(server, b"udp"), b"UDP")
    same(ask_tcp(server, b"tcp"), b"TCP")
    for flags in ((), ("--tcp",)):
        done = client(*to(server, "-m", "ours", *flags))
        same((done.returncode, done.stdout), (0, b"OURS\n"), flags)


@case("a reply to a line is a line, and echo returns exactly what came")
def newline():
    server = Server("--both")
    same(ask_udp(server, b"hello\n"), b"received 6 bytes\n")
    same(ask_tcp(server, b"hello\n"), b"received 6 bytes\n")
    echo = Server("--reply", "echo")
    everything = bytes(range(32, 128)) + b"\xc3\xa9\n"
    same(ask_udp(echo, everything), everything)


def netcat(server, *flags):
    nc = shutil.which("nc")
    if not nc:
        raise Skip("nc is not installed")
    return subprocess.run([nc, *flags, "127.0.0.1", str(server.port)], input=b"hello\n", capture_output=True,
                          timeout=LIMIT).stdout


@case("nc -u gets its reply")
def nc_udp():
    same(netcat(Server(), "-u", "-w1"), b"received 6 bytes\n")


@case("nc gets its reply over TCP")
def nc_tcp():
    same(netcat(Server("--tcp"), "-N" if b"OpenBSD" in nc_help() else "-q1"), b"received 6 bytes\n")


def nc_help():
    nc = shutil.which("nc")
    if not nc:
        raise Skip("nc is not installed")
    shown = subprocess.run([nc, "-h"], capture_output=True, timeout=LIMIT)
    return shown.stdout + shown.stderr


def udp_echo_server(prefix=b""):
    s = udp_peer()
    s.bind(("127.0.0.1", 0))

    def run():
        while True:
            try:
                message, sender = s.recvfrom(65536)
            except OSError:
                return
            s.sendto(prefix + message, sender)
    threading.Thread(target=run, daemon=True).start()
    return str(s.getsockname()[1])


def tcp_echo_server():
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(peer):
        with peer:
            while data := peer.recv(1024):
                peer.sendall(data)

    def run():
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
    threading.Thread(target=run, daemon=True).start()
    return str(listener.getsockname()[1])


@case("--plain talks to a UDP server that knows nothing of us")
def plain_client_udp():
    port = udp_echo_server(b"you said ")
    done = client("127.0.0.1", port, "--plain", "-m", "你好")
    same((done.returncode, done.stdout), (0, "you said 你好\n".encode()), done.stderr)
    same(client("127.0.0.1", port, "--plain", input=b"a\n\nb").stdout, b"you said a\nyou said \nyou said b\n")


@case("--plain talks to a TCP server that knows nothing of us")
def plain_client_tcp():
    port = tcp_echo_server()
    done = client("127.0.0.1", port, "--plain", "--tcp", "-m", "你好")
    same((done.returncode, done.stdout), (0, "你好\n".encode()), done.stderr)
    same(client("127.0.0.1", port, "--plain", "--tcp", input=b"one\ntwo\n").stdout, b"one\ntwo\n")


@case("--plain to a port where nobody is ends with 3 and the reason")
def plain_client_nobody():
    done = client("127.0.0.1", str(free_port()), "--plain", "-m", "x", "--deadline", "300ms")
    same(done.returncode, 3)
    contains(done.stderr, "nobody listens there")


@case("the client's --plain talks to our own server as a stranger would")
def plain_client_own_server():
    server = Server("--both")
    for flags in ((), ("--tcp",)):
        same(client(*to(server, "--plain", "-m", "hi", *flags)).stdout, b"received 2 bytes\n")
        same(server.event("joined")["plain"], True)


@case("a server for all addresses answers plain peers only with --plain, and its own always")
def wildcard():
    server = Server("--bind", "0.0.0.0")
    same(client(*to(server, "-m", "ours")).stdout, b"received 4 bytes\n")
    with udp_peer() as s:
        s.sendto(b"plain", ("127.0.0.1", server.port))
    same(client(*to(server, "-m", "again")).stdout, b"received 5 bytes\n")
    same(server.stop()["discarded_by_reason"], {"plain_refused": 1})
    same(ask_udp(Server("--bind", "0.0.0.0", "--plain", "--reply-text", "ok"), b"plain"), b"ok")


@case("a server on :: answers over IPv6 and IPv4, UDP and TCP")
def dual_stack():
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
            s.bind(("::1", 0))
    except OSError:
        raise Skip("there is no IPv6 here") from None
    hosts = ["127.0.0.1", "::1"]
    try:
        socket.getaddrinfo("localhost", None)
        hosts.append("localhost")
    except socket.gaierror:
        pass  # a bare system may not know the name
    server = Server("--bind", "::", "--both", "--reply", "echo")
    for flags in ((), ("--tcp",)):
        for host in hosts:
            done = client(host, str(server.port), "-m", host, *flags)
            same((done.returncode, done.stdout), (0, host.encode() + b"\n"), flags)


if __name__ == "__main__":
    main()
