#!/usr/bin/env python3
"""What a run says of itself, beside what is known of it; and what it costs to print its results, to save it and to open it.

    cargo build --release && python3 benches/answer.py [--times 5]

Runs functions of which it is known what they do (sleep, compute, take turns under Python's lock) and prints the shares that
`--json` gives (`ledger`) beside what they have to be, and how far the shares of all examples are from adding up to 1. Only
what is measured on a quiet machine counts: the first line says how busy it is. Then ten million integers go from a file to a file
of results, through the program and through CPython's Pool, in turns; and runs of one and of ten million items are saved and
opened. The last rows count how often equal jobs, and jobs that differ by a tenth, are called different; --no-compare leaves
them out.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
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
POOL = """
import sys
from multiprocessing import Pool

def double(n):
    return n * 2

if __name__ == "__main__":
    with open(sys.argv[1]) as numbers, open(sys.argv[2], "w") as results, Pool(2) as pool:
        for result in pool.imap(double, map(int, numbers), chunksize=20000):
            results.write(f"{result}\\n")
"""
# Threads of Python without a pool: what they show on this machine is as near as a pool of threads can come.
BARE_THREADS = """
import sys
import threading
import time

from tasks import burn

def work():
    begun = time.perf_counter()
    burn(int(sys.argv[2]))
    elapsed_s = time.perf_counter() - begun
    with open("/proc/thread-self/schedstat") as counts:
        on_core_ns, ready_ns, _ = map(int, counts.read().split())
    shares.append(1 - (on_core_ns + ready_ns) / 1e9 / elapsed_s)

shares = []
threads = [threading.Thread(target=work) for _ in range(int(sys.argv[1]))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sum(shares) / len(shares))
"""
STEPS = "4000000"
# Processes start after each other, and only while all of them compute are there two for each core: those tenths of a second
# must not count.
LONG_STEPS = "40000000"
MILLION = 1_000_000
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

    def bare_threads_blocked(self, threads):
        """The share of the time that so many threads of Python, without a pool, are off their cores and not ready."""
        script = self.tasks.parent / "bare_threads.py"
        script.write_text(BARE_THREADS)
        return float(subprocess.run([sys.executable, script, threads, STEPS], capture_output=True, text=True, check=True).stdout)

    def numbers(self, count):
        """A file of so many integers."""
        path = self.tasks.parent / f"{count}.txt"
        if not path.exists():
            path.write_text("".join(f"{n}\n" for n in range(count)))
        return path

    def elapsed_s(self, command, out=subprocess.DEVNULL):
        begun = time.perf_counter()
        subprocess.run(command, check=True, stdout=out, stderr=subprocess.DEVNULL, cwd=self.tasks.parent)
        return time.perf_counter() - begun

    def printing(self, times):
        """Medians of the seconds that the program and CPython's Pool take from a file to a file, in turns."""
        numbers, results = self.numbers(10 * MILLION), self.tasks.parent / "results.txt"
        pool = self.tasks.parent / "pool.py"
        pool.write_text(POOL)
        own, other = [], []
        for _ in range(times):
            with open(results, "wb") as out:
                own.append(self.elapsed_s([self.program, "run", "-f", "double", "-i", numbers], out))
            size = results.stat().st_size
            other.append(self.elapsed_s([sys.executable, pool, numbers, results]))
            assert results.stat().st_size == size, "other results"
        return statistics.median(own), statistics.median(other)

    def saved(self, count, times):
        """Medians of the seconds that it takes to save a run of so many items and to open it again; and its bytes."""
        numbers, saved = self.numbers(count), self.tasks.parent / "saved.poolrun"
        run = [self.program, "run", "-f", "double", "-i", numbers]
        saving, opening = [], []
        for _ in range(times):
            without = self.elapsed_s(run)
            saving.append(self.elapsed_s([*run, "--save-run", saved]) - without)
            opening.append(self.elapsed_s([self.program, "export", saved, "--csv", "figures.csv"]))
        return statistics.median(saving), statistics.median(opening), saved.stat().st_size


def examples(program):
    """The names of all examples, as the refusal of one that is not there lists them."""
    refused = subprocess.run([program, "run", "--example", "-"], capture_output=True, text=True).stderr
    return refused.strip().partition("is not one of: ")[2].split("; ")


def print_costs(bench, times):
    own, other = bench.printing(times)
    print(f"{'10 M integers, file to file':32} {own:.2f} s, to be at most 0.6 s; 1/{other / own:.1f} of CPython's Pool ({other:.2f} s), to be at most 1/6")
    _, opening, _ = bench.saved(MILLION, times)
    print(f"{'a saved run of 1 M items':32} opens and is added up in {opening:.2f} s, to be at most 1 s")
    saving, opening, size = bench.saved(10 * MILLION, times)
    print(f"{'a saved run of 10 M items':32} saved in {saving:.2f} s, to be at most 3 s, in {size / 1e6:.0f} MB, to be at most 200 MB; opened in {opening:.2f} s")


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
        burn = ["-w", twice, "--chunk", "1", "--python", f"{bench.tasks}:burn"]
        burns, long_burns = ([*burn, *[steps] * (2 * cores)] for steps in (STEPS, LONG_STEPS))
        naps = ["-w", twice, "--python", f"{bench.tasks}:nap"] + ["500"] * (2 * cores)
        pi = ["-w", twice, "--chunk", "1", "-f", "estimate_pi"] + ["60000000"] * (2 * cores)
        rows = [
            ("sleep, processes", "blocked", "at least 98 %", ["-m", "process", *naps]),
            ("sleep, threads", "blocked", "at least 98 %", ["-m", "thread", *naps]),
            ("Python, 2 processes a core", "ready", "50 +- 5 %", ["-m", "process", *long_burns]),
            ("built-in, 2 processes a core", "ready", "50 +- 5 %", ["-m", "process", *pi]),
            (f"Python, {twice} threads at once", "blocked + lock", f"{100 - 50 // cores} +- 5 %", ["-m", "thread", *burns]),
        ]
        for what, parts, target, job in rows:
            shares = [bench.of_items(*job) for _ in range(arguments.times)]
            sums = [100 * sum(one[part] for part in parts.split(" + ")) for one in shares]
            middle = statistics.median(sums)
            print(f"{what:32} {parts:15} {middle:5.1f} % ({min(sums):.1f} to {max(sums):.1f}), to be {target}")
        bare = [100 * bench.bare_threads_blocked(twice) for _ in range(arguments.times)]
        print(f"{'the same, without a pool':32} {'blocked':15} {statistics.median(bare):5.1f} % ({min(bare):.1f} to {max(bare):.1f})")
        worst = 0.0
        for example in examples(bench.program):
            total = sum(bench.ledger("--example", example).values())
            worst = max(worst, abs(total - 1))
        print_costs(bench, arguments.times)
        print(f"{'all examples':32} sum of shares   {100 * worst:.3f} % off at worst, to be at most 0.5 %")
    if not arguments.no_compare:
        print(compared())


if __name__ == "__main__":
    main()
