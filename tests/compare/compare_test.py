# SPDX-License-Identifier: MIT
# udp_compare as a person uses it: the table, the JSON, the exit codes, and the real link where there is one.
import json
import os
import re
import shutil
import signal
import subprocess

from programs import LIMIT, Program, Skip, case, contains, main, one_line, path_of, same, temporary_directory
from programs import until

# The drain ends as soon as everything is there.
SHORT = ("--duration", "300ms", "--warm-up", "100ms", "--drain", "20s", "--repetitions", "1")


def compare(*flags, limit=2 * LIMIT, **more):
    return subprocess.run([path_of("udp_compare"), *flags], stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=limit, **more)


def real(*flags, **more):
    """Over the real link; a skip where there is none."""
    done = compare(*flags, **more)
    if done.returncode == 77:
        contains(done.stderr, "--sim")
        raise Skip(done.stderr.decode().strip())
    return done


def results(done):
    assert done.returncode == 0, (done.returncode, done.stderr)
    return json.loads(done.stdout)


def by_name(point):
    return {c["name"]: c for c in point["contenders"]}


def figure(contender, name):
    value = contender["figures"][name]["value"]
    return float("inf") if value == "inf" else value


def lost_messages(run):
    return [s[0] for s in run["samples"] if s[3] is None]


@case("udp_compare --sim prints a verdict and a row for each UDP contender and the command that repeats it")
def simulation():
    done = compare("--sim", "--seed", "7")
    assert done.returncode == 0, done.stderr
    same(done.stderr, b"")
    text = done.stdout.decode()
    assert text.startswith("With 20 ms each way, 5 % loss: "), text
    for row in ("UDP, sent once", "UDP, acks and retries"):
        assert len(re.findall(f"^{row}  ", text, re.M)) == 2, text
    contains(text, "again: udp_compare --sim --delay 20ms --loss 5% --seed 7\n")
    assert max(len(line) for line in text.splitlines()[:-1]) <= 100, text
    assert "\033" not in text


@case("udp_compare --sim is the same to the byte for one seed and the printed command repeats it")
def deterministic():
    first = compare("--sim", "--repetitions", "2", "--loss", "10%")
    again = re.search(r"^again: udp_compare (.*)$", first.stdout.decode(), re.M).group(1).split()
    assert "--seed" in again
    same(compare(*again).stdout, first.stdout)
    assert compare("--sim", "--repetitions", "2", "--loss", "10%", "--seed", "1").stdout != first.stdout


@case("udp_compare --json holds every sample and --csv a line for each, and the file is drawn again")
def outputs():
    with temporary_directory() as folder:
        it, table = os.path.join(folder, "it.json"), os.path.join(folder, "it.csv")
        done = compare("--sim", "--seed", "7", *SHORT, "--json", it, "--csv", table)
        assert done.returncode == 0, done.stderr
        with open(it, encoding="utf-8") as f:
            all_of_it = json.load(f)
        contenders = by_name(all_of_it["points"][0])
        same(sorted(contenders), ["udp", "udp-bare"])
        for c in contenders.values():
            same(len(c["runs"][0]["samples"]), 80)
        with open(table, encoding="utf-8") as f:
            same(len(f.readlines()), 1 + 2 * 80)
        same(sorted(os.listdir(folder)), ["it.csv", "it.json"], "nothing else is left")
        again = compare("report", it, "--csv", os.path.join(folder, "again.csv"))
        assert again.returncode == 0, again.stderr
        same(again.stdout, done.stdout)


@case("udp_compare --json - writes JSON alone to standard output")
def json_on_stdout():
    done = compare("--sim", "--seed", "7", *SHORT, "--json", "-")
    same(results(done)["seed"], 7)
    contains(done.stderr, "UDP, acks and retries")


@case("udp_compare --sweep prints each point and a grid of all")
def sweep():
    done = compare("--sim", "--seed", "7", *SHORT, "--sweep", "loss=0,5,20%")
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode()
    for loss in ("0%", "5%", "20%"):
        same(len(re.findall(rf"^loss {loss}", text, re.M)), 2, text)
    contains(text, "20 ms each way, 20 % loss")


