"""Says which line of a file is being run where loading takes long."""

from __future__ import annotations

import _thread
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from poolscope_loading import Program

FIRST_S, GROWTH = 4, 5


class Watch:
    """Says from a thread of its own, after some seconds and ever more seldom, what the loading thread is running."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.loading_thread = _thread.get_ident()
        self.ended = _thread.allocate_lock()
        self.ended.acquire()
        _thread.start_new_thread(self.wait, ())

    def end(self) -> None:
        self.ended.release()

    def wait(self) -> None:
        wait_s, waited_s = FIRST_S, 0
        while not self.ended.acquire(timeout=wait_s):
            waited_s += wait_s
            wait_s *= GROWTH
            line = self.line()
            if line:
                print(self.sentence(line, waited_s), file=sys.stderr)

    def line(self) -> int | None:
        """The line at the top of the file that is being run."""
        frame, line = sys._current_frames().get(self.loading_thread), None
        while frame:
            if frame.f_code.co_filename == self.program.file:
                line = frame.f_lineno
            frame = frame.f_back
        return line

    def sentence(self, line: int, waited_s: int) -> str:
        program = self.program
        words = program.file_name, waited_s, program.place(line), program.line_text(line)
        if program.is_whole:
            return "%s has been loading for %d s, because the whole file is run: it is at %s (`%s`)" % words
        advice = 'if it does not, move it under `if __name__ == "__main__":`, which is not run here'
        return "%s has been loading for %d s: it is at %s (`%s`); `%s` may depend on that, and %s" % (*words, program.name, advice)
