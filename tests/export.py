#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Holds "statsfs export" against the files of statsfs; for t-export.sh.

usage: export.py compare PROGRAM DIRECTORY
       export.py metrics FILE...		names in rules and dashboards
       export.py get HOST:PORT [ACCEPT]		status, a newline, the text

"compare" reads all files, exports, and reads all files again.  What each series
should be called is found in another way than the program finds it: from paths,
inode numbers and the JSON of "statsfs snapshot".
"""

import http.client
import json
import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

# The directories of known providers, with what their labels are called.
PLACES = {
    r"bufstat/net/(?P<device>[^/]+)": "bufstat_net",
    r"bufstat/sock/(?P<protocol>[^/]+)": "bufstat_sock",
    r"bufstat/softnet/cpu(?P<cpu>\d+)": "bufstat_softnet",
    r"bufstat/mm": "bufstat_mm",
    r"bufstat/mm/node(?P<node>\d+)": "bufstat_mm_node",
    r"bufstat/mm/node(?P<node>\d+)/(?P<zone>[^/]+)": "bufstat_mm_zone",
    r"bufstat/blk/(?P<device>[^/]+)": "bufstat_blk",
    r"bufstat/blk/(?P<device>[^/]+)/(?P<partition>[^/]+)": "bufstat_blk_partition",
    r"kstats": "kstats",
    r"cpu": "cpu",
    r"cpu/cpu(?P<cpu>\d+)": "cpu_each",
}

SUFFIXES = {"bytes": ("_bytes", "_bytes"), "seconds": ("_ns", "_seconds"), "none": ("", "")}

# A gauge may move and come back between the readings of its file.
ROUNDS = 10

# What the program itself takes while it runs: that is there in no other reading.
OWN_BYTES = 8 << 20


def node_of(top):
    """Return the NUMA node of each directory that is seen from one, by inode number."""
    nodes = {}
    for directory in top.glob("bufstat/numa/node*"):
        for path, _, _ in os.walk(directory):
            nodes[os.stat(path).st_ino] = directory.name.removeprefix("node")
    return nodes


def place(path):
    """Return the name and the labels of a directory."""
    for pattern, name in PLACES.items():
        if match := re.fullmatch(pattern, path):
            return name, match.groupdict()
    raise ValueError(f"{path}: is not known here")


def series_name(directory, value):
    cut, end = SUFFIXES[value["unit"]]
    total = "_total" if value["kind"] == "cumulative" else ""
    return f"statsfs_{directory}_{value['name'].removesuffix(cut)}{end}{total}"


def expected(program, top):
    """Return for each series the file, which number in it, its scale and its kind."""
    command = [program, "snapshot", "--json", top]
    tree = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    nodes = node_of(top)
    series = {}
    for source in tree["sources"]:
        if source["path"].startswith("bufstat/numa/"):
            continue
        for value in source["values"]:
            if value["aggregate"] != "none":
                continue
            name, labels = place(source["path"])
            labels = dict(labels)
            if source["id"] in nodes:
                labels.setdefault("node", nodes[source["id"]])
            numbers = value["value"] if isinstance(value["value"], list) else [None]
            for index, number in enumerate(numbers):
                more = {} if number is None else {"index": str(index)}
                key = (series_name(name, value), frozenset((labels | more).items()))
                assert key not in series, key
                series[key] = (
                    f"{source['path']}/{value['name']}",
                    index,
                    Decimal(10) ** value["exponent"],
                    value["kind"],
                )
    return series


def read_files(top, series):
    """Return the number of each series as its file shows it."""
    texts = {file: (top / file).read_text().split() for file, *_ in series.values()}
    return {
        key: int(texts[file][index]) * scale for key, (file, index, scale, _) in series.items()
    }


def exported(program, top):
    command = [program, "export", "--from", top]
    text = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found = {}
    for line in text.splitlines():
        if line.startswith("#") or line.startswith("statsfs_export_"):
            continue
        name, labels, number = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line).groups()
        pairs = frozenset(re.findall(r'(\w+)="([^"]*)"', labels or ""))
        assert (name, pairs) not in found, line
        found[name, pairs] = Decimal(number)
    return found


def is_between(a, number, b):
    return min(a, b) <= number <= max(a, b)


def is_near(series, before, number, after):
    """Tell whether it may be the memory of the program that makes the difference."""
    memory = re.fullmatch(r"statsfs_bufstat_mm_\w+_bytes", series[0])
    return memory and is_between(before - OWN_BYTES, number, after + OWN_BYTES)


def compare(program, top):
    series = expected(program, top)
    moving, near = set(series), set()
    for _ in range(ROUNDS):
        before = read_files(top, series)
        found = exported(program, top)
        after = read_files(top, series)
        if found.keys() != series.keys():
            print("only files:", sorted(map(str, series.keys() - found.keys()))[:5])
            print("only exported:", sorted(map(str, found.keys() - series.keys()))[:5])
            return 1
        for key in series:
            if is_between(before[key], found[key], after[key]):
                moving.discard(key)
            elif series[key][3] == "cumulative":
                print(key, before[key], found[key], after[key])
                return 1
            elif is_near(key, before[key], found[key], after[key]):
                near.add(key)
        if not moving - near:
            break
    print(f"{len(series)} series; only near: {sorted({name for name, _ in moving & near})}")
    if moving - near:
        print("neither between nor near:", *sorted(map(str, moving - near)))
    return 1 if moving - near else 0


def metric_names(file):
    """Yield the metrics that expressions name; those with colons are recorded."""
    text = Path(file).read_text()
    if file.endswith(".json"):
        panels = json.loads(text)["panels"]
        text = "\n".join(target["expr"] for panel in panels for target in panel["targets"])
    else:
        text = re.sub(r"^\s*(#|- (record|alert|name):).*", "", text, flags=re.M)
    yield from re.findall(r"(?<![:\w])statsfs_\w+(?![:\w])", text)


def get(address, accept):
    client = http.client.HTTPConnection(address, timeout=60)
    client.request("GET", "/metrics", headers={"Accept": accept} if accept else {})
    response = client.getresponse()
    print(response.status)
    sys.stdout.flush()
    sys.stdout.buffer.write(response.read())
    return 0


def main():
    what, *arguments = sys.argv[1:]
    if what == "compare":
        return compare(arguments[0], Path(arguments[1]))
    if what == "metrics":
        print(*sorted({name for file in arguments for name in metric_names(file)}), sep="\n")
        return 0
    return get(arguments[0], arguments[1] if len(arguments) > 1 else None)


if __name__ == "__main__":
    sys.exit(main())
