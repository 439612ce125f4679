"""What the lanes of a host share: their queue, what the parent wants back, and the threads beside them.

One of these reads the channel, which ends a host whose parent is gone whatever its lanes do. Another, the flusher, looks
after lanes that are stuck in a long item.
"""

from __future__ import annotations

import _thread
import os
import sys
from _contextvars import copy_context
from _queue import Empty, SimpleQueue
from time import sleep

from poolscope_clocks import clock_ns
from poolscope_columns import blob, varint
from poolscope_lane import Lane
from poolscope_protocol import (
    BEATS,
    CLOSE,
    FAULT,
    OBSTACLE,
    PEAK_RSS,
    PYTHON_CHANGED,
    RECALL,
    REFUSED,
    RETURNED,
    STACK,
    THREAD,
    THREAD_ENDED,
    WORK,
)
from poolscope_standard import library
from poolscope_streams import write_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextvars import Context
    from typing import Any

    from poolscope_channel import Channel
    from poolscope_loading import Later, Program, Refusal
    from poolscope_streams import Lines

USAGE_NS = 50_000_000
FLUSH_S, BEAT_S = 0.005, 0.25
LANES_SEEN_EVERY_NS = 200_000_000
LONGEST_START_NS = 10_000_000_000

exit_now = os._exit  # User code may change what `os` holds.