@case("udp_compare ends with 4 when a check fails and says which, and with 0 when it holds")
def checks():
    done = compare("--sim", "--seed", "7", *SHORT, "--fail-if", "udp.p50 > 19ms", "--fail-if", "udp.p50 > 1s")
    same(done.returncode, 4)
    one_line(done.stderr)
    contains(done.stderr, "check failed: udp.p50 > 19ms: it is 20.0 ms")
    contains(done.stdout, "UDP, sent once")
    same(compare("--sim", "--seed", "7", *SHORT, "--fail-if", "udp.p50 > udp-bare.p50").returncode, 0)


@case("udp_compare names the flag and the value of bad input in one line")
def bad_input():
    for flags, code, parts in (
            (("--loss", "101%"), 2, ("--loss", "101%")),
            (("--delay", "-1s"), 2, ("--delay", "-1s")),
            (("--trace", "/nonexistent"), 2, ("--trace", "/nonexistent")),
            (("--contenders", "udp,tpc"), 2, ("--contenders", "tpc")),
            (("--contenders", "udp,udp"), 2, ("--contenders", "udp")),
            (("--contenders", ""), 2, ("--contenders",)),
            (("--sim", "--contenders", "tcp-bbr"), 2, ("tcp-bbr", "--sim")),
            (("--workload", "tele"), 2, ("--workload", "tele")),
            (("--closed-loop",), 2, ("--closed-loop", "--workload request")),
            (("--workload", "request", "--closed-loop", "--contenders", "udp-bare"), 2, ("udp-bare",)),
            (("--redundancy", "17"), 2, ("--redundancy", "17")),
            (("--mode", "chaotic"), 2, ("--mode", "chaotic")),
            (("--congestion", "cubic"), 2, ("--congestion", "cubic")),
            (("--sim", "--contenders", "srt"), 2, ("srt", "--sim")),
            (("--size", "15"), 2, ("--size", "15")),
            (("--message-rate", "0"), 2, ("--message-rate", "0")),
            (("--repetitions", "0"), 2, ("--repetitions", "0")),
            (("--sweep", "loss=0,300%"), 2, ("--sweep", "300%")),
            (("--fail-if", "udp.p98 > 1s"), 2, ("--fail-if", "p98")),
            (("--message-rate", "50k", "--duration", "1m"), 2, ("too long",)),
            (("--message-rate", "1k", "--duration", "1m", "--repetitions", "200"), 2, ("--repetitions",)),
            (("report",), 2, ("report",)),
            (("report", "/nonexistent"), 2, ("/nonexistent",)),
            (("report", "/dev/null"), 2, ("/dev/null",)),
            (("repeat",), 2, ("repeat",)),
            (("suite", "telemetry,tele"), 2, ("suite", "tele")),
            (("suite", "--loss", "5%"), 2, ("--loss", "suite")),
            (("--sim", "--json", "/nonexistent/it.json"), 5, ("--json", "/nonexistent/it.json")),
            (("--sim", "--report", "/nonexistent/it.html"), 5, ("--report", "/nonexistent/it.html"))):
        done = compare(*flags)
        same(done.returncode, code, flags)
        one_line(done.stderr)
        same(done.stdout, b"", flags)
        for part in parts:
            contains(done.stderr, part)


@case("udp_compare suite measures the rows that are asked for, and ends with 4 when one of its bars is missed")
def suite():
    with temporary_directory() as folder:
        path, csv = os.path.join(folder, "it.json"), os.path.join(folder, "it.csv")
        done = compare("suite", "request", "--sim", "--seed", "7", "--duration", "2s", "--repetitions", "1",
                       "--json", path, "--csv", csv)
        with open(path) as file:
            rows = json.load(file)["rows"]
        with open(csv) as file:
            lines = file.read().splitlines()
    same({row["group"] for row in rows}, {"request"})
    held = [row["holds"] for row in rows]
    same(done.returncode, 0 if all(held) else 4, done.stderr)
    contains(done.stdout, f"{sum(held)} of {len(held)} bars hold.")
    contains(done.stdout, "again: udp_compare suite request --sim --duration 2s --repetitions 1 --seed 7")
    same(len(lines), 1 + sum(len(row["figures"]) for row in rows))
    # Nobody repeats a request over a round trip in which nothing was lost.
    clean = [row for row in rows if row["case"].endswith("loss 0")]
    assert clean and all(row["holds"] for row in clean), clean


