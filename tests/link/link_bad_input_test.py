# SPDX-License-Identifier: MIT
# What udp_link says of what it cannot do: one line, and a code that means it.
from links import *


def refused(code, *arguments, says=(), **how):
    done = subprocess.run([path_of("udp_link"), *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=LIMIT, **how)
    same((done.returncode, done.stdout), (code, b""), (arguments, done.stderr))
    one_line(done.stderr)
    for part in says:
        contains(done.stderr, part)


@case("bad flags and commands are one line that names them")
def usage():
    refused(2, "--loss", "101%", says=("--loss", "101%"))
    refused(2, "--delay", "-5ms", says=("--delay", "-5ms"))
    refused(2, "--trace", "/no/such/trace", says=("--trace", "/no/such/trace"))
    refused(2, "--no-such-flag", says=("no-such-flag",))
    refused(2, "--", "no-such-command", says=("no-such-command",))
    refused(2, "--", "no-such-server", "---", "true", says=("no-such-server",))
    refused(2, "--", "/etc/passwd", says=("/etc/passwd", "no program"))
    refused(2, "--", "---", "true", says=("---",))
    refused(2, "--wait-for", "9", "--", "true", says=("--wait-for",))
    refused(2, "--wait-for", "70000", "--", "true", "---", "true", says=("--wait-for", "70000"))
    refused(2, "--device-mtu", "67", says=("--device-mtu", "67"))
    refused(2, "--ready-timeout", "soon", says=("--ready-timeout", "soon"))
    refused(2, "ping", "198.18.0.2", says=("ping", "stands after --"))


@case("a program that the kernel will not run is named")
def not_executable():
    need_link()
    with temporary_directory() as folder:
        file = os.path.join(folder, "program")
        with open(file, "wb") as out:
            out.write(b"#!/no/such/interpreter\n")
        os.chmod(file, 0o755)
        refused(2, "-q", "--", file, says=(file, "cannot be run"))


@case("outputs that cannot be written are code 5")
def outputs():
    need_link()
    refused(5, "--json", "/no/such/folder/x", "--", "true", says=("--json", "/no/such/folder/x"))
    refused(5, "--record", "/no/such/folder/x", "--", "true", says=("--record", "/no/such/folder/x"))
    if os.path.exists("/dev/full"):
        run = Run("--record", "/dev/full", "-q", *NO_ECHO, "--", *IDLE, "---", *sender(10))
        same(run.code, 5, run.err)
        contains(run.err, "/dev/full")


@case("without the privilege it says what is missing and names udp_relay")
def no_privilege():
    need("unshare")
    how = as_nobody()
    inside = ("unshare", "-U", "-r", "sh", "-c",
              'echo 0 > /proc/sys/user/max_net_namespaces || exit 99; exec "$0" "$@"', path_of("udp_link"))
    if subprocess.run([*inside[:-1], "true"], capture_output=True, timeout=LIMIT, **how).returncode:
        raise Skip("an ordinary user may not make user namespaces here")
    done = subprocess.run([*inside, "--", "true"], capture_output=True, timeout=LIMIT, **how)
    if b"/dev/net/tun" in done.stderr:
        contains(done.stderr, "/dev/net/tun")
    else:
        contains(done.stderr, "max_net_namespaces=0")
    same(done.returncode, 77, done.stderr)
    one_line(done.stderr)
    contains(done.stderr, "udp_relay")
    doctor = subprocess.run([*inside, "--doctor"], capture_output=True, timeout=LIMIT, **how)
    same(doctor.returncode, 77)
    contains(doctor.stdout, "udp_link cannot run here; udp_relay can")


if __name__ == "__main__":
    main()
