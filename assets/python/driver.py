"""Makes a Python process a host of Poolscope: runs a person's function over inputs and sends back what it came to.

The host speaks frames over one private channel (see `columns.py` for what is in them) and shows on a status page in
shared memory what each of its lanes runs, so that a host that is killed leaves word of the item it was in. A lane is a
thread that takes chunks of inputs; with one lane that is the main thread, where signals and some libraries need it.
One more thread reads the channel, which ends a host whose parent is gone whatever its lanes do; another, the ticker,
looks after lanes that are stuck in a long item.

The driver is several files, of which this one runs first and loads the others from the job: `PARTS` has them compiled
where that was done by the same build of Python. Those that decide what of the person's file is run are loaded only where
the job has no plan of it yet.
"""

import _socket
import _thread
import io
import mmap
import os
import sys
from _contextvars import copy_context
from _queue import Empty, SimpleQueue
from marshal import loads
from time import sleep

WORK, RECALL, CLOSE = 2, 3, 4
READY, REFUSED, RETURNED = 65, 66, 69
# Fields of the job that are no text.
COMPILED = b"plan", b"compiled"
# Words of the host's line of the page.
PEAK_RSS, BEATS, OBSTACLE = 0, 1, 2
# What its last word is: why this process could not go on although the parent lives.
CUT_OFF, THREAD_ENDED, PYTHON_CHANGED = 1, 2, 3
USAGE_NS = 50_000_000
TICK_S, BEAT_S = 0.005, 0.25
LANES_SEEN_EVERY_NS = 200_000_000
LONGEST_START_NS = 10_000_000_000


def part(name):
    """Another file of the driver, as a module that the rest can import."""
    module = type(sys)("poolscope_" + name)
    module.later = later
    if name in PARTS:
        code = loads(PARTS[name])
    else:
        code = compile(JOB[name], "<poolscope %s>" % name, "exec", dont_inherit=True)
    exec(code, module.__dict__)
    sys.modules[module.__name__] = module
    return module


def read_job(file):
    """The fields of the job: each a line of its name and size, and then so many bytes."""
    fields = {}
    for line in iter(file.readline, b""):
        name, _, size = line.strip(b"\0\n").partition(b" ")
        if name.decode() in PARTS:
            file.seek(int(size), 1)
        elif name:
            content = file.read(int(size))
            fields[name.decode()] = content if name in COMPILED else content.decode("utf-8", "surrogateescape")
    return fields


def later(name):
    """A part that many runs never need, loaded when one does."""
    return sys.modules.get("poolscope_" + name) or part(name)


exit_now, execute = os._exit, os.execv  # User code may change what `os` holds.


def end_own_tree():
    """Ends this process and all that it started: the parent is gone. Its program knows how, and goes on in this process."""
    try:
        execute(JOB["program"], ["poolscope", "host", "end"] + JOB["end_arguments"].split())
    except OSError:
        os.killpg(0, 9)
        exit_now(1)


