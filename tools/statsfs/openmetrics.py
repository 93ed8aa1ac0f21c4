#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Reads OpenMetrics with the parser of Prometheus' own client for Python.

Prints a line for each sample, "name{label=value,...} number", sorted; with --types
one for each metric: its name, type and unit.
"""

import sys

from prometheus_client.openmetrics import parser


def samples(text):
    """Return all samples: name, labels and number."""
    for metric in parser.text_string_to_metric_families(text):
        for sample in metric.samples:
            yield sample.name, sample.labels, sample.value


def sample_lines(text):
    seen = set()
    for name, labels, value in samples(text):
        joined = ",".join(f"{key}={labels[key]}" for key in sorted(labels))
        series = f"{name}{{{joined}}}"
        if series in seen:
            raise ValueError(f"twice: {series}")
        seen.add(series)
        yield f"{series} {value}"


def type_lines(text):
    for metric in parser.text_string_to_metric_families(text):
        yield f"{metric.name} {metric.type} {metric.unit}".rstrip()


def main():
    lines = type_lines if "--types" in sys.argv else sample_lines
    text = sys.stdin.buffer.read().decode()
    print(*sorted(lines(text)), sep="\n")


if __name__ == "__main__":
    main()
