"""What cells of a notebook do that is not done when it is loaded, and that a function may notice: write files, run commands
of the shell, run the main block of another file."""

from __future__ import annotations

import os
import re

from poolscope_definitions import MAIN_TEST
from poolscope_guards import cut_guards
from poolscope_sources import ONLY_SYNTAX_TREE, lines_of
from poolscope_statements import Statement

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from poolscope_definitions import Plan
    from poolscope_sources import Piece, Sources

    Missed = tuple[int, list[str], str]  # A line, the names that it touches, and why it is not run.

NOT_WRITTEN = "files are not written while a file is loaded"
NOT_RUN = "commands of the shell are not run while a file is loaded"
# How `cell.rs` writes down what only Jupyter understands.
WRITEFILE = re.compile(r"# %%(?:writefile|file)\s+(?:-a\s+|--append\s+)?(\S+)\s*$")
SHELL = re.compile(r"# %%(?:bash|sh|script|!)")
COMMAND = re.compile(r"\s*pass  # !|.*getoutput\(")
RUN = re.compile(r"from (\w+) import \*  # %?run ")
TARGET = re.compile(r">\s*([^\s>&|;\"')]+)")


def missed(source: Sources, plan: Plan, folder: str) -> Iterator[Missed]:
    """What of a notebook's cells is not done and touches what the function uses."""
    for piece in source.pieces:
        lines = lines_of(piece.text)
        first = next((line for line in lines if line.strip()), "")
        if "# %%" in first or "# !" in piece.text:
            yield from unwritten(piece, first, plan, folder)
        for line, text in enumerate(lines, piece.first_line):
            found = RUN.match(text)
            names = main_names(os.path.join(folder, found.group(1) + ".py"), plan) if found else []
            if names:
                yield line, names, MAIN_TEST


def unwritten(piece: Piece, first: str, plan: Plan, folder: str) -> Iterator[Missed]:
    """The files that a cell would write and that hold something else, or that a command would write."""
    name = WRITEFILE.match(first)
    lines = lines_of(piece.text)
    if name:
        path, at = name.group(1).strip("'\""), lines.index(first)
        is_used = path in plan.files_read() or imports(plan, path)
        if is_used and holds_other(os.path.join(folder, path), lines[at + 1 :]):
            yield piece.first_line + at, [path], NOT_WRITTEN
        return
    is_script = SHELL.match(first)
    for line, text in enumerate(lines, piece.first_line):
        files = plan.files_read().intersection(TARGET.findall(text)) if is_script or COMMAND.match(text) else ()
        if files:
            yield line, sorted(files), NOT_RUN


def imports(plan: Plan, path: str) -> bool:
    """Whether a file is one of those that the notebook imports."""
    module = os.path.splitext(path)[0].replace("./", "").replace("/", ".")
    return any(name == module or name.startswith(module + ".") for name in plan.calls.imports.values())


def holds_other(path: str, lines: list[str]) -> bool:
    """Whether a file is there and is not what the lines of a cell, each a comment, would make it."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            there = file.read()
    except OSError:
        return False
    # The last line may be the mark above the next cell.
    return there.strip() != "".join(line[2:] for line in lines if not line.startswith("# %% cell ")).strip()


def main_names(path: str, plan: Plan) -> list[str]:
    """The names that the main block of a file binds or changes, and that the function uses."""
    try:
        with open(path, "rb") as file:
            body = compile(file.read(), path, "exec", ONLY_SYNTAX_TREE, dont_inherit=True).body  # type: ignore[attr-defined]
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    cut = [Statement(node, 0) for node in cut_guards(body)[1]]
    touched = set().union(*(item.bound | set(item.unit.changed) for item in cut))
    return sorted(touched & plan.seen)
