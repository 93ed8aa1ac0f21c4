# SPDX-License-Identifier: GPL-2.0
"""Tests of the runner, as far as they need no virtual machine."""

import argparse
import contextlib
import io
import lzma
import os
import re
import socket
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path
from unittest import mock

import vm


class MachineTest(unittest.TestCase):
    def numa(self, **options):
        return vm.numa_options(vm.Machine(Path(), Path(), **options))

    def test_cpus_are_spread_over_nodes(self):
        options = self.numa(cpus=4, nodes=2)
        self.assertIn("node,nodeid=0,memdev=node0,cpus=0-1", options)
        self.assertIn("node,nodeid=1,memdev=node1,cpus=2-3", options)

    def test_memory_is_what_the_nodes_have(self):
        options = self.numa(nodes=3, memory_mib=1024)
        self.assertIn("1023M", options)
        self.assertIn("memory-backend-ram,id=node2,size=341M", options)

    def test_node_without_cpus(self):
        options = self.numa(cpus=1, nodes=2)
        self.assertIn("node,nodeid=0,memdev=node0", options)
        self.assertIn("node,nodeid=1,memdev=node1,cpus=0-0", options)

    def test_node_for_later(self):
        options = self.numa(nodes=2, memory_mib=1024, dimm_mib=128)
        self.assertIn("1024M,slots=1,maxmem=1152M", options)
        self.assertIn("node,nodeid=2", options)
        self.assertIn("pc-dimm,memdev=dimm,node=2", options)
        self.assertFalse([option for option in self.numa() if "dimm" in option])

    def test_scripts_say_what_they_want(self):
        with tempfile.NamedTemporaryFile("w+") as script:
            self.assertEqual(vm.hardware(Path(script.name)), {})
            script.write("#!/bin/sh\n# vm: dimm=256M\n")
            script.flush()
            self.assertEqual(vm.hardware(Path(script.name)), {"dimm_mib": 256})
            script.write("# vm: append=slab_nomerge\n# vm: far=yes\n")
            script.flush()
            wishes = {"dimm_mib": 256, "append": "slab_nomerge", "far": True}
            self.assertEqual(vm.hardware(Path(script.name)), wishes)
            script.write("# vm: injects=yes\n")
            script.flush()
            wishes["injects"] = True
            self.assertEqual(vm.hardware(Path(script.name)), wishes)

    def test_failures_are_injected_by_one_script(self):
        scripts = (vm.TOP / "tests").glob("[dt]-*.sh")
        names = [script.name for script in scripts if "injects" in vm.hardware(script)]
        self.assertEqual(names, ["d-failnth.sh"])

    def test_kernel_arguments_are_added(self):
        machine = vm.Machine(Path(), Path(), append="a=1")
        self.assertEqual(vm.adapted(machine, {"append": "b"}).append, "a=1 b")
        self.assertEqual(vm.adapted(machine, {}).append, "a=1")

    def test_instructions_are_counted_on_demand(self):
        self.assertNotIn("-icount", vm.accelerator(vm.Machine(Path(), Path())))
        self.assertIn("-icount", vm.accelerator(vm.Machine(Path(), Path(), icount=True)))

    def test_ports_are_forwarded(self):
        machine = vm.Machine(Path(), Path())
        self.assertEqual(vm.network(machine), "user,id=net")
        machine.forward = {18000: 80, 18001: 81}
        self.assertEqual(
            vm.network(machine),
            "user,id=net,hostfwd=tcp:127.0.0.1:18000-:80,hostfwd=tcp:127.0.0.1:18001-:81",
        )

    def test_memory_sizes(self):
        self.assertEqual(vm.memory_mib("512M"), 512)
        self.assertEqual(vm.memory_mib("2G"), 2048)
        for text in ("", "2", "2T", "-1G", "0G"):
            with self.assertRaises(argparse.ArgumentTypeError):
                vm.memory_mib(text)


class EmulatorTest(unittest.TestCase):
    """What QEMU is started with."""

    def test_modules_are_uncompressed(self):
        with tempfile.TemporaryDirectory() as name:
            packed, plain = Path(name) / "a.ko.xz", Path(name) / "b.ko"
            packed.write_bytes(lzma.compress(b"first"))
            plain.write_bytes(b"second")
            root = Path(name) / "root"
            root.mkdir()
            lines = [vm.unpack_module(module, root) for module in (packed, plain)]
            self.assertEqual(lines, ["a.ko\n", "b.ko\n"])
            self.assertEqual((root / "a.ko").read_bytes(), b"first")
            self.assertEqual((root / "b.ko").read_bytes(), b"second")

    def test_it_is_new_enough_for_several_cpus(self):
        environment = vm.emulator_environment(vm.Machine(Path(), Path()))
        text = subprocess.run(
            ["qemu-system-x86_64", "--version"],
            env=environment, check=True, stdout=subprocess.PIPE, text=True,
        ).stdout
        version = re.search(r"version (\d+)\.(\d+)", text)
        self.assertGreaterEqual(tuple(map(int, version.groups())), (8, 1))

    def test_counted_instructions_are_of_the_installed_one(self):
        machine = vm.Machine(Path(), Path(), icount=True)
        self.assertEqual(vm.emulator_environment(machine)["PATH"], os.environ["PATH"])


