"""What start.py and peers.py share: the pool of four as whole processes, measuring in turns, and where things are."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent

WHOLE_RUN = "poolscope run, 4 processes"
WHOLE_FORK = "Python's Pool(4).map, fork"
WHOLE_SPAWN = "Python's Pool(4).map, spawn"

RUN = ["run", "-w", "4", "-m", "process", "-f", "double", "1", "2", "3", "4", "5"]
EXPECTED = "2\n4\n6\n8\n10\n"
POOL = """
import multiprocessing, sys

def task(number):
    return number * 2

if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[1])
    with multiprocessing.Pool(4) as pool:
        print(*pool.map(task, [1, 2, 3, 4, 5]), sep="\\n")
"""


def load_now():
    """How busy the machine is before anything is measured, for the first line of a report."""
    load, cores = os.getloadavg()[0], os.cpu_count()
    busy = "; others are at work here, so quote none of this" if load > cores / 4 else ""
    return f"load {load:.1f} on {cores} cores{busy}"


def target_folder():
    return Path(os.environ.get("CARGO_TARGET_DIR", PACKAGE / "target"))


def built_program():
    return target_folder() / "release" / "poolscope"


def in_turns(measures, times):
    """Calls each measure once a turn, so that a noisy moment of the machine hurts all; joins what they give by name."""
    taken = {}
    for _ in range(times):
        for measure in measures:
            for name, values in measure().items():
                taken.setdefault(name, []).extend(values)
    return taken


def spread(values):
    return statistics.median(values), min(values), max(values)


class WholeRuns:
    """A pool of four for five numbers as a process of its own, from its start to its end: Poolscope's and Python's."""

    def __init__(self, program):
        self.program = program

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        script = Path(self.folder.name) / "pool.py"
        script.write_text(POOL)
        commands = {
            WHOLE_RUN: [str(self.program), *RUN],
            WHOLE_FORK: [sys.executable, str(script), "fork"],
            WHOLE_SPAWN: [sys.executable, str(script), "spawn"],
        }
        return [self.measure(name, command) for name, command in commands.items()]

    def __exit__(self, *_):
        self.folder.cleanup()

    @staticmethod
    def measure(name, command):
        def took_ms():
            begun = time.perf_counter()
            ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            spent_ms = (time.perf_counter() - begun) * 1e3
            if (ended.returncode, ended.stdout) != (0, EXPECTED):
                sys.exit(f"{name} ended with {ended.returncode}: {ended.stdout}{ended.stderr}")
            return {name: [spent_ms]}

        return took_ms
