# SPDX-License-Identifier: MIT
# Programs that know nothing of us work across udp_link unmodified, the packets' losses included.
from links import *

BAD = ("--loss", "5%", "--delay", "5ms")


@case("iperf3 measures TCP across the link")
def iperf_tcp():
    need("iperf3")
    need_link()
    run = Run("--rate", "10m", "--delay", "5ms", "--", "iperf3", "-s", "---", "iperf3", "-c", SERVER, "-n", "500K", "-J")
    same(run.code, 0, run.err)
    assert json.loads(run.out)["end"]["sum_received"]["bytes"] > 0
    assert run.summary()["up"]["delivered_bytes"] > 50_000


@case("iperf3 measures UDP across the link")
def iperf_udp():
    need("iperf3")
    need_link()
    run = Run("--", "iperf3", "-s", "---", "iperf3", "-u", "-c", SERVER, "-b", "5m", "-l", "500", "-n", "250K", "-J")
    same(run.code, 0, run.err)
    assert run.summary()["up"]["offered"] >= 500


@case("curl fetches a page across a link that loses packets")
def curl():
    need("curl")
    need_link()
    with temporary_directory() as folder:
        text = bytes(range(256)) * 400
        with open(os.path.join(folder, "page"), "wb") as page:
            page.write(text)
        run = Run(*BAD, "--wait-for", "8080", "--ready-timeout", "20s", "--", sys.executable, "-m", "http.server",
                  "8080", "--directory", folder, "---", "curl", "-s", f"http://{SERVER}:8080/page")
        same((run.code, run.out == text), (0, True), run.err)


@case("socat carries a stream across a link that loses packets")
def socat():
    need("socat")
    need_link()
    text = bytes(range(256)) * 400
    run = Run(*BAD, "--", "socat", "TCP-LISTEN:9,fork", "PIPE", "---", "socat", "-t10", "-", f"TCP:{SERVER}:9",
              input=text)
    same((run.code, run.out == text), (0, True), run.err)


@case("nc gets the echo over UDP and over TCP")
def netcat():
    need("nc")
    need_link()
    run = Run("--", "sh", "-c", "(echo hello; sleep 0.2) | nc -u -w1 $UDP_LINK_SERVER 9000", limit=60)
    same(run.out, b"hello\n", run.err)
    run = Run("--", "sh", "-c", "(echo hello; sleep 0.2) | nc -w1 $UDP_LINK_SERVER 9000", limit=60)
    same(run.out, b"hello\n", run.err)


if __name__ == "__main__":
    main()
