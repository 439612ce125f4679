"""Compares random modules under CPython and under the program's rule of what a function needs.

`python3 tests/field/fuzz --count 100000 --seed 7 --jobs 2` tells how many modules were tried and ends with code 1
where one differs; each difference is printed as a small module with both values.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
from time import perf_counter

from compare import difference
from shrink import smallest
from writer import Writer

# What a module and its comparison may take of a core, and what making it smaller may.
LONGEST_S, LONGEST_SHRINK_S = 20, 300


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=2000, help="how many modules")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32), help="of the first module")
    parser.add_argument("--jobs", type=int, default=1, help="how many processes share the work")
    parser.add_argument("--stop-after", type=int, default=3, help="how many differences are enough")
    return parser.parse_args()


def tried(asked):
    """Tries each module in turn; prints what differs, and how many could be compared."""
    compared = found = 0
    begun = perf_counter()
    seeds = range(asked.seed, asked.seed + asked.count)
    while seeds and found < asked.stop_after:
        # In a process of its own: a module may catch whatever would interrupt it.
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            os.close(reader)
            with os.fdopen(writer, "w", buffering=1) as told:
                for seed in seeds:
                    print(seed, *outcome(seed), file=told)
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as told:
            for line in told:
                seed, is_compared, is_found = map(int, line.split())
                compared, found = compared + is_compared, found + is_found
                seeds = range(seed + 1, seeds.stop)
                if found >= asked.stop_after:
                    os.kill(child, signal.SIGKILL)
                    break
        _, status = os.waitpid(child, 0)
        if status:
            seeds = seeds[1:]
    print("seed %d: %d modules compared, %d differ, %.0f s" % (asked.seed, compared, found, perf_counter() - begun))
    return found


def outcome(seed):
    """Whether a module could be compared, and whether it differs."""
    # By itself this signal ends the process.
    signal.setitimer(signal.ITIMER_PROF, LONGEST_S)
    source, name = Writer(seed).write()
    is_notebook = seed % 4 == 0
    try:
        told = difference(source, name, is_notebook)
    except SyntaxError:
        return 0, 0
    if not told:
        return int(told is not None), 0
    signal.setitimer(signal.ITIMER_PROF, LONGEST_SHRINK_S)
    if difference(source, name, is_notebook):
        show(seed, source, name, is_notebook)
    else:
        print("# seed %d differs only at times: %s\n%s" % (seed, told, source), flush=True)
    return 1, 1


def show(seed, source, name, is_notebook):
    small = smallest(source, name, is_notebook)
    right, here = difference(small, name, is_notebook)
    kind = ", as a notebook" if is_notebook else ""
    print("# seed %d%s, %s: CPython %s, here %s\n%s" % (seed, kind, name, right, here, small), flush=True)


def shared_out(asked):
    """The same in several processes."""
    share = -(-asked.count // asked.jobs)
    children = [
        subprocess.Popen(
            [sys.executable, sys.argv[0], "--count", str(share), "--seed", str(asked.seed + share * place),
             "--stop-after", str(asked.stop_after)]
        )
        for place in range(asked.jobs)
    ]
    return any([child.wait() for child in children])


if __name__ == "__main__":
    asked = arguments()
    sys.exit(bool(shared_out(asked) if asked.jobs > 1 else tried(asked)))
