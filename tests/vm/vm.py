#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Runs one command as root in a virtual machine.

The guest's root is the host's, read-only through 9p below a tmpfs, so there is
no image to build.  The command's standard output, standard error and status
each come back through a virtio-serial port of their own; the console is a file.
"""

import argparse
import lzma
import os
import re
import selectors
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import klog

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent

# Statuses that are not the command's own.
STATUS_COMPLAINT = 124  # it succeeded, but the kernel complained
STATUS_LOST = 125  # the VM died or hung
STATUS_NO_READER = 141  # nobody reads the output any more: 128 + SIGPIPE

# What Debian builds as modules and a guest needs before it has a root, or
# before it can talk to the host.
BOOT_MODULES = (
    "virtio_pci",
    "9pnet_virtio",
    "9p",
    "overlay",
    "virtio_console",
    "virtio_net",
    "virtio_blk",
)

# Sizes differ so that a test can tell one disk from the other.
DISK_MIB = (64, 96)
FAR_DISK_MIB = 24

# How many QEMUs a run may take.
QEMU_CRASHES = 3

# Time for a guest that has reported its status to switch itself off.
POWER_OFF_SECONDS = 60


@dataclass
class Machine:
    """The virtual hardware, and what is prepared on it."""

    kernel: Path  # an unpacked Debian kernel
    modules: Path  # the modules, built for it
    load: bool = True  # load them, and mount statsfs
    cpus: int = 2
    nodes: int = 2
    memory_mib: int = 1024
    dimm_mib: int = 0  # a further node, whose memory is offline at first
    far: bool = False  # a second network card and a third disk, on node 1
    append: str = ""
    board: str = "pc"  # QEMU's machine
    icount: bool = False  # its clock counts instructions: a nanosecond each
    patience: int = 1  # a slow machine's: how much longer tests wait
    injects: bool = False  # allocations are made to fail, of which it complains
    forward: dict = field(default_factory=dict)  # its TCP ports by those of 127.0.0.1

    @property
    def release(self):
        return next((self.kernel / "lib/modules").iterdir()).name


@dataclass
class Result:
    """What became of a run: `lost` says why there is no status."""

    log: Path
    status: int | None = None
    lost: str = ""
    crashed: bool = False  # QEMU, before there was anything to lose
    complaints: list = field(default_factory=list)

    @property
    def exit_status(self):
        if self.lost:
            return STATUS_LOST
        if self.complaints and self.status == 0:
            return STATUS_COMPLAINT
        return self.status

    def explain(self, out=sys.stderr):
        """Say on `out` what the command itself could not."""
        if self.lost:
            tail = self.log.read_text(errors="replace").splitlines()[-40:]
            print(f"VM lost: {self.lost}; its last console lines:", *tail, sep="\n", file=out)
        else:
            for complaint in self.complaints:
                print("the kernel complained:", complaint, sep="\n", file=out)
        if self.lost or self.complaints:
            print(f"the whole console: {self.log}", file=out)


def cache_dir():
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "statsfs"


def kvm_usable():
    """Tell whether KVM can be used.

    /dev/kvm alone proves nothing: without the CPU's support a guest hangs in
    its boot loader.
    """
    flags = re.search(r"^flags\s*:.*\b(vmx|svm)\b", Path("/proc/cpuinfo").read_text(), re.M)
    return bool(flags) and os.access("/dev/kvm", os.R_OK | os.W_OK)


def emulator_environment(machine):
    """Return the environment for QEMU: it may be another than the installed one.

    Where instructions are counted, it is the installed one: another emulates other
    processors, for which the kernel takes other instructions.
    """
    if machine.icount:
        return os.environ
    path = subprocess.run(
        [TOP / "scripts/qemu.sh"], check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()
    return os.environ | {"PATH": f"{path}:{os.environ['PATH']}"}


def boot_modules(machine):
    """Return the files of the modules for the initramfs, in loading order."""
    listing = subprocess.run(
        ["modprobe", "-d", machine.kernel, "-S", machine.release]
        + ["-a", "--show-depends", *BOOT_MODULES],
        env=os.environ | {"PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    files = [line.split()[1] for line in listing.splitlines() if line.startswith("insmod ")]
    return list(dict.fromkeys(files))


def unpack_module(module, directory):
    """Put a module, which may be compressed, into a directory; return its line of the order."""
    name = module.name.removesuffix(".xz")
    if module.suffix == ".xz":
        (directory / name).write_bytes(lzma.decompress(module.read_bytes()))
    else:
        shutil.copy(module, directory)
    return name + "\n"


def write_initramfs(machine, command, expose, directory):
    """Write an initramfs with the command in it; return its path.

    It takes a fifth of a second, which is not worth a cache.
    """
    root = directory / "initramfs"
    for name in ("bin", "modules", "vm"):
        (root / name).mkdir(parents=True)
    shutil.copy(machine.kernel / "bin/busybox", root / "bin")
    shutil.copy(HERE / "init", root / "init")
    shutil.copy(HERE / "guest", root / "vm")

    modules = boot_modules(machine)
    order = "".join(unpack_module(Path(module), root / "modules") for module in modules)
    (root / "modules/order").write_text(order)

    environment = {
        "VM_KERNEL": machine.kernel,
        "STATSFS_SRC": TOP,
        "STATSFS_BIN": TOP / "build/bin",
        "STATSFS_MODULES": machine.modules,
        "VM_LOAD": "yes" if machine.load else "no",
        "VM_PATIENCE": machine.patience,
    }
    lines = (f"export {name}={shlex.quote(str(value))}\n" for name, value in environment.items())
    (root / "vm/env").write_text("".join(lines))
    paths = [TOP, machine.kernel, *expose]
    (root / "vm/expose").write_text("".join(f"{path}\n" for path in paths))
    (root / "vm/command").write_bytes(os.fsencode(command))

    image = directory / "initramfs.cpio"
    names = "".join(f"{path.relative_to(root)}\n" for path in sorted(root.rglob("*")))
    with image.open("wb") as out:
        subprocess.run(
            ["cpio", "--quiet", "-o", "-H", "newc", "-R", "0:0"],
            cwd=root,
            input=names.encode(),
            stdout=out,
            check=True,
        )
    return image


def numa_options(machine):
    """Spread memory and CPUs over the nodes.

    One socket per CPU: Linux warns about nodes that share one.
    """
    cpus, nodes = machine.cpus, machine.nodes
    share = machine.memory_mib // nodes
    memory = f"{share * nodes}M"
    if machine.dimm_mib:
        memory += f",slots=1,maxmem={share * nodes + machine.dimm_mib}M"
    options = ["-smp", f"cpus={cpus},sockets={cpus}", "-m", memory]
    for node in range(nodes):
        first, last = node * cpus // nodes, (node + 1) * cpus // nodes - 1
        own = f",cpus={first}-{last}" if first <= last else ""
        options += ["-object", f"memory-backend-ram,id=node{node},size={share}M"]
        options += ["-numa", f"node,nodeid={node},memdev=node{node}{own}"]
    return options + dimm_options(machine)


def dimm_options(machine):
    """Memory that the guest takes for plugged in later."""
    if not machine.dimm_mib:
        return []
    options = ["-object", f"memory-backend-ram,id=dimm,size={machine.dimm_mib}M"]
    options += ["-numa", f"node,nodeid={machine.nodes}"]
    return options + ["-device", f"pc-dimm,memdev=dimm,node={machine.nodes}"]


def disk_drive(directory, number, size):
    """A sparse file that nobody will miss after a crash."""
    disk = directory / f"disk{number}"
    with disk.open("wb") as file:
        file.truncate(size << 20)
    return ["-drive", f"if=none,id=disk{number},format=raw,cache=unsafe,file={disk}"]


def disk_options(directory):
    options = []
    for number, size in enumerate(DISK_MIB):
        options += disk_drive(directory, number, size)
        options += ["-device", f"virtio-blk-pci,drive=disk{number}"]
    return options


def far_options(machine, directory):
    """Devices on a bus of node 1; PCI Express has a port for each."""
    if not machine.far:
        return []
    if machine.board == "pc":
        options = ["-device", "pxb,id=far,bus=pci.0,bus_nr=128,numa_node=1"]
        card, disk = "bus=far,addr=1", "bus=far,addr=2"
    else:
        options = ["-device", "pxb-pcie,id=far,bus=pcie.0,bus_nr=128,numa_node=1"]
        for number in (1, 2):
            port = f"pcie-root-port,id=far{number},bus=far,chassis={number},addr={number}"
            options += ["-device", port]
        card, disk = "bus=far1", "bus=far2"
    options += ["-netdev", "user,id=far_net", "-device", f"virtio-net-pci,netdev=far_net,{card}"]
    options += disk_drive(directory, len(DISK_MIB), FAR_DISK_MIB)
    return options + ["-device", f"virtio-blk-pci,drive=disk{len(DISK_MIB)},{disk}"]


def accelerator(machine):
    """With `icount` every run of the same takes the same: nothing is random.

    Without erms and fsrm, which would make each byte of a "rep" an instruction.
    """
    if machine.icount:
        options = ["-accel", "tcg", "-icount", "shift=0,sleep=off", "-seed", "1"]
        options += ["-cpu", "max,-erms,-fsrm,-rdrand,-rdseed"]
        return options + ["-rtc", "base=2026-01-01,clock=vm"]
    if kvm_usable():
        return ["-accel", "kvm", "-cpu", "host"]
    return ["-accel", "tcg", "-cpu", "max"]


def network(machine):
    """QEMU's own network, with the ports that are forwarded to the guest."""
    ports = "".join(
        f",hostfwd=tcp:127.0.0.1:{host}-:{guest}" for host, guest in machine.forward.items()
    )
    return f"user,id=net{ports}"