def peak_rss_bytes() -> int:
    """The most memory that this process held."""
    try:
        # What the system counts for getrusage began with the program that became this interpreter.
        with open("/proc/self/status", "rb") as status:
            peaks = [line.split() for line in status if line.startswith(b"VmHWM:")]
        return int(peaks[0][1]) * 1024
    except (OSError, IndexError):
        from resource import RUSAGE_SELF, getrusage

        return getrusage(RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def is_over(thread: int) -> bool:
    """Whether a thread of this process has ended, by its number in the system; never where the system does not tell."""
    try:
        with open("/proc/self/task/%d/stat" % thread, "rb") as status:
            return status.read().rpartition(b") ")[2][:1] in b"ZX"  # The first thread stays until all have ended.
    except OSError:
        return os.path.isdir("/proc/self/task")


class Host:
    """What the lanes of this process share."""

    def __init__(self, job: dict[str, str], later: Later, channel: Channel, page: memoryview) -> None:
        self.channel = channel
        self.page = page
        self.program: Program = None  # type: ignore[assignment]  # Until it is loaded.
        self.later = later
        self.first_worker = int(job["first_worker"])
        self.start_ns = int(job["start_ns"])
        self.wants_spans = job["wants_spans"] == "1"
        self.pins = job["pins"] == "1"
        self.queue: SimpleQueue[memoryview | None] = SimpleQueue()
        self.wakeup: SimpleQueue[None] = SimpleQueue()
        self.is_waiting = False
        self.is_recalled = self.is_recalled_whole = False
        self.usage_read_ns = 0
        self.lanes_seen_ns = clock_ns()
        self.lane_count = int(job["lanes"])
        self.lanes = tuple([Lane(self, number) for number in range(self.lane_count)])
        self.lanes_by_thread: dict[int, Lane] = {}
        self.start_begun_ns = 1  # When the thread that is being started was begun.
        self.streams: list[Lines] = []

    def read(self) -> None:
        """Takes what the parent sends, until it is gone."""
        for kind, payload in self.channel.frames():
            if kind == WORK:
                self.queue.put(payload)
            elif kind == RECALL:
                self.is_recalled_whole |= payload[0] == 1
                self.is_recalled = True
                self.wakeup.put(None)
            elif kind == STACK:
                self.tell_stack(int.from_bytes(payload, "little"))
            elif kind == FAULT:
                self.make_fault(payload)
            elif kind == CLOSE:
                for _ in self.lanes:
                    self.queue.put(None)

    def tell_stack(self, number: int) -> None:
        """Says in which calls a lane is; never fails, for whoever asks wants the run to go on."""
        try:
            self.later("stacks").tell(self, self.lanes[number])
        except Exception as odd:
            write_all(2, b"where the worker is cannot be told: %s\n" % type(odd).__name__.encode())

    def make_fault(self, payload: memoryview) -> None:
        """Has a lane make a fault that a person wants."""
        lane, fault, most_bytes = int.from_bytes(payload[:2], "little"), payload[2], int.from_bytes(payload[3:], "little")
        try:
            self.later("faults").make(self.lanes[lane], fault, most_bytes)
        except Exception as odd:
            write_all(2, b"the fault could not be made: %s\n" % type(odd).__name__.encode())

    def run_lane(self, lane: Lane, started: Callable[[Refusal | None], None]) -> None:
        """Runs chunks until the parent closes the host; says first whether the person's initializer did its work."""
        thread = _thread.get_ident()
        self.lanes_by_thread[thread] = lane
        lane.thread = lane.words[THREAD] = _thread.get_native_id()
        # In a container the system may show nothing, or the threads of all under the numbers that others see.
        lane.is_in_sight = not is_over(lane.thread)
        try:
            self.program.initialize(self.later)
        except self.later("loading").Refusal as refusal:
            return started(refusal)
        started(None)
        try:
            for payload in iter(self.queue.get, None):
                lane.run(payload)
        except BaseException:
            sys.__excepthook__(*sys.exc_info())
            exit_now(1)  # Without this lane its chunk would never end: the parent gives it to another host.
        del self.lanes_by_thread[thread]

    def or_end(self, work: Callable[..., None]) -> Callable[..., None]:
        """`work` for a thread of its own: where it fails, this process ends, which could not go on without it."""

        def run(*arguments: Any) -> None:
            try:
                work(*arguments)
            except:  # noqa: E722: user code may have taken away even the names of exceptions.
                self.end_changed()

        return run

    def end_changed(self) -> None:
        """Ends this process where user code has changed what it runs on, its own lists and names: no result is certain."""
        self.page[OBSTACLE] = PYTHON_CHANGED
        exit_now(1)

    def end_without_a_lane(self) -> None:
        """Ends this process where user code has ended the thread of a lane, whose item would never end."""
        now_ns = clock_ns()
        if now_ns - self.lanes_seen_ns < LANES_SEEN_EVERY_NS:  # The flusher may come here hundreds of times a second.
            return
        self.lanes_seen_ns = now_ns
        if any(lane.is_busy and lane.is_in_sight and is_over(lane.thread) for lane in self.lanes):
            self.page[OBSTACLE] = THREAD_ENDED
            exit_now(1)

    def run_lane_within(self, context: Context, *more: Any) -> None:
        """Runs a lane with what the file set for the thread that loaded it, such as the precision of decimals."""
        context.run(self.own_settings)
        self.pin(more[0])
        context.run(self.run_lane, *more)

    def pin(self, lane: Lane) -> None:
        """Binds the calling thread to a core, round and round among those that the process may use."""
        if self.pins and hasattr(os, "sched_setaffinity"):
            cores = sorted(os.sched_getaffinity(0))
            os.sched_setaffinity(0, {cores[(self.first_worker - 1 + lane.number) % len(cores)]})

    def own_settings(self) -> None:
        """Copies what threads must not share."""
        if "decimal" in sys.modules:
            decimal = sys.modules["decimal"]
            decimal.setcontext(decimal.getcontext().copy())

    def run(self, ready: Callable[[Refusal | None], None]) -> None:
        """Runs all lanes until there is no more work; calls `ready` when all have started."""
        if len(self.lanes) == 1:
            return self.or_end(self.run_lane)(self.lanes[0], ready)
        threading = library("threading")
        starts: SimpleQueue[Refusal | None] = SimpleQueue()
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

    def watch_starts(self) -> None:
        """Ends this process where a thread never begins: Python waits for ever for one that had no memory to begin."""
        while self.start_begun_ns:
            sleep(BEAT_S)
            if 0 < self.start_begun_ns < clock_ns() - LONGEST_START_NS:
                write_all(2, b"a thread of this worker process could not be started\n")
                exit_now(1)

    def refuse(self, refusal: Refusal) -> None:
        """Says why nothing can be run here."""
        self.channel.send(REFUSED, blob(str(refusal)))
        while True:  # The parent ends this process when it has read why.
            sleep(BEAT_S)

    def note_usage(self, now_ns: int) -> None:
        """Shows the most memory that this process held, now and then."""
        if now_ns - self.usage_read_ns < USAGE_NS:
            return
        self.usage_read_ns = now_ns
        self.page[PEAK_RSS] = peak_rss_bytes()

    def flush_when_due(self) -> None:
        """Looks after the lanes for as long as the process lives; waits while none needs it."""
        while True:
            self.page[BEATS] += 1
            self.end_without_a_lane()
            self.is_waiting = True
            if not self.is_recalled and not any(lane.needs_care() for lane in self.lanes):
                try:
                    self.wakeup.get(timeout=BEAT_S)
                except Empty:
                    continue
            self.is_waiting = False
            sleep(FLUSH_S)
            given = [lane.flush_if_due() for lane in self.lanes]
            if self.is_recalled:
                self.answer_recall([run for run in given if run])

    def notify(self) -> None:
        """Wakes the flusher, if it waits."""
        if self.is_waiting:
            self.wakeup.put(None)

    def answer_recall(self, given: list[tuple[int, int]]) -> None:
        """Gives back what no lane has begun; with nothing to give it answers when nothing is in hand."""
        for payload in self.unbegun():
            first, count = payload[:8], payload[9:17]
            given.append((int.from_bytes(first, "little"), int.from_bytes(count, "little")))
        if given or not any(lane.is_busy for lane in self.lanes):
            self.is_recalled = self.is_recalled_whole = False
            numbers = [varint(number) for run in given for number in run]
            self.channel.send(RETURNED, varint(len(given)), *numbers)

    def unbegun(self) -> Iterator[memoryview]:
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

    def forget(self) -> None:
        """In a forked child, which must not do over again what its parent does."""
        self.channel.forget()
        self.page = memoryview(bytearray(len(self.page) * 8)).cast("Q")
        self.lanes_by_thread.clear()
        for lines in self.streams:
            lines.begun.clear()
        for lane in self.lanes:
            lane.forget()