class Channel:
    """The way to the parent: whole frames, from all threads, one after the other."""

    def __init__(self, descriptor, page):
        self.socket = _socket.socket(fileno=descriptor)
        self.descriptor = descriptor
        self.page = page
        self.lock = _thread.allocate_lock()
        self.parent = os.getppid()
        self.identity = self.identify()

    def identify(self):
        """What tells the channel from another file that user code may have put in its place."""
        try:
            status = os.fstat(self.descriptor)
        except OSError:
            return None
        return status.st_dev, status.st_ino

    def lost(self):
        """Ends this process: with all that it started where the parent is gone, and alone where user code closed it."""
        is_replaced = self.identify() != self.identity
        if is_replaced or os.getppid() == self.parent:  # Or it was shut down, unless the parent is just ending.
            self.page[OBSTACLE] = CUT_OFF
        if is_replaced:
            exit_now(1)
        end_own_tree()

    def send(self, kind, *parts):
        if self.socket is None:  # User code forked this process.
            os._exit(0)
        if kind != SAID and self.identify() != self.identity:  # Lines are many, and a result comes after them.
            self.lost()
        size = 1 + sum(map(len, parts))
        frame = b"".join((size.to_bytes(4, "little"), bytes((kind,)), *parts))
        with self.lock:
            sent = self.send_some(frame)
            while sent < len(frame):
                sent += self.send_some(memoryview(frame)[sent:])

    def send_some(self, content):
        """Sends as much as the system takes at a time, however user code has set the channel."""
        while True:
            try:
                return self.socket.send(content)
            except BlockingIOError:
                os.set_blocking(self.descriptor, True)
            except OSError:
                self.lost()

    def frames(self):
        """Kind and payload of each frame, for as long as the parent lives."""
        while True:
            header = self.receive(5)
            yield header[4], self.receive(int.from_bytes(header[:4], "little") - 1)

    def receive(self, size):
        """So many bytes, in one call where the system can: each call waits for the interpreter lock."""
        content = memoryview(bytearray(size))
        place = 0
        while place < size:
            try:
                received = self.socket.recv_into(content[place:], size - place, _socket.MSG_WAITALL)
            except BlockingIOError:
                os.set_blocking(self.descriptor, True)
                continue
            except OSError:  # A parent that died with frames unread resets the channel.
                received = 0
            if not received:
                self.lost()
            place += received
        return content

    def forget(self):
        """In a forked child: the channel is the parent's alone, and what the child sends would be sent twice."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None


def peak_rss_bytes():
    """The most memory that this process held."""
    try:
        # What the system counts for getrusage began with the program that became this interpreter.
        with open("/proc/self/status", "rb") as status:
            peaks = [line.split() for line in status if line.startswith(b"VmHWM:")]
        return int(peaks[0][1]) * 1024
    except (OSError, IndexError):
        from resource import RUSAGE_SELF, getrusage

        return getrusage(RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def is_over(thread):
    """Whether a thread of this process has ended, by its number in the system; never where the system does not tell."""
    try:
        with open("/proc/self/task/%d/stat" % thread, "rb") as status:
            return status.read().rpartition(b") ")[2][:1] in b"ZX"  # The first thread stays until all have ended.
    except OSError:
        return os.path.isdir("/proc/self/task")


class Host:
    """What the lanes of this process share."""

    def __init__(self, job, channel, page):
        self.channel = channel
        self.page = page
        self.program = None
        self.later = later
        self.first_worker = int(job["first_worker"])
        self.start_ns = int(job["start_ns"])
        self.wants_spans = job["wants_spans"] == "1"
        self.pins = job["pins"] == "1"
        self.queue = SimpleQueue()
        self.alarm = SimpleQueue()
        self.is_dozing = False
        self.is_recalled = self.is_recalled_whole = False
        self.usage_read_ns = 0
        self.lanes_seen_ns = clock_ns()
        self.lane_count = int(job["lanes"])
        self.lanes = [Lane(self, number) for number in range(self.lane_count)]
        self.lanes_by_thread = {}
        self.start_begun_ns = 1  # When the thread that is being started was begun.
        self.streams = []

    def read(self):
        """Takes what the parent sends, until it is gone."""
        for kind, payload in self.channel.frames():
            if kind == WORK:
                self.queue.put(payload)
            elif kind == RECALL:
                self.is_recalled_whole |= payload[0] == 1
                self.is_recalled = True
                self.alarm.put(None)
            elif kind == CLOSE:
                for _ in self.lanes:
                    self.queue.put(None)

    def run_lane(self, lane, started):
        """Runs chunks until the parent closes the host; says first whether the person's initializer did its work."""
        thread = _thread.get_ident()
        self.lanes_by_thread[thread] = lane
        lane.thread = _thread.get_native_id()
        try:
            self.program.initialize(later)
        except loading.Refusal as refusal:
            return started(refusal)
        started(None)
        try:
            for payload in iter(self.queue.get, None):
                lane.run(payload)
        except BaseException:
            sys.__excepthook__(*sys.exc_info())
            exit_now(1)  # Without this lane its chunk would never end: the parent gives it to another host.
        del self.lanes_by_thread[thread]

    def or_end(self, work):
        """`work` for a thread of its own: where it fails, this process ends, which could not go on without it."""

        def run(*arguments):
            try:
                work(*arguments)
            except:  # noqa: E722: user code may have taken away even the names of exceptions.
                self.end_changed()

        return run

    def end_changed(self):
        """Ends this process where user code has changed what it runs on, its own lists and names: no result is certain."""
        self.page[OBSTACLE] = PYTHON_CHANGED
        exit_now(1)

    def end_without_a_lane(self):
        """Ends this process where user code has ended the thread of a lane, whose item would never end."""
        now_ns = clock_ns()
        if now_ns - self.lanes_seen_ns < LANES_SEEN_EVERY_NS:  # The ticker may come here hundreds of times a second.
            return
        self.lanes_seen_ns = now_ns
        if any(lane.is_busy and is_over(lane.thread) for lane in self.lanes):
            self.page[OBSTACLE] = THREAD_ENDED
            exit_now(1)

    def run_lane_within(self, context, *more):
        """Runs a lane with what the file set for the thread that loaded it, such as the precision of decimals."""
        context.run(self.own_settings)
        self.pin(more[0])
        context.run(self.run_lane, *more)

    def pin(self, lane):
        """Binds the calling thread to a core, round and round among those that the process may use."""
        if self.pins and hasattr(os, "sched_setaffinity"):
            cores = sorted(os.sched_getaffinity(0))
            os.sched_setaffinity(0, {cores[(self.first_worker - 1 + lane.number) % len(cores)]})

    def own_settings(self):
        """Copies what threads must not share."""
        if "decimal" in sys.modules:
            decimal = sys.modules["decimal"]
            decimal.setcontext(decimal.getcontext().copy())

    def run(self, ready):
        """Runs all lanes until there is no more work; calls `ready` when all have started."""
        if len(self.lanes) == 1:
            return self.or_end(self.run_lane)(self.lanes[0], ready)
        import threading

        starts = SimpleQueue()
        threads = [
            threading.Thread(target=self.or_end(self.run_lane_within), args=(copy_context(), lane, starts.put), name="worker %d" % (self.first_worker + lane.number))
            for lane in self.lanes
        ]
        _thread.start_new_thread(self.or_end(self.watch_starts), ())
        for thread in threads:
            self.start_begun_ns = clock_ns()
            thread.start()
        self.start_begun_ns = 0
        ready(next(filter(None, [starts.get() for _ in threads]), None))
        for thread in threads:
            thread.join()

    def watch_starts(self):
        """Ends this process where a thread never begins: Python waits for ever for one that had no memory to begin."""
        while self.start_begun_ns:
            sleep(BEAT_S)
            if 0 < self.start_begun_ns < clock_ns() - LONGEST_START_NS:
                write_all(2, b"a thread of this worker process could not be started\n")
                exit_now(1)

    def refuse(self, refusal):
        """Says why nothing can be run here."""
        self.channel.send(REFUSED, blob(str(refusal)))
        while True:  # The parent ends this process when it has read why.
            sleep(BEAT_S)

    def note_usage(self, now_ns):
        """Shows the most memory that this process held, now and then."""
        if now_ns - self.usage_read_ns < USAGE_NS:
            return
        self.usage_read_ns = now_ns
        self.page[PEAK_RSS] = peak_rss_bytes()

    def tick(self):
        """Looks after the lanes for as long as the process lives; dozes while none needs it."""
        while True:
            self.page[BEATS] += 1
            self.end_without_a_lane()
            self.is_dozing = True
            if not self.is_recalled and not any(lane.needs_care() for lane in self.lanes):
                try:
                    self.alarm.get(timeout=BEAT_S)
                except Empty:
                    continue
            self.is_dozing = False
            sleep(TICK_S)
            given = [lane.look_after() for lane in self.lanes]
            if self.is_recalled:
                self.answer_recall([run for run in given if run])

    def ring(self):
        """Wakes the ticker, if it dozes."""
        if self.is_dozing:
            self.alarm.put(None)

    def answer_recall(self, given):
        """Gives back what no lane has begun; with nothing to give it answers when nothing is in hand."""
        for payload in self.unbegun():
            first, count = payload[:8], payload[9:17]
            given.append((int.from_bytes(first, "little"), int.from_bytes(count, "little")))
        if given or not any(lane.is_busy for lane in self.lanes):
            self.is_recalled = self.is_recalled_whole = False
            numbers = [varint(number) for run in given for number in run]
            self.channel.send(RETURNED, varint(len(given)), *numbers)

    def unbegun(self):
        """Takes the chunks that wait for a lane, but leaves it the word that no more will come."""
        closings = 0
        try:
            while True:
                payload = self.queue.get_nowait()
                if payload is None:
                    closings += 1
                else:
                    yield payload
        except Empty:
            for _ in range(closings):
                self.queue.put(None)

    def forget(self):
        """In a forked child, which must not do over again what its parent does."""
        self.channel.forget()
        self.page = memoryview(bytearray(len(self.page) * 8)).cast("Q")
        self.lanes_by_thread.clear()
        for lines in self.streams:
            lines.begun.clear()
        for lane in self.lanes:
            lane.forget()


