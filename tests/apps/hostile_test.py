# SPDX-License-Identifier: MIT
# What the network may throw at a server: it discards, counts, and goes on answering.
import random
import signal
import socket
import struct

from programs import *

# A query of DNS for example.com, an initial packet of QUIC, a binding request of STUN, NTP, SSDP, TLS.
FOREIGN = [
    bytes.fromhex("1a2b01000001000000000000076578616d706c6503636f6d0000010001"),
    bytes.fromhex("c300000001088394c8f03e5157080000449e") + bytes(1180),
    bytes.fromhex("000100002112a442b7e7a701bc34d686fa87dfae"),
    bytes.fromhex("e30006ec000000000000000049") + bytes(35),
    b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n\r\n",
    bytes.fromhex("16030100c8010000c40303") + bytes(200),
]


def still_answers(server, *flags):
    done = client(*to(server, "-m", "still there?", *flags))
    same((done.returncode, done.stdout), (0, b"received 12 bytes\n"), done.stderr)


def throw(server, datagrams):
    """Sends without hurry: after each batch the server must have answered one of ours."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for number, datagram in enumerate(datagrams):
            s.sendto(datagram, ("127.0.0.1", server.port))
            if number % 200 == 199:
                still_answers(server)
    still_answers(server)


@case("datagrams of DNS, QUIC, STUN and others do not disturb the service")
def foreign():
    server = Server("--quiet")
    throw(server, FOREIGN)
    summary = server.stop()
    assert summary["datagrams_received"] >= len(FOREIGN), summary


@case("datagrams of every kind of length from 0 to 65507 do not disturb the service")
def lengths():
    server = Server("--quiet")
    seed = 11
    source = random.Random(seed)
    sizes = [*range(0, 300), 1149, 1150, 1151, 1199, 1200, 1201, 1472, 1473, 2047, 2048, 2049, 9000, 65506, 65507]
    throw(server, [source.randbytes(n) for n in sizes])
    throw(server, [b"x" * n for n in sizes])
    throw(server, [b"\xff" * n for n in sizes])
    server.stop()


@case("our own datagrams cut short, mutated and sent again do not disturb the service")
def mutated():
    server = Server("--quiet")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trap:
        trap.bind(("127.0.0.1", 0))
        trap.settimeout(LIMIT)
        run = Program("udp_client", "127.0.0.1", str(trap.getsockname()[1]), "-m", "hello", "--deadline", "60s")
        genuine = trap.recv(65536)
        run.kill()
    seed = 12
    source = random.Random(seed)
    datagrams = [genuine[:n] for n in range(len(genuine))]
    for _ in range(1000):
        changed = bytearray(genuine)
        changed[source.randrange(len(changed))] = source.randrange(256)
        datagrams.append(bytes(changed))
    throw(server, datagrams)
    summary = server.stop()
    assert summary["discarded"] > 1000, summary


@case("a reply to a long plain datagram never stops the service")
def long_plain():
    server = Server("--quiet", "--reply", "echo", "--reply-text", "Echo=>")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for size in (1000, 2000, 60000, 65507):
            s.sendto(b"x" * size, ("127.0.0.1", server.port))
    done = client(*to(server, "-m", "x"))
    same(done.stdout, b"Echo=>x\n")


@case("a TCP peer that sends one byte at a time disturbs nobody")
def slow_tcp():
    server = Server("--tcp", "--quiet")
    with socket.create_connection(("127.0.0.1", server.port), timeout=LIMIT) as slow:
        slow.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in b"\xff\xfe\xfd\xfc":
            try:
                slow.send(bytes([byte]))
            except OSError:
                break
            still_answers(server, "--tcp")


@case("a TCP peer that claims a frame of 4 GiB is cut off, and others are served")
def giant_frame():
    server = Server("--tcp", "--quiet")
    genuine = captured_stream()
    # Every place of the first bytes may be the length: whatever is claimed there must not be believed.
    for at in range(len(genuine)):
        with socket.create_connection(("127.0.0.1", server.port), timeout=LIMIT) as s:
            try:
                s.sendall(genuine[:at] + b"\xff" * 16)
            except OSError:
                pass
    still_answers(server, "--tcp")
    server.stop()


def captured_stream():
    with socket.create_server(("127.0.0.1", 0)) as trap:
        run = Program("udp_client", "127.0.0.1", str(trap.getsockname()[1]), "--tcp", "-m", "hello")
        peer, _ = trap.accept()
        with peer:
            peer.settimeout(LIMIT)
            genuine = b""
            while b"hello" not in genuine:
                genuine += peer.recv(1024)
        run.kill()
    return genuine


@case("TCP peers that vanish in the middle of a message harm nobody")
def vanishing():
    server = Server("--tcp", "--quiet")
    genuine = captured_stream()
    for at in range(len(genuine)):
        s = socket.create_connection(("127.0.0.1", server.port), timeout=LIMIT)
        # Reset rather than closed.
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.sendall(genuine[:at])
        s.close()
    still_answers(server, "--tcp")


@case("a TCP peer that says nothing is dropped after the idle timeout")
def idle_tcp():
    server = Server("--tcp", "--idle-timeout", "200ms")
    with socket.create_connection(("127.0.0.1", server.port), timeout=LIMIT) as s:
        s.sendall(b"hello")
        same(s.recv(1024), b"received 5 bytes")
        same(s.recv(1024), b"")
    server.event("left", reason="idle")
    with socket.create_connection(("127.0.0.1", server.port), timeout=LIMIT) as s:
        same(s.recv(1024), b"")


@case("peers beyond the limit do not keep the server from answering the others")
def max_peers():
    server = Server("--tcp", "--quiet", "--max-peers", "2")
    first = socket.create_connection(("127.0.0.1", server.port), timeout=LIMIT)
    second = socket.create_connection(("127.0.0.1", server.port), timeout=LIMIT)
    for s in (first, second):
        s.sendall(b"hi")
        same(s.recv(1024), b"received 2 bytes")
    with socket.create_connection(("127.0.0.1", server.port), timeout=LIMIT) as third:
        try:
            same(third.recv(1024), b"")
        except ConnectionResetError:
            pass
    first.sendall(b"hi")
    same(first.recv(1024), b"received 2 bytes")


@case("the first SIGINT ends the server with a summary and 130, SIGTERM with 143")
def signals():
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        server = Server("--both")
        for flags in ((), ("--tcp",)):
            client(*to(server, "-m", "one", *flags))
        server.signal(number)
        summary = server.event("summary")
        same(server.ended(), code)
        same((summary["messages"], summary["answered"], summary["exit_code"]), (2, 2, code))


@case("many clients at once are all answered")
def many_clients():
    server = Server("--both", "--reply", "echo", "--quiet")
    runs = []
    for number in range(20):
        run = Program("udp_client", *to(server, *(("--tcp",) if number % 2 else ())))
        run.write(b"".join(b"%d %d\n" % (number, i) for i in range(200)))
        runs.append(run)
    runs[3].kill()
    for number, run in enumerate(runs):
        if number == 3:
            continue
        run.end_input()
        same(run.out.rest(), [b"%d %d\n" % (number, i) for i in range(200)])
        same(run.ended(), 0)


if __name__ == "__main__":
    main()
