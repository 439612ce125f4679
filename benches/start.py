#!/usr/bin/env python3
"""How quickly the program is there, and what it costs at rest: figures beside their targets, and beside Python.

    cargo build --release && python3 benches/start.py

Needs Python 3 alone for the runs; Xvfb and xdotool for the window. What cannot be measured is skipped and named.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from shared import WHOLE_FORK, WHOLE_RUN, WHOLE_SPAWN, WholeRuns, built_program, in_turns, load_now, spread

RUN_TARGET_MS = 60
WINDOW_TARGET_MS = 1000
IDLE_TARGET_PERCENT = 2
POLL_S = 0.005
WINDOW_LIMIT_S = 30
SETTLE_S = 3


def main():
    arguments = parser().parse_args()
    program = arguments.program or built_program()
    if not program.exists():
        sys.exit(f"there is no {program}: build it with `cargo build --release`, or name it with --program")
    print(f"{program}, {load_now()}")
    print(f"medians of {arguments.times}, of 5 for the idle window (least to most)\n", flush=True)
    whole_runs(program, arguments.times)
    missing = [tool for tool in ("Xvfb", "xdotool") if not shutil.which(tool)]
    if missing or not Path("/proc/self/stat").exists():
        print(f"\nskipped: the window, for want of {', '.join(missing) or '/proc'}")
        return
    with Screen() as screen:
        window(program, screen, arguments.times, arguments.idle_s)


def parser():
    result = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    result.add_argument("--program", type=Path, help="the program to measure [the release build]")
    result.add_argument("--times", type=at_least_five, default=11, help="how often each is measured, at least 5 [11]")
    result.add_argument("--idle-s", type=float, default=10, help="how long the idle window is watched, 5 times [10]")
    return result


def at_least_five(text):
    if not text.isdigit() or int(text) < 5:
        raise argparse.ArgumentTypeError("fewer than 5 make no median worth its name")
    return int(text)


def show(what, values, unit, target=None):
    """One line of the report; gives the median."""
    median, least, most = spread(values)
    verdict = "" if target is None else f"target {target:g} {unit}: {'met' if median <= target else 'MISSED'}"
    extent = f"({least:.1f} to {most:.1f})"
    print(f"{what:42} {median:8.1f} {unit:2} {extent:20} {verdict}")
    return median


def whole_runs(program, times):
    """A pool of four for five numbers, from the start of the process to its end. The peers take turns."""
    with WholeRuns(program) as runs:
        in_turns(runs, 1)  # The first fills the caches.
        took_ms = in_turns(runs, times)
    medians = {
        name: show(name, values, "ms", RUN_TARGET_MS if name == WHOLE_RUN else None) for name, values in took_ms.items()
    }
    fork, spawn = (medians[name] / medians[WHOLE_RUN] for name in (WHOLE_FORK, WHOLE_SPAWN))
    print(f"{'':42} Python takes {fork:.1f} x (fork), {spawn:.1f} x (spawn)")


class Screen:
    """A virtual screen with software rendering, and a home of its own, so that no settings are found or left."""

    def __enter__(self):
        self.home = tempfile.TemporaryDirectory()
        self.xvfb = subprocess.Popen(
            ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "+extension", "GLX", "-nolisten", "tcp"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        home = Path(self.home.name)
        self.env = {
            **os.environ,
            "DISPLAY": f":{self.xvfb.stdout.readline().strip()}",
            "HOME": str(home),
            "XDG_DATA_HOME": str(home / "data"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "LIBGL_ALWAYS_SOFTWARE": "1",
        }
        self.env.pop("WAYLAND_DISPLAY", None)
        drivers = sorted(Path("/usr/share/vulkan/icd.d").glob("lvp_icd*.json"))
        if drivers:
            self.env["VK_ICD_FILENAMES"] = str(drivers[0])
        return self

    def __exit__(self, *_):
        self.xvfb.kill()
        self.xvfb.wait()
        self.home.cleanup()

    def has_window(self):
        search = ["xdotool", "search", "--onlyvisible", "--name", "Poolscope$"]
        return subprocess.run(search, env=self.env, capture_output=True).stdout.strip() != b""

    def open(self, program):
        """Starts the program and waits for its window; gives both the process and the time taken in ms."""
        begun = time.perf_counter()
        process = subprocess.Popen([program], env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not self.has_window():
            if process.poll() is not None or time.perf_counter() - begun > WINDOW_LIMIT_S:
                process.kill()
                sys.exit("the program opened no window")
            time.sleep(POLL_S)
        return process, (time.perf_counter() - begun) * 1e3


def window(program, screen, times, idle_s):
    """Until the window is seen, which is shown once its first frame is painted; then what it takes at rest."""
    opened_ms = []
    for turn in range(times + 1):
        process, spent_ms = screen.open(program)
        opened_ms.append(spent_ms)
        if turn < times:
            close(screen, process)
    show("window with its first frame, first start", opened_ms[:1], "ms")
    show("window with its first frame, after that", opened_ms[1:], "ms", WINDOW_TARGET_MS)
    time.sleep(SETTLE_S)
    shares = [cpu_share_percent(process.pid, idle_s) for _ in range(5)]
    show(f"idle window, share of a core over {idle_s:g} s", shares, "%", IDLE_TARGET_PERCENT)
    close(screen, process)


def close(screen, process):
    process.terminate()
    process.wait()
    while screen.has_window():
        time.sleep(POLL_S)


def cpu_share_percent(pid, seconds):
    begun, cpu_s = time.perf_counter(), cpu_seconds(pid)
    time.sleep(seconds)
    return (cpu_seconds(pid) - cpu_s) / (time.perf_counter() - begun) * 100


def cpu_seconds(pid):
    """User and system time of all threads of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