@case("udp_compare ends with 5 when the disk is full")
def full_disk():
    if not os.path.exists("/dev/full"):
        raise Skip("there is no /dev/full here")
    for flag in ("--json", "--csv", "--report"):
        done = compare("--sim", "--seed", "7", *SHORT, flag, "/dev/full")
        same(done.returncode, 5, flag)
        contains(done.stderr, f"{flag}: '/dev/full' cannot be written: No space left on device")
        contains(done.stdout, "UDP, sent once")
    with open("/dev/full", "wb") as full:
        done = subprocess.run([path_of("udp_compare"), "--sim", *SHORT], stdout=full, stderr=subprocess.PIPE,
                              timeout=LIMIT)
    same(done.returncode, 5)


@case("udp_compare has the kernel's TCP and UDP carry the same messages over a real link")
def real_link():
    all_of_it = results(real(*SHORT, "--seed", "1", "--json", "-"))
    contenders = by_name(all_of_it["points"][0])
    same(sorted(contenders), ["tcp-bbr", "tcp-cubic", "tcp-nagle", "udp", "udp-bare"])
    for name, c in contenders.items():
        one = c["runs"][0]
        if one["failure"]:
            assert name.startswith("tcp") and "this kernel has no TCP" in one["failure"], one["failure"]
            continue
        same(len(one["samples"]), 80, name)
        # No packet is faster than the link, and none above its MTU.
        for sample in one["samples"]:
            assert sample[3] is None or sample[3] >= 20e6, (name, sample)
        assert 0 < one["up"]["largest"] <= 1500, (name, one["up"])
        assert one["cpu_ns"] > 0, name
    assert any(key == "kernel" for key, _ in all_of_it["environment"])


@case("Datagrams that are sent once meet the same fates again for the same seed")
def same_fates():
    flags = (*SHORT, "--contenders", "udp-bare", "--loss", "20%", "--delay", "5ms", "--json", "-")
    runs = [results(real(*flags, "--seed", seed))["points"][0]["contenders"][0]["runs"][0]
            for seed in ("3", "3", "4")]
    lost = [lost_messages(r) for r in runs]
    assert 0 < len(lost[0]) < 80, lost[0]
    same(lost[1], lost[0])
    assert lost[2] != lost[0]
    same(len(lost[0]), runs[0]["up"]["lost"])
    # And the same as in virtual time.
    in_virtual_time = results(compare("--sim", *flags, "--seed", "3"))
    same(lost_messages(in_virtual_time["points"][0]["contenders"][0]["runs"][0]), lost[0])


@case("Requests and bulk and chat cross a real link too")
def workloads():
    for workload in ("request", "bulk", "chat"):
        done = real(*SHORT, "--workload", workload, "--amount", "100k", "--delay", "5ms", "--contenders",
                    "udp-bare,udp,tcp-cubic", "--seed", "1", "--json", "-")
        for name, c in by_name(results(done)["points"][0]).items():
            one = c["runs"][0]
            same(one["failure"], "", (workload, name))
            same(lost_messages(one), [], (workload, name))
            least = 10e6 if workload == "request" else 5e6
            assert min(s[3] for s in one["samples"]) >= least, (workload, name)
    # The last was chat, whose rhythm is drawn: everybody, and the simulation too, has the seed's own.
    drawn = results(compare("--sim", *SHORT, "--workload", "chat", "--delay", "5ms", "--seed", "1", "--json", "-"))
    rhythm = [s[2] for s in drawn["points"][0]["contenders"][0]["runs"][0]["samples"]]
    for name, c in by_name(results(done)["points"][0]).items():
        same([s[2] for s in c["runs"][0]["samples"]], rhythm, name)


