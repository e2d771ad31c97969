# SPDX-License-Identifier: MIT
# What crosses udp_link, and what becomes of it.
import re

from links import *


@case("every ping comes back when nothing is lost and takes twice the delay")
def ping():
    need("ping")
    need_link()
    run = Run("--delay", "20ms", "--", "ping", "-n", "-q", "-c", "20", "-i", "0.01", SERVER)
    same(run.code, 0, run.err)
    contains(run.out, "20 packets transmitted, 20 received, 0% packet loss")
    least = float(re.search(rb"rtt min/avg/max/mdev = ([\d.]+)/", run.out).group(1))
    assert least >= 40, least
    summary = run.summary()
    same((summary["up"]["offered"], summary["down"]["offered"]), (20, 20))
    same(summary["devices"]["kernel_chatter"] + summary["devices"]["unreadable"], 0)


@case("loss is what was asked for within three deviations")
def loss():
    need_link()
    run = Run("--up-loss", "5%", *NO_ECHO, "--", *IDLE, "---", *sender(2000))
    up = run.summary()["up"]
    same((run.code, up["offered"]), (0, 2000), run.err)
    within_three_deviations(up["lost"], 2000, 0.05)
    same(up["offered"], up["delivered"] + up["lost"])


@case("the same seed gives the same fates and another seed others")
def seeds():
    need_link()
    lost = [Run("--loss", "10%", *NO_ECHO, "--", *IDLE, "---", *sender(500), seed=seed).summary()["up"]["lost"]
            for seed in ("5", "5", "6")]
    same(lost[0], lost[1])
    assert lost[0] != lost[2], lost


def packets_from_client(file):
    """The IP packets with the client's address as their source, in a capture of whole raw packets."""
    with open(file, "rb") as capture:
        data = capture.read()
    at, found = 24, []
    while at < len(data):
        size = int.from_bytes(data[at + 8:at + 12], sys.byteorder)
        packet = data[at + 16:at + 16 + size]
        if packet[12:16] == bytes([198, 18, 0, 1]):
            found.append(packet)
        at += 16 + size
    return found


def fates(*command, flags):
    """Of each packet that the client sent whether it was lost: what left its end and never reached the other."""
    with temporary_directory() as folder:
        name = os.path.join(folder, "seen")
        run = Run("--pcap", name, *flags, "--", *command)
        if run.code == 77:
            raise Skip(run.err.decode())
        same(run.code, 0, run.err)
        arrived = iter(packets_from_client(name + "-server.pcap"))
        next_arrived = next(arrived, None)
        lost = []
        for packet in packets_from_client(name + "-client.pcap"):
            lost.append(packet != next_arrived)
            if not lost[-1]:
                next_arrived = next(arrived, None)
        assert next_arrived is None
        return lost


@case("UDP and TCP meet the same fates from the same seed")
def same_fates():
    need_link()
    flags = ("--loss", "5%", "--delay", "1ms", "--ready-timeout", "20s")
    udp = fates(*IDLE, "---", *sender(400), flags=(*flags, *NO_ECHO))
    tcp = fates(*bulk_server(400_000), "---", *bulk_client(400_000), flags=flags)
    assert len(tcp) >= 200, len(tcp)
    both = min(len(udp), len(tcp))
    same(udp[:both], tcp[:both])
    assert sum(udp[:both]) > 2


@case("a recording played again gives the same fates whatever the seed")
def replay():
    need_link()
    with temporary_directory() as folder:
        file = os.path.join(folder, "fates")
        command = (*NO_ECHO, "--", *IDLE, "---", *sender(300))
        first = Run("--loss", "20%", "--record", file, *command)
        again = Run("--replay", file, *command, seed="77")
        same(again.code, 0, again.err)
        same(again.summary()["up"]["lost"], first.summary()["up"]["lost"])
        assert first.summary()["up"]["lost"] > 0


@case("TCP sends again what the link lost and no packet is above the MTU")
def retransmissions():
    need("ss")
    need_link()
    run = Run("--loss", "5%", "--delay", "1ms", "--ready-timeout", "20s", "--", *bulk_server(1_500_000), "---",
              *bulk_client(1_500_000, "print(subprocess.check_output(['ss', '-tin']).decode())"))
    same(run.code, 0, run.err)
    text = run.out.decode()
    contains(text, "1500000\n")
    found = re.search(r"retrans:\d+/(\d+)", text)
    assert found and int(found.group(1)) > 0, text
    summary = run.summary()
    assert 1400 < summary["devices"]["largest_packet"] <= 1500, summary
    # Whole segments only: a packet for about every 1448 bytes.
    assert summary["up"]["offered"] >= 1_500_000 / 1448, summary


