"""Loads a source as a host does, and runs the whole of it as `python FILE` would, each in a process of its own."""

import contextlib
import io
import marshal
import os
import pickle
import sys
import traceback
import types

DRIVER = os.path.join(os.path.dirname(__file__), "..", "..", "assets", "python")
with open(os.path.join(DRIVER, "functions.py")) as lister:
    LISTER = {"__name__": "functions"}
    exec(compile(lister.read(), "functions.py", "exec", dont_inherit=True), LISTER)
compiled = LISTER["compiled"]
FILE = "/nowhere/tasks.py"
LONGEST_RUN_S = 20


def part(name):
    """A file of the driver, as the driver makes a module of it, compiled as for hosts."""
    key = "poolscope_" + name
    if key not in sys.modules:
        with open(os.path.join(DRIVER, name + ".py")) as file:
            code = compiled(name, file.read())
        sys.modules[key] = types.ModuleType(key)
        exec(code, sys.modules[key].__dict__)
    return sys.modules[key]


ANALYSIS = (
    "sources", "tree", "known", "units", "flow", "names", "constants", "sharing", "bindings", "dangers", "calls", "guards", "statements", "reactions", "settings",
    "contents", "files", "quiet", "sizes", "costs", "keeping", "definitions", "magics",
)
for each in ("standard", "columns", *ANALYSIS, "slow", "streams", "loading", "failures"):
    part(each)
muted = part("streams").muted


class Said(io.StringIO):
    """What is printed, as the streams of a host take it."""

    def write(self, text):
        return len(text) if muted else super().write(text)


class Outcome:
    def __init__(self, values=(), refusal=None, said="", lines=()):
        self.values = list(values)
        self.refusal = refusal
        self.said = said  # On standard error.
        self.lines = list(lines)  # First lines of the statements that were kept.

    def __repr__(self):
        return "%r, refused: %r, said: %r, kept lines: %r" % (self.values, self.refusal, self.said, self.lines)


def in_process(work):
    """What a function gives in a process of its own, and what it wrote to standard error."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        import signal

        signal.alarm(LONGEST_RUN_S)
        said = Said()
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
                outcome = work()
        except BaseException:
            outcome = Outcome(refusal="the loader failed: " + traceback.format_exc())
        outcome.said = said.getvalue()
        with os.fdopen(writer, "wb") as file:
            pickle.dump(vars(outcome), file)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        content = file.read()
    os.waitpid(child, 0)
    outcome = Outcome(refusal="the process died")
    if content:
        outcome.__dict__ = pickle.loads(content)
    return outcome


def shown(function, given, tell):
    """What a call comes to, as text."""
    try:
        value = function(*given) if isinstance(given, tuple) else function(given)
        return repr(list(value) if isinstance(value, types.GeneratorType) else value)
    except BaseException as error:
        return "!" + tell(error)


def plainly(error):
    return "%s: %s" % (type(error).__name__, error)


def carried_plan(job):
    """What is run of a file as another process decides it; None where the host has to, because there is more to say."""
    loading = part("loading")
    try:
        return marshal.loads(marshal.dumps(loading.planned(loading.Program(job), part)))
    except Exception:
        return None


def loaded(source, function, inputs, tell=None, **fields):
    """What the function gives here; `tell` makes sentences of errors as a host does."""
    job = {"source": source, "file": FILE, "folder": "", "function": function, "cell_lines": "", "whole": "0"}
    job = {**job, "first_worker": "1", **fields}

    def work():
        loading = part("loading")
        try:
            plan = carried_plan(job)
            program = loading.load(job, part, plan)
            program.initialize(part)
        except loading.Refusal as refusal:
            return Outcome(refusal=str(refusal))
        how = (lambda error: part("failures").reason(error, program)) if tell else plainly
        called = (lambda given: program.function()) if program.shape.takes_nothing else program.function
        lines = [line for batch in plan["batches"] for line in batch["lines"]] if plan else []
        return Outcome([shown(called, given, how) for given in inputs], lines=lines)

    return in_process(work)


def cells(*texts):
    """The source of a notebook of these cells, and the field that tells where they begin."""
    source, places = "", []
    for number, text in enumerate(texts, 1):
        source += "# %%%% cell %d\n" % number
        places.append("%d:%d" % (source.count("\n") + 1, number))
        source += text + "\n"
    return source, " ".join(places)


def of_cells(texts, function, inputs, file="/nowhere/notes.ipynb", **fields):
    source, places = cells(*texts)
    return loaded(source, function, inputs, cell_lines=places, file=file, **fields)


def whole(source, function, inputs, file=FILE):
    """What the function gives when the whole file was run, all but guarded blocks."""

    def work():
        sys.argv = [file]
        sources = part("sources").Sources(source, file, [])
        body, _ = part("guards").cut_guards(sources.body())
        module = part("sources").new_main(file, False)
        try:
            part("running").run_code(sources.compiled(body), module.__dict__)
        except BaseException as error:
            return Outcome(refusal=plainly(error))
        called = eval(function, module.__dict__)
        return Outcome(shown(called, given, plainly) for given in inputs)

    return in_process(work)


class NameOfImported(str):
    """Reads `__main__`, as the program calls a module, but is another to whoever asks: as where a worker imports it."""

    def __eq__(self, other):
        return self is other

    def __ne__(self, other):
        return self is not other

    __hash__ = str.__hash__


def imported(source, function, inputs, file=FILE):
    """What the function gives when the whole file was run as an import of it runs it."""

    def work():
        os.chdir(os.path.dirname(file))
        sys.path.insert(0, os.path.dirname(file))
        module = types.ModuleType("__main__")
        module.__name__, module.__file__ = NameOfImported("__main__"), file
        sys.modules["__main__"] = sys.modules[module.__name__] = module
        try:
            exec(compile(source, file, "exec", dont_inherit=True), module.__dict__)
        except BaseException as error:
            return Outcome(refusal=plainly(error))
        called = eval(function, module.__dict__)
        return Outcome(shown(called, given, plainly) for given in inputs)

    return in_process(work)