def qemu_command(machine, directory, initramfs, log, ports, terminal):
    """Return QEMU's command line; `ports` are sockets by name."""
    append = (
        "console=ttyS0 ignore_loglevel"  # every message goes into the log
        " panic=-1"  # with -no-reboot: a panic ends QEMU at once
        " no_timer_check"  # a busy host is late: "IO-APIC + timer doesn't work!"
        f" {machine.append}"
    )
    command = ["setpriv", "--pdeathsig", "KILL"]  # never outlive the runner
    command += ["qemu-system-x86_64", "-nodefaults", "-no-user-config", "-no-reboot"]
    command += ["-display", "none", "-machine", machine.board]
    command += accelerator(machine)
    command += numa_options(machine)
    command += ["-kernel", str(machine.kernel / f"boot/vmlinuz-{machine.release}")]
    command += ["-initrd", str(initramfs), "-append", append]
    command += ["-serial", f"file:{log}"]
    # The host's root: remap, because inode numbers of its file systems collide.
    command += ["-fsdev", "local,id=host,path=/,security_model=none,readonly=on,multidevs=remap"]
    command += ["-device", "virtio-9p-pci,fsdev=host,mount_tag=host"]
    command += ["-netdev", network(machine), "-device", "virtio-net-pci,netdev=net"]
    command += disk_options(directory)
    command += ["-device", "virtio-serial-pci"]
    for name, port in ports.items():
        command += ["-chardev", f"socket,id={name},fd={port.fileno()}"]
        command += ["-device", f"virtserialport,chardev={name},name={name}"]
    command += far_options(machine, directory)  # last: others might take its bus
    if terminal:
        command += ["-chardev", "stdio,id=terminal,mux=on,signal=off"]
        command += ["-device", "virtconsole,chardev=terminal"]
    return command


