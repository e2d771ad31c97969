# SPDX-License-Identifier: MIT
# The server stops and starts again while a client is talking to it.
from programs import *


def pipe_goes_on(noticed, *flags):
    server = Server("--reply", "echo", *flags)
    run = Program("udp_client", *to(server, "--deadline", "20s", *flags))
    run.write(b"before\n")
    run.out.wait_for("^before$")
    server.kill()
    run.write(b"between\n")
    again = Server("--reply", "echo", *flags, port=server.port)
    run.err.wait_for(noticed)
    run.write(b"after\n")
    run.out.wait_for("^after$")
    again.event("message", text="after")
    run.end_input()
    # What was on its way when the server died is either answered by the new one or said to be unknown.
    code = run.ended()
    assert code in (0, 3), code


@case("a pipe goes on when the server is restarted, over UDP")
def pipe_udp():
    pipe_goes_on("the server was restarted")


@case("a pipe goes on when the server is restarted, over TCP")
def pipe_tcp():
    pipe_goes_on("the connection was lost|the server closed the connection", "--tcp")


@case("a server that is stopped cleanly says so, and the client goes on with the next one")
def clean_stop():
    server = Server("--reply", "echo")
    run = Program("udp_client", *to(server, "--deadline", "20s"))
    run.write(b"before\n")
    run.out.wait_for("^before$")
    server.stop()
    run.err.wait_for("the server ended the session")
    again = Server("--reply", "echo", port=server.port)
    # The first message meets another incarnation, which cannot always know that it never ran it.
    run.write(b"first\n")
    run.err.wait_for("the server was restarted")
    run.write(b"after\n")
    run.out.wait_for("^after$")
    again.event("message", text="after")


@case("a client that is there first is answered once the server comes")
def server_comes_late():
    port = free_port()
    run = Program("udp_client", "127.0.0.1", str(port), "-m", "early", "--deadline", "30s", "--trace")
    run.err.wait_for("sent again")
    Server(port=port)
    run.out.wait_for("received 5 bytes")
    same(run.ended(), 0)


if __name__ == "__main__":
    main()
