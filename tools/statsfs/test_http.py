#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tests "statsfs export --listen" with saved snapshots; prints KTAP."""

import concurrent.futures
import gzip
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "tests/vm"))

from selftest import KtapResult  # noqa: E402 # the runner's tests print KTAP, too

PROGRAM = TOP / "build/tools/statsfs/statsfs"
TREES = TOP / "build/tools/test/trees"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
OLDER = "text/plain; version=0.0.4; charset=utf-8"

# What Prometheus 2.42 says.
PROMETHEUS_ACCEPT = (
    "application/openmetrics-text;version=1.0.0,"
    "application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)

# The server's own, with time for a busy machine.
CLIENT_SECONDS = 20
PATIENCE = 20


class Server:
    """An exporter of one snapshot, on a free port."""

    def __init__(self, snapshot, address="127.0.0.1:0"):
        self.process = subprocess.Popen(
            [PROGRAM, "export", "--from", snapshot, "-l", address],
            stderr=subprocess.PIPE,
            text=True,
        )
        self.line = self.process.stderr.readline()
        found = re.search(r"http://\[?([^]/]*?)\]?:(\d+)/metrics", self.line)
        self.address = (found[1], int(found[2])) if found else None

    def connect(self):
        return socket.create_connection(self.address, timeout=CLIENT_SECONDS + PATIENCE)

    def get(self, path="/metrics", method="GET", **headers):
        client = http.client.HTTPConnection(*self.address, timeout=CLIENT_SECONDS + PATIENCE)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        client.request(method, path, headers=names)
        response = client.getresponse()
        response.body = response.read()
        client.close()
        return response

    def status_line(self, request):
        """Send bytes; return the first line that comes back."""
        with self.connect() as client:
            client.sendall(request)
            return client.makefile("rb").readline().decode().strip()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(PATIENCE)
        self.process.stderr.close()
        return status

    def resident(self):
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s*(\d+)", text)[1])


def duration(body):
    """Return what differs between two snapshots of a file that is the same."""
    return re.search(rb"^statsfs_export_duration_seconds (\S+)$", body, re.M)[1]


class HttpTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = Path(tempfile.mkdtemp())
        cls.directory.chmod(0o755)
        subprocess.run([TREES, cls.directory], check=True)
        cls.snapshot = cls.directory / "known"
        cls.server = Server(cls.snapshot)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        shutil.rmtree(cls.directory)

    def test_formats_are_negotiated(self):
        for accept, expected in (
            (None, OLDER),
            ("*/*", OLDER),
            ("text/plain", OLDER),
            (PROMETHEUS_ACCEPT, OPENMETRICS),
            ("application/openmetrics-text", OPENMETRICS),
            ("application/openmetrics-text; version=0.0.1", OLDER),
            ("application/openmetrics-text;q=0.3,text/plain;q=0.5", OLDER),
            ("text/plain;q=0.3 , APPLICATION/openmetrics-text;q=0.5", OPENMETRICS),
            ("application/openmetrics-text;q=0", OLDER),
            ("text/html,,;q=1", OLDER),
        ):
            headers = {"Accept": accept} if accept else {}
            response = self.server.get(**headers)
            self.assertEqual(response.status, 200)
            self.assertEqual(response.getheader("Content-Type"), expected, accept)
            self.assertEqual(response.body.endswith(b"# EOF\n"), expected == OPENMETRICS)

    def test_the_text_is_that_of_the_program(self):
        command = [PROGRAM, "export", "--from", self.snapshot, "-f", "openmetrics"]
        printed = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
        body = self.server.get(Accept=PROMETHEUS_ACCEPT).body
        self.assertEqual(
            body.replace(duration(body), b"N"), printed.replace(duration(printed), b"N")
        )

    def test_gzip_is_used_if_it_is_wanted(self):
        plain = self.server.get()
        self.assertIsNone(plain.getheader("Content-Encoding"))
        packed = self.server.get(Accept_Encoding="deflate, gzip;q=0.5")
        self.assertEqual(packed.getheader("Content-Encoding"), "gzip")
        body = gzip.decompress(packed.body)
        self.assertEqual(body.count(b"\n"), plain.body.count(b"\n"))
        refused = self.server.get(Accept_Encoding="gzip;q=0")
        self.assertIsNone(refused.getheader("Content-Encoding"))

    def test_head_is_get_without_the_text(self):
        head = self.server.get(method="HEAD")
        self.assertEqual((head.status, head.body), (200, b""))
        length = int(head.getheader("Content-Length"))
        self.assertAlmostEqual(length, len(self.server.get().body), delta=5)

    def test_there_is_nothing_else(self):
        for path in ("/", "/metrics/", "/metricsx", "/../metrics", "//metrics"):
            self.assertEqual(self.server.get(path).status, 404, path)
        self.assertEqual(self.server.get("/metrics?x=1").status, 200)
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "BREW"):
            response = self.server.get(method=method)
            self.assertEqual(response.status, 405, method)
            self.assertEqual(response.getheader("Allow"), "GET, HEAD")

    def test_nothing_can_be_sent(self):
        for header in (b"Content-Length: 5\r\n\r\nhello", b"Transfer-Encoding: chunked\r\n\r\n0"):
            request = b"GET /metrics HTTP/1.1\r\nHost: x\r\n" + header + b"\r\n\r\n"
            self.assertIn(" 400 ", self.server.status_line(request))

    def test_malformed_requests_are_refused(self):
        for request in (
            b"\0\1\2\3\r\n\r\n",
            b"GET\r\n\r\n",
            b"GET /metrics HTTP/9.9\r\n\r\n",
            b"GET /metrics HTTP/1.1\r\nno colon\r\n\r\n",
            b"GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
            b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET /metrics HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20000 + b"\r\n\r\n",
            b"GET /metrics HTTP/1.1\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
        ):
            try:
                line = self.server.status_line(request)
            except ConnectionResetError:
                line = ""
            self.assertNotIn(" 200 ", line, request[:40])
            self.assertEqual(self.server.get().status, 200, request[:40])

    def test_many_at_once_are_answered(self):
        with concurrent.futures.ThreadPoolExecutor(100) as pool:
            responses = list(pool.map(lambda _: self.server.get(), range(100)))
        self.assertEqual({response.status for response in responses}, {200})

    def test_who_comes_together_shares_a_snapshot(self):
        request = b"GET /metrics HTTP/1.0\r\n\r\n"
        self.server.process.send_signal(signal.SIGSTOP)
        clients = [self.server.connect() for _ in range(50)]
        for client in clients:
            client.sendall(request)
        self.server.process.send_signal(signal.SIGCONT)
        bodies = [client.makefile("rb").read() for client in clients]
        for client in clients:
            client.close()
        self.assertTrue(all(b" 200 " in body[:20] for body in bodies))
        # The kernel hands out connections one by one, so it may be a few.
        self.assertLess(len({duration(body) for body in bodies}), 10)

    def test_memory_does_not_grow(self):
        for _ in range(50):
            self.server.get(Accept_Encoding="gzip")
        before = self.server.resident()
        for _ in range(500):
            self.server.get(Accept_Encoding="gzip")
        self.assertLess(self.server.resident() - before, 500)

    def test_a_snapshot_that_is_gone_is_said_and_comes_back(self):
        away = self.snapshot.with_name("away")
        self.snapshot.rename(away)
        response = self.server.get()
        self.assertEqual(response.status, 503)
        self.assertEqual(response.body.decode(), f"{self.snapshot}: No such file or directory\n")
        away.rename(self.snapshot)
        self.assertEqual(self.server.get().status, 200)

    def test_the_socket_may_be_systemds(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            address = listener.getsockname()
            command = 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" export --from "$1" -l socket'
            process = subprocess.Popen(
                ["sh", "-c", command, PROGRAM, self.snapshot],
                preexec_fn=lambda: os.dup2(listener.fileno(), 3),
                close_fds=False,
            )
        server = Server.__new__(Server)
        server.address = address
        self.assertEqual(server.get().status, 200)
        process.terminate()
        self.assertEqual(process.wait(PATIENCE), 0)

    def test_addresses(self):
        server = Server(self.snapshot, "[::1]:0")
        self.assertEqual(server.get().status, 200)
        second = Server(self.snapshot, "[::1]:{}".format(server.address[1]))
        self.assertIn("Address already in use", second.line)
        self.assertEqual(second.process.wait(PATIENCE), 1)
        second.process.stderr.close()
        self.assertEqual(server.stop(), 0)

    def test_a_signal_ends_it_while_clients_are_there(self):
        server = Server(self.snapshot)
        with server.connect() as client:
            client.sendall(b"GET /metrics")
            time.sleep(0.2)
            begin = time.monotonic()
            self.assertEqual(server.stop(), 0)
        self.assertLess(time.monotonic() - begin, 5)

    @unittest.skipIf(os.geteuid(), "only root has rights to give up")
    def test_it_has_no_rights(self):
        text = Path(f"/proc/{self.server.process.pid}/status").read_text()
        for line in ("Uid:\t65534\t65534\t65534\t65534", "CapEff:\t0000000000000000", "Groups:\t \n"):
            self.assertIn(line, text)


class SlowTest(unittest.TestCase):
    """Clients that take their time: these have a server of their own."""

    def setUp(self):
        self.directory = Path(tempfile.mkdtemp())
        self.directory.chmod(0o755)
        subprocess.run([TREES, self.directory], check=True)
        self.server = Server(self.directory / "known")

    def tearDown(self):
        self.server.stop()
        shutil.rmtree(self.directory)

    def test_a_client_has_only_so_much_time(self):
        """However often it says something; others do not wait meanwhile."""
        begin = time.monotonic()
        with self.server.connect() as client:
            client.sendall(b"GET /metrics HTTP/1.1\r\n")
            try:
                while time.monotonic() - begin < CLIENT_SECONDS + PATIENCE:
                    client.sendall(b"X: y\r\n")
                    asked = time.monotonic()
                    self.assertEqual(self.server.get().status, 200)
                    self.assertLess(time.monotonic() - asked, 5)
                    time.sleep(0.5)
            except (BrokenPipeError, ConnectionResetError):
                pass
        took = time.monotonic() - begin
        self.assertGreater(took, CLIENT_SECONDS - 2)
        self.assertLess(took, CLIENT_SECONDS + PATIENCE)

    def test_idle_clients_make_room(self):
        clients = [self.server.connect() for _ in range(100)]
        self.assertEqual(self.server.get().status, 200)
        for client in clients:
            client.close()


def main():
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    print("KTAP version 1")
    print(f"1..{suite.countTestCases()}", flush=True)
    return not suite.run(KtapResult()).wasSuccessful()


if __name__ == "__main__":
    sys.exit(main())
