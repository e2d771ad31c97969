# SPDX-License-Identifier: MIT
# docs/transports.md is executable: each section's commands are run as they stand there, with the built programs
# first in PATH, and what they print is compared with what the document shows.
#
# A ```console block is one shell in a folder of its own. `$ ` begins a command; what follows is its output, with
# runs of blanks counted as one and blank lines as none. `…` stands for anything within a line and, alone on a
# line, for any lines. A ```python block with a name behind it is that file, in every folder.
import os
import re
import shutil

from programs import *

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "transports.md")
EXTERNAL = ("udp_link", "udp_compare", "python3", "ss", "ping")
MARK = "\x01"


files = {}  # the document's programs, by name


class Section:
    def __init__(self, title):
        self.title = title
        self.blocks = []  # each a list of (command, expected lines)


def sections():
    found, inside = [], None
    with open(PAGE, encoding="utf-8") as page:
        for line in page.read().splitlines():
            if inside is not None:
                if line == "```":
                    finish(found[-1], inside, text)
                    inside = None
                else:
                    text.append(line)
            elif line.startswith("```"):
                inside, text = line[3:].split(), []
            elif line.startswith("## "):
                found.append(Section(line[3:]))
    return [s for s in found if s.blocks]


def finish(section, words, text):
    if words[:1] == ["python"] and len(words) == 2:
        files[words[1]] = "\n".join(text) + "\n"
    elif words == ["console"]:
        block = []
        for line in text:
            if line.startswith("$ "):
                block.append((line[2:], []))
            else:
                block[-1][1].append(line)
        section.blocks.append(block)


def missing(block):
    """Why the block cannot be run here, or None."""
    text = "\n".join(command for command, _ in block)
    text += "".join(source for name, source in files.items() if name in text)
    for name in EXTERNAL:
        if re.search(rf"(?<![\w.]){name}(?![\w.])", text):
            if not shutil.which(name, path=search_path()):
                return f"{name} is not installed"
    if "udp_link" in text or "udp_compare" in text:
        doctor = subprocess.run([path_of("udp_link"), "--doctor"], capture_output=True, timeout=LIMIT)
        if doctor.returncode != 0:
            return f"udp_link cannot run here: {(doctor.stdout + doctor.stderr).decode().strip()}"
    return None


def search_path():
    return path_of("") + os.pathsep + os.environ["PATH"]


def outputs(block):
    """Runs the block; what each command printed, in lines."""
    script = "exec 2>&1\n"
    for command, _ in block:
        script += f"(exit $status)\n{command}\nstatus=$?\nprintf '\\n{MARK}\\n'\n"
    with temporary_directory() as folder:
        for name, source in files.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(source)
        environment = dict(os.environ, PATH=search_path(), LC_ALL="C.UTF-8", PYTHONUNBUFFERED="1", status="0")
        done = subprocess.run(["sh", "-c", script], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, timeout=2 * LIMIT)
    return [tidy(part) for part in done.stdout.decode("utf-8", "backslashreplace").split(MARK)[:-1]]


def tidy(text):
    lines = (" ".join(line.split()) for line in text.splitlines())
    return [line for line in lines if line]


def agrees(wanted, got):
    if not wanted:
        return not got
    if wanted[0] == "…":
        return any(agrees(wanted[1:], got[i:]) for i in range(len(got) + 1))
    pattern = ".*".join(re.escape(part) for part in wanted[0].split("…"))
    return bool(got) and re.fullmatch(pattern, got[0]) is not None and agrees(wanted[1:], got[1:])


def reproduce(section):
    reasons = []
    for block in section.blocks:
        why = missing(block)
        if why:
            reasons.append(why)
            print("not run:", why)
            continue
        printed = outputs(block)
        same(len(printed), len(block), f"commands that were run of {block}, which printed {printed}")
        for (command, wanted), got in zip(block, printed):
            assert agrees(tidy("\n".join(wanted)), got), \
                f"$ {command}\nprinted\n" + "\n".join(got) + "\nbut the document shows\n" + "\n".join(wanted)
    if len(reasons) == len(section.blocks):
        raise Skip("; ".join(sorted(set(reasons))))


def add(section):
    def run():
        reproduce(section)
    run.__name__ = re.sub(r"\W+", "_", section.title.lower())
    case(f"the lesson in docs/transports.md is reproduced: {section.title}")(run)


for each in sections():
    add(each)


@case("the comparison of docs/transports.md with what is printed can fail")
def can_fail():
    assert agrees(["a … c", "…", "d"], ["a b c", "x", "y", "d"])
    assert agrees(["…"], []) and agrees([], [])
    assert not agrees(["a … c"], ["a b d"])
    assert not agrees(["a"], ["a", "b"]) and not agrees(["a", "b"], ["a"])
    assert not agrees(["a", "…", "b"], ["a", "c"])


if __name__ == "__main__":
    main()
