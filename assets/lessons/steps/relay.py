"""Runs a program step by step on behalf of a window or a terminal: each input is what is asked for, each output what there
is to tell then. The program is run by a Python of its own, the stepper."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time

# So long may a program that is let go take until its next line, and so long to end its workers, and to remove its
# semaphores and folders.
LINE_PATIENCE_S = 0.3
LEAVE_PATIENCE_S = 1.5
# Longer is nothing waited for: whoever asks wants to show what there is meanwhile.
PATIENCE_S = 0.15
BOOT = "import sys; exec(compile(sys.stdin.buffer.read(int(sys.argv[1])), '<stepper>', 'exec'))"


class Relay:
    def __init__(self, given):
        stepper = given.pop("stepper").encode()
        self.news = queue.Queue()
        self.child = subprocess.Popen(
            [sys.executable, "-I", "-c", BOOT, str(len(stepper))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)
        for pipe, kind in ((self.child.stdout, "stop"), (self.child.stderr, "line")):
            threading.Thread(target=self.read, args=(pipe, kind), daemon=True).start()
        self.child.stdin.write(stepper + json.dumps(given).encode() + b"\n")
        self.is_stopped = False
        self.said_upto = 0
        self.stops = []
        self.open = 2

    def read(self, pipe, kind):
        """Passes on each line of a pipe, and then that there are no more."""
        for line in iter(pipe.readline, b""):
            self.news.put((kind, line.rstrip(b"\r\n")))
        self.news.put(("end", b""))

    def ask(self, what):
        """Lets the program make a step, or looks at it, and gives what has happened within a moment."""
        if what == "step" or self.is_stopped:
            try:
                self.child.stdin.write(b"s" if what == "step" else b"l")
            except OSError:
                pass  # It has ended, which is told below.
            self.is_stopped = False
        told = {"said": [], "stop": None, "exit_code": None}
        until = time.monotonic() + PATIENCE_S
        while told["stop"] is None and told["exit_code"] is None:
            try:
                kind, line = self.news.get(timeout=max(until - time.monotonic(), 0.001))
            except queue.Empty:
                # Children that it has left behind hold the pipes, which then do not end with it.
                told["exit_code"] = self.child.poll()
                break
            self.take(kind, line, told)
        return told

    def end(self):
        """Has the program end, since nobody watches it any more."""
        self.child.stdin.close()
        try:
            self.child.wait(LINE_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.interrupt()

    def interrupt(self):
        """Has it leave what it waits for, as Ctrl-C does."""
        if os.name == "posix":
            self.child.send_signal(signal.SIGINT)
        try:
            self.child.wait(LEAVE_PATIENCE_S)
        except subprocess.TimeoutExpired:
            pass  # It is ended with this process.

    def take(self, kind, line, told):
        if kind == "end":
            self.open -= 1
        elif kind == "stop":
            self.stops.append(json.loads(line.decode()))
        elif line.startswith(b"\x1f"):
            self.said_upto = int(line[1:])
        elif line.startswith(b"\x1e"):
            told["said"].append(json.loads(line[1:].decode()))
        else:
            text = line.decode(errors="replace")
            told["said"].append({"pid": None, "has_programs": False, "text": text})
        # A stop is told after all that was printed before it.
        if self.stops and self.stops[0]["stop"] <= self.said_upto:
            told["stop"] = self.stops.pop(0)
            self.is_stopped = True
        elif not self.open and not self.stops:
            told["exit_code"] = self.child.wait()


RELAY = []


def relay(asked):
    if not RELAY:
        RELAY.append(Relay(json.loads(asked)))
        asked = "look"
    elif asked == "end":
        return RELAY[0].end()
    return json.dumps(RELAY[0].ask(asked))
