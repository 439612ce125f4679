#!/usr/bin/env python3
"""What a run says of itself, beside what is known of it: where the time of its workers went.

    cargo build --release && python3 benches/answer.py [--times 5]

Runs functions of which it is known what they do (sleep, compute, take turns under Python's lock) and prints the shares that
`--json` gives (`ledger`) beside what they have to be, and how far the shares of all examples are from adding up to 1. Only
what is measured on a quiet machine counts: the first line says how busy it is. The last rows count how often equal jobs, and jobs
that differ by a tenth, are called different; --no-compare leaves them out.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
from pathlib import Path

from shared import PACKAGE, built_program, load_now

SOURCE = """
import time

def burn(n):
    total = 0
    for i in range(n):
        total += i * i
    return total

def nap(n):
    time.sleep(n / 1000)
"""
STEPS = "4000000"
ITEMS = ("on_core", "ready", "blocked", "lock")


class Bench:
    def __init__(self, program, folder):
        self.program = program
        self.tasks = folder / "tasks.py"
        self.tasks.write_text(SOURCE)

    def ledger(self, *arguments):
        ran = subprocess.run([self.program, "run", "--json", *arguments], capture_output=True, text=True, cwd=self.tasks.parent)
        return json.loads(ran.stdout)["ledger"]

    def of_items(self, *arguments):
        """The shares of the time within items alone."""
        ledger = self.ledger(*arguments)
        within = sum(ledger[part] for part in ITEMS)
        return {part: ledger[part] / within for part in ITEMS}


def examples(program):
    """The names of all examples, as the refusal of one that is not there lists them."""
    refused = subprocess.run([program, "run", "--example", "-"], capture_output=True, text=True).stderr
    return refused.strip().partition("is not one of: ")[2].split("; ")


def compared():
    """The rows of compare.rs, one a line."""
    command = ["cargo", "bench", "--quiet", "--bench", "compare", "--no-default-features", "--target-dir", "target/headless"]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=PACKAGE).stdout.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--no-compare", action="store_true")
    arguments = parser.parse_args()
    print(load_now())
    cores = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(built_program(), Path(name))
        twice = str(2 * cores)
        burns = ["-w", twice, "--chunk", "1", "--python", f"{bench.tasks}:burn"] + [STEPS] * (2 * cores)
        naps = ["-w", twice, "--python", f"{bench.tasks}:nap"] + ["500"] * (2 * cores)
        pi = ["-w", twice, "--chunk", "1", "-f", "estimate_pi"] + ["60000000"] * (2 * cores)
        rows = [
            ("sleep, processes", "blocked", "at least 98 %", ["-m", "process", *naps]),
            ("sleep, threads", "blocked", "at least 98 %", ["-m", "thread", *naps]),
            ("Python, 2 processes a core", "ready", "50 +- 5 %", ["-m", "process", *burns]),
            ("built-in, 2 processes a core", "ready", "50 +- 5 %", ["-m", "process", *pi]),
            (f"Python, {twice} threads at once", "blocked + lock", f"{100 - 50 // cores} +- 5 %", ["-m", "thread", *burns]),
        ]
        for what, parts, target, job in rows:
            shares = [bench.of_items(*job) for _ in range(arguments.times)]
            sums = [100 * sum(one[part] for part in parts.split(" + ")) for one in shares]
            middle = statistics.median(sums)
            print(f"{what:32} {parts:15} {middle:5.1f} % ({min(sums):.1f} to {max(sums):.1f}), to be {target}")
        worst = 0.0
        for example in examples(bench.program):
            total = sum(bench.ledger("--example", example).values())
            worst = max(worst, abs(total - 1))
        print(f"{'all examples':32} sum of shares   {100 * worst:.3f} % off at worst, to be at most 0.5 %")
    if not arguments.no_compare:
        print(compared())


if __name__ == "__main__":
    main()
