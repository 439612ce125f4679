"""Functions of which one input harms the process that runs it, or the way by which that process speaks to its parent."""

import builtins
import ctypes
import fcntl
import gc
import multiprocessing
import os
import random
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor

BAD = 7


def harms(harm):
    """A function that does this harm for the one input and gives each input back."""

    def function(n):
        if n == BAD:
            found = harm()
            return n if found is None else found
        return n

    return function


def each_descriptor(use):
    for number in range(3, 64):
        try:
            use(number)
        except OSError:
            pass


def send(kind, content):
    frame = struct.pack("<IB", 1 + len(content), kind) + content
    each_descriptor(lambda number: os.write(number, frame))


def replace_all():
    other = os.open("/dev/null", os.O_RDWR)
    for number in range(3, 64):
        if number != other:
            os.dup2(other, number)


def wait_after(harm):
    harm()
    time.sleep(0.5)


def result_without_blocking():
    each_descriptor(lambda number: fcntl.fcntl(number, fcntl.F_SETFL, os.O_NONBLOCK))
    return "x" * 5_000_000


def endless():
    class Endless:
        def __repr__(self):
            return repr(self)

    sys.setrecursionlimit(10**9)
    return repr(Endless())


def nested():
    found = []
    for _ in range(100_000):
        found = [found]
    return found


def leaves():
    class Leaving(list):
        def __iter__(self):
            os._exit(5)

    return Leaving([1])


def exits():
    class Exiting(list):
        def __iter__(self):
            raise SystemExit(3)

    return Exiting([1])


closes = harms(lambda: os.closerange(3, 256))
closes_and_waits = harms(lambda: wait_after(lambda: os.closerange(3, 256)))
replaces = harms(replace_all)
shuts = harms(lambda: each_descriptor(lambda number: socket.socket(fileno=os.dup(number)).shutdown(2)))
truncates = harms(lambda: each_descriptor(lambda number: os.ftruncate(number, 0)))
forges_ready = harms(lambda: send(65, b"\x05\x00"))  # The version of the wire, and no module.
forges_refused = harms(lambda: send(66, b"\x05hello"))
forges_returned = harms(lambda: send(69, b"\x01\x00\x05"))
forges_noise = harms(lambda: each_descriptor(lambda number: os.write(number, b"\xff" * 300)))
does_not_block = harms(result_without_blocking)
aborts = harms(os.abort)
kills_itself = harms(lambda: os.kill(os.getpid(), 9))
kills_its_group = harms(lambda: os.killpg(0, 9))
leaves_with_0 = harms(lambda: os._exit(0))
reads_nowhere = harms(lambda: ctypes.string_at(0))
becomes_another = harms(lambda: os.execvp("true", ["true"]))
recurses_in_c = harms(endless)
nests = harms(nested)
has_an_iterator_that_leaves = harms(leaves)
has_an_iterator_that_exits = harms(exits)
has_no_more_memory = harms(lambda: resource.setrlimit(resource.RLIMIT_AS, (1, 1)))
has_no_more_files = harms(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0)))
forgets_modules = harms(sys.modules.clear)
forks = harms(lambda: os.fork() and None)
clears_builtins = harms(lambda: vars(builtins).clear())
ends_its_thread = harms(lambda: ctypes.CDLL(None).pthread_exit(None))


def leaves_a_process(n):
    """The first input takes too long, and what it started is in a session of its own; the second waits for its end."""
    if n == 1:
        subprocess.Popen(["setsid", "sh", "-c", "echo $$ >started.pid; exec sleep 600"])
        time.sleep(600)
    with open("started.pid") as file:
        program = "/proc/%s/exe" % file.read().strip()
    while os.path.exists(program):
        time.sleep(0.01)
    return n


def has_a_large_child(n):
    if n == 1:
        subprocess.run([sys.executable, "-c", "held = bytearray(200 << 20); import time; time.sleep(600)"])
    return n


def square(n):
    return n * n


def runs_a_pool(n):
    with multiprocessing.Pool(2) as pool:
        return sum(pool.map(square, range(n)))


