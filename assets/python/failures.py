"""Tells why an item failed: a short sentence that names the line, and below it the traceback of the person's code."""

from __future__ import annotations

from poolscope_columns import Sentence
from poolscope_standard import library

linecache, re, traceback = library("linecache"), library("re"), library("traceback")

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Any

    from poolscope_loading import Program

OWN_FILES = "<poolscope "
LONGEST_REASON = 16 << 10
LONGEST_MESSAGE = 300
# Packages that are installed by another name than that of their module.
PACKAGES = {
    "PIL": "pillow",
    "cv2": "opencv-python",
    "sklearn": "scikit-learn",
    "skimage": "scikit-image",
    "yaml": "pyyaml",
    "bs4": "beautifulsoup4",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "serial": "pyserial",
    "Crypto": "pycryptodome",
    "fitz": "pymupdf",
    "docx": "python-docx",
}
UNKNOWN_NAME = re.compile(r"name '(\w+)' is not defined|cannot access free variable '(\w+)'")


def reason(error: BaseException, program: Program) -> str:
    """The reason of a failure, as it is shown beside its item."""
    if isinstance(error, Sentence):
        return str(error)
    try:
        first = sentence(error, program)
        frames = own_frames(error.__traceback__, program)
        return shortened(first + "\n" + trace(error, frames, program))
    except Exception as odd:
        return "%s, of which nothing more can be told (%s)" % (type(error).__name__, type(odd).__name__)


def own_frames(frames: TracebackType | None, program: Program) -> TracebackType | None:
    """The traceback from the person's code on: what comes before is how the driver got there."""
    first = frames
    while first and first.tb_frame.f_code.co_filename != program.file:
        first = first.tb_next
    while frames and frames.tb_frame.f_code.co_filename.startswith(OWN_FILES):
        frames = frames.tb_next
    return first or frames


def sentence(error: BaseException, program: Program) -> str:
    """The first line: what was raised, where, and what can be done."""
    kind = type(error).__qualname__
    if isinstance(error, SystemExit):
        message = "sys.exit(%s) was called" % ("" if error.code is None else shown(error.code, repr))
    else:
        message = shown(error, str)
    line = line_of(error, program)
    told = ": ".join(filter(None, (kind, message))) + (" (%s)" % program.place(line) if line else "")
    return told + hint(error, program)


def shown(value: Any, how: Callable[[Any], str]) -> str:
    """The first line of a text that the person's code makes, which may fail itself."""
    try:
        text = how(value)
    except BaseException as odd:
        return "no message, because making it raised %s" % type(odd).__name__
    text = (text.strip().splitlines() or [""])[0]
    return text if len(text) <= LONGEST_MESSAGE else text[:LONGEST_MESSAGE] + "..."


def line_of(error: BaseException, program: Program) -> int | None:
    """The innermost line of the person's file."""
    line, frames = None, error.__traceback__
    while frames:
        if frames.tb_frame.f_code.co_filename == program.file:
            line = frames.tb_lineno
        frames = frames.tb_next
    return line


def hint(error: BaseException, program: Program) -> str:
    """What can be done about failures that come from how the function is run here."""
    if isinstance(error, EOFError):
        return "; the function reads standard input, which is empty here"
    if isinstance(error, NameError):
        names = UNKNOWN_NAME.search(shown(error, str))
        return hint_of_name(names and (names.group(1) or names.group(2)), program)
    if isinstance(error, ModuleNotFoundError) and error.name:
        return hint_of_module(error.name.partition(".")[0], program)
    if isinstance(error, ImportError) and "relative import" in str(error):
        return "; put the file in a folder that is a package, or import without the dot"
    return ""


def hint_of_name(name: str | None, program: Program) -> str:
    """Why a name has no value here, and what gives it one."""
    if name is None:
        return ""
    line: int | None
    reason: str | None
    where: str | tuple[str, str, str]
    if name in program.failed:
        line, reason = program.failed[name]
        return "; %s failed (`%s`): %s" % (program.place(line), program.line_text(line), reason)
    line, reason = program.skipped.get(name, (None, None))
    if line and reason and "python FILE" in reason:
        where = program.place(line)
        return '; `%s` is set in the `if __name__ == "__main__":` block at %s, which is never run here: ' % (
            name,
            where,
        ) + "move that line out of the block"
    setter = program.setters.get(name)
    if setter:
        text = name, setter, setter
        return "; `%s` is set by `%s()`: name that as the initializer (--initializer %s:...)" % text
    if line:
        where = program.place(line), program.line_text(line), ": " + reason if reason else ""
        return "; %s was skipped (`%s`)%s, and loading the whole file would run it (--whole-file)" % where
    return ""


def hint_of_module(name: str, program: Program) -> str:
    """How a module that is missing gets there."""
    import os
    import sys

    if re.search(r"%%%%(write)?file +(-a +)?%s\.py" % re.escape(name), program.source):
        return "; a cell with `%%%%file %s.py` writes it: run that cell in Jupyter first" % name
    # A package of that name in the registry would be somebody else's.
    above = os.path.dirname(program.file)
    while os.path.dirname(above) != above:
        above = os.path.dirname(above)
        if os.path.isdir(os.path.join(above, name)):
            return "; `%s` is a folder of %s: start the program with PYTHONPATH=%s" % (name, above, above)
    if name == "google":
        return "; `google.colab` is there in Google Colab alone"
    if name in getattr(sys, "stdlib_module_names", ()):
        return "; this Python (%s) was built without it" % sys.executable
    return "; it can be installed with `%s -m pip install %s`" % (sys.executable, PACKAGES.get(name, name))


def trace(error: BaseException, frames: TracebackType | None, program: Program) -> str:
    """The traceback as Python writes it."""
    note_source(program)
    text = "".join(traceback.format_exception(type(error), error, frames)).rstrip("\n")
    return with_cells(text.replace("__main__.", ""), program)


def note_source(program: Program) -> None:
    """Has tracebacks show the lines of the file as it was when it was loaded."""
    if program.file not in linecache.cache:
        lines = program.lines()
        linecache.cache[program.file] = (len(program.source), None, lines, program.file)


def with_cells(text: str, program: Program) -> str:
    """A traceback with the lines of a notebook counted within its cells."""
    if not program.cells:
        return text
    return re.sub(
        r'(File "%s"), line (\d+)' % re.escape(program.file),
        lambda place: "%s, %s" % (place.group(1), program.place(int(place.group(2)))),
        text,
    )


def shortened(text: str) -> str:
    """Keeps beginning and end, where what was raised and the line that raised it are."""
    if len(text) <= LONGEST_REASON:
        return text
    half = LONGEST_REASON // 2
    return "%s\n...\n%s" % (text[:half], text[-half:])
