"""What is known of calls by their names alone: those of Python, of its library and of widely used packages."""

from __future__ import annotations

import builtins
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from poolscope_tree import Node

BUILTINS = frozenset(dir(builtins)) | {"display", "get_ipython"}
# Built-in functions that give attributes of an object another value, those that change their first argument,
SETTERS = frozenset(("setattr", "delattr"))
CHANGERS = SETTERS.union(("next", "anext", "exec"))
# and those that use up an iterator.
CONSUMERS = frozenset(
    "iter list tuple set frozenset dict sorted min max sum any all enumerate zip map filter print aiter bytes".split()
)
# Methods that change their object for certain, and functions that change their first argument.
MUTATORS = frozenset(
    "append appendleft add extend extendleft insert remove discard pop popleft popitem clear sort reverse rotate fill "
    "setdefault update put put_nowait itemset resize partition seek write writelines read readline readlines send "
    "throw close shuffle copyto place putmask put_along_axis fill_diagonal setflags heappush heappop heapify "
    "heapreplace heappushpop insort insort_left insort_right subtract move_to_end intersection_update "
    "difference_update symmetric_difference_update difference_update __next__ __setitem__ __delitem__ setitem delitem "
    "start iadd iconcat ior iand isub ixor imul add_argument add_argument_group add_mutually_exclusive_group "
    "add_subparsers add_parser set_defaults add_option".split()
)
# Of these, such as may go on to what their object was made of: a file behind a writer, the function of a thread.
RUNNERS = frozenset("start close send throw write writelines read readline readlines seek put put_nowait __next__".split())
# Methods of loggers, which keep nothing of what they are given.
LOGGING = frozenset("debug info warning warn error critical exception log".split())
# Methods that give out what they are given, and keep nothing of it.
GIVING_OUT = LOGGING | frozenset(
    "write writelines writerow writerows writestr writeheader write_text write_bytes dump dumps execute executemany "
    "send sendall sendto send_message sendmail".split()
)
# Libraries that open windows, reach other machines or start programs: their objects are treated as those of packages.
DISTANT = frozenset(
    "tkinter turtle curses idlelib smtplib socket http urllib ftplib imaplib poplib nntplib telnetlib xmlrpc socketserver "
    "ssl subprocess webbrowser pty".split()
)
# Methods by which objects of a file's own classes do more when they are stored into.
STORING = ("__setitem__", "__delitem__", "__setattr__", "__iadd__", "__set__")
# Methods that only look at their object.
LOOKS = frozenset(
    "head tail describe info sample keys values items copy deepcopy count index startswith endswith format join split "
    "rsplit splitlines strip lstrip rstrip upper lower title capitalize replace encode decode isdigit isalpha nunique "
    "value_counts groupby isnull isna dtypes mean median std var plot hist boxplot scatter to_csv to_string to_html "
    "to_dict to_list tolist astype most_common as_integer_ratio bit_length isoformat strftime union intersection "
    "translate maketrans zfill ljust rjust center casefold swapcase partition rpartition isalnum isspace isupper "
    "islower isnumeric isidentifier expandtabs removeprefix removesuffix format_map conjugate hex total_seconds "
    "group groups groupdict span expand search match fullmatch findall finditer sub subn difference issubset issuperset isdisjoint is_file is_dir exists __enter__ __exit__ __iter__ __len__".split()
)
# Modules that change nothing of what they are given, and have no state that a function could see.
LOOKING_MODULES = frozenset(
    "math cmath statistics time datetime json pprint copy re string textwrap functools typing dataclasses "
    "collections enum abc numbers fractions hashlib base64 binascii unicodedata uuid inspect dis ast timeit calendar "
    "types keyword token difflib html secrets zlib zoneinfo platform traceback doctest this".split()
)
# By these random numbers become the same in each run; where none is called, none depends on those drawn before.
SEEDERS = frozenset(("seed", "setstate", "set_state", "manual_seed"))
RANDOM = ("random", "numpy.random")
# Built-in functions of which the results cannot be changed.
UNCHANGING_MAKERS = frozenset(
    "int float str bool complex len round abs ord chr hash repr range frozenset type hex bin oct format divmod pow "
    "callable isinstance issubclass id ascii".split()
)
# Methods of text, which give other text.
TEXT_METHODS = frozenset(
    "join strip lstrip rstrip lower upper title capitalize replace format encode decode zfill ljust rjust center "
    "casefold translate removeprefix removesuffix isoformat strftime hexdigest".split()
)
# What iterators come from.
ITERATOR_MODULES = frozenset("itertools csv io os pathlib glob gzip bz2 lzma codecs fileinput tokenize zipfile".split())
ITERATORS = frozenset(("iter", "map", "filter", "zip", "enumerate", "reversed", "open"))
# Words in a call's name by which a module's state goes on or is set, even where the result is taken.
STATE_WORDS = ("random", "rand", "seed", "sample", "shuffle", "choice", "set", "setlocale", "getcontext", "locale", "count")
SHOWN = frozenset(("show", "savefig", "close", "pause", "draw", "imshow", "waitKey", "display", "plot", "print"))

# Packages of which only settings last: what is drawn is shown, and gone.
PLOTTING = frozenset("matplotlib seaborn plotly bokeh altair pylab plotnine IPython".split())
PLOT_SETTINGS = frozenset("rcparams rc rcdefaults style use set theme context palette backend ion ioff cmap templates".split())

