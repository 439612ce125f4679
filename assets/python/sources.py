"""Reads a file or the cells of a notebook as syntax trees and compiles statements of them, as `python FILE` would.

A notebook's cells are compiled each for itself, at the lines that they have in the whole: a cell that is not Python
matters only where the function needs what it binds. `from __future__` imports hold for all cells.
"""

from __future__ import annotations

import sys

from poolscope_standard import library

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import CodeType, ModuleType
    from typing import Any

    from poolscope_statements import Statement
    from poolscope_tree import Node

ONLY_SYNTAX_TREE = 0x400
TOP_LEVEL_AWAIT = 0x2000
FUTURE = 0x1FF0000  # The flags of `__future__` features.
BINDS = r"^\s*(?:(?:async\s+)?def|class)\s+(\w+)|^(\w+)\s*(?:=|:)[^=]|^(?:from\s.*)?import\s.*?(\w+)\s*$"


def lines_of(text: str) -> list[str]:
    """The lines as Python counts them, with their ends; a form feed is no end."""
    return [line + "\n" for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]


class Piece:
    """A file, or a cell of a notebook."""

    body: list[Node]
    error: Exception | None

    def __init__(self, number: int | None, first_line: int, text: str) -> None:
        self.number, self.first_line, self.text = number, first_line, text
        self.body, self.error = [], None

    def names(self) -> set[str]:
        """The names that it would bind, as far as text tells that is not Python."""
        re = library("re")
        return {name for found in re.findall(BINDS, self.text, re.M) for name in found if name}


class Sources:
    """What a file is made of."""

    def __init__(self, text: str, file: str, cells: list[tuple[int, int]]) -> None:
        self.file = file
        self.flags = 0
        self.mode = TOP_LEVEL_AWAIT if cells else 0
        self.pieces = [Piece(None, 1, text)]
        if cells:
            lines = lines_of(text)
            ends = [first for first, _ in cells[1:]] + [len(lines) + 1]
            self.pieces = [
                Piece(number, first, "".join(lines[first - 1 : end - 1])) for (first, number), end in zip(cells, ends)
            ]
        for piece in self.pieces:
            self.read(piece)

    def read(self, piece: Piece) -> None:
        """Reads a piece's statements, or why it has none, and which features it asks for."""
        text = "\n" * (piece.first_line - 1) + piece.text
        try:
            self.tree: Node = compile(text, self.file, "exec", ONLY_SYNTAX_TREE | self.mode, dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            piece.error = error
            return
        for node in self.tree.body:
            if getattr(node, "module", None) == "__future__" and not node.level:
                import __future__

                for alias in node.names:
                    # What is no feature is told when it is compiled.
                    self.flags |= getattr(getattr(__future__, alias.name, None), "compiler_flag", 0) & FUTURE
        piece.body = self.tree.body

    def body(self) -> list[Node]:
        """The statements of all pieces."""
        return [node for piece in self.pieces for node in piece.body]

    def lines_with(self, word: str) -> list[int]:
        """The numbers of the lines in which a word stands."""
        return [
            line
            for piece in self.pieces
            for line, text in enumerate(lines_of(piece.text) if word in piece.text else (), piece.first_line)
            if word in text
        ]

    def piece_at(self, line: int) -> Piece:  # type: ignore[return]  # The first begins at line 1.
        for piece in reversed(self.pieces):
            if line >= piece.first_line:
                return piece

    def compiled(self, nodes: list[Node]) -> CodeType:
        """Statements as code to run."""
        self.tree.body = nodes
        return compile(self.tree, self.file, "exec", self.flags | self.mode, dont_inherit=True)


def batches(
    statements: Iterable[Statement], last: int | None, piece_at: Callable[[int], Piece]
) -> Iterator[list[Statement]]:
    """Statements that can run in one go: all needed for what they bind, and of one piece, up to one place."""
    batch: list[Statement] = []
    for statement in statements:
        if batch and not (
            statement.is_certain
            and batch[-1].is_certain
            and batch[-1].place != last
            and piece_at(statement.line) is piece_at(batch[-1].line)
        ):
            yield batch
            batch = []
        batch.append(statement)
    if batch:
        yield batch


def package_of(file: str, levels: int) -> tuple[str, str] | tuple[None, None]:
    """The package that a file with relative imports is a part of, and the folder to find it in; None for none."""
    import os

    names: list[str]
    folder, names = os.path.dirname(file), []
    while len(names) < levels or os.path.exists(os.path.join(folder, "__init__.py")):
        folder, name = os.path.split(folder)
        if not name.isidentifier():
            break
        names.insert(0, name)
    return (".".join(names), folder) if len(names) >= levels else (None, None)


def relative_levels(body: list[Node], walk: Callable[[Node], Iterator[Node]]) -> int:
    """How many folders up the relative imports of a file go; 0 where it has none."""
    return max((getattr(part, "level", None) or 0 for node in body for part in walk(node)), default=0)


class Jupyter:
    """Stands for what `get_ipython()` gives in a notebook: settings do nothing, and what asks for a value says so."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *values, **named: None

    def getoutput(self, command: str, *more: object, **named: object) -> None:
        if command.startswith("%"):
            raise RuntimeError("`%s` is for Jupyter to run; write what it does as Python into the cell" % command)
        raise RuntimeError("`!%s` is for Jupyter to run; write subprocess.getoutput(%r) instead" % (command, command))


def show(*values: object, **named: object) -> None:
    """`display` of a notebook."""
    for value in values:
        print(repr(value))


def new_main(file: str, is_notebook: bool) -> ModuleType:
    """The module `__main__` as `python FILE` makes it."""
    module: Any = type(sys)("__main__")
    module.__builtins__ = sys.modules["builtins"]
    if is_notebook:
        module.get_ipython, module.display = Jupyter, show
        module.__builtin__ = module.__builtins__
    else:
        module.__file__ = file
        module.__cached__ = None
        module.__annotations__ = {}
        module.__loader__ = sys.modules["_frozen_importlib_external"].SourceFileLoader("__main__", file)
    sys.modules["__main__"] = module
    return module
