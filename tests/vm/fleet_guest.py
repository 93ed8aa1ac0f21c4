#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What fleet.py has done in the guest: the exporter, and steps that it asks for.

A POST of "/<step>" runs a step, and of "/quit" ends this.
"""

import http.server
import os
import subprocess
import sys
from urllib.parse import unquote

STATS = "/sys/kernel/stats"
PACKETS = 50  # that a step "send" sends

# Of a packet to a neighbour that is known, the device gets exactly one.
CREATE = """
modprobe dummy
ip link add d0 type dummy
echo 1 >/proc/sys/net/ipv6/conf/d0/disable_ipv6
ip link set d0 up
ip address add 10.9.0.1/24 dev d0
ip neighbour add 10.9.0.2 lladdr 02:00:00:00:00:02 dev d0
"""

STEPS = {
    "create": CREATE,
    "send": f"for _ in $(seq {PACKETS}); do echo x >/dev/udp/10.9.0.2/9; done",
    "reset": f"echo 0 >{STATS}/bufstat/net/d0/tx_buffers",
    "count": f"cat {STATS}/bufstat/net/d0/tx_buffers",
    "remove": "ip link del d0",
    "unmount": f"umount {STATS}",
    "mount": f"mount -t statsfs none {STATS}",
}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        step = unquote(self.path[1:])
        if step == "quit":
            self.server.quitting = True
            self.answer(200, b"")
            return
        result = subprocess.run(
            ["bash", "-ec", STEPS[step]],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        self.answer(500 if result.returncode else 200, result.stdout)

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main():
    program = os.environ["STATSFS_SRC"] + "/build/tools/statsfs/statsfs"
    exporter = subprocess.Popen([program, "export", "--listen", f"0.0.0.0:{sys.argv[1]}"])
    server = http.server.HTTPServer(("0.0.0.0", int(sys.argv[2])), Handler)
    server.quitting = False
    while not server.quitting:
        server.handle_request()
    exporter.terminate()
    return exporter.wait()


if __name__ == "__main__":
    sys.exit(main())
