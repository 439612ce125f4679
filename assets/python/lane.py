"""A lane of a host: a thread that runs items, and what the flusher may do with its work while it is stuck in one.

Who runs an item: a lane takes the next few items of its chunk as a *piece* and steps through them with a list
iterator. Whoever empties that iterator has the items that were left in it: under the global interpreter lock a step
and the emptying are one act each, so an item is run or handed back, never both. Without that lock (free-threaded
Python) pieces are never cut, and only what lies beyond a lane's piece is handed back.
"""

from __future__ import annotations

import os
import sys
from _operator import length_hint
from _thread import allocate_lock
from time import sleep, thread_time_ns

from poolscope_clocks import WORTH_TIMING_NS, are_short, clock_ns, tree_time_ns
from poolscope_columns import (
    Failure, Json, LongInteger, Sentence, digits, encoded, read_column, write_batch, write_each, write_ends, write_whole,
)
from poolscope_lock import is_on as lock_is_on
from poolscope_protocol import EXECUTING, FINISHED, IS_OVER, LINE_WORDS, SINCE
from poolscope_said import Said

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from poolscope_host import Host

LARGEST_RESULT_BYTES = (1 << 30) - (64 << 20)
FLUSH_NS = 5_000_000  # As in `chunk_progress.rs`: finished items are sent on when they are this old,
FLUSH_BYTES = 8 << 20  # or their results this large.
PIECE_NS = 2_000_000  # So long a piece is meant to take.
PIECE_ITEMS = 1 << 16
LONGEST_WAIT_S = 0.1  # The flusher has signs of life to give.
LONG_S = 3600.0
STUCK_NS = 5_000_000  # Nothing should wait behind an item that takes longer.
FIRST_PROBE = 16  # So many items tell whether they are worth two clocks each.
HUGE_RESULT_BYTES = 1 << 20

EACH, ENDS, TOGETHER = range(3)  # How items are timed.
PLAIN = frozenset((int, float, bool, type(None)))  # Results that travel as they are, but for long integers.
SMALLEST, LARGEST = -1 << 63, (1 << 63) - 1

# A list iterator is stepped and emptied in one act only under the global interpreter lock.
CAN_CUT = lock_is_on()


