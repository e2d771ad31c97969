# SPDX-License-Identifier: MIT
# The links of the lossy suite as flags that udp_link and udp_relay share, and what must hold of the messages that
# crossed them, whatever the transport. Nothing here depends on how long anything took.
import json

from programs import *

# By sentence: the flags, the flags of the client, and whether every message must be answered (60 s are time for
# whatever these links do; None: only each accounted for). `harm` are the counts of which one must have grown.
PATIENT = ["--deadline", "60s"]
LINKS = {
    "without loss": ([], PATIENT, True, []),
    "at 5 % loss": (["--loss", "5%"], PATIENT, True, ["lost"]),
    "at 20 % loss": (["--loss", "20%"], PATIENT, True, ["lost"]),
    "at 5 % loss in bursts of 4": (["--loss", "5%", "--burst", "4"], PATIENT, True, ["lost"]),
    "with an outage of 2 s": (["--outage", "500ms..2500ms"], PATIENT, True, ["outage"]),
    "with an outage of 2 s in one direction": (["--up-outage", "500ms..2500ms"], PATIENT, True, ["outage"]),
    "with reordering": (["--reorder", "25%", "--reorder-by", "1ms..30ms"], PATIENT, True, ["held_back"]),
    "with duplicates": (["--duplicate", "20%"], PATIENT, True, ["copies"]),
    "with damage": (["--corrupt", "5%"], PATIENT, True, ["corrupted"]),
    # 64 bytes each 5 ms is 0.2 Mbit/s with all headers: a quarter of that must wait and be lost, and arrive.
    "through a bottleneck": (["--up-rate", "100k", "--up-queue", "4KB"], PATIENT, True, ["overflow"]),
}
COUNT = 300
FLOW = ["--count", str(COUNT), "--interval", "5ms", "--size", "64", "--json"]


def executed(lines):
    """The indexes of the messages that the server says it got, in its order. Not those of plain peers: a datagram
    whose first byte was damaged is no longer one of ours, and on loopback such are served too."""
    found, plain = [], set()
    for line in lines:
        event = json.loads(line) if line.startswith(b"{") else {}
        if event.get("event") == "joined" and event["plain"]:
            plain.add(event["peer"])
        if event.get("event") == "message" and event["peer"] not in plain:
            found.append(int(event["text"].split(" ")[0]))
    return found


def accounted_for(result, code, ran):
    """What must hold on every link: each message has one outcome, and none was run twice."""
    told = (result, code, len(ran))
    same(result["sent"], COUNT, told)
    same(result["answered"] + result["unanswered"], COUNT, told)
    same(sum(result["unanswered_by_reason"].values()), result["unanswered"], told)
    same(code, 3 if result["unanswered"] else 0, told)
    same(result["exit_code"], code, told)
    same(len(ran), len(set(ran)), f"messages that were run twice: {sorted(i for i in ran if ran.count(i) > 1)}; {told}")
    assert result["answered"] <= len(ran), told


def all_answered(result, ran):
    same(result["answered"], COUNT, result)
    same(sorted(ran), list(range(COUNT)))


def harmed(summary, counts):
    """The link did what it was asked to, so the case tests something; and it lost nothing without a reason."""
    for way in ("up", "down"):
        assert summary[way]["closes"], summary
    if counts:
        assert any(summary[way][count] > 0 for way in ("up", "down") for count in counts), (counts, summary)