class Lines(io.BufferedIOBase):
    """Where text that is written to a standard stream goes: lanes send lines, others write lines to the pipe.

    Others are threads that user code has started, and processes that it has forked.
    """

    def __init__(self, host, stream):
        super().__init__()
        self.host = host
        self.stream = stream
        self.begun = {}  # By thread: a line that it has not ended.
        self.name = ("<stdout>", "<stderr>")[stream]

    def write(self, content):
        content = bytes(content)
        lane = self.host.lanes_by_thread.get(_thread.get_ident())
        if lane is None:
            self.write_lines(content)
        else:
            lane.say(self.stream, content)
        return len(content)

    def write_lines(self, content):
        """Writes whole lines: `print` writes in pieces, which would mix with those of other threads."""
        thread = _thread.get_ident()
        content = self.begun.pop(thread, b"") + content
        end = len(content) if len(content) >= LONGEST_LINE_BYTES else content.rfind(b"\n") + 1
        if content[end:]:
            self.begun[thread] = content[end:]
        write_all(self.fileno(), content[:end])

    def flush(self):
        while self.begun:
            write_all(self.fileno(), self.begun.popitem()[1])

    def writable(self):
        return True

    def fileno(self):
        return self.stream + 1


def take_streams(host):
    """Has all that Python code prints come as lines, and a crash of the interpreter told."""
    import faulthandler

    for stream, name in enumerate(("stdout", "stderr")):
        # Each write goes through at once: text that waited here would mix with that of other lanes.
        lines = Lines(host, stream)
        host.streams.append(lines)
        text = io.TextIOWrapper(lines, "utf-8", "backslashreplace", newline="", write_through=True)
        text.mode = "w"
        setattr(sys, name, text)
    faulthandler.enable(2, all_threads=False)