class Conversation:
    """Relays what comes out of the guest's ports until QEMU closes them."""

    def __init__(self, ports, sinks):
        self.sinks = sinks  # binary files by name, for "stdout" and "stderr"
        self.received = dict.fromkeys(sinks, 0)
        self.report = b""
        self.answered = False
        self.status_port = ports["status"]
        self.selector = selectors.DefaultSelector()
        for name, port in ports.items():
            self.selector.register(port, selectors.EVENT_READ, name)

    def run(self, timeout):
        """Return the status, or None if QEMU went without one.

        Raises TimeoutError, and BrokenPipeError where a sink has no reader.
        """
        deadline = timeout and time.monotonic() + timeout
        while self.selector.get_map():
            remaining = deadline and deadline - time.monotonic()
            events = self.selector.select(remaining)
            if not events or (remaining is not None and remaining <= 0):
                raise TimeoutError
            for key, _ in events:
                self.receive(key.fileobj, key.data)
            if self.complete() and not self.answered:
                self.answered = True
                self.status_port.sendall(b"\n")
                deadline = time.monotonic() + POWER_OFF_SECONDS
        return int(self.report.split()[0]) if self.answered else None

    def receive(self, port, name):
        try:
            data = port.recv(1 << 16)
        except ConnectionResetError:
            data = b""
        if not data:
            self.selector.unregister(port)
        elif name == "status":
            self.report += data
        else:
            self.received[name] += len(data)
            self.sinks[name].write(data)
            self.sinks[name].flush()

    def complete(self):
        """Tell whether the status has come, and all that was written before it."""
        if not self.report.endswith(b"\n"):
            return False
        _, stdout, stderr = self.report.split()
        return self.received == {"stdout": int(stdout), "stderr": int(stderr)}


