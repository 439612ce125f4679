"""Loads a person's file as a module, and decides how its function is called.

Calling convention. An input that is a JSON list goes to a function that can take several arguments by position. A
JSON object, such as a row of a table, goes by name where its keys have all that the function requires; keys that the
function does not know are dropped, unless it takes any (`**kwargs`). To a function with a single parameter it goes as
it is, unless a key has the parameter's name. A function without parameters is called without arguments. Everything
else is the one positional argument, None for an empty cell. An input that does not fit fails with a sentence.
"""

from __future__ import annotations

import os
import sys

from poolscope_columns import JSON, MIXED, Sentence
from poolscope_standard import hold_libraries, library

TYPE_CHECKING = False
if TYPE_CHECKING:
    import inspect
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    from poolscope_planning import Prepared

    Later = Callable[[str], Any]  # Gives a part of the driver by its name.

TAKES_MORE, TAKES_ANY_NAME = 0x04, 0x08  # Flags of code objects: *args and **kwargs.
LONGEST_INPUT_SHOWN = 60
LONGEST_LINE_SHOWN = 60
# What decides which statements are run; each is made of those before it.
ANALYSIS = (
    "sources",
    "tree",
    "known",
    "units",
    "flow",
    "names",
    "constants",
    "sharing",
    "bindings",
    "dangers",
    "calls",
    "guards",
    "statements",
    "reactions",
    "settings",
    "contents",
    "files",
    "quiet",
    "sizes",
    "costs",
    "keeping",
    "definitions",
    "magics",
)


class Refusal(Exception):
    """Why the function cannot be loaded."""


class Program:
    """A person's file with the function to run."""

    function: Callable[..., Any]
    shape: Shape
    beside: list[tuple[int, list[str], str]]
    skipped: dict[str, tuple[int, str | None]]
    setters: dict[str, str]

    def __init__(self, job: dict[str, str]) -> None:
        self.source = job["source"].lstrip("\ufeff")
        self.file = job["file"]
        # For notebooks: the first line of each cell within the source, and the cell's number.
        cells = [cell.split(":") for cell in job["cell_lines"].split()]
        self.cells = [(int(first_line), int(number)) for first_line, number in cells]
        # `f@cell4`: the function as that cell defines it, where several define one.
        self.name, _, cell = job["function"].partition("@cell")
        self.cell = int(cell) if cell.isdigit() else None
        self.is_whole = job["whole"] == "1"
        # What concerns all hosts alike is said by this one.
        self.is_first = job.get("first_worker", "1") == "1"
        self.initializer = job.get("initializer", "")
        self.failed: dict[str, tuple[int, str]] = {}  # By the name that was not given.
        # A statement that gives no name, which the function needs all the same.
        self.surroundings_failed: tuple[int, str] | None = None
        # Of statements that are not run, what was decided when the file was planned.
        self.beside, self.skipped, self.setters = [], {}, {}
        self.function = None  # type: ignore[assignment]  # Until it is loaded.
        self.shape = None  # type: ignore[assignment]
        self.start: tuple[Callable[..., Any], list[Any]] | None = None

    @property
    def file_name(self) -> str:
        return os.path.basename(self.file)

    def place(self, line: int) -> str:
        """Where a person finds this line of the source."""
        for first_line, number in reversed(self.cells):
            if line >= first_line:
                return "cell %d, line %d" % (number, line - first_line + 1)
        return "line %d" % line

    def lines(self) -> list[str]:
        from poolscope_sources import lines_of

        return lines_of(self.source)

    def line_text(self, line: int) -> str:
        lines = self.lines()
        text = lines[line - 1].strip() if 0 < line <= len(lines) else ""
        return text if len(text) <= LONGEST_LINE_SHOWN else text[:LONGEST_LINE_SHOWN] + "..."

    def call_for(self, kind: int) -> Callable[[Any], Any]:
        """What calls the function with a cell of a column of this kind."""
        function, shape = self.function, self.shape
        if shape.takes_nothing:
            return lambda value: function()
        if kind in (JSON, MIXED):
            return lambda value: call_spread(function, shape, value)
        if shape.fits(1):
            return function
        return lambda value: call_spread(function, shape, value)

    def initialize(self, later: Later) -> None:
        """Calls the initializer, once for each worker that starts."""
        if self.start is None:
            return
        function, arguments = self.start
        try:
            function(*arguments)
        except BaseException as error:
            name = getattr(function, "__name__", "it")
            reason = later("failures").reason(error, self)
            raise Refusal("the initializer `%s` failed: %s" % (name, reason)) from None


def planned(program: Program, later: Later) -> Prepared:
    """What is run of the file and what is said of the rest (see `planning.py`)."""
    for name in ANALYSIS:
        later(name)
    return later("planning").prepared(program)


