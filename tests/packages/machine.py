#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Boots a disk once, until the machine switches off or boots again.

Prints what came out of its second serial port, and fails where the machine hung or
its kernel complained.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "vm"))

import klog
import vm


def qemu_command(machine, options, log, results):
    append = "root=/dev/vda rw console=ttyS0 ignore_loglevel panic=-1 no_timer_check"
    command = ["setpriv", "--pdeathsig", "KILL"]  # never outlive this
    command += ["qemu-system-x86_64", "-nodefaults", "-no-user-config", "-no-reboot"]
    command += ["-display", "none", "-machine", "pc", *vm.accelerator(machine)]
    command += ["-smp", "2", "-m", "1G"]
    command += ["-kernel", options.kernel, "-initrd", options.initrd]
    command += ["-append", f"{append} packages.stage={options.stage} {options.append}"]
    command += ["-serial", f"file:{log}", "-serial", f"file:{results}"]
    # Nobody will miss the disk after a crash.
    command += ["-drive", f"if=virtio,format=raw,cache=unsafe,file={options.disk}"]
    return command


def boot(options, results):
    """Return the console's file and why the machine was lost, or nothing."""
    machine = vm.Machine(kernel=options.kernel, modules=options.disk)
    log = vm.new_log()
    command = qemu_command(machine, options, log, results)
    try:
        status = subprocess.run(
            command,
            env=vm.emulator_environment(machine),
            stdin=subprocess.DEVNULL,
            timeout=options.timeout,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        return log, f"no end after {options.timeout} s"
    return log, f"QEMU ended with status {status}" if status else ""


def main():
    vm.clean_up_on_signals()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--append", default="", help="kernel arguments")
    parser.add_argument("--timeout", type=vm.positive, default=1800, help="seconds")
    for name in ("disk", "kernel", "initrd"):
        parser.add_argument(name, type=Path)
    parser.add_argument("stage", help="for the kernel's command line")
    options = parser.parse_args()
    with tempfile.NamedTemporaryFile(prefix="statsfs-packages.") as results:
        log, lost = boot(options, results.name)
        text = results.read().decode(errors="replace")
    print(text.replace("\r", ""), end="")
    result = vm.Result(log, lost=lost, status=0, complaints=klog.complaints_in(log))
    result.explain()
    return result.exit_status


if __name__ == "__main__":
    sys.exit(main())