class CrashTest(unittest.TestCase):
    """QEMU that ends by itself: the shell takes its place."""

    def outcome(self, *scripts):
        """Return the last result, and how many QEMUs there were."""
        commands = [["sh", "-c", script] for script in scripts]
        sinks = {"stdout": io.BytesIO(), "stderr": io.BytesIO()}
        with (
            mock.patch.object(vm, "write_initramfs"),
            mock.patch.object(vm, "qemu_command", side_effect=commands) as qemus,
            contextlib.redirect_stderr(io.StringIO()),
        ):
            result = vm.run(vm.Machine(Path(), Path()), "true", timeout=60, sinks=sinks)
        return result, qemus.call_count

    def test_after_a_crash_it_is_tried_again(self):
        result, count = self.outcome("kill -ABRT $$", "exit 3")
        self.assertEqual((result.lost, count), ("QEMU ended with status 3", 2))

    def test_but_not_for_ever(self):
        result, count = self.outcome(*["kill -ABRT $$"] * (vm.QEMU_CRASHES + 1))
        self.assertEqual((result.lost, count), ("QEMU ended with status -6", vm.QEMU_CRASHES))

    def test_what_was_said_is_not_said_twice(self):
        # The port that has the lowest number is that of standard output.
        say = "for n in {3..99}; do { echo hello >&$n; } 2>/dev/null && break; done"
        result, count = self.outcome(f"exec bash -c '{say}; kill -ABRT $$'")
        self.assertEqual((result.lost, count), ("QEMU ended with status -6", 1))

    def test_a_guest_that_switches_itself_off_is_lost(self):
        result, count = self.outcome("exit 0")
        self.assertEqual((result.lost, count), ("QEMU ended with status 0", 1))


class ResultTest(unittest.TestCase):
    def status(self, **fields):
        return vm.Result(Path(), **fields).exit_status

    def test_status_is_the_command_s(self):
        self.assertEqual(self.status(status=0), 0)
        self.assertEqual(self.status(status=7), 7)

    def test_complaint_fails_a_success_only(self):
        self.assertEqual(self.status(status=0, complaints=["BUG: "]), vm.STATUS_COMPLAINT)
        self.assertEqual(self.status(status=7, complaints=["BUG: "]), 7)

    def test_lost_is_not_failed(self):
        self.assertEqual(self.status(lost="hung", complaints=["BUG: "]), vm.STATUS_LOST)


class ConversationTest(unittest.TestCase):
    """Talks to a guest that a function in a thread plays."""

    def converse(self, guest, timeout=10):
        ours, theirs = {}, {}
        for name in ("stdout", "stderr", "status"):
            ours[name], theirs[name] = socket.socketpair()
        self.sinks = {"stdout": io.BytesIO(), "stderr": io.BytesIO()}

        def play():
            guest(theirs)
            for port in theirs.values():
                port.close()

        thread = threading.Thread(target=play)
        thread.start()
        try:
            return vm.Conversation(ours, self.sinks).run(timeout)
        finally:
            for port in ours.values():
                port.close()
            thread.join()

    def test_streams_stay_apart(self):
        def guest(ports):
            ports["stdout"].sendall(b"\0out\xff")
            ports["stderr"].sendall(b"err")
            ports["status"].sendall(b"7 5 3\n")
            ports["status"].recv(1)

        self.assertEqual(self.converse(guest), 7)
        self.assertEqual(self.sinks["stdout"].getvalue(), b"\0out\xff")
        self.assertEqual(self.sinks["stderr"].getvalue(), b"err")

    def test_output_may_arrive_after_the_status(self):
        def guest(ports):
            ports["status"].sendall(b"0 3 ")
            ports["status"].sendall(b"0\n")
            ports["stdout"].sendall(b"out")
            ports["status"].recv(1)

        self.assertEqual(self.converse(guest), 0)
        self.assertEqual(self.sinks["stdout"].getvalue(), b"out")

    def test_death_without_a_status(self):
        self.assertIsNone(self.converse(lambda ports: ports["stdout"].sendall(b"out")))
        self.assertEqual(self.sinks["stdout"].getvalue(), b"out")

    def test_hang(self):
        with self.assertRaises(TimeoutError):
            self.converse(lambda ports: ports["status"].recv(1), timeout=0.1)