@case("20000 datagrams of 64 bytes are accounted for to the last")
def accounts():
    need_link()
    count = 20_000
    receiver = python("import socket\n"
                      "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
                      f"s.bind(('{SERVER}', 9))\n"
                      "got = 0\n"
                      "while s.recv(100)[0:1] != b'.': got += 1\n"
                      "print(got, flush=True)\n"
                      "import sys; sys.stderr.write(f'received {got}\\n')\n")
    last = "for i in range(50): s.sendto(b'.', ('%s', port)); time.sleep(0.01)\n" % SERVER
    send = list(sender(count))
    send[2] = send[2].replace("import socket", "import time, socket") + last
    run = Run("--loss", "2%", "--ready-timeout", "20s", "--", *receiver, "---", *send, limit=60)
    same(run.code, 0, run.err)
    summary, devices = run.summary(), run.summary()["devices"]
    up = summary["up"]
    # The last ones, 50 of 1 byte, end the receiver with the first of them that arrives.
    same(up["offered"] + devices["dropped_before_link"], count + 50)
    got = int(re.search(rb"received (\d+)", run.err).group(1))
    missing = up["delivered"] - got
    assert missing <= 50 + devices["socket_full"] + devices["dropped_behind_link"], (missing, summary)


@case("IPv6 crosses too")
def ipv6():
    need("ping")
    need_link()
    run = Run("--", "sh", "-c", "test -n \"$UDP_LINK_SERVER6\" || exit 99; ping -n -q -c 3 -i 0.01 $UDP_LINK_SERVER6")
    if run.code == 99:
        raise Skip("there is no IPv6 here")
    same(run.code, 0, run.err)
    same(run.summary()["up"]["offered"], 3)


@case("a larger packet than --mtu vanishes and a smaller device MTU is obeyed")
def mtu():
    need_link()
    run = Run("--mtu", "500", *NO_ECHO, "--", *IDLE, "---", *sender(3, size=1000))
    same(run.summary()["up"]["too_big"], 3)
    run = Run("--device-mtu", "600", *NO_ECHO, "--", *IDLE, "---", *sender(1, size=1000))
    same(run.summary()["up"]["offered"], 2, "fragments")
    assert run.summary()["devices"]["largest_packet"] <= 600


@case("settings change while the link runs")
def live():
    need("ping")
    need_link()
    with temporary_directory() as folder:
        control = os.path.join(folder, "control")
        link = Program("udp_link", "--control", control, "--", "sh")

        def ping(size, code, name):
            link.write(b"ping -n -q -c 1 -W %d -s %d 198.18.0.2 > /dev/null; echo %s $?\n"
                       % (1 if code else 10, size, name.encode()))
            link.out.wait_for(f"{name} {code}")

        def change(*settings):
            done = subprocess.run([path_of("udp_link"), "--control", control, "set", *settings],
                                  capture_output=True, timeout=LIMIT)
            same(done.returncode, 0, done.stderr)

        ping(1400, 0, "at first")
        change("loss=100%")
        ping(100, 1, "lost")
        change("loss=0", "mtu=1280", "rate=2m")
        ping(1253, 1, "too big")
        ping(1252, 0, "as large as the MTU")
        link.write(b"exit 4\n")
        same(link.ended(), 4)
        assert not os.path.exists(control)


@case("both ends are captured as they saw it")
def captured():
    need_link()
    with temporary_directory() as folder:
        name = os.path.join(folder, "seen")
        run = Run("--pcap", name, "--up-loss", "100%", *NO_ECHO, "--", *IDLE, "---", *sender(3, size=10))
        if run.code == 77:
            raise Skip(run.err.decode())
        same(run.code, 0, run.err)
        # A file header of 24 bytes; 16 + 20 + 8 + 10 for each packet.
        same(os.path.getsize(name + "-client.pcap"), 24 + 3 * 54)
        same(os.path.getsize(name + "-server.pcap"), 24)


if __name__ == "__main__":
    main()
