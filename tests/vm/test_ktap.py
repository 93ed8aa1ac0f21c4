# SPDX-License-Identifier: GPL-2.0
"""Tests of the KTAP parser."""

import unittest

import ktap


def parse(text, status=0):
    parser = ktap.Parser("where: ")
    for line in text.splitlines(keepends=True):
        parser.line(line)
    return parser.finish(status)


class ParserTest(unittest.TestCase):
    def expect(self, text, passed, failed=(), skipped=(), status=0):
        totals = parse(text, status)
        self.assertEqual(totals.passed, passed)
        self.assertEqual(totals.failed, [f"where: {name}" for name in failed])
        self.assertEqual(totals.skipped, [f"where: {name}" for name in skipped])

    def test_results(self):
        self.expect(
            "KTAP version 1\n1..4\n# comment\nok 1 - a\nnot ok 2 - b\n"
            "noise\nok 3 - c # SKIP no disk\nok 4 d #4: e\n",
            passed=2,
            failed=["b"],
            skipped=["c: no disk"],
        )

    def test_skip_of_everything(self):
        self.expect("KTAP version 1\n1..0 # SKIP no disk\n", 0, skipped=["everything: no disk"])

    def test_no_output(self):
        self.expect("", 0, failed=["no results"])

    def test_no_plan(self):
        self.expect("KTAP version 1\nok 1 - a\n", 1, failed=["no plan"])

    def test_fewer_results_than_planned(self):
        self.expect("1..3\nok 1 - a\n", 1, failed=["1 of 3 planned results"])

    def test_more_results_than_planned(self):
        self.expect("1..1\nok 1 - a\nok 2 - b\n", 2, failed=["2 of 1 planned results"])

    def test_exit_status(self):
        self.expect("1..1\nok 1 - a\n", 1, failed=["exit status 3"], status=3)

    def test_exit_status_of_failed_tests(self):
        self.expect("1..1\nnot ok 1 - a\n", 0, failed=["a"], status=1)

    def test_bail_out(self):
        self.expect("1..1\nok 1 - a\nBail out! no disk\n", 1, failed=["Bail out! no disk"])

    def test_two_documents(self):
        self.expect("KTAP version 1\n1..1\nok 1 - a\nKTAP version 1\n1..1\nok 1 - b\n", 2)

    def test_first_document_cut_short(self):
        self.expect("1..2\nok 1 - a\n1..1\nok 1 - b\n", 2, failed=["1 of 2 planned results"])

    def test_subtests_count_instead_of_their_parent(self):
        self.expect(
            "1..2\n    1..2\n    ok 1 a\n    not ok 2 b\nnot ok 1 suite\nok 2 alone\n",
            passed=2,
            failed=["b"],
        )

    def test_parameters_have_no_plan(self):
        self.expect("1..1\n    1..1\n        ok 1 x\n        ok 2 y\n    ok 1 a\nok 1 s\n", 2)

    def test_parent_fails_without_its_subtests(self):
        self.expect("1..1\n    1..1\n    ok 1 a\nnot ok 1 suite\n", 1, failed=["suite"])

    def test_suite_cut_short(self):
        self.expect(
            "1..1\n    1..2\n    ok 1 a\nok 1 suite\n", 1, failed=["1 of 2 planned results"]
        )


class TotalsTest(unittest.TestCase):
    def test_nothing_run_is_not_good(self):
        self.assertFalse(ktap.Totals().good)
        self.assertFalse(ktap.Totals(skipped=["a"]).good)

    def test_failure_is_not_good(self):
        self.assertFalse(ktap.Totals(passed=1, failed=["a"]).good)

    def test_good(self):
        self.assertTrue(ktap.Totals(passed=1, skipped=["a"]).good)
