#!/usr/bin/env python3
"""The engine beside its peers, in turns and in one call: figures, ratios, and whether the targets are reached.

    python3 benches/peers.py

Needs Python 3.8 and cargo. The peers are CPython's multiprocessing.Pool and ProcessPoolExecutor, joblib with loky
(put into a temporary environment where it is not installed), `xargs -P`, and rayon alone in one process as the limit.
All have 2 workers, but for the pools of 4 and the 8 that hang. What cannot be measured is skipped and named.
"""

import argparse
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

from python_pools import ITEMS
from shared import PACKAGE, WHOLE_FORK, WHOLE_RUN, WHOLE_SPAWN, WholeRuns, in_turns, load_now, spread, target_folder

ENGINE = "poolscope"
RAYON = "rayon"
XARGS = "xargs -P 2 -n 1, a process an item"
XARGS_ITEMS = 1000
FORK = "Python's Pool(4), fork, within a program"
SPAWN = "Python's Pool(4), spawn, within a program"

POOLS = {
    "pool-chunk1": "Python's Pool.map, chunksize=1",
    "executor-chunk1": "ProcessPoolExecutor.map",
    "joblib-chunk1": "joblib, loky, batch_size=1",
    "pool-default": "Python's Pool.map",
    "executor-chunked": "ProcessPoolExecutor.map, Pool's chunks",
    "joblib-auto": "joblib, loky",
    "pool-echo": "Python's Pool.map",
    "pool-echo-chunk1": "Python's Pool.map, chunksize=1",
    "executor-echo": "ProcessPoolExecutor.map",
    "pool-of-four-fork": FORK,
    "pool-of-four-spawn": SPAWN,
}

# The rows of the engine, each with its peers in Python.
ROWS = {
    "chunk1": ["pool-chunk1", "executor-chunk1", "joblib-chunk1"],
    "auto": ["pool-default", "executor-chunked", "joblib-auto"],
    "cpu-thread": [],
    "cpu-process": [],
    "echo": ["pool-echo", "pool-echo-chunk1", "executor-echo"],
    "start": ["pool-of-four-fork", "pool-of-four-spawn"],
    "memory": [],
    "stop": [],
    "replace": [],
}

# How many times quicker than the peer the engine must be at least; the bench of the engine knows the other targets.
AT_LEAST = {
    ("chunk1", "pool-chunk1"): 40,
    ("auto", "pool-default"): 10,
    ("echo", "pool-echo"): 2,
    ("echo", "pool-echo-chunk1"): 2,
    ("start", "pool-of-four-fork"): 1,
    ("start", "pool-of-four-spawn"): 4,
}


def main():
    arguments = parser().parse_args()
    times = arguments.times or (2 if arguments.quick else 5)
    engine, program = built()
    with tempfile.TemporaryDirectory() as folder:
        joblib_python = python_with_joblib(Path(folder))
        begun = time.monotonic()
        print(f"medians of {times} (least to most), in turns; {load_now()}")
        print("Rates are compared: slow peers are given fewer items. joblib's workers run before it is timed.")
        for row in arguments.rows or ROWS:
            compare(Row(row, engine, program, joblib_python), times)
    print(f"\n{time.monotonic() - begun:.0f} s in all")


def parser():
    result = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    result.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(ROWS)} [all]")
    result.add_argument("--times", type=int, help="how often each is measured [5]")
    result.add_argument("--quick", action="store_true", help="twice only: to look, not to quote")
    return result


def built():
    """Builds the bench and gives its file and that of the program.

    In a folder of its own: `release` keeps the program with its window.
    """
    command = ["cargo", "bench", "--bench", "engine", "--no-default-features", "--no-run", "--message-format", "json"]
    command += ["--target-dir", str(target_folder() / "headless")]
    lines = subprocess.run(command, cwd=PACKAGE, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    messages = [json.loads(line) for line in lines]
    files = {message["target"]["name"]: message["executable"] for message in messages if message.get("executable")}
    return files["engine"], files["poolscope"]


def python_with_joblib(folder):
    """A Python that can import joblib, or nothing."""
    if importlib.util.find_spec("joblib"):
        return sys.executable
    try:
        venv.create(folder / "venv", with_pip=True)
        python = next(path for path in folder.glob("venv/*/python*") if path.stem == "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", "joblib"], check=True)
        return str(python)
    except (OSError, StopIteration, subprocess.CalledProcessError) as error:
        print(f"skipped: joblib, which could not be installed ({error})")
        return None


