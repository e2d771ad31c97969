# SPDX-License-Identifier: MIT
# Whatever ends udp_link, nothing of it remains.
import random

from links import *


def network_namespaces():
    found = set()
    for link in glob.glob("/proc/[0-9]*/task/*/ns/net"):
        with contextlib.suppress(OSError):
            found.add(os.readlink(link))
    return found


def marked(mark):
    """Processes that have the mark in their environment."""
    found = []
    for folder in glob.glob("/proc/[0-9]*"):
        with contextlib.suppress(OSError), open(folder + "/environ", "rb") as environment:
            if mark in environment.read():
                found.append(folder)
    return found


class Marked(Program):
    """An udp_link whose processes can be told from all others, and so can its namespaces."""
    count = 0

    def __init__(self, *arguments, **more):
        Marked.count += 1
        self.mark = f"{os.getpid()}-{Marked.count}"
        super().__init__("udp_link", *arguments, env={"DGRAM_TEST_MARK": self.mark}, stdin=subprocess.DEVNULL, **more)

    def processes(self):
        return marked(b"DGRAM_TEST_MARK=" + self.mark.encode())

    def namespaces(self):
        found = set()
        for folder in self.processes():
            with contextlib.suppress(OSError):
                found.add(os.readlink(folder + "/ns/net"))
        return found

    def gone(self, namespaces):
        until(lambda: not self.processes() and not namespaces & network_namespaces(),
              "everything to be gone")


STUBBORN = ("sh", "-c", "(setsid sleep 1000 &); trap '' TERM INT HUP; sleep 1000")
SPAWNING = ("sh", "-c", "(setsid sh -c 'while :; do sleep 0.01; done' &); while :; do sleep 0.01; done")


@case("killed at twenty moments it leaves no process and no namespace")
def killed():
    need_link()
    seed = int(os.environ.get("DGRAM_SEED", "1"))
    print("seed", seed, flush=True)
    moments = random.Random(seed)
    own = network_namespaces()
    for _ in range(20):
        link = Marked("-q", *NO_ECHO, "--", *STUBBORN, "---", *SPAWNING)
        # The moment itself is the point here; the seed repeats it as well as a moment can be.
        time.sleep(moments.random() * 0.08)
        namespaces = link.namespaces() - own
        link.signal(signal.SIGKILL)
        same(link.ended(), -9)
        link.gone(namespaces)


@case("daemons of the client end with it")
def daemons():
    need_link()
    own = network_namespaces()
    link = Marked("-q", *NO_ECHO, "--", *STUBBORN, "---", "sh", "-c", "(setsid sleep 1000 &); echo ready; sleep 0.1")
    link.out.wait_for("ready")
    namespaces = link.namespaces() - own
    assert len(link.processes()) >= 4 and namespaces, link.processes()
    same(link.ended(), 0)
    link.gone(namespaces)


@case("when the first process inside is killed udp_link says so and ends")
def init_killed():
    need_link()
    link = Marked("-q", "--", "sh", "-c", "echo ready; exec sleep 1000")
    link.out.wait_for("ready")
    children = open(f"/proc/{link.process.pid}/task/{link.process.pid}/children").read().split()
    same(len(children), 1)
    os.kill(int(children[0]), signal.SIGKILL)
    same(link.ended(), 1)
    contains(b"".join(link.err.rest()), "ended from outside")


@case("a second signal ends it at once and leaves nothing")
def twice():
    need_link()
    link = Marked("-q", "--", "sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.01; done")
    link.out.wait_for("ready")
    namespaces = link.namespaces() - network_namespaces_of_this_process()
    link.signal(signal.SIGTERM)

    def again():
        with contextlib.suppress(ProcessLookupError):
            link.signal(signal.SIGTERM)
        return link.process.poll() is not None
    until(again, "the second signal to end it")
    same(link.ended(), 143)
    link.gone(namespaces)


def network_namespaces_of_this_process():
    return {os.readlink("/proc/self/ns/net")}


if __name__ == "__main__":
    main()
