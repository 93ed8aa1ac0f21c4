#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Runs every test, cheapest first, and counts.

All of them speak KTAP: the runner's own tests, the lint gates, those of the tools
for user space, KUnit, and each tests/t-*.sh, which gets a virtual machine of its
own.  On a kernel that finds more faults (--debug) it is the latter and tests/d-*.sh,
which are for it alone.  On several kernels (--series) it is the latter, and at the
end a table of what passed on each.
"""

import argparse
import subprocess
import sys

import ktap
import vm

PROGRAMS = {
    "runner": ["tests/vm/selftest.py"],
    "lint": ["scripts/lint.sh"],
    "tools": ["scripts/check-tools.sh"],
    "graft": ["tests/graft.sh"],
    "patches": ["tests/patches.sh"],
    "docs": ["tests/docs.sh"],
    "packages": ["tests/packages.sh", "--build"],
    "kunit, um": ["scripts/kunit.sh", "um"],
    "kunit, x86_64": ["scripts/kunit.sh", "x86_64"],
}

# Only with --all, or more of the same name then.
MORE_PROGRAMS = {
    "kunit, um with Linux 7.3": ["scripts/kunit.sh", "um", "7.3"],
    "kunit, x86_64-kcsan": ["scripts/kunit.sh", "x86_64-kcsan"],
    "kunit, i386": ["scripts/kunit.sh", "i386"],
    "kunit, s390": ["scripts/kunit.sh", "s390"],
    "docs, as the kernel makes them": ["tests/docs.sh", "--all"],
    "packages": ["tests/packages.sh"],
    "patches, compiled": ["tests/patches-build.sh"],
    "selftests, um with Linux 7.3": ["tests/selftests.sh"],
}


class KtapSink:
    """A binary file that passes on what it gets, and parses it."""

    def __init__(self, parser):
        self.parser = parser
        self.rest = b""

    def write(self, data):
        sys.stdout.buffer.write(data)
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            self.parser.line(line.decode(errors="replace"))

    def flush(self):
        sys.stdout.buffer.flush()


def run_program(name, command):
    """Run a program that prints KTAP; return the totals."""
    parser = ktap.Parser(f"{name}: ")
    sink = KtapSink(parser)
    with subprocess.Popen(command, cwd=vm.TOP, stdout=subprocess.PIPE) as program:
        while data := program.stdout.read1():
            sink.write(data)
            sink.flush()
    return parser.finish(program.returncode)


def run_in_vm(machine, script, timeout):
    """Run a script that prints KTAP in a virtual machine; return the totals."""
    parser = ktap.Parser(f"{script.name}: ")
    sinks = {"stdout": KtapSink(parser), "stderr": sys.stdout.buffer}
    result = vm.run_script(machine, script, timeout=timeout, sinks=sinks)
    result.explain(sys.stdout)
    if result.lost:
        parser.fail(f"VM lost: {result.lost}")
        return parser.totals
    totals = parser.finish(result.status)
    for complaint in result.complaints:
        parser.fail(f"the kernel complained: {complaint.splitlines()[0]}")
    return totals


def guest_tests(options, pattern):
    """Run scripts in tests/, each in a machine of its own; return totals by name."""
    series = options.kernel.name
    ready = ["make", "-s", "vm-ready", f"KERNEL={series}"]
    if subprocess.run(ready, cwd=vm.TOP, check=False).returncode:
        return {"ready": ktap.Totals(failed=[f"no virtual machine with the kernel {series}"])}
    results = {}
    machine = vm.machine(options)
    for script in sorted((vm.TOP / "tests").glob(pattern)):
        heading(script.name)
        results[script.name] = run_in_vm(machine, script, options.timeout)
    return results


def with_series(options, series):
    """Return the options with Debian's kernel of another series."""
    kernel = options.kernel.parent / series
    modules = options.modules.parent / f"vm-{series}"
    return argparse.Namespace(**vars(options) | {"kernel": kernel, "modules": modules})


def check_series(options):
    """Run the tests in machines with each of the kernels; return the totals."""
    totals = ktap.Totals()
    by_kernel = {}
    for series in options.series:
        heading(f"Linux {series}")
        by_kernel[series] = guest_tests(with_series(options, series), "t-*.sh")
        for name, result in by_kernel[series].items():
            result.failed = [f"{series}: {failure}" for failure in result.failed]
            result.skipped = [f"{series}: {skip}" for skip in result.skipped]
            totals.add(result)
    print(kernel_table(by_kernel), end="", flush=True)
    return totals


def cell(result):
    """What became of a script on a kernel, in few words."""
    if result is None:
        return "not run"
    words = [f"{result.passed}"]
    if result.failed:
        words.append(f"{len(result.failed)} failed")
    if result.skipped:
        words.append(f"{len(result.skipped)} skipped")
    return ", ".join(words)


def kernel_table(by_kernel):
    """Return a table of the checks that passed: a line per script, a column per kernel."""
    names = sorted({name for results in by_kernel.values() for name in results})
    rows = [["passed", *by_kernel]]
    for name in names:
        rows.append([name, *(cell(results.get(name)) for results in by_kernel.values())])
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "".join(f"# {line}\n" for line in lines)


def fleet_test(options):
    """Have Prometheus scrape a virtual machine; return the totals."""
    heading("fleet")
    command = ["tests/vm/fleet.py", f"--kernel={options.kernel}", f"--modules={options.modules}"]
    command += [f"--prometheus={vm.TOP}/build/prometheus"]
    return run_program("fleet", command)


def heading(name):
    print(f"# {name}", flush=True)


def check_one(options):
    """Run all that belongs to one kernel; return the totals."""
    totals = ktap.Totals()
    programs = {} if options.debug else PROGRAMS
    if options.all:
        programs = programs | MORE_PROGRAMS
    for name, command in programs.items():
        heading(name)
        totals.add(run_program(name, command))
    for result in guest_tests(options, "[dt]-*.sh" if options.debug else "t-*.sh").values():
        totals.add(result)
    if not options.debug:
        totals.add(fleet_test(options))
    return totals


def main():
    vm.clean_up_on_signals()
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], parents=[vm.machine_parser()]
    )
    parser.add_argument("--all", action="store_true", help="KUnit everywhere")
    parser.add_argument("--debug", action="store_true", help="the kernel finds more faults")
    parser.add_argument("--series", nargs="+", help="only in virtual machines, on each of these")
    options = parser.parse_args()
    totals = check_series(options) if options.series else check_one(options)
    totals.report()
    return 0 if totals.good else 1


if __name__ == "__main__":
    sys.exit(main())
