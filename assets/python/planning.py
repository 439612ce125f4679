"""Decides what of a file is run for its function and compiles that, so that it has to be done once for many hosts.

What comes out is plain data, which `marshal` can carry to other processes of the same build of Python.
"""

from __future__ import annotations

import os
import sys

from poolscope_contents import Contents
from poolscope_definitions import END, Plan
from poolscope_guards import cut_guards
from poolscope_loading import Refusal, initializer_of
from poolscope_magics import missed
from poolscope_sources import ONLY_SYNTAX_TREE, Sources, batches, package_of, relative_levels
from poolscope_tree import walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, TypedDict

    from poolscope_loading import Program
    from poolscope_sources import Piece
    from poolscope_statements import Statement
    from poolscope_tree import Node

    class Batch(TypedDict):
        code: Any  # None where there is an error.
        error: Exception | None
        lines: list[int]
        names: list[str]
        is_certain: bool
        is_needed: bool
        is_last: bool

    class Prepared(TypedDict):
        batches: list[Batch]
        package: tuple[str, str] | tuple[None, None]
        beside: list[tuple[int, list[str], str]]
        skipped: dict[str, tuple[int, str | None]]
        setters: dict[str, str]

# Sums of thousands of terms, and thousands of `elif`, are as deep as they are long.
DEEPEST = 40000


def prepared(program: Program) -> Prepared:
    """What a host runs of the file (see `batch_of`), the package that the file is of, and what is said of the rest."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, DEEPEST))
    try:
        return prepared_deeply(program)
    finally:
        sys.setrecursionlimit(limit)


def prepared_deeply(program: Program) -> Prepared:
    source = Sources(program.source, program.file, program.cells)
    levels = relative_levels(source.body(), walk)
    broken = [piece for piece in source.pieces if piece.error]
    if broken and (program.is_whole or not program.cells):
        raise broken[0].error  # type: ignore[misc]  # It has one.
    plan = made_plan(program.file, source)
    last = chosen_place(program, plan, source)
    if program.is_whole:
        for statement in plan.statements:
            statement.is_needed = statement.is_certain = True
    else:
        plan.choose(list(wanted(program, last)))
        refuse_broken(broken, plan)
    return {
        "batches": [batch_of(batch, last, source) for batch in batches(plan.kept(), last, source.piece_at)],
        "package": package_of(program.file, levels) if levels else (None, None),
        "beside": list(told_beside(program, plan, source)),
        "skipped": plan.skipped(),
        "setters": plan.setters(),
    }


def told_beside(program: Program, plan: Plan, source: Sources) -> Iterator[tuple[int, list[str], str]]:
    """What is not run although it touches what the function uses."""
    if not program.is_whole:
        yield from plan.beside()
    if program.cells:
        yield from missed(source, plan, os.path.dirname(program.file))


def made_plan(file: str, source: Sources) -> Plan:
    body, cut = cut_guards(source.body(), source.lines_with("__name__"))
    folder = os.path.dirname(file)
    return Plan(body, cut, is_in(folder), modules_in(folder))


def wanted(program: Program, last: int | None) -> Iterator[tuple[str, int]]:
    """The names that must be there, and up to which place."""
    yield program.name.partition(".")[0], END if last is None else last + 1
    if program.initializer:
        yield initializer_of(program.initializer)[0].partition(".")[0], END


def chosen_place(program: Program, plan: Plan, source: Sources) -> int | None:
    """The place of the statement that defines the function in the chosen cell."""
    if program.cell is None:
        return None
    name = program.name.partition(".")[0]
    places = [item.place for item in plan.statements if name in item.bound and source.piece_at(item.line).number == program.cell]
    if not places:
        raise Refusal("cell %d of %s does not define `%s`" % (program.cell, program.file_name, name))
    return places[-1]


def refuse_broken(broken: list[Piece], plan: Plan) -> None:
    """A cell that is not Python matters where it binds what is needed and nothing else does."""
    needed = plan.certain() - plan.bound
    for piece in broken:
        if not needed.isdisjoint(piece.names()):
            raise piece.error  # type: ignore[misc]  # It has one.


def batch_of(batch: list[Statement], last: int | None, source: Sources) -> Batch:
    """Code to run in one go, or why it is none; the lines of its statements; and what follows where it fails."""
    first, code, error = batch[0], None, None
    try:
        code = source.compiled([statement.node for statement in batch])
    except (SyntaxError, ValueError, RecursionError, MemoryError) as found:
        error = found
    return {
        "code": code,
        "error": error,
        "lines": [statement.line for statement in batch],
        "names": sorted(first.bound or first.changed),
        "is_certain": first.is_certain,
        "is_needed": first.is_needed,
        # The function of the chosen cell is what its name means now.
        "is_last": batch[-1].place == last,
    }


def is_in(folder: str) -> Callable[[str], bool]:
    """Tells whether a module is of the person's folder."""

    known: dict[str, bool] = {}

    def is_local(name: str) -> bool:
        if name not in known:
            path = os.path.join(folder, name)
            known[name] = os.path.exists(path + ".py") or os.path.isdir(path)
        return known[name]

    return is_local


def modules_in(folder: str) -> Callable[[str], Contents | None]:
    """Gives what a module of the person's folder defines; None where there is none, or it is not Python."""

    def module(name: str) -> Contents | None:
        path = os.path.join(folder, *name.lstrip(".").split("."))
        dotted = name.lstrip(".")
        for file, package in ((path + ".py", dotted.rpartition(".")[0]), (os.path.join(path, "__init__.py"), dotted)):
            try:
                with open(file, "rb") as opened:
                    body = compile(opened.read(), file, "exec", ONLY_SYNTAX_TREE, dont_inherit=True).body  # type: ignore[attr-defined]
            except OSError:
                continue
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return None
            return Contents(body, is_in(folder), package)
        return None

    return module
