# SPDX-License-Identifier: MIT
# A thousand members of a chat server, each with a socket of its own, and udp_bench that plays them.
import json
import subprocess

from programs import *
from relay import Relay


def bench(*arguments):
    done = subprocess.run([path_of("udp_bench"), *arguments, "--json"], capture_output=True, timeout=300)
    assert done.stderr == b"" or done.returncode != 0, done.stderr
    return done, json.loads(done.stdout) if done.stdout else None


def talk(port, *flags):
    done, result = bench("crowd", "127.0.0.1", str(port), "--interval", "250ms", "--time", "2s", *flags)
    print(result)
    assert done.returncode == 0, done
    assert result["heard"] == result["expected"] > 0 and result["disorder"] == result["refused"] == 0
    return result


@case("a thousand members hear each line once and in one order over UDP")
def thousand_over_udp():
    server = Server("--reply", "chat", "-q")
    result = talk(server.port)
    assert result["peers"] == 1000 and result["heard"] == 8 * 1000


@case("a thousand members in fifty rooms hear each line once and in one order over TCP")
def thousand_over_tcp():
    server = Server("--tcp", "--reply", "chat", "-q")
    result = talk(server.port, "--tcp", "--rooms", "50")
    assert result["heard"] == 8 * 20


@case("a thousand members hear each line once and in one order at 5 % loss")
def thousand_at_loss():
    server = Server("--reply", "chat", "-q")
    relay = Relay(server.port, "--loss", "5%", "--delay", "20ms", "--seed", "5")
    result = talk(relay.port)
    assert result["heard"] == 8 * 1000


@case("udp_bench load asks a running server from many peers and says how long answers took")
def load():
    server = Server("--both", "--reply", "echo", "-q")
    for transport in [], ["--tcp"]:
        done, result = bench("load", "127.0.0.1", str(server.port), "--peers", "50", "--interval", "500ms", "--time",
                             "1s", *transport)
        assert done.returncode == 0, done
        assert result["answered"] == 100 and result["unanswered"] == 0 and result["round_trip"]["count"] == 100


@case("udp_bench says when nobody answers or a flag does not fit")
def refusals():
    free = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    free.bind(("127.0.0.1", 0))
    port = str(free.getsockname()[1])
    for arguments, code, words in [
            (["load", "127.0.0.1", port, "--peers", "2"], 3, "0 of 2 peers had an answer"),
            (["crowd", "127.0.0.1", port, "--peers", "2"], 3, "not everybody got into a room"),
            (["flood"], 2, "'flood' is not a command; there are load and crowd"),
            (["load", "--rooms", "3"], 2, "--rooms means nothing with load"),
            (["--peers", "3"], 2, "--peers needs load or crowd"),
            (["crowd", "127.0.0.1", port, "--peers", "2", "--rooms", "3"], 2, "--rooms"),
    ]:
        done = subprocess.run([path_of("udp_bench"), *arguments], capture_output=True, timeout=60, text=True)
        assert done.returncode == code and words in done.stderr, done
        assert done.stderr.count("\n") == 1, done.stderr


if __name__ == "__main__":
    main()