@case("TCP that loses packets says how often it sent again, and UDP too")
def retransmissions():
    done = real(*SHORT, "--contenders", "udp,tcp-cubic", "--loss", "20%", "--delay", "5ms", "--seed", "1",
                "--json", "-")
    for name, c in by_name(results(done)["points"][0]).items():
        one = c["runs"][0]
        assert one["failure"] or one["retransmissions"] > 0, name
        same(len(one["losses"]), one["up"]["lost"] + one["down"]["lost"], name)


@case("A congestion control that is not there is said in its row and the others run")
def missing_congestion_control():
    available = "/proc/sys/net/ipv4/tcp_available_congestion_control"
    if not os.path.exists(available):
        raise Skip(f"there is no {available} here")
    done = real(*SHORT, "--contenders", "udp,tcp-bbr,tcp-reno", "--delay", "1ms", "--seed", "1")
    same(done.returncode, 0)
    with open(available, encoding="ascii") as f:
        if "bbr" not in f.read() and b"this kernel has no TCP bbr" not in done.stdout:
            contains(done.stdout, "TCP bbr")
    contains(done.stdout, "UDP, acks and retries")


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
        return [int(child) for child in f.read().split()]


def begun():
    """A comparison in the middle of a run, and the process that does it."""
    program = Program("udp_compare", "--duration", "60s", "--drain", "0s", "--repetitions", "2", "--delay", "1ms",
                      "--contenders", "udp-bare", stdin=subprocess.DEVNULL)
    if not os.path.exists(f"/proc/{program.process.pid}/task"):
        raise Skip("there is no /proc here")
    until(lambda: program.process.poll() is not None or children_of(program.process.pid), "a run to begin")
    if program.process.poll() is not None:
        same(program.process.returncode, 77)
        raise Skip("no such link here")
    return program, children_of(program.process.pid)[0]


def gone(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as f:
            return f.read().rsplit(")", 1)[1].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


@case("Killed by kill -9 udp_compare leaves no process behind")
def killed():
    program, run = begun()
    # Both before and after its namespaces are there.
    program.kill()
    until(lambda: gone(run), "the run to end")


@case("Interrupted udp_compare still prints what it has and ends with 130")
def interrupted():
    program, run = begun()
    program.signal(signal.SIGINT)
    same(program.ended(), 130)
    until(lambda: gone(run), "the run to end")
    contains(b"".join(program.out.rest()), "ended before all repetitions were done")


@case("Without what the link needs udp_compare ends with 77, says why and names --sim")
def no_link():
    hidden = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /dev/net && exec "$0" "$@"']
    if os.geteuid() != 0 or subprocess.run([*hidden, "true"], capture_output=True).returncode != 0:
        raise Skip("/dev/net/tun cannot be hidden here")
    done = subprocess.run([*hidden, path_of("udp_compare"), *SHORT, "--quiet"], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=LIMIT)
    same(done.returncode, 77, done.stderr)
    one_line(done.stderr)
    contains(done.stderr, "/dev/net/tun")
    contains(done.stderr, "--sim")
    same(done.stdout, b"")


@case("Anybody who may make namespaces can compare, without being root")
def unprivileged():
    if os.geteuid() != 0:
        real_link()
        return

    def drop_everything():
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    with temporary_directory() as folder:
        # The build folder may be closed to others.
        os.chmod(folder, 0o755)
        program = shutil.copy(path_of("udp_compare"), folder)
        done = subprocess.run([program, *SHORT, "--contenders", "udp,tcp-cubic"], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=LIMIT, preexec_fn=drop_everything, cwd="/")
    if done.returncode == 77:
        contains(done.stderr, "--sim")
        raise Skip(done.stderr.decode().strip().splitlines()[-1])
    same(done.returncode, 0, done.stderr)
    contains(done.stdout, "TCP cubic")


main()