def run(machine, command, **options):
    """Run `command` by `sh -c` in a new VM; return a Result.

    `expose` names files and directories that the guest must see even below
    /tmp and the like.  `sinks` receives standard output and standard error
    (the caller's own by default).

    Where QEMU itself crashes before the command has said anything, which is none of
    the guest's doing, another one is tried: QEMU 10.0 fails now and then while
    several processors find out what devices there are.
    """
    for _ in range(QEMU_CRASHES):
        result = run_once(machine, command, **options)
        if not result.crashed:
            break
        print(f"vm: {result.lost} before the command began; once more", file=sys.stderr)
    return result


def run_once(machine, command, *, timeout=None, expose=(), sinks=None, terminal=False):
    """Run `command` as run() does, with one QEMU."""
    sinks = sinks or {"stdout": sys.stdout.buffer, "stderr": sys.stderr.buffer}
    result = Result(new_log())
    ours, theirs = {}, {}
    for name in ("stdout", "stderr", "status"):
        ours[name], theirs[name] = socket.socketpair()

    with tempfile.TemporaryDirectory(prefix="statsfs-vm.") as name:
        directory = Path(name)
        initramfs = write_initramfs(machine, command, expose, directory)
        qemu = subprocess.Popen(
            qemu_command(machine, directory, initramfs, result.log, theirs, terminal),
            env=emulator_environment(machine),
            pass_fds=[port.fileno() for port in theirs.values()],
            stdin=None if terminal else subprocess.DEVNULL,
        )
        try:
            for port in theirs.values():
                port.close()
            conversation = Conversation(ours, sinks)
            result.status = conversation.run(timeout)
            if result.status is None:
                result.lost = f"QEMU ended with status {qemu.wait()}"
                result.crashed = qemu.returncode < 0 and not any(conversation.received.values())
        except TimeoutError:
            result.lost = f"no end after {timeout} s"
        except BrokenPipeError:
            result.status = STATUS_NO_READER
        finally:
            qemu.kill()
            qemu.wait()
            for port in ours.values():
                port.close()
    result.complaints = klog.complaints_in(result.log, machine.injects)
    return result


def new_log():
    """Return a new, empty file for a console; keep the newest hundred."""
    logs = cache_dir() / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    for old in sorted(logs.glob("vm-*.log"))[:-100]:
        old.unlink(missing_ok=True)
    log = logs / time.strftime(f"vm-%Y%m%d-%H%M%S-{os.getpid()}.log")
    log.touch()
    return log