def plan_of(job):
    """What is run of the file, where an interpreter of this build and with these settings has decided it."""
    return loads(job["plan"]) if PARTS and job["plan"] and not sys.flags.optimize else None


def serve(job):
    """Runs this process as a host until its parent closes it or is gone."""
    descriptors = [int(argument) for argument in sys.argv[1:4]]
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)
    page = memoryview(mmap.mmap(descriptors[1], 0)).cast("Q")
    host = Host(job, Channel(descriptors[0], page), page)
    os.register_at_fork(after_in_child=host.forget)
    take_streams(host)
    _thread.start_new_thread(host.or_end(host.read), ())
    try:
        host.program = loading.load(job, later, plan_of(job))
    except loading.Refusal as refusal:
        host.refuse(refusal)

    def ready(refusal):
        if refusal:
            host.refuse(refusal)
        host.channel.send(READY, varint(int(job["version"])))
        _thread.start_new_thread(host.or_end(host.tick), ())

    host.run(ready)


JOB = read_job(JOB)
if PARTS and JOB["compiled"]:
    PARTS.update(loads(JOB["compiled"]))
part("columns")
from poolscope_columns import blob, varint  # noqa: E402

part("lane")
from poolscope_lane import LONGEST_LINE_BYTES, SAID, Lane, clock_ns, write_all  # noqa: E402

loading = part("loading")
try:
    serve(JOB)
except BaseException:
    sys.__excepthook__(*sys.exc_info())
    exit_now(1)  # Without this the process would wait for threads that have no work.