def load(job: dict[str, str], later: Later, plan: Prepared | None = None) -> Program:
    """The program of a job, ready to be called; what is run of its file may have been decided before."""
    program = Program(job)
    enter_folder(job["folder"], program.file)
    module = later("sources").new_main(program.file, bool(program.cells))
    if program.cells:
        # Python would look for lines of code in the notebook's own file.
        from linecache import cache

        cache[program.file] = (len(program.source), None, program.lines(), program.file)
    running = later("running")
    try:
        plan = plan or planned(program, later)
        program.beside, program.skipped, program.setters = plan["beside"], plan["skipped"], plan["setters"]
        enter_package(module, *plan["package"])
        watch = later("slow").Watch(program) if program.is_first else None
        found = running.run(program, plan["batches"], module, watch)
    except Refusal:
        raise
    except SyntaxError as error:
        raise Refusal(syntax_reason(error, program)) from None
    except BaseException as error:
        reason = later("failures").reason(error, program)
        raise Refusal("%s cannot be loaded: %s" % (program.file_name, reason)) from None
    program.function = found or find_function(module, program.name, program)
    program.shape = Shape(program.function)
    if program.initializer:
        name, arguments = initializer_of(program.initializer)
        program.start = find_function(module, name, program), arguments
    if program.is_first:
        running.tell_beside(program)
    return program


def enter_folder(folder: str, file: str) -> None:
    """Makes relative paths and imports work as if the file was run there."""
    if folder:
        try:
            os.chdir(folder)
        except OSError as error:
            raise Refusal("the folder %s cannot be entered: %s" % (folder, error.strerror)) from None
    if sys.path[:1] == [""]:  # The folder of a command that was given as text; absent in Python's safe mode.
        del sys.path[0]
    hold_libraries(folder)
    sys.path.insert(0, folder)
    sys.argv = [file]


def enter_package(module: ModuleType, package: str | None, folder: str | None) -> None:
    """Makes relative imports work, where the file has any, as if the file was imported."""
    module.__package__ = package
    if package and folder not in sys.path:
        sys.path.insert(1, folder)  # type: ignore[arg-type]  # A package has one.


def initializer_of(text: str) -> tuple[str, list[Any]]:
    """Name and arguments of `start:10,abc`: Python's literals, or else text."""
    name, _, words = text.partition(":")
    if not words:
        return name, []
    from ast import literal_eval

    try:
        return name, list(literal_eval("(%s,)" % words))
    except (ValueError, SyntaxError):
        pass
    arguments = []
    for word in words.split(","):
        try:
            arguments.append(literal_eval(word.strip()))
        except (ValueError, SyntaxError):
            arguments.append(word)
    return name, arguments


def syntax_reason(error: SyntaxError, program: Program) -> str:
    """One sentence for what the file's author mistyped, or the author of a file that it imports."""
    if error.filename != program.file or not error.lineno:
        return "%s cannot be loaded: %s: %s" % (program.file_name, type(error).__name__, error)
    place, text = program.place(error.lineno), program.line_text(error.lineno)
    return "%s of %s: %s: `%s`" % (place, program.file_name, error.msg, text)


def find_function(module: ModuleType, name: str, program: Program) -> Callable[..., Any]:
    """What the module calls `name`, which must be something that can be called."""
    function = module
    for part in name.split("."):
        try:
            function = getattr(function, part)
        except AttributeError:
            raise Refusal(missing_reason(module, name, program)) from None
    if not callable(function):
        kind = type(function).__name__
        raise Refusal("`%s` of %s is no function but a value of type %s" % (name, program.file_name, kind))
    return function


def missing_reason(module: ModuleType, name: str, program: Program) -> str:
    """Why the module has no such function, and what may be meant."""
    reason = "%s has no function `%s`" % (program.file_name, name)
    why: str | None
    if name in program.failed:
        line, why = program.failed[name]
        return "%s: %s failed: %s" % (reason, program.place(line), why)
    if name in program.skipped:
        line, why = program.skipped[name]
        place, why = program.place(line), why or "the function does not need it"
        return "%s: %s was skipped because %s; loading the whole file would run it" % (reason, place, why)
    from difflib import get_close_matches

    functions = [key for key, value in vars(module).items() if callable(value) and not key.startswith("__")]
    nearest = get_close_matches(name, functions, 3)
    if nearest:
        return "%s; did you mean %s?" % (reason, " or ".join("`%s`" % name for name in nearest))
    return "%s; it has %s" % (reason, ", ".join("`%s`" % name for name in functions[:10]) or "no functions")


