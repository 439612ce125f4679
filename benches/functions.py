#!/usr/bin/env python3
"""Functions that people bring, beside what they would use otherwise, in turns and in one call.

    cargo build --release && python3 benches/functions.py [--times 5]

Measures the built program with 2 workers: a script beside its own interpreter's bare loop and CPython's Pool, a Python
function beside CPython's Pool, processes and threads of Python beside one worker, and a command beside `xargs -P 2` and
GNU parallel. Medians, least and most. What is not installed is skipped and named.
"""

import argparse
import json
import multiprocessing
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from shared import built_program, in_turns, load_now, spread

ITEMS = 1_000_000
CHUNK1_ITEMS = 50_000
CPU_ITEMS = 600
COMMANDS = 1_000
SOURCE = """
def task(n):
    return n * 2

def loop(count):
    for i in range(count):
        task(i)
    return count

def compute(n):
    total = 0
    for i in range(STEPS):
        total += i * i
    return total
"""
# About 5 ms of CPython.
SOURCE = SOURCE.replace("STEPS", "60000")


def task(n):
    return n * 2


class Bench:
    def __init__(self, program, folder):
        self.program = program
        self.tasks = folder / "tasks.py"
        self.tasks.write_text(SOURCE)
        self.numbers = folder / "numbers.txt"
        self.numbers.write_text("\n".join(map(str, range(ITEMS))))
        self.few = folder / "few.txt"
        self.few.write_text("\n".join(map(str, range(CHUNK1_ITEMS))))

    def run(self, *arguments, workers=2):
        command = [self.program, "run", "--json", "-w", str(workers), *map(str, arguments)]
        report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        assert report["failed"] == 0, report
        return report

    def python(self, function):
        return ["--python", f"{self.tasks}:{function}", "--interpreter", sys.executable]

    def script(self):
        """What an item costs a worker, all that it does for it, and what a bare call costs in a loop of the interpreter.

        Both as CPU time with both cores at work, which others on the machine disturb least. `task` of the catalogue's
        kind, `double`, is what 1 M items take with a function that costs next to nothing.
        """
        report = self.run("--script", f"{self.tasks}:task", "-i", self.numbers)
        nothing = self.run("-f", "double", "-i", self.numbers)
        loop = self.run("--script", f"{self.tasks}:loop", ITEMS, ITEMS)
        return {
            "script": [report["elapsed_s"]],
            "script: an item (ns of a worker)": [cpu_ns(report, ITEMS)],
            "script: a bare call (ns)": [cpu_ns(loop, 2 * ITEMS)],
            "script: elapsed x 2 an item (ns)": [ns_elapsed(report)],
            "double: elapsed x 2 an item (ns)": [ns_elapsed(nothing)],
        }

    def python_auto(self):
        return {"Python file": [self.run(*self.python("task"), "-i", self.numbers)["elapsed_s"]]}

    def pool_default(self):
        return {"CPython Pool.map": [pool_time(range(ITEMS), None)]}

    def pool_chunk1(self):
        own = self.run(*self.python("task"), "-i", self.few)["elapsed_s"]
        return {
            "Python file, 50,000 items": [own],
            "CPython Pool.map, chunksize=1, 50,000 items": [pool_time(range(CHUNK1_ITEMS), 1)],
        }

    def compute(self):
        items = f"1..{CPU_ITEMS}"
        figures = {}
        for name, mode, workers in [
            ("compute, 1 worker", "process", 1),
            ("compute, 2 processes", "process", 2),
            ("compute, 2 threads", "thread", 2),
        ]:
            report = self.run(*self.python("compute"), "-m", mode, items, workers=workers)
            figures[name] = [report["elapsed_s"] - report["startup_s"]]
            figures[f"{name}: cores busy"] = [report["items_cores_busy"]]
        return figures

    def start(self):
        report = self.run(*self.python("task"), "1..4", workers=4)
        return {
            "Python pool of 4, to the last row": [report["elapsed_s"]],
            "CPython Pool(4), spawn, to the last result": [spawn_time()],
        }

    def command(self):
        numbers = "\n".join(map(str, range(COMMANDS)))
        figures = {"true, by poolscope": [self.run("--command", "true {}", f"1..{COMMANDS}")["elapsed_s"]]}
        others = {
            "true, by xargs -P 2": ["xargs", "-P", "2", "-n", "1", "true"],
            "true, by GNU parallel": ["parallel", "-j", "2", "true"],
        }
        for name, command in others.items():
            if shutil.which(command[0]):
                run = lambda: subprocess.run(command, input=numbers, text=True, check=True)
                figures[name] = [timed(run)]
        return figures


def cpu_ns(report, count):
    return sum(worker["cpu_s"] for worker in report["worker_stats"]) / count * 1e9


def ns_elapsed(report):
    return (report["elapsed_s"] - report["startup_s"]) * 2 / ITEMS * 1e9


def timed(call):
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def pool_time(items, chunk):
    def run():
        with multiprocessing.get_context("fork").Pool(2) as pool:
            pool.map(task, items, chunk)

    return timed(run)


def spawn_time():
    began = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        pool.map(task, range(4))
        return time.perf_counter() - began


# What is compared: the figure, the one beside it, how many times as good it has to be.
TARGETS = [
    ("script: a bare call (ns)", "script: an item (ns of a worker)", 1 / 1.3),
    ("CPython Pool.map", "script", 3),
    ("CPython Pool.map", "Python file", 1),
    ("CPython Pool.map, chunksize=1, 50,000 items", "Python file, 50,000 items", 5),
    ("compute, 1 worker", "compute, 2 processes", 1.9),
    ("compute, 1 worker", "compute, 2 threads", 0.95),
    ("CPython Pool(4), spawn, to the last result", "Python pool of 4, to the last row", 1),
    ("true, by xargs -P 2", "true, by poolscope", 1),
    ("true, by GNU parallel", "true, by poolscope", 3),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5)
    arguments = parser.parse_args()
    program = built_program()
    if not program.exists():
        sys.exit(f"{program} is not there; cargo build --release makes it")
    print(f"medians of {arguments.times}; {load_now()}; Python {sys.version.split()[0]}")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(program, Path(folder))
        rows = [
            bench.script, bench.python_auto, bench.pool_default, bench.pool_chunk1, bench.compute, bench.start,
            bench.command,
        ]
        taken = in_turns(rows, arguments.times)
    for name, values in taken.items():
        median, least, most = spread(values)
        print(f"  {name:<46}{median:>12.4g}   ({least:.4g} to {most:.4g})")
    medians = {name: spread(values)[0] for name, values in taken.items()}
    for slower, faster, target in TARGETS:
        if slower in medians and faster in medians:
            times = medians[slower] / medians[faster]
            verdict = "reached" if times >= target else "MISSED"
            print(f"  {slower} / {faster}: {times:.2f}, at least {target:.2f}: {verdict}")
        else:
            print(f"  {slower}: skipped, it is not installed")


if __name__ == "__main__":
    main()
