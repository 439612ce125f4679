"""Runs a program of `multiprocessing` line by line: it stops before each line of the main block, says what the processes
are, and waits for a byte. It is started with the program on its standard input, and tells on its standard output, which it
keeps to itself: what the program and its children print goes where errors go."""

import ast
import json
import multiprocessing
import multiprocessing.pool
import os
import sys
import tempfile
import time
import types

KEPT = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)
GIVEN = json.loads(sys.stdin.buffer.readline().decode())
exec(GIVEN["said"])
exec(GIVEN["clock"])

# What children run as their main file: the program, with its lines marked, sleeping by the program's clock.
MAIN = """%s
%s
keep_time(%r)
sys.stdout = Said(False)
exec(compile(%r, %r, "exec"))
"""


def file_of(text, name):
    """A file that children can read, and that is gone with this process however that ends, where the system has such."""
    if hasattr(os, "memfd_create"):
        file = os.memfd_create(name)
        os.write(file, text.encode())
        return "/proc/%d/fd/%d" % (os.getpid(), file)
    path = os.path.join(tempfile.mkdtemp(), name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


class Watch:
    """What there is to tell of the processes: what Python says of them, and what was called on them."""

    def __init__(self, module):
        self.module = module
        self.known = []
        self.called = {}
        for name in ("join", "terminate", "kill"):
            self.note_calls(name)

    def note_calls(self, name):
        """Has `name` of all processes note that it has come back."""
        cls, noted = multiprocessing.process.BaseProcess, self.called.setdefault(name, set())
        own = getattr(cls, name)

        def noting(process, *args, **kwargs):
            came_back = own(process, *args, **kwargs)
            noted.add(id(process))
            return came_back

        setattr(cls, name, noting)

    def named(self, kind):
        return [(name, value) for name, value in vars(self.module).items() if isinstance(value, kind)]

    def look(self):
        pools = self.named(multiprocessing.pool.Pool)
        processes = self.named(multiprocessing.process.BaseProcess)
        for name, pool in pools:
            # A pool forgets workers that have ended.
            processes += [(None, process) for process in list(pool._pool)]
        for name, process in processes:
            if not any(known is process for _, known in self.known):
                self.known.append((name, process))
        return {
            "pools": [{"name": name, "state": str(pool._state).upper()} for name, pool in pools],
            "processes": [self.told(name, process) for name, process in self.known],
        }

    def told(self, name, process):
        told = {"variable": name, "name": process.name, "was_closed": getattr(process, "_closed", False)}
        for call, noted in self.called.items():
            told["was_%s" % call] = id(process) in noted
        if told["was_closed"]:
            # It can be asked nothing any more.
            return dict(told, pid=None, is_alive=False, exit_code=None)
        # First of all, since it is what finds out that a process has ended.
        is_alive = process.is_alive()
        return dict(told, pid=process.pid, is_alive=is_alive, exit_code=process.exitcode)


class Unwatched(SystemExit):
    """Nobody watches any more. The interpreter ends as usual, and removes its semaphores and folders."""


class Stepper:
    def __init__(self, text):
        tree = ast.parse(text)
        self.last = tree.body[-1]
        self.code = compile(text, GIVEN["name"], "exec")
        self.module = types.ModuleType("__main__")
        clock = file_of("\0", "clock")
        self.clock = keep_time(clock)
        main = MAIN % (GIVEN["said"], GIVEN["clock"], clock, text, GIVEN["name"])
        self.module.__file__ = file_of(main, GIVEN["name"])
        sys.modules["__main__"] = self.module
        self.watch = Watch(self.module)
        self.stops = 0
        self.since = time.perf_counter()

    def trace(self, frame, event, arg):
        """Only the program's own lines are of interest."""
        return self.trace_lines if frame.f_code is self.code else None

    def trace_lines(self, frame, event, arg):
        if event == "line" and frame.f_lineno > self.last.lineno:
            self.stop(frame.f_lineno)
        return self.trace_lines

    def stop(self, line, failure=None):
        """Tells where it is, and waits until it may go on; meanwhile it tells of its processes as often as it is asked."""
        took_s = time.perf_counter() - self.since
        self.clock.stand(True)
        try:
            self.tell(line, failure, took_s)
        finally:
            self.clock.stand(False)
        self.since = time.perf_counter()

    def tell(self, line, failure, took_s):
        """Tells where it is and what its processes are, again and again, until it is asked for a step."""
        self.stops += 1
        # Goes the way of what is printed, so that all that was printed before it is known to be.
        os.write(1, b"\x1f%d\n" % self.stops)
        while True:
            stop = dict(self.watch.look(), stop=self.stops, line=line, took_s=took_s, failure=failure)
            method = multiprocessing.get_start_method()
            stop.update(start_method=method, pid=os.getpid(), version=sys.version.split()[0])
            KEPT.write(json.dumps(stop) + "\n")
            KEPT.flush()
            asked = os.read(0, 1)
            if asked == b"s":
                break
            if not asked:
                for _, process in self.watch.known:
                    if process.pid and process.is_alive():
                        process.kill()
                raise Unwatched(1)

    def run(self):
        if GIVEN["method"]:
            multiprocessing.set_start_method(GIVEN["method"])
        sys.stdout = Said(True)
        failure = None
        sys.settrace(self.trace)
        try:
            exec(self.code, vars(self.module))
        except Unwatched:
            raise
        except BaseException as error:
            failure = "%s: %s" % (type(error).__name__, error)
        finally:
            sys.settrace(None)
        self.stop(None, failure)


Stepper(GIVEN["program"]).run()
