#!/usr/bin/env python3
"""Streams that run for a long time: do memory, descriptors and threads stay what they were?

    cargo build --release && python3 benches/soak.py --minutes 60

In each mode one stream of integers that are doubled, and one of a Python function that prints for each item and kills
its worker at each thousandth. Checks that each input has its row and that nothing is left. Needs Linux's /proc.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from shared import built_program, load_now

FUNCTION = """
import os, signal

def step(number):
    print("item", number)
    if number % 1000 == 999:
        os.kill(os.getpid(), signal.SIGKILL)
    return number
"""
BLOCK_LINES = 1000
SAMPLE_S = 1.0
READ_BYTES = 1 << 20
MAY_GROW_PERCENT = 5
WORKERS = "memory of workers, MB"


def main():
    arguments = parser().parse_args()
    program = arguments.program or built_program()
    if not program.exists():
        sys.exit(f"there is no {program}: build it with `cargo build --release`, or name it with --program")
    print(f"{program}, {load_now()}, {arguments.minutes:g} minutes\n", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        function = Path(folder) / "step.py"
        function.write_text(FUNCTION)
        kinds = {"doubling": ["-f", "double"], "prints and deaths": ["--python", str(function)]}
        streams = {
            f"{kind}, {mode}": [str(program), "run", "-m", mode, "-w", "2", "--stream", "-i", "-", *kinds[kind]]
            for kind in arguments.only or kinds
            for mode in ("process", "thread")
        }
        has_held = [soak(name, command, arguments.minutes * 60 / len(streams)) for name, command in streams.items()]
    sys.exit(not all(has_held))


def parser():
    result = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    result.add_argument("--program", type=Path, help="the program to try [the release build]")
    result.add_argument("--minutes", type=float, default=60, help="how long it takes, all streams together [60]")
    result.add_argument("only", nargs="*", metavar="KIND", help="`doubling`, `prints and deaths` [both]")
    return result


def soak(name, command, duration_s):
    """Runs one stream for so long, prints what it used, and says whether all of it held."""
    run = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    rows, messages = Lines(run.stdout), Lines(run.stderr)
    feeder = Feeder(run.stdin, time.monotonic() + duration_s)
    samples = []
    while feeder.thread.is_alive() and run.poll() is None:
        samples += [sample for sample in [sample_of(run.pid)] if sample]
        time.sleep(SAMPLE_S)
    for thread in (feeder.thread, rows.thread, messages.thread):
        thread.join()
    run.wait()
    print(f"{name}: {feeder.given:,} items, {rows.count:,} rows, {messages.count:,} lines of messages; {messages.last}")
    left = subprocess.run(["pgrep", "-f", "--", " ".join(command)], stdout=subprocess.PIPE, text=True).stdout.split()
    # Workers that die are new ones each time: what they hold says nothing but how old they are.
    judged = [what for what in samples[0] if what != WORKERS or messages.count < feeder.given]
    has_held = [show(what, [sample[what] for sample in samples], what in judged) for what in samples[0]]
    print(f"    {len(left)} processes left\n", flush=True)
    return feeder.given == rows.count and not left and all(has_held)


def show(what, values, is_judged):
    """The medians of the second and the last quarter of the time, which should be equal; whether they are."""
    quarter = max(1, len(values) // 4)
    early, late = (statistics.median(part) for part in (values[quarter : 2 * quarter] or values, values[-quarter:]))
    has_held = not is_judged or late <= early * (1 + MAY_GROW_PERCENT / 100) + 1
    verdict = "" if not is_judged else "held" if has_held else "GREW"
    print(f"    {what:24} {early:10,.1f} then {late:10,.1f}, at most {max(values):10,.1f}  {verdict}")
    return has_held


def sample_of(pid):
    """What the program itself holds now, and its processes together; None once it has ended."""
    try:
        children = [child for child in descendants(pid) if child != pid]
        return {
            "memory, MB": resident_mb(pid),
            WORKERS: sum(map(resident_mb, children)),
            "descriptors": len(os.listdir(f"/proc/{pid}/fd")),
            "threads": len(os.listdir(f"/proc/{pid}/task")),
        }
    except OSError:
        return None


def descendants(pid):
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            found += map(int, task.read_text().split())
    return found


def resident_mb(pid):
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0  # A worker that has ended since it was listed.
    sizes_kb = [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")]
    return sum(sizes_kb) / 1024


class Feeder:
    """Writes integers to a stream until a moment, as fast as they are taken."""

    def __init__(self, stream, end):
        self.given = 0
        self.thread = threading.Thread(target=self.feed, args=(stream, end))
        self.thread.start()

    def feed(self, stream, end):
        block = "".join(f"{number}\n" for number in range(BLOCK_LINES)).encode()
        try:
            while time.monotonic() < end:
                stream.write(block)
                self.given += BLOCK_LINES
            stream.close()
        except BrokenPipeError:
            pass  # The run has ended, which the count of its rows shows.


class Lines:
    """Counts the lines of a stream until it ends."""

    def __init__(self, stream):
        self.count = 0
        self.last = ""
        self.thread = threading.Thread(target=self.read, args=(stream,))
        self.thread.start()

    def read(self, stream):
        tail = b""
        while block := stream.read1(READ_BYTES):
            self.count += block.count(b"\n")
            tail = (tail + block)[-1000:]
        lines = [line for line in tail.decode(errors="replace").splitlines() if "items in" in line]
        self.last = lines[-1] if lines else "it said nothing"


if __name__ == "__main__":
    main()