def runs_an_executor(n):
    with ProcessPoolExecutor(2) as pool:
        return sum(pool.map(square, range(n)))


def runs_this_program(n):
    command = [os.environ["POOLSCOPE_PROGRAM"], "run", "-w", "2", "-f", "double", "1..%d" % n]
    return sum(map(int, subprocess.run(command, stdout=subprocess.PIPE).stdout.split()))


def reads_standard_input(n):
    return len(sys.stdin.read()) + n


def has_a_child_that_reads_standard_input(n):
    return len(subprocess.run(["cat"], stdout=subprocess.PIPE).stdout) + n


class Frozen(Exception):
    def __setattr__(self, name, value):
        raise AttributeError(name)


def raises_what_cannot_be_changed(n):
    if n == 2:
        raise Frozen("as it is")
    return n


class Crashing:
    def __str__(self):
        os.abort()


def has_a_result_that_crashes(n):
    return Crashing() if n == 2 else n


def starts_anew(step):
    globals()["STEP"] = step


def was_started(n):
    if n == 2:
        os._exit(1)
    return n + STEP


def kills_another_worker(n):
    others = [int(pid) for pid in open("/proc/%d/task/%d/children" % ((os.getppid(),) * 2)).read().split()]
    others = [pid for pid in others if pid != os.getpid()]
    if n % 3 == 0 and others:
        os.kill(random.choice(others), 9)
    return n


def takes_files_from_the_program(n):
    """The program that runs the pool may open nothing more, and cannot wait for its hosts as before."""
    if n == 3:
        resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (8, 8))
    time.sleep(0.01)
    return n


def ignores_the_end(n):
    if n == 1:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        time.sleep(600)
    return n


def never_starts():
    open("%d.begun" % os.getpid(), "w").close()
    time.sleep(600)


def holds_a_pool(n):
    with multiprocessing.Pool(2) as pool:
        pool.map(note_and_sleep, range(2))


def note_and_sleep(n):
    open("%d.begun" % os.getpid(), "w").close()
    time.sleep(600)


def omp_threads(n):
    return os.environ.get("OMP_NUM_THREADS", "")


def makes_much(n):
    return str(n) * 3_000_000


def trace_me():
    ctypes.CDLL(None).ptrace(0, 0, 0, 0)  # PTRACE_TRACEME: this program becomes the tracer, and is to wait for the thread.


def traces_siblings(n):
    if n == 1:
        time.sleep(0.3)  # The others have to be there.
        for folder in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open("/proc/%s/stat" % folder) as stat:
                    parent = int(stat.read().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            if parent == os.getppid() and int(folder) != os.getpid():
                ctypes.CDLL(None).ptrace(16, int(folder), 0, 0)  # PTRACE_ATTACH: it stops, and ends only for its tracer.
    time.sleep(0.1)
    return n * 2


def run_traced_thread():
    thread = threading.Thread(target=trace_me)
    thread.start()
    thread.join()


def run_traced_thread_and_die():
    run_traced_thread()
    os.kill(os.getpid(), signal.SIGKILL)


def clear_lists():
    for found in gc.get_objects():
        if type(found) is list:
            found.clear()


is_traced = harms(trace_me)
has_a_traced_thread = harms(run_traced_thread)
has_a_traced_thread_and_dies = harms(run_traced_thread_and_die)
clears_lists = harms(clear_lists)
goes_on_as_another = harms(lambda: os.execv("/bin/sleep", ["sleep", "600"]))
ends_its_thread_with_the_lock = harms(lambda: ctypes.PyDLL(None).pthread_exit(None))
ends_its_first_thread = harms(lambda: ctypes.CDLL(None).prctl(22, 1, 0, 0, 0))  # Seccomp: the next call ends the thread.


def stops_its_process(n):
    if n == BAD:
        os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(0.3)
    return n


def keeps_the_lock(n):
    if n == BAD:
        ctypes.PyDLL(None).sleep(1000)
    time.sleep(0.3)
    return n
