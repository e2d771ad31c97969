# SPDX-License-Identifier: MIT
# udp_relay between a server under test and its clients.
import json
import subprocess

from programs import Program, temporary_directory


class Relay(Program):
    """Ready when the constructor returns."""

    def __init__(self, server_port, *flags):
        self.folder = temporary_directory()
        super().__init__("udp_relay", "--json", "--listen", "0", "--to", f"127.0.0.1:{server_port}", *flags,
                         env={"XDG_RUNTIME_DIR": self.folder.name}, stdin=subprocess.DEVNULL)
        self.port = json.loads(self.out.next())["port"]
