"""Makes a Python process a host of Poolscope: runs a person's function over inputs and sends back what it came to.

The host speaks frames over one private channel and shows on a status page in shared memory what each of its lanes runs,
so that a host that is killed leaves word of the item it was in. A lane is a thread that takes chunks of inputs; with one
lane that is the main thread, where signals and some libraries need it.

The driver is several files, of which this one runs first and loads the others from the job: `PARTS` has them compiled
where that was done by the same build of Python. Those that decide what of the person's file is run are loaded only where
the job has no plan of it yet.
"""

from __future__ import annotations

import _thread
import mmap
import os
import sys
from marshal import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from mmap import mmap as Map
    from types import ModuleType
    from typing import Any

    from poolscope_loading import Refusal
    from poolscope_planning import Prepared

    JOB: Any  # What the process was started with: first the file, then its fields.
    PARTS: dict[str, bytes]

# Fields of the job that are no text.
COMPILED = b"plan", b"compiled"


def part(name: str) -> ModuleType:
    """Another file of the driver, as a module that the rest can import."""
    module: Any = type(sys)("poolscope_" + name)
    module.later = later
    if name in PARTS:
        code = loads(PARTS[name])
    else:
        code = compile(JOB[name], "<poolscope %s>" % name, "exec", dont_inherit=True)
    exec(code, module.__dict__)
    sys.modules[module.__name__] = module
    return module


def read_job(file: Map) -> dict[str, Any]:
    """The fields of the job: each a line of its name and size, and then so many bytes."""
    fields: dict[str, Any] = {}
    for line in iter(file.readline, b""):
        name, _, size = line.strip(b"\0\n").partition(b" ")
        if name.decode() in PARTS:
            file.seek(int(size), 1)
        elif name:
            content = file.read(int(size))
            fields[name.decode()] = content if name in COMPILED else content.decode("utf-8", "surrogateescape")
    return fields


def later(name: str) -> ModuleType:
    """A part that many runs never need, loaded when one does."""
    return sys.modules.get("poolscope_" + name) or part(name)


exit_now, execute = os._exit, os.execv  # User code may change what `os` holds.


def end_own_tree() -> None:
    """Ends this process and all that it started: the parent is gone. Its program knows how, and goes on in this process."""
    try:
        execute(JOB["program"], ["poolscope", "host", "end"] + JOB["end_arguments"].split())
    except OSError:
        os.killpg(0, 9)
        exit_now(1)


def plan_of(job: dict[str, Any]) -> Prepared | None:
    """What is run of the file, where an interpreter of this build and with these settings has decided it."""
    return loads(job["plan"]) if PARTS and job["plan"] and not sys.flags.optimize else None


def serve(job: dict[str, Any]) -> None:
    """Runs this process as a host until its parent closes it or is gone."""
    descriptors = [int(argument) for argument in sys.argv[1:4]]
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)
    page = memoryview(mmap.mmap(descriptors[1], 0)).cast("Q")
    host = Host(job, later, Channel(descriptors[0], page, end_own_tree), page)
    page[LOADING_SINCE] = clock_ns() - host.start_ns
    os.register_at_fork(after_in_child=host.forget)
    take_streams(host)
    lock_modules = lock.modules_that_turn_it_on()
    _thread.start_new_thread(host.or_end(host.read), ())
    try:
        host.program = loading.load(job, later, plan_of(job))
    except loading.Refusal as refusal:
        host.refuse(refusal)

    def ready(refusal: Refusal | None) -> None:
        """Tells the parent that the lanes have started, or why nothing can be run."""
        if refusal:
            host.refuse(refusal)
        # Only now: a module that was imported may have turned the lock on.
        page[LOCK] = HAS_LOCK if lock.is_on() else HAS_NO_LOCK
        turned_on_by = lock_modules[0].encode() if lock_modules else b""
        host.channel.send(READY, varint(int(job["version"])) + varint(len(turned_on_by)) + turned_on_by)
        _thread.start_new_thread(host.or_end(host.flush_when_due), ())

    host.run(ready)


JOB = read_job(JOB)
if PARTS and JOB["compiled"]:
    PARTS.update(loads(JOB["compiled"]))
part("protocol")
from poolscope_protocol import HAS_LOCK, HAS_NO_LOCK, LOADING_SINCE, LOCK, READY  # noqa: E402

part("standard")
part("columns")
from poolscope_columns import varint  # noqa: E402

clock_ns = part("clocks").clock_ns
take_streams = part("streams").take_streams
part("said")
lock = part("lock")
part("lane")
Channel = part("channel").Channel
Host = part("host").Host
loading = part("loading")
try:
    serve(JOB)
except BaseException:
    sys.__excepthook__(*sys.exc_info())
    exit_now(1)  # Without this the process would wait for threads that have no work.