class Lane(Said):
    """A thread that runs items, what it has finished and not sent, and what of its chunk it has not begun."""

    results: list[Any]
    spans: list[Any]  # Start, duration and CPU time of each item, or when it ended.

    def __init__(self, host: Host, number: int) -> None:
        self.host = host
        self.number = number
        self.thread: int = None  # type: ignore[assignment]  # The system's number of it.
        self.words = host.page[LINE_WORDS * (number + 1) : LINE_WORDS * (number + 2)]
        # Where several lanes share the process, what their items start cannot be told apart.
        self.cpu_ns = tree_time_ns if host.lane_count == 1 else thread_time_ns
        # Guards all but the loops below, which only append to `results` and `spans` and step `values`.
        self.lock = allocate_lock()
        self.is_busy = self.is_in_sight = False
        self.is_forked = False  # This process is a child that user code forked.
        self.is_hanging = False  # A person wants its item not to end.
        self.first = self.sent = self.next = self.end = 0
        self.inputs: Sequence[Any] = []
        self.values: Iterator[Any] = iter(())
        self.results, self.spans = [], []
        self.result_bytes = 0
        self.timing_mode = EACH
        self.is_short = False
        self.kind: type = int  # Of the result that came last, where it travels as it is,
        self.is_uniform = False  # and whether all that are not sent are of it.
        self.probe = FIRST_PROBE
        self.item_ns = PIECE_NS
        self.begun = self.reading = (0, 0)
        self.piece_begun_ns, self.progress_seen = 0, (0, 0)
        self.partial_lines = {}
        self.loops = {EACH: self.run_each, ENDS: self.run_clocked, TOGETHER: self.run_together}

    def run(self, payload: memoryview) -> None:
        """Runs the items of a chunk, all but those that are given back meanwhile."""
        kind, inputs = read_column(payload[8:])
        inputs = tuple(inputs)  # User code that finds it, by `gc` or in a frame, cannot change it.
        self.call = self.host.program.call_for(kind)
        self.reading = self.begun = self.read_clocks()
        with self.lock:
            self.first, self.inputs = int.from_bytes(payload[:8], "little"), inputs
            self.sent = self.next = 0
            self.end = len(inputs)
            self.is_busy = True
        self.host.note_usage(self.reading[0])
        while self.run_piece():
            if self.is_due(clock_ns()):
                self.flush()
        self.flush()
        if self.sent != self.end:
            self.host.end_changed()
        with self.lock:
            self.is_busy = False
            self.inputs = ()

    def run_piece(self) -> bool:
        """Runs the next few items; says whether there were any."""
        with self.lock:
            begin, count = self.next, max(1, min(PIECE_NS // self.item_ns, PIECE_ITEMS))
            self.next = min(begin + count, self.end)
            self.values = iter(self.inputs[begin : self.next])
            self.piece_begun_ns = began_ns = clock_ns()
        if begin == self.next:
            return False
        if self.results or self.next - begin > 1:
            self.host.notify()  # What is finished must not wait should an item take long.
        self.words[SINCE] = began_ns - self.host.start_ns
        # The number comes first: with none left, no value is taken.
        self.run_items(zip(range(self.first + begin + 1, self.first + self.next + 1), self.values))
        if self.partial_lines:
            self.end_lines()
        if self.result_bytes < HUGE_RESULT_BYTES:  # To write down a huge result is part of the item.
            self.words[EXECUTING] |= IS_OVER
        self.item_ns = max(1, (clock_ns() - began_ns) // max(1, self.next - begin))
        return True

    def run_items(self, items: Iterator[tuple[int, Any]]) -> None:
        """Runs items; one that fails does not keep the others from running."""
        # Short items end in one go, and only the loop that times each looks whether it is to hang.
        loop = self.run_each if self.is_hanging else self.loops[self.timing_mode]
        while True:
            try:
                loop(items)
            except BaseException as error:
                if self.is_forked:
                    self.leave(error)
                self.fail(error)
            else:
                if self.is_forked:
                    self.leave(None)
                return

    def run_each(self, items: Iterator[tuple[int, Any]]) -> None:
        """Reads both clocks after each item."""
        words, start_ns, call, settle, cpu_ns = self.words, self.host.start_ns, self.call, self.settle, self.cpu_ns
        note, append = self.spans.append, self.results.append
        for words[EXECUTING], value in items:
            began_ns, began_cpu_ns = self.reading
            words[SINCE] = began_ns - start_ns
            result = call(value)
            if self.is_hanging:
                self.hang()
            if type(result) not in PLAIN or (type(result) is int and not SMALLEST <= result <= LARGEST):
                result = settle(result)
            if self.partial_lines:
                self.end_lines()
            ended_ns, ended_cpu_ns = self.reading = clock_ns(), cpu_ns()
            note((began_ns - start_ns, ended_ns - began_ns, ended_cpu_ns - began_cpu_ns))
            append(result)

    def run_clocked(self, items: Iterator[tuple[int, Any]]) -> None:
        """Reads the time after each item."""
        words, call, settle, clock, plain = self.words, self.call, self.settle, clock_ns, PLAIN
        note, append = self.spans.append, self.results.append
        for words[EXECUTING], value in items:
            result = call(value)
            if type(result) not in plain:
                result = settle(result)
            note(clock())
            append(result)

    def run_together(self, items: Iterator[tuple[int, Any]]) -> None:
        """Reads no clock: all items share one span."""
        words, call, settle, append, kind = self.words, self.call, self.settle_other, self.results.append, self.kind
        for words[EXECUTING], value in items:
            result = call(value)
            if type(result) is not kind:
                result = settle(result)
            append(result)

    def settle_other(self, result: Any) -> Any:
        """As `settle`, for a result that is not of the kind that came last."""
        self.is_uniform = False
        if type(result) not in PLAIN:
            return self.settle(result)
        self.kind = type(result)
        return result

    def settle(self, result: Any) -> Any:
        """Turns a result that does not travel as it is into one that does."""
        if type(result) is int:
            result = Json(digits(result))
        elif type(result) is not str and type(result) is not bytes:
            result = self.host.later("results").settle(result)
            if type(result) in PLAIN:
                return result
        size = len(result)
        if size >= LARGEST_RESULT_BYTES >> 2 and isinstance(result, str):
            size = len(encoded(result))
        if size >= LARGEST_RESULT_BYTES:
            raise Sentence("the result of %d bytes is larger than a message can be" % size)
        self.result_bytes += size
        if self.result_bytes >= FLUSH_BYTES:
            with self.lock:
                self.cut()
        return result

    def hang(self) -> None:
        """Never comes back: nothing is recorded of the item in hand, which so does not end."""
        while True:
            sleep(LONG_S)

    def fail(self, error: BaseException) -> None:
        """Records that the item in hand failed."""
        if self.is_hanging and len(self.results) < self.taken():
            self.hang()
        try:
            reason = self.host.later("failures").reason(error, self.host.program)
        except Exception:  # Libraries cannot be read any more: user code has given up its rights, or its files are gone.
            reason = bare_reason(error)
        if self.partial_lines:
            self.end_lines()
        began_ns, began_cpu_ns = self.reading
        ended_ns, ended_cpu_ns = self.reading = self.read_clocks()
        with self.lock:
            # A signal handler can raise between two items: then nothing is missing, and nothing failed.
            if len(self.results) < self.taken():
                del self.spans[len(self.results) :]
                start_ns = began_ns - self.host.start_ns
                each = (start_ns, ended_ns - began_ns, ended_cpu_ns - began_cpu_ns)
                self.spans.append(ended_ns if self.timing_mode == ENDS else each)
                self.is_uniform = False
                self.results.append(Failure(reason))

    def taken(self) -> int:
        """How many items were begun of which nothing was sent."""
        return self.next - length_hint(self.values) - self.sent

    def read_clocks(self) -> tuple[int, int]:
        return clock_ns(), self.cpu_ns()

    def is_due(self, now_ns: int) -> bool:
        """Whether there is something to send that should not wait."""
        count = len(self.results)
        age_ns = now_ns - self.begun[0]
        # One of the items that share a span was worth its own: as few as possible are to share with it.
        has_long_one = self.timing_mode == TOGETHER and age_ns >= WORTH_TIMING_NS * max(count, 8)
        # Two clocks for each cost more than a short item: not to go on so for a whole batch.
        are_too_short = self.timing_mode == EACH and count >= self.probe and age_ns < WORTH_TIMING_NS * count
        is_old = age_ns >= FLUSH_NS or has_long_one or are_too_short
        return count > 0 and (is_old or self.result_bytes >= FLUSH_BYTES)

    def flush(self) -> None:
        """Sends what is finished, and decides how the next items are timed."""
        with self.lock:
            if len(self.results) != self.taken():
                self.host.end_changed()
            reading = self.read_clocks()
            try:
                self.send_finished(reading)
            except LongInteger:
                self.write_long_integers()
                self.send_finished(reading)
        self.words[EXECUTING] |= IS_OVER
        self.begun = self.reading = self.read_clocks()
        self.host.note_usage(self.reading[0])
        self.timing_mode = (ENDS if self.host.wants_spans else TOGETHER) if self.is_short else EACH
        self.is_uniform = self.timing_mode == TOGETHER
        # Long ones among many short ones are worth it after all: then batches are not to stay that small.
        self.probe = FIRST_PROBE if self.is_short else min(self.probe * 2, PIECE_ITEMS)

    def send_finished(self, reading: tuple[int, int]) -> None:
        """Sends what is finished; `reading` are when the last of it ended. The lock is held, which keeps the order."""
        results = self.results[:]
        if not results:
            return
        spans = self.spans[: len(results)]
        kind = self.kind  # Read first: it changes only once they are uniform no more.
        kinds: set[type] = {kind} if self.is_uniform else set(map(type, results))
        timing = self.write_timing(reading, spans, len(results))
        batch = write_batch(self.number, self.first + self.sent, timing, results, kinds)
        del self.results[: len(results)], self.spans[: len(results)]
        self.sent += len(results)
        self.result_bytes = 0
        self.begun = reading
        self.host.channel.send(FINISHED, batch)

    def write_long_integers(self) -> None:
        """Writes integers down that may take long, each as a part of its item: only short items have none yet."""
        for place, result in enumerate(self.results):
            if type(result) is int and not SMALLEST <= result <= LARGEST:
                number = self.first + self.sent + place + 1
                self.words[SINCE], self.words[EXECUTING] = clock_ns() - self.host.start_ns, number
                self.is_uniform = False
                self.results[place] = Json(digits(result))
        self.words[EXECUTING] |= IS_OVER

    def write_timing(self, reading: tuple[int, int], spans: list[Any], count: int) -> bytes:
        """The spans of finished items as they travel; notes whether the items were short."""
        start_ns = self.begun[0] - self.host.start_ns
        duration_ns, cpu_ns = max(0, reading[0] - self.begun[0]), max(0, reading[1] - self.begun[1])
        if self.timing_mode == TOGETHER:
            self.is_short = duration_ns < WORTH_TIMING_NS * count
            return write_whole(start_ns, duration_ns, cpu_ns)
        if self.timing_mode == EACH:
            self.is_short = are_short([span[1] for span in spans])
            return write_each(spans)
        self.is_short = duration_ns < WORTH_TIMING_NS * count
        return write_ends(start_ns, [end_ns - self.host.start_ns for end_ns in spans], cpu_ns)

    def needs_care(self) -> bool:
        """Whether results or items would wait should the item in hand take long."""
        return bool(self.results) or length_hint(self.values) > 0

    def flush_if_due(self) -> tuple[int, int] | None:
        """For the flusher: sends what is due, and gives back what is wanted, as first index and count."""
        # A lane that sends lets go of the interpreter while it holds the lock: waiting is what lets it finish.
        if not self.lock.acquire(timeout=LONGEST_WAIT_S):
            return None
        try:
            now_ns = clock_ns()
            if now_ns - self.piece_begun_ns >= STUCK_NS:
                self.cut()
            if self.is_due(now_ns) and self.is_whole():
                try:
                    self.send_finished(self.reading_of_flusher(now_ns))
                except LongInteger:  # The lane writes it down, as a part of its item.
                    pass
            return self.give_back(now_ns)
        finally:
            self.lock.release()

    def is_whole(self) -> bool:
        """For the flusher: whether no result is missing; not where the lane goes on meanwhile, which sends them itself."""
        before, taken = len(self.results), self.taken()
        if before != len(self.results):
            return False
        if not taken - 1 <= before <= taken:  # One may be in hand.
            self.host.end_changed()
        return True

    def cut(self) -> None:
        """Ends the piece after the item in hand: the rest is the chunk's again."""
        if CAN_CUT:
            self.next -= len(list(self.values))

    def reading_of_flusher(self, now_ns: int) -> tuple[int, int]:
        """When the finished items ended, as far as another thread can tell: the lane's clocks are its own."""
        began_ns, began_cpu_ns = self.begun
        took_ns = min(self.item_ns * len(self.results), now_ns - began_ns)
        if self.timing_mode == ENDS:
            took_ns = self.spans[len(self.results) - 1] - began_ns
        return began_ns + took_ns, began_cpu_ns + took_ns

    def give_back(self, now_ns: int) -> tuple[int, int] | None:
        """Gives back the unbegun items, where the lane is stuck in one or they are wanted at once."""
        progress, seen_ns = self.progress_seen
        if progress != self.first + self.sent + len(self.results):
            self.progress_seen = (self.first + self.sent + len(self.results), now_ns)
            seen_ns = now_ns
        is_stuck = now_ns - seen_ns >= STUCK_NS
        if not self.is_busy or not self.host.is_recalled or not (is_stuck or self.host.is_recalled_whole):
            return None
        self.cut()
        given = (self.first + self.next, self.end - self.next)
        self.end = self.next
        return given if given[1] else None

    def leave(self, error: BaseException | None) -> None:
        """Ends a forked child that has come back from its item: the result is that of its parent."""
        code = 0 if error is None else 1
        if isinstance(error, SystemExit) and isinstance(error.code, (int, type(None))):
            code = error.code or 0
        try:
            if code == 1 and error is not None:
                told = self.host.later("failures").reason(error, self.host.program)
                print(told.partition("\n")[2] or told, file=sys.stderr)
            sys.stdout.flush()
            sys.stderr.flush()
        except BaseException:  # User code has put something else there.
            pass
        os._exit(code & 255)

    def forget(self) -> None:
        """In a forked child: nothing more is to be run or shown, and nobody else is left to hold the lock."""
        self.is_forked = True
        self.lock = allocate_lock()
        self.words = memoryview(bytearray(8 * LINE_WORDS)).cast("Q")
        list(self.values)
        self.end = self.next


def bare_reason(error: BaseException) -> str:
    """What was raised, without the help of any library."""
    kind = type.__getattribute__(type(error), "__name__")  # A metaclass may have one that raises.
    try:
        return "%s: %s" % (kind, error)
    except Exception:
        return kind
