# SPDX-License-Identifier: MIT
# What people get wrong: one clear line that names it, and the promised exit code.
import socket
import subprocess

from programs import *


def run(name, *flags):
    return subprocess.run([path_of(name), *flags], stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT)


def refused(code, parts, name, *flags):
    done = run(name, *flags)
    same(done.returncode, code, done.stderr)
    same(done.stdout, b"")
    one_line(done.stderr)
    for part in parts:
        contains(done.stderr, part)


@case("an unknown flag is named, exit 2")
def unknown_flag():
    refused(2, ["bogus"], "udp_server", "--bogus")
    refused(2, ["bogus"], "udp_client", "--bogus")


@case("a value out of range is named with its flag, exit 2")
def bad_values():
    refused(2, ["--port", "70000"], "udp_server", "--port", "70000")
    refused(2, ["--reply", "shout"], "udp_server", "--reply", "shout")
    refused(2, ["--port", "70000"], "udp_client", "--port", "70000")
    refused(2, ["--timeout", "5x"], "udp_client", "--timeout", "5x")
    refused(2, ["PORT", "http"], "udp_client", "localhost", "http")


@case("a bad value of the transport's flags is named with its flag, exit 2")
def bad_transport():
    for name in ("udp_server", "udp_client"):
        refused(2, ["--redundancy", "'17'"], name, "--redundancy", "17")
        refused(2, ["--congestion", "'cubic'", "bbr or new-reno"], name, "--congestion", "cubic")
        refused(2, ["--keep-alive", "'0'"], name, "--keep-alive", "0")
        refused(2, ["--largest-datagram", "'9000'"], name, "--largest-datagram", "9000")
        refused(2, ["--redundancy", "--tcp"], name, "--redundancy", "off", "--tcp")
    refused(2, ["--priority", "'256'"], "udp_client", "--priority", "256")
    refused(2, ["--channel", "'-1'"], "udp_client", "--channel", "-1")


@case("a host that has no address is named, exit 1")
def unresolvable():
    refused(1, ["no-such-host.invalid"], "udp_client", "no-such-host.invalid", "9000", "-m", "x")
    refused(1, ["no-such-host.invalid"], "udp_client", "--tcp", "no-such-host.invalid", "9000", "-m", "x")
    done = run("udp_client", "--json", "no-such-host.invalid", "-m", "x")
    same(json.loads(done.stdout)["exit_code"], 1)
    contains(json.loads(done.stdout)["error"], "no-such-host.invalid")


@case("an address that is not this machine's cannot be bound, exit 1")
def foreign_bind():
    refused(1, ["--bind", "192.0.2.1"], "udp_server", "--bind", "192.0.2.1", "--port", "0")
    refused(1, ["--bind", "no-such-host.invalid"], "udp_server", "--bind", "no-such-host.invalid", "--port", "0")


@case("a UDP port in use is named with its flag, exit 1")
def udp_port_in_use():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        port = str(s.getsockname()[1])
        refused(1, ["--port", port, "in use"], "udp_server", "--port", port)


@case("a TCP port in use is named with its flag, exit 1")
def tcp_port_in_use():
    with socket.create_server(("127.0.0.1", 0)) as s:
        port = str(s.getsockname()[1])
        refused(1, ["--port", port, "in use"], "udp_server", "--tcp", "--port", port)


@case("a second server on one port is refused, and the first goes on")
def second_server():
    for flags in ((), ("--tcp",), ("--both",)):
        server = Server(*flags)
        refused(1, ["--port", str(server.port)], "udp_server", "--port", str(server.port), *flags)
        same(client(*to(server, "-m", "x", *(f for f in flags if f == "--tcp"))).stdout, b"received 1 bytes\n")
        server.stop()


@case("a port file that cannot be written is named, exit 5")
def port_file():
    done = run("udp_server", "--port", "0", "--quiet", "--port-file", "/nonexistent/file")
    same(done.returncode, 5)
    contains(done.stderr, "--port-file")
    contains(done.stderr, "/nonexistent/file")


@case("the port file holds the port once the server is ready")
def port_file_written():
    with temporary_directory() as folder:
        file = os.path.join(folder, "port")
        server = Server("--port-file", file)
        until(lambda: os.path.exists(file), "the port file")
        with open(file) as f:
            same(f.read(), f"{server.port}\n")


@case("help and version go to stdout with exit 0")
def help_and_version():
    for name in ("udp_server", "udp_client"):
        done = run(name, "--help")
        same((done.returncode, done.stderr), (0, b""))
        contains(done.stdout, "Exit codes:")
        contains(done.stdout, "Examples:")
        done = run(name, "--version")
        same(done.returncode, 0)
        contains(done.stdout, name + " 0.")


@case("a stdout that cannot be written ends the server with 5")
def server_stdout():
    reading, writing = os.pipe()
    server = Program("udp_server", "--port", "0", stdin=subprocess.DEVNULL, stdout=writing)
    os.close(writing)
    port = server.err.wait_for(r"listening on 127\.0\.0\.1:(\d+)").group(1)
    os.close(reading)
    client("127.0.0.1", port, "-m", "hello", "--deadline", "300ms")
    same(server.ended(), 5)


if __name__ == "__main__":
    main()