class Row:
    """A row of the engine and its peers: what is measured in a turn, and what is known of each afterwards."""

    def __init__(self, name, engine, program, joblib_python):
        self.name, self.engine, self.program, self.joblib_python = name, engine, program, joblib_python
        # Of each who is measured: the unit, the items of one measurement, the target.
        self.facts = {}
        self.peers = {RAYON, XARGS, WHOLE_FORK, WHOLE_SPAWN}

    def run_engine(self):
        command = [self.engine, self.name, "--times", "1", "--json"]
        figures = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        for figure in figures:
            self.facts[figure["who"]] = figure["unit"], figure["items"], figure["target"]
        return {figure["who"]: figure["values"] for figure in figures}

    def peer(self, pool):
        is_joblib = pool.startswith("joblib")
        python = self.joblib_python if is_joblib else sys.executable
        if python is None:
            return None
        is_short = self.name == "start"
        who = POOLS[pool]
        self.peers.add(who)
        target = {"at_least": AT_LEAST[self.name, pool]} if (self.name, pool) in AT_LEAST else None
        self.facts[who] = "ms" if is_short else "s", ITEMS.get(pool), target

        def measure():
            command = [python, Path(__file__).with_name("python_pools.py"), pool]
            values = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
            return {who: [value * 1e3 for value in values] if is_short else values}

        return measure

    def run_xargs(self):
        """Only what a process for each item costs: nothing else is the same work."""
        numbers = "\n".join(map(str, range(XARGS_ITEMS)))
        begun = time.perf_counter()
        subprocess.run(["xargs", "-P", "2", "-n", "1", "sh", "-c", "echo $(($0 * 2))"], input=numbers, text=True,
                       check=True, stdout=subprocess.DEVNULL)
        self.facts[XARGS] = "s", XARGS_ITEMS, None
        return {XARGS: [time.perf_counter() - begun]}

    def measures(self):
        peers = [self.peer(pool) for pool in ROWS[self.name]]
        measures = [self.run_engine, *filter(None, peers)]
        if self.name == "chunk1" and shutil.which("xargs") and shutil.which("sh"):
            measures.append(self.run_xargs)
        return measures


def compare(row, times):
    """Measures a row and prints its lines."""
    if row.name == "start":
        with WholeRuns(row.program) as runs:
            in_turns(runs, 1)  # The first fills the caches.
            taken = in_turns([*row.measures(), *runs], times)
        # Started from here as Python's are, so that all are measured by the same stick.
        taken[ENGINE] = taken.pop(WHOLE_RUN)
        row.facts.update({who: ("ms", None, None) for who in (WHOLE_FORK, WHOLE_SPAWN)})
    else:
        taken = in_turns(row.measures(), times)
    print(f"\n{row.name}")
    for who, values in taken.items():
        unit, items, _ = row.facts[who]
        median, least, most = spread(values)
        rate = f"{items / median:,.0f}/s" if items else ""
        extent = f"({least:.3f} to {most:.3f})"
        print(f"  {who:42} {median:9.3f} {unit:5} {extent:24} {rate:>14}  {verdict(row, taken, who)}", flush=True)


def verdict(row, taken, who):
    """What the engine takes beside its limit; of a peer, how many times what the engine takes."""
    target = row.facts[who][2]
    if target and "at_most" in target:
        at_most, other = target["at_most"], target["times"]
        value = spread(taken[who])[0] if other is None else per_item(row, taken, who) / per_item(row, taken, other)
        return f"{value:.2f}{f' x {other}' if other else ''}, at most {at_most:g}: {word(value <= at_most)}"
    if who not in row.peers:
        return ""
    ratio = per_item(row, taken, who) / per_item(row, taken, ENGINE)
    if target is None:
        return f"{ratio:.2f} x"
    return f"{ratio:.2f} x, at least {target['at_least']}: {word(ratio >= target['at_least'])}"


def per_item(row, taken, who):
    return spread(taken[who])[0] / (row.facts[who][1] or 1)


def word(is_reached):
    return "reached" if is_reached else "MISSED"


if __name__ == "__main__":
    main()
