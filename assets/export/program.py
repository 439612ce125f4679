"""The parts of a program that does what a run of Poolscope has done. Each program gets those that it needs."""


def print_all(results, out):
    """Prints the results, a line each, empty where there is none; why not goes to standard error. Gives the exit code."""
    import sys

    code = 0
    for index, line, error in results:
        print(line, file=out)
        if error is not None:
            print("input %d failed: %s" % (index, error), file=sys.stderr)
            code = 1
    return code


def output_for_results():
    """Standard output for the results alone: what the function prints goes to standard error."""
    import os

    out = open(os.dup(1), "w", encoding="utf-8", errors="backslashreplace", newline="\n")
    os.dup2(2, 1)
    return out


def line_of(result):
    """A result as a line: a list or a dict as JSON, a text of several lines in quotes as JSON has it."""
    import json

    result = plain(result)
    if isinstance(result, bool):
        return "true" if result else "false"
    if isinstance(result, str):
        is_json = result[:1] == '"' and ("\\n" in result or "\\r" in result) and reads_as_json(result)
        return json.dumps(result, ensure_ascii=False) if "\n" in result or "\r" in result or is_json else result
    if isinstance(result, (list, tuple, dict)):
        try:
            return json_of(result)
        except RecursionError:  # It contains itself.
            return str(result)
    return digits(result) if isinstance(result, int) else repr(result)


def reads_as_json(text):
    """Whether a text is a text in quotes as JSON has it."""
    import json

    try:
        return isinstance(json.loads(text), str)
    except ValueError:
        return False


def json_of(value):
    """A value as JSON; what JSON does not know stands in it as text."""
    import json

    value = plain(value)
    if isinstance(value, dict):
        return "{%s}" % ",".join("%s:%s" % (key_of(key), json_of(inner)) for key, inner in value.items())
    if isinstance(value, (list, tuple)):
        return "[%s]" % ",".join(map(json_of, value))
    if isinstance(value, int) and not isinstance(value, bool):
        return digits(value)
    return json.dumps(str(value) if isinstance(value, bytes) else value, ensure_ascii=False)


def key_of(key):
    """The key of an object: texts as they are, all else as a text."""
    import json

    if isinstance(key, str):
        return json.dumps(str.__str__(key), ensure_ascii=False)
    if isinstance(key, int) and not isinstance(key, bool):
        return '"%s"' % digits(int(key))
    return '"%s"' % json.dumps(key) if key is None or isinstance(key, (bool, float)) else json.dumps(str(key), ensure_ascii=False)


def digits(number):
    """All digits of an integer: from 3.11 on Python gives no more than 4300 unless it is told to."""
    import sys

    try:
        return str(number)
    except ValueError:
        limit = sys.get_int_max_str_digits()
        sys.set_int_max_str_digits(0)
        try:
            return str(number)
        finally:
            sys.set_int_max_str_digits(limit)


def plain(value):
    """A result as None, bool, int, float, str, bytes, list, tuple or dict."""
    import asyncio
    import inspect
    import io
    from collections import UserString, abc

    if value is None or type(value) in (bool, int, float, str, bytes, list, tuple, dict):
        return value
    for base, make in ((int, int.__int__), (float, float.__float__), (str, str.__str__), (bytes, bytes)):
        if isinstance(value, base):
            return make(value)
    if isinstance(value, (list, tuple, dict)):
        return value
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    if inspect.iscoroutine(value):
        return plain(asyncio.run(value))
    if inspect.isasyncgen(value):
        return asyncio.run(collected(value))
    if type(value).__module__.partition(".")[0] in ("numpy", "array") and hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, abc.Mapping):
        return dict(value.items())
    kinds = (abc.Iterator, abc.Set, abc.MappingView, abc.Sequence)
    if isinstance(value, kinds) and not isinstance(value, (io.IOBase, UserString)):
        return list(value)
    return str(value)


async def collected(values):
    """All values of something that gives them one by one, and waits between."""
    return [value async for value in values]


