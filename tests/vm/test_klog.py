# SPDX-License-Identifier: GPL-2.0
"""Tests of the scanner of kernel logs, on lines that kernels have printed."""

import unittest

import klog

COMPLAINTS = """\
WARNING: CPU: 0 PID: 1 at fs/statsfs/source.c:99 statsfs_source_put+0x20/0x40
WARNING: possible circular locking dependency detected
WARNING: possible recursive locking detected
WARNING: inconsistent lock state
WARNING: suspicious RCU usage
WARNING: held lock freed!
BUG: KASAN: slab-use-after-free in statsfs_source_get+0x10/0x20
BUG: KCSAN: data-race in fold / fold
BUG: KFENCE: use-after-free read in fold+0x1/0x2
BUG: kernel NULL pointer dereference, address: 0000000000000008
BUG: unable to handle page fault for address: 0000000800000000
BUG: sleeping function called from invalid context at mm/slab.h:274
BUG: scheduling while atomic: cat/164/0x00000002
BUG: Dentry 00000000abcdef{i=1,n=rx}  still in use (1) [unmount of statsfs statsfs]
BUG kmalloc-64 (Tainted: G    B      OE    ): Object already free
BUG statsfs_edge (Not tainted): Objects remaining in statsfs_edge on __kmem_cache_shutdown()
watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [cat:164]
kernel BUG at fs/inode.c:1!
Oops: 0000 [#1] PREEMPT SMP NOPTI
general protection fault, probably for non-canonical address 0x6b6b6b6b6b6b6b6b: 0000 [#1]
Kernel panic - not syncing: sysrq triggered crash
Call Trace:
UBSAN: array-index-out-of-bounds in fs/statsfs/aggregate.c:1:2
INFO: task rmmod:200 blocked for more than 120 seconds.
INFO: trying to register non-static key.
rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:
rcu: INFO: rcu_sched self-detected stall on CPU
rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: { 0-... }
kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)
refcount_t: underflow; use-after-free.
list_del corruption. prev->next should be ff, but was 00
list_add corruption. next->prev should be prev
ODEBUG: free active (active state 0) object type: work_struct hint: f+0x0/0x10
unregister_netdevice: waiting for dummy0 to become free. Usage count = 2
VFS: Busy inodes after unmount of statsfs. Self-destruct in 5 seconds.
""".splitlines()

# One that was asked for, then one that was not.
INJECTED = """\
[   59.093332] failnth: vmalloc error: size 221128, vm_struct allocation failed, mode:0xcc0
[   59.094686] CPU: 1 PID: 122 Comm: failnth Tainted: G           O       6.1.192-debug #1
[   59.095944] Call Trace:
[   59.095944]  <TASK>
[   59.095944]  dump_stack_lvl+0x51/0x66
[   59.095944]  </TASK>
[   59.122705] Mem-Info:
[  422.195248] sysctl could not get directory: /net/ipv4/conf/fail0 -12
[  422.195248] Call Trace:
[  422.195248]  <TASK>
[  422.195248]  dump_stack+0x10/0x12
[  422.195248]  </TASK>
kobject_add_internal failed for statsfs (error: -12 parent: module)
kobject_add_internal failed for statsfs (error: -17 parent: module)
insmod: vmalloc error: size 221128, vm_struct allocation failed, mode:0xcc0
Call Trace:
 <TASK>
"""

INNOCENT = """\
Spectre V2 : WARNING: Unprivileged eBPF is enabled with eIBRS on
statsfs: loading out-of-tree module taints kernel.
statsfs: module verification failed: signature and/or required key missing - tainting kernel
cblist_init_generic: Setting adjustable number of callback queues.
acpi PNP0A03:00: fail to add MMCONFIG information, can't access extended PCI configuration
ACPI BIOS Error (bug): Could not resolve symbol [_SB.PCI0]
Kernel command line: console=ttyS0 ignore_loglevel panic=-1
rcu: RCU calculated value of scheduler-enlistment delay is 25 jiffies.
kmemleak: Kernel memory leak detector initialized (mem pool available: 15866)
Lock dependency validator: Copyright (c) 2006 Red Hat, Inc., Ingo Molnar
Bug: not the way in which the kernel writes it
ok 3 - a WARNING: in the middle of a line
""".splitlines()