# Starts workers.
POOL_MODULES = frozenset(
    "multiprocessing concurrent joblib threading _thread loky pathos mpire billiard multiprocess dask distributed ray "
    "torch ipyparallel os pebble".split()
)
STARTERS = frozenset(
    "Pool ThreadPool Process ProcessPoolExecutor ThreadPoolExecutor InterpreterPoolExecutor Parallel "
    "Manager SyncManager ProcessPool get_reusable_executor WorkerPool LocalCluster Client start_new_thread fork "
    "forkpty get_executor".split()
)
STARTERS_OF_ANY = frozenset(("Pool", "ThreadPool", "Process", "ProcessPoolExecutor", "ThreadPoolExecutor"))
READERS = ("input", "raw_input", "getpass.getpass", "fileinput.input", "click.prompt", "click.confirm")
# Serves or waits until it is ended.
SERVERS = frozenset("mainloop serve_forever run_forever infinity_polling start_polling waitKey".split())
SERVER_MODULES = frozenset(
    "flask bottle dash sanic quart tornado aiohttp discord uvicorn fastapi waitress gunicorn hypercorn cherrypy "
    "twisted gradio streamlit telegram telebot nicegui eel".split()
)
SERVER_METHODS = frozenset(("run", "launch", "run_app", "run_polling", "serve", "start", "run_server", "quickstart"))
MAINS = ("unittest.main", "pytest.main", "nose.main", "nose.run", "fire.Fire", "absltest.main", "signal.pause")
# Of no use where nothing is bound: they end the program, wait, show, measure, or start other programs.
LOOSE = (
    "sys.exit", "exit", "quit", "os._exit", "os.abort", "time.sleep", "breakpoint", "pdb.set_trace",
    "os.system", "os.popen", "os.startfile", "os.kill", "webbrowser.open", "os.remove", "os.unlink", "os.rmdir",
    "shutil.rmtree", "os.execv", "os.execvp",
)
LOOSE_MODULES = frozenset(
    "subprocess webbrowser antigravity sh pexpect timeit cProfile profile pyinstrument line_profiler memory_profiler".split()
)
# Of objects that only measure.
LOOSE_METHODS = frozenset(("timeit", "autorange"))
# Methods that run when an object is made.
MAKERS = ("__init__", "__new__", "__post_init__", "__init_subclass__")
# Methods that are given the class, whatever they call it.
OF_CLASSES = ("__new__", "__init_subclass__", "__class_getitem__")
# Of these it is known what `from module import *` binds; importing them does nothing else.
STARRED = frozenset(
    "typing math cmath itertools functools collections random operator string statistics fractions decimal datetime re "
    "time json copy heapq bisect enum dataclasses types numbers abc pprint os os.path sys pathlib".split()
)
# Before Python 3.10 an interpreter does not tell what its library holds.
LIBRARY = (
    "abc aifc antigravity argparse array ast asynchat asyncio asyncore audioop base64 bdb binascii binhex bisect bz2 "
    "cProfile calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall concurrent "
    "configparser contextlib contextvars copy copyreg crypt csv ctypes curses dataclasses datetime dbm decimal "
    "difflib dis distutils doctest email encodings ensurepip enum fcntl filecmp fileinput fnmatch fractions ftplib "
    "functools genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html http imaplib imghdr "
    "imp importlib inspect io ipaddress json keyword lib2to3 linecache locale logging lzma mailbox mailcap math "
    "mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc nis nntplib nt ntpath nturl2path numbers opcode "
    "operator optparse os ossaudiodev pathlib pdb pickle pickletools pipes pkgutil platform plistlib poplib posixpath "
    "pprint profile pstats pty py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re readline reprlib "
    "resource rlcompleter runpy sched secrets select selectors shelve shlex shutil signal site smtpd smtplib sndhdr "
    "socket socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl stat statistics string stringprep "
    "struct subprocess sunau symtable sysconfig syslog tabnanny tarfile telnetlib tempfile termios textwrap this "
    "threading timeit tkinter token tokenize trace traceback tracemalloc tty turtle turtledemo types typing "
    "unicodedata unittest urllib uu uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml "
    "xmlrpc zipapp zipfile zipimport zlib zoneinfo __future__ dummy_threading formatter parser symbol"
)
STDLIB = getattr(sys, "stdlib_module_names", None) or frozenset(LIBRARY.split()).union(sys.builtin_module_names)


def root_of(path: str) -> str:
    """What holds the state that a call of this path goes by: its package, but of numpy its random numbers alone."""
    if path.startswith("."):
        return path
    return "numpy.random" if path.startswith("numpy.random") else path.partition(".")[0]


def is_of_library(path: str) -> bool:
    """Whether a module is of Python's own library."""
    root = path.partition(".")[0]
    return root in STDLIB


def star_names(module: str) -> Sequence[str]:
    """The names that `from module import *` binds, where that can be told; else nothing."""
    if module not in STARRED:
        return ()
    own = os.path.join(sys.path[0] if sys.path else "", module)
    if os.path.exists(own + ".py") or os.path.isdir(own):  # The person's own, which must not be run for this.
        return ()
    __import__(module)
    names = vars(sys.modules[module])
    return names.get("__all__") or [name for name in names if not name.startswith("_")]


def imported_names(node: Node, module: str) -> Iterator[tuple[str, str]]:
    """The names that a `from module import ...` binds, each with what it stands for."""
    for alias in node.names:
        if alias.name == "*":
            known = star_names(module)
            yield from [(name, "%s.%s" % (module, name)) for name in known] if known else [("*", module)]
        elif node.level and not node.module:
            yield alias.asname or alias.name, module + alias.name
        else:
            yield alias.asname or alias.name, "%s.%s" % (module.rstrip("."), alias.name)