def spread(function, value):
    """Calls a function with what an input holds: a list by position, a row by the names of its columns, all else as it is."""
    import inspect

    try:
        params = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # Some functions written in C do not tell.
        return function(value)
    more, more_names = inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD
    by_name = [param for param in params if param.kind == inspect.Parameter.KEYWORD_ONLY]
    positional = [param for param in params if param.kind not in (more, more_names) and param not in by_name]
    takes_more = any(param.kind == more for param in params)
    takes_any_name = any(param.kind == more_names for param in params)
    if not params:
        return function()
    if isinstance(value, dict):
        required = [param.name for param in positional + by_name if param.default is param.empty]
        names = [param.name for param in positional + by_name]
        if all(name in value for name in required) and (takes_any_name or any(name in value for name in names)):
            first = [param.name for param in positional if param.kind == inspect.Parameter.POSITIONAL_ONLY]
            known = value if takes_any_name else names
            named = {name: value[name] for name in known if name in value and name not in first}
            return function(*[value[name] for name in first if name in value], **named)
    if isinstance(value, list) and (len(positional) > 1 or takes_more):
        return function(*value)
    return function(value)


def loaded(path, name):
    """What the file at a path calls `name`; the file is loaded once in each process."""
    import functools
    import importlib
    import importlib.util
    import os
    import sys

    folder, module_name = os.path.dirname(path), os.path.splitext(os.path.basename(path))[0]
    # A module of its own name would stand in the way of one of the same name that it imports.
    key = "loaded_" + module_name
    if key not in sys.modules:
        os.chdir(folder)
        sys.path.insert(0, folder)
        while os.path.exists(os.path.join(folder, "__init__.py")):
            folder, package = os.path.split(folder)
            module_name = package + "." + module_name
        if "." in module_name and module_name.replace(".", "").isidentifier():
            sys.path.insert(1, folder)
            sys.modules[key] = importlib.import_module(module_name)
        else:
            spec = importlib.util.spec_from_file_location(key, path)
            module = sys.modules[key] = importlib.util.module_from_spec(spec)
            try:
                spec.loader.exec_module(module)
            except BaseException:
                del sys.modules[key]
                raise
    return functools.reduce(getattr, name.split("."), sys.modules[key])


def literals(words):
    """The arguments that are written as `10,abc`: Python's literals, or else texts."""
    from ast import literal_eval

    try:
        return list(literal_eval("(%s,)" % words))
    except (ValueError, SyntaxError):
        pass
    arguments = []
    for word in words.split(","):
        try:
            arguments.append(literal_eval(word.strip()))
        except (ValueError, SyntaxError):
            arguments.append(word)
    return arguments


def run_command(command, text=None, folder=None, variables=None):
    """What a command prints, without the end of its last line; `text` is a line for its standard input."""
    import os
    import subprocess

    done = subprocess.run(
        command,
        input=None if text is None else (text + "\n").encode(errors="surrogateescape"),
        stdin=subprocess.DEVNULL if text is None else None,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=dict(os.environ, **(variables or {})),
    )
    os.write(2, done.stderr)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise RuntimeError(": ".join(["exit code %d" % done.returncode] + said[-1:]))
    output = done.stdout[:-1] if done.stdout.endswith(b"\n") else done.stdout
    try:
        return output.decode()
    except UnicodeDecodeError:
        return output


def without_extension(path):
    """A path without the extension of its last name, as {.} has it."""
    name = last_name(path)
    return path[: len(path) - len(name) + name.rindex(".")] if "." in name else path


def last_name(path):
    """The last name of a path, as {/} has it."""
    return path[path.rfind("/") + 1 :]


def folder_of(path):
    """The folder of a path, as {//} and `dirname` have it."""
    trimmed = path.rstrip("/")
    if "/" in trimmed:
        return trimmed[: trimmed.rindex("/") + 1].rstrip("/") or "/"
    return "/" if not trimmed and path.startswith("/") else "."


def number_of_worker():
    """The number of the worker that runs this call, from 1."""
    import multiprocessing
    import threading

    identity = multiprocessing.current_process()._identity
    if identity:
        return identity[0]
    name = threading.current_thread().name  # "Thread-3 (worker)", of a pool of threads.
    found = "".join(sign for sign in name.partition("(")[0] if sign.isdigit())
    return int(found or 1)
