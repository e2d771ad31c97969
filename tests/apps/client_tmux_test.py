# SPDX-License-Identifier: MIT
# udp_client in a real terminal: tmux wraps rows anew when its window changes, and shows what is to be seen then.
import fcntl
import shlex
import shutil
import struct
import termios

from programs import *


class Window:
    """A window of a tmux server of its own with one program in it."""

    def __init__(self, *command, columns=80, rows=24):
        if not shutil.which("tmux"):
            raise Skip("tmux is not installed")
        self.folder = temporary_directory()
        self.environment = {**os.environ, "TMUX_TMPDIR": self.folder.name, "TMUX": "", "LC_ALL": "C.UTF-8"}
        started = self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows),
                            shlex.join(command), check=False)
        if started.returncode != 0:
            raise Skip(f"tmux does not start here: {started.stderr}")

    def tmux(self, *arguments, check=True):
        return subprocess.run(["tmux", *arguments], env=self.environment, capture_output=True, text=True,
                              timeout=LIMIT, check=check)

    def type(self, text):
        self.tmux("send-keys", "-l", text)

    def enter(self, text):
        self.type(text)
        self.tmux("send-keys", "Enter")

    def resize(self, columns, rows):
        self.tmux("resize-window", "-x", str(columns), "-y", str(rows))
        # tmux tells the program a quarter of a second later; what comes meanwhile meets another width than it knows.
        terminal = os.open(self.tmux("display-message", "-p", "#{pane_tty}").stdout.strip(), os.O_RDWR | os.O_NOCTTY)
        size = lambda: struct.unpack("HHHH", fcntl.ioctl(terminal, termios.TIOCGWINSZ, bytes(8)))[:2]
        until(lambda: size() == (rows, columns), "the new size")
        os.close(terminal)

    def text(self):
        return self.tmux("capture-pane", "-p").stdout.rstrip("\n")

    def sees(self, pattern):
        last = [""]

        def matches():
            last[0] = self.text()
            return re.search(pattern, last[0], re.M)

        try:
            until(matches, repr(pattern))
        except AssertionError as why:
            raise AssertionError(f"{why}; the window:\n{last[0]}") from None

    def close(self):
        self.tmux("kill-server", check=False)


@case("in tmux the row and the line being typed come whole through changes of the window")
def resized():
    if b"libedit" not in subprocess.run([path_of("udp_client"), "--version"], capture_output=True).stdout:
        raise Skip("built without libedit")
    server = Server("--both", "--reply", "chat")
    bob = Program("udp_client", *to(server), "--name", "bob")
    bob.out.wait_for("-- bob joined lobby")
    # Over TCP the row changes only with one's own lines, and so never while tmux knows a size that the program
    # does not know yet.
    window = Window(path_of("udp_client"), *to(server, "--tcp"), "--name", "阿达")
    try:
        bob.out.wait_for("-- 阿达 joined lobby")
        window.enter("hello")
        window.sees(r"^127\.0\.0\.1:\d+ · TCP · [0-9.]+ ms")
        for i in range(30):
            bob.write(f"line {i}\n".encode())
        window.sees("^bob: line 29$")
        typed = "half a line 你好 that is longer than forty columns are"
        window.type(typed)
        window.sees("^> " + typed + "$")
        for columns, rows in ((40, 10), (80, 24), (57, 12), (31, 24), (80, 24)):
            window.resize(columns, rows)
            said = f"said at {columns}"
            bob.write(said.encode() + b"\n")
            window.sees(f"^bob: {said}$")
            until(lambda: window.text().replace("\n", " ").replace(" ", "").endswith(typed.replace(" ", "")),
                  "the line being typed")
            text = window.text()
            same(len(re.findall(r"^127\.0\.0\.1:\d+ · TCP", text, re.M)), 1, text)
            assert re.search(rf"^bob: {said}\n127\.0\.0\.1:\d+ · TCP.*\n> half a line", text, re.M), text
        window.tmux("send-keys", "Enter")
        bob.out.wait_for(f"^阿达: {typed}$")
    finally:
        window.close()


if __name__ == "__main__":
    main()