class Shape:
    """What arguments a function takes."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.name = getattr(function, "__name__", type(function).__name__)
        if is_plain(function):
            self.read_code(function)
        else:
            self.read_signature(function)
        self.takes_nothing = not (self.positional or self.by_name or self.takes_more or self.takes_any_name)

    def read_code(self, function: Any) -> None:
        """Reads off a plain function's code what `inspect` would take milliseconds to be loaded for."""
        code, defaults = function.__code__, function.__defaults__ or ()
        self.positional = code.co_varnames[: code.co_argcount]
        self.required = self.positional[: code.co_argcount - len(defaults)]
        self.only_positional = code.co_posonlyargcount
        self.by_name = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
        self.required_by_name = [name for name in self.by_name if name not in (function.__kwdefaults__ or ())]
        self.takes_more = bool(code.co_flags & TAKES_MORE)
        self.takes_any_name = bool(code.co_flags & TAKES_ANY_NAME)

    def read_signature(self, function: Callable[..., Any]) -> None:
        """For classes, decorated functions, functions written in C and the like."""
        inspect = library("inspect")
        try:
            params = list(inspect.signature(function).parameters.values())
        except (TypeError, ValueError):  # Some functions written in C do not tell.
            params = [inspect.Parameter("value", inspect.Parameter.POSITIONAL_ONLY)]

        def of_kind(kind: object) -> list[inspect.Parameter]:
            return [param for param in params if param.kind == kind]

        def required(params: list[inspect.Parameter]) -> list[str]:
            return [param.name for param in params if param.default is param.empty]

        only_positional = of_kind(inspect.Parameter.POSITIONAL_ONLY)
        positional = only_positional + of_kind(inspect.Parameter.POSITIONAL_OR_KEYWORD)
        by_name = of_kind(inspect.Parameter.KEYWORD_ONLY)
        self.positional = tuple(param.name for param in positional)
        self.required = required(positional)
        self.only_positional = len(only_positional)
        self.by_name = tuple(param.name for param in by_name)
        self.required_by_name = required(by_name)
        self.takes_more = bool(of_kind(inspect.Parameter.VAR_POSITIONAL))
        self.takes_any_name = bool(of_kind(inspect.Parameter.VAR_KEYWORD))

    def fits(self, count: int) -> bool:
        """Whether so many positional arguments are enough and not too many."""
        is_enough = len(self.required) <= count and not self.required_by_name
        return is_enough and (self.takes_more or count <= len(self.positional))

    def goes_by_name(self, row: dict[str, Any]) -> bool:
        """Whether the values of this object are the arguments, and not the object itself."""
        names = self.positional + self.by_name
        if not all(name in row for name in (*self.required, *self.required_by_name)):
            return False
        return self.takes_any_name or any(name in row for name in names)

    def wanted(self) -> str:
        """What the function takes, in words."""
        if self.required_by_name:
            return "takes %s by name" % ", ".join(self.required_by_name)
        least, most = len(self.required), len(self.positional)
        number = "%d or more" % least if self.takes_more else str(most) if least == most else "%d to %d" % (least, most)
        return "takes %s argument%s (%s)" % (number, "" if number == "1" else "s", ", ".join(self.positional))


def is_plain(function: Callable[..., Any]) -> bool:
    """Whether it is a function of Python that no decorator has wrapped."""
    return type(function) is type(is_plain) and not hasattr(function, "__wrapped__")


def call_spread(function: Callable[..., Any], shape: Shape, value: Any) -> Any:
    """Calls a function with what an input holds."""
    kind = type(value)
    if kind is dict and shape.goes_by_name(value):
        names = shape.positional[: shape.only_positional]
        known = value if shape.takes_any_name else shape.positional + shape.by_name
        named = {name: value[name] for name in known if name in value and name not in names}
        return function(*[value[name] for name in names if name in value], **named)
    if kind is list and (len(shape.positional) > 1 or shape.takes_more):
        if shape.fits(len(value)):
            return function(*value)
        raise misfit(shape, len(value), value)
    if shape.fits(1):
        return function(value)
    raise misfit(shape, 1, value)


def misfit(shape: Shape, count: int, value: object) -> Sentence:
    """The failure of an input that is not what the function takes."""
    shown = repr(value)
    if len(shown) > LONGEST_INPUT_SHOWN:
        shown = shown[:LONGEST_INPUT_SHOWN] + "..."
    hint = "a list such as [1, 2] gives several"
    if shape.required_by_name:
        hint = "a row of a table, or {\"%s\": 1}, gives them by name" % shape.required_by_name[0]
    given = "is one value: %s; %s" % (shown, hint) if count == 1 else "gives %d: %s" % (count, shown)
    return Sentence("`%s` %s, but this input %s" % (shape.name, shape.wanted(), given))