# One that the kernel leaks where it has no memory, and one that somebody else does.
LEAKED_BY_KERNEL = """\
unreferenced object 0xffff888020198da0 (size 16):
  comm "failnth", pid 916, jiffies 4294923296
  backtrace:
    [<ffffffff821e636b>] kobject_init_and_add+0xbb/0x120
    [<ffffffff8154a1a0>] sysfs_slab_add+0x1a0/0x220
"""
LEAKED = LEAKED_BY_KERNEL.replace("sysfs_slab_add", "statsfs_source_alloc")
LEAKS = "[  586.637043] kmemleak: 2 new suspected memory leaks (see ...)\n"

RACE = """\
==================================================================
BUG: KCSAN: data-race in load_at / flip

write to 0xffff888004a21340 of 8 bytes by task 1 on cpu 1:
 flip+0x1/0x2
 kthread+0x1/0x2
 ret_from_fork+0x1f/0x30

read (marked) to 0xffff888004a21340 of 8 bytes by task 2 on cpu 0:
 load_at.isra.0+0x1/0x2
 statsfs_source_read+0x10/0x20
 read_step+0x10/0x20

value changed: 0x0000000000000001 -> 0x0000000000000002

Reported by Kernel Concurrency Sanitizer on:
CPU: 0 PID: 2 Comm: stress_crowd Not tainted 6.1.0 #1
==================================================================
""".splitlines()

PREFIXES = ("", "[    4.175184] ", "[    4.175184][  T164] ", "<4>[    4.175184] ")


class ComplaintsTest(unittest.TestCase):
    def test_complaints_are_found(self):
        for prefix in PREFIXES:
            for line in COMPLAINTS:
                with self.subTest(line=prefix + line):
                    self.assertEqual(len(klog.complaints(f"{prefix}{line}\n")), 1)

    def test_innocent_lines_are_not(self):
        for prefix in PREFIXES:
            for line in INNOCENT:
                with self.subTest(line=prefix + line):
                    self.assertEqual(klog.complaints(f"{prefix}{line}\n"), [])

    def test_injected_failures_are_not(self):
        for prefix in PREFIXES:
            log = "".join(f"{prefix}{line}\n" for line in INJECTED.splitlines())
            (complaint,) = klog.complaints(log, injects=True)
            self.assertIn("(error: -17 parent", complaint)
        log = "\n".join(INJECTED.splitlines()[-2:])
        self.assertEqual(len(klog.complaints(log, injects=True)), 1)

    def test_failures_must_have_been_injected(self):
        (complaint,) = klog.complaints(INJECTED)
        self.assertIn("Call Trace:", complaint)
        for line in INJECTED.splitlines():
            if "kobject_add_internal" in line:
                with self.subTest(line=line):
                    self.assertEqual(klog.complaints(line), [line])

    def test_leaks_of_the_kernel_are_not(self):
        log = LEAKS + 2 * LEAKED_BY_KERNEL
        self.assertEqual(klog.complaints(log, injects=True), [])
        self.assertEqual(len(klog.complaints(log)), 1)
        for log in (LEAKS, LEAKS + LEAKED, LEAKS + LEAKED_BY_KERNEL + LEAKED):
            with self.subTest(log=log):
                self.assertEqual(len(klog.complaints(log, injects=True)), 1)

    def test_trace_belongs_to_its_complaint(self):
        trace = [
            "WARNING: CPU: 0 PID: 1 at fs/inode.c:1 f+0x1/0x2",
            "Call Trace:",
            " f+0x1/0x2",
            "---[ end trace 0000000000000000 ]---",
        ]
        log = "\n".join(["booting", *trace, "innocent", *trace])
        self.assertEqual(klog.complaints(log), ["\n".join(trace)] * 2)

    def test_context_is_bounded(self):
        log = "\n".join(["refcount_t: saturated"] + ["line"] * 100)
        (complaint,) = klog.complaints(log)
        self.assertEqual(len(complaint.splitlines()), klog.CONTEXT)

    def test_race_ends_with_its_line(self):
        log = "\n".join(["booting", *RACE, "ok 1 - innocent", *RACE])
        self.assertEqual(klog.complaints(log), ["\n".join(RACE[1:])] * 2)

    def test_race_is_foreign_without_our_functions(self):
        (race,) = klog.complaints("\n".join(RACE))
        for functions, foreign in (
            ({"read_step"}, False),
            ({"statsfs_source_read", "other"}, False),
            ({"other", "1", "write"}, True),
        ):
            with self.subTest(functions=functions):
                self.assertEqual(klog.is_foreign_race(race, functions), foreign)

    def test_nothing_else_is_foreign(self):
        for line in COMPLAINTS:
            if "KCSAN" not in line:
                with self.subTest(line=line):
                    self.assertFalse(klog.is_foreign_race(line, set()))