def interactive_command():
    """A shell on the console that is the host's terminal, at its size."""
    size = shutil.get_terminal_size()
    term = shlex.quote(os.environ.get("TERM", "dumb"))
    return (
        "exec <>/dev/hvc0 >&0 2>&0;"
        f"stty rows {size.lines} cols {size.columns};"
        f"TERM={term} exec setsid -c bash -i"
    )


def hardware(script):
    """Return what a script wants the machine to have.

    It says so by lines "# vm: dimm=SIZE", "# vm: far=yes", "# vm: injects=yes"
    and "# vm: append=KERNEL-ARGUMENT".
    """
    found = re.findall(r"^# vm: (\w+)=(\S+)$", script.read_text(errors="replace"), re.M)
    wanted = dict(found)
    wishes = {}
    for name in ("far", "injects"):
        if name in wanted:
            wishes[name] = True
    if "dimm" in wanted:
        wishes["dimm_mib"] = memory_mib(wanted["dimm"])
    if "append" in wanted:
        wishes["append"] = wanted["append"]
    return wishes


def adapted(machine, wishes):
    """Return a machine that is as hardware() has it; arguments are added."""
    if "append" in wishes:
        wishes = wishes | {"append": f"{machine.append} {wishes['append']}"}
    return replace(machine, **wishes)


def run_script(machine, script, **options):
    """Run a script where it is; one that is not executable is for sh."""
    machine = adapted(machine, hardware(script))
    interpreter = "" if os.access(script, os.X_OK) else "sh "
    command = f"exec {interpreter}{shlex.quote(str(script))}"
    return run(machine, command, expose=[script], **options)


def positive(text):
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive number")
    return int(text)


def memory_mib(text):
    match = re.fullmatch(r"([1-9]\d*)([MG])", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size such as 512M or 2G")
    return int(match[1]) * {"M": 1, "G": 1024}[match[2]]


def existing_script(text):
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"{text!r} is not a file")
    return path.resolve()


def machine_parser():
    """Return a parser of what describes the machine, to be a parent of others."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--kernel", type=Path, required=True, help="unpacked Debian kernel")
    parser.add_argument("--modules", type=Path, required=True, help="the modules, built for it")
    parser.add_argument("--load", choices=("yes", "no"), default="yes", help="and mount statsfs")
    parser.add_argument("--cpus", type=positive, default=2)
    parser.add_argument("--nodes", type=positive, default=2, help="NUMA nodes")
    parser.add_argument("--mem", type=memory_mib, default=1024, help="such as 512M or 2G")
    parser.add_argument("--append", default="", help="kernel arguments")
    parser.add_argument("--board", choices=("pc", "q35"), default="pc", help="QEMU's machine")
    parser.add_argument("--icount", action="store_true", help="count instructions; one CPU")
    parser.add_argument("--timeout", type=positive, default=600, help="seconds")
    parser.add_argument("--patience", type=positive, default=1, help="tests wait so much longer")
    return parser


def machine(options):
    return Machine(
        kernel=options.kernel.resolve(),
        modules=options.modules.resolve(),
        load=options.load == "yes",
        cpus=options.cpus,
        nodes=options.nodes,
        memory_mib=options.mem,
        append=options.append,
        board=options.board,
        icount=options.icount,
        patience=options.patience,
    )


def clean_up_on_signals():
    """Have what a run leaves behind removed when it is interrupted."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))


def main():
    clean_up_on_signals()
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], parents=[machine_parser()]
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--shell", action="store_true", help="a shell on this terminal")
    what.add_argument("--script", type=existing_script, help="a script to run")
    what.add_argument("--command", help="for sh -c")
    options = parser.parse_args()

    if options.shell:
        result = run(machine(options), interactive_command(), terminal=True)
    elif options.script:
        result = run_script(machine(options), options.script, timeout=options.timeout)
    else:
        result = run(machine(options), options.command, timeout=options.timeout)
    result.explain()
    return result.exit_status


if __name__ == "__main__":
    sys.exit(main())
