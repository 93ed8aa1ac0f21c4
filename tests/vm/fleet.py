#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A machine as part of a fleet: Prometheus scrapes the exporter in a guest.

It asks every other second through a forwarded port, and its answers are held against
what was sent in the guest: across a reset, a device that goes and comes back, and a
time in which statsfs is not mounted.  Prints KTAP.
"""

import argparse
import http.client
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.parse
import urllib.request
from dataclasses import replace
from pathlib import Path

import vm
from fleet_guest import PACKETS

EXPORTER_PORT = 9954
STEPS_PORT = 8000
SERIES = 'statsfs_bufstat_net_tx_buffers_total{device="d0"}'

# Seconds, for a guest that is emulated on a busy machine, and for it to start.
PATIENCE = 120
START_PATIENCE = 600

# At a sample every other second, which an emulated guest may take to answer.
WINDOW_SECONDS = 45

CONFIGURATION = """
global:
  scrape_interval: 2s
  evaluation_interval: 2s
rule_files: [{rules}]
scrape_configs:
  - job_name: statsfs
    static_configs:
      - targets: ["127.0.0.1:{port}"]
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def wait_until(what, condition, patience=PATIENCE):
    """Return what the condition gives, once that is true."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if result := condition():
            return result
        time.sleep(0.2)
    raise TimeoutError(f"not within {patience} s: {what}")


class Guest:
    """A virtual machine that does steps."""

    def __init__(self, machine):
        self.exporter, self.steps = free_port(), free_port()
        forward = {self.exporter: EXPORTER_PORT, self.steps: STEPS_PORT}
        machine = replace(machine, forward=forward)
        script = vm.HERE / "fleet_guest.py"
        command = f"exec {script} {EXPORTER_PORT} {STEPS_PORT}"
        sinks = {"stdout": sys.stderr.buffer, "stderr": sys.stderr.buffer}
        self.result = None

        def run():
            self.result = vm.run(machine, command, timeout=2 * START_PATIENCE, sinks=sinks)

        self.thread = threading.Thread(target=run)
        self.thread.start()

    def step(self, name):
        client = http.client.HTTPConnection("127.0.0.1", self.steps, timeout=PATIENCE)
        client.request("POST", f"/{name}")
        response = client.getresponse()
        text = response.read().decode()
        client.close()
        if response.status != 200:
            raise RuntimeError(f"step {name} failed: {text}")
        return text

    def send(self, times):
        for _ in range(times):
            self.step("send")

    def quit(self):
        """End the guest, also one that is not there yet: until then nobody answers."""
        while self.thread.is_alive():
            try:
                self.step("quit")
                break
            except (OSError, http.client.HTTPException):
                self.thread.join(timeout=1)
        self.thread.join()


class Prometheus:
    """A server of its own, with the rules, that scrapes one port."""

    def __init__(self, programs, directory, target):
        self.port = free_port()
        rules = vm.TOP / "tools/prometheus/statsfs.rules.yml"
        configuration = directory / "prometheus.yml"
        configuration.write_text(CONFIGURATION.format(rules=rules, port=target))
        self.log = (directory / "log").open("wb")
        self.process = subprocess.Popen(
            [
                programs / "prometheus",
                f"--config.file={configuration}",
                f"--storage.tsdb.path={directory / 'data'}",
                f"--web.listen-address=127.0.0.1:{self.port}",
            ],
            stderr=self.log,
        )

    def api(self, path, **parameters):
        query = urllib.parse.urlencode(parameters)
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}?{query}"
        with urllib.request.urlopen(url, timeout=30) as response:
            return json.load(response)["data"]

    def ask(self, expression):
        """Return the results: labels and number, or numbers with their times."""
        return [
            (result["metric"], result.get("value") or result.get("values"))
            for result in self.api("query", query=expression)["result"]
        ]

    def number(self, expression):
        """Return the only number, or None."""
        results = self.ask(expression)
        return float(results[0][1][1]) if len(results) == 1 else None

    def is_up(self):
        try:
            return self.number("up") == 1
        except OSError:
            return False

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()


def counted(samples):
    """Return what was counted, by what is known of counters: they may start again."""
    numbers = [float(number) for _, number in samples]
    return sum(b - a if b >= a else b for a, b in zip(numbers, numbers[1:]))


class Checks:
    """What is checked, in this order: each prints a line."""

    def __init__(self, guest, prometheus):
        self.guest = guest
        self.prometheus = prometheus
        self.begin = time.time()

    def window(self):
        """All since the beginning, as PromQL has it."""
        return f"[{int(time.time() - self.begin) + 1}s]"

    def wait_for(self, number):
        wait_until(f"{SERIES} {number}", lambda: self.prometheus.number(SERIES) == number)

    def counted_so_far(self):
        return counted(self.prometheus.ask(SERIES + self.window())[0][1])

    def settle(self):
        """Wait until what PromQL extrapolates, a sample at most, is little of all."""
        time.sleep(max(2, self.begin + WINDOW_SECONDS - time.time()))

    def is_near(self, expression, expected):
        number = self.prometheus.number(expression)
        assert abs(number - expected) <= 0.1 * expected, (expression, number, expected)

    def test_it_is_scraped(self):
        self.prometheus.ask("up")
        assert self.prometheus.number("statsfs_export_series") > 100
        targets = self.prometheus.api("targets")["activeTargets"]
        assert [target["lastError"] for target in targets] == [""], targets

    def test_a_counter_is_what_was_sent(self):
        self.guest.step("create")
        self.wait_for(0)
        self.begin = time.time() - 2
        self.guest.send(6)
        self.wait_for(6 * PACKETS)
        assert int(self.guest.step("count")) == 6 * PACKETS
        assert self.counted_so_far() == 6 * PACKETS

    def test_increase_and_rate_are_that(self):
        self.settle()
        window = self.window()
        self.is_near(f"increase({SERIES}{window})", 6 * PACKETS)
        self.is_near(f"rate({SERIES}{window}) * {window[1:-2]}", 6 * PACKETS)

    def test_a_reset_loses_nothing_and_adds_nothing(self):
        self.guest.step("reset")
        self.wait_for(0)
        self.guest.send(4)
        self.wait_for(4 * PACKETS)
        assert self.counted_so_far() == 10 * PACKETS
        assert self.prometheus.number(f"resets({SERIES}{self.window()})") == 1
        self.settle()
        self.is_near(f"increase({SERIES}{self.window()})", 10 * PACKETS)

    def test_a_device_that_goes_is_gone(self):
        self.guest.step("remove")
        wait_until("the series ends", lambda: not self.prometheus.ask(SERIES))
        assert self.prometheus.is_up()
        assert self.counted_so_far() == 10 * PACKETS

    def test_and_counts_from_0_when_it_comes_back(self):
        self.guest.step("create")
        self.wait_for(0)
        self.guest.send(2)
        self.wait_for(2 * PACKETS)
        assert self.counted_so_far() == 12 * PACKETS
        self.settle()
        self.is_near(f"increase({SERIES}{self.window()})", 12 * PACKETS)

    def test_without_statsfs_it_is_down_and_up_again(self):
        self.guest.step("unmount")
        wait_until("down", lambda: self.prometheus.number("up") == 0)
        target = self.prometheus.api("targets")["activeTargets"][0]
        assert "503" in target["lastError"], target
        self.guest.step("mount")
        wait_until("up", self.prometheus.is_up)
        self.wait_for(2 * PACKETS)
        assert self.counted_so_far() == 12 * PACKETS

    def test_rules_are_evaluated(self):
        groups = self.prometheus.api("rules")["groups"]
        health = [(rule["name"], rule["health"]) for group in groups for rule in group["rules"]]
        assert len(health) > 5 and all(state == "ok" for _, state in health), health
        nodes = wait_until(
            "what rules record", lambda: self.prometheus.ask("node:statsfs_bufstat_mm_free:ratio")
        )
        assert sorted(labels["node"] for labels, _ in nodes) == ["0", "1"], nodes
        assert all(0 < float(value) < 1 for _, (_, value) in nodes), nodes


TESTS = [name for name in vars(Checks) if name.startswith("test_")]


def run_checks(checks):
    """Print a line for each; the first that fails takes those behind it with it."""
    print("KTAP version 1")
    print(f"1..{len(TESTS) + 1}", flush=True)
    for number, name in enumerate(TESTS, 1):
        try:
            getattr(checks, name)()
        except (AssertionError, OSError, RuntimeError, LookupError, TypeError):
            print("# " + traceback.format_exc().replace("\n", "\n# "))
            print(f"not ok {number} - {name}")
            print("Bail out!")
            return False
        print(f"ok {number} - {name}", flush=True)
    return True


def check_end(guest):
    guest.quit()
    good = guest.result.exit_status == 0
    print(f"{'ok' if good else 'not ok'} {len(TESTS) + 1} - the exporter and the machine end well")
    guest.result.explain()
    return good


def main():
    vm.clean_up_on_signals()
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], parents=[vm.machine_parser()]
    )
    parser.add_argument("--prometheus", type=Path, required=True, help="with its programs")
    options = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="statsfs-fleet."))
    guest = Guest(vm.machine(options))
    prometheus = None
    try:
        prometheus = Prometheus(options.prometheus, directory, guest.exporter)
        wait_until("Prometheus scrapes the guest", prometheus.is_up, START_PATIENCE)
        good = run_checks(Checks(guest, prometheus))
        good = check_end(guest) and good
    finally:
        if prometheus:
            prometheus.stop()
        guest.quit()
        shutil.rmtree(directory)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
