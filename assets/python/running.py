"""Runs what a function needs of its file, in order, and says what was skipped or failed beside it."""

from __future__ import annotations

import _thread
import sys

from poolscope_loading import find_function
from poolscope_streams import muted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, ModuleType
    from typing import Any

    from poolscope_loading import Program
    from poolscope_planning import Batch
    from poolscope_slow import Watch

IS_COROUTINE = 0x80


def run(program: Program, batches: list[Batch], module: ModuleType, watch: Watch | None) -> Callable[..., Any] | None:
    """Runs what the function needs; gives the function where it is one of several of its name."""
    found = None
    try:
        for batch in batches:
            run_batch(batch, program, module)
            if batch["is_last"]:
                found = find_function(module, program.name, program)
    finally:
        if watch:
            watch.end()
    return found


def run_batch(batch: Batch, program: Program, module: ModuleType) -> None:
    """Runs statements; where they may fail, notes what failed."""
    try:
        if batch["error"]:
            raise batch["error"]
        if batch["is_needed"]:
            run_code(batch["code"], module.__dict__)
        else:
            run_muted(batch["code"], module.__dict__)
    except BaseException as error:
        if batch["is_certain"] or not isinstance(error, (Exception, SystemExit)):
            raise
        line, names = batch["lines"][0], batch["names"]
        reason = "%s: %s" % (type(error).__name__, str(error).partition("\n")[0])
        for name in names:
            program.failed[name] = line, reason
        if batch["is_needed"]:
            program.surroundings_failed = line, reason


def run_muted(code: CodeType, names: dict[str, Any]) -> None:
    """Runs statements that nothing is seen to need, for what they may change; what they print is not worth a line of each host."""
    thread = _thread.get_ident()
    muted.add(thread)
    try:
        run_code(code, names)
    finally:
        muted.discard(thread)


def run_code(code: CodeType, names: dict[str, Any]) -> None:
    """Runs statements in the module with these names."""
    if code.co_flags & IS_COROUTINE:
        from asyncio import run

        async def awaited() -> None:
            await eval(code, names)

        run(awaited())
    else:
        exec(code, names)


def tell_beside(program: Program) -> None:
    """Says once what was skipped, or failed, and touches what the function uses."""
    text: tuple[str, ...]
    for line, names, reason in program.beside:
        words = ", ".join("`%s`" % name for name in names) or "its surroundings"
        text = program.place(line), program.line_text(line), reason, program.name, words
        print("%s was skipped (`%s`): %s; `%s` uses %s, which it sets or changes" % text, file=sys.stderr)
    if program.surroundings_failed:
        line, reason = program.surroundings_failed
        program.surroundings_failed = None
        text = program.place(line), program.line_text(line), reason, program.name
        print("%s failed (`%s`): %s; it may have changed what `%s` uses" % text, file=sys.stderr)
