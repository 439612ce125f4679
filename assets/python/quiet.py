"""Which parts of Python and its library are quiet and cheap: they change nothing outside the process, but for what they print.

What is printed by statements that nothing needs is dropped (`running.py`).
"""

from __future__ import annotations

from poolscope_known import LOOKS, LOOKING_MODULES, MUTATORS, RUNNERS

# Built-in functions that ask, read, run any code or end the program.
LOUD_BUILTINS = frozenset(
    "input open exec eval breakpoint exit quit help compile __import__ display get_ipython copyright credits license".split()
)
TAKING_FUNCTIONS = ("map", "filter")
# Which go through all of what they are given.
CONSUMING = frozenset("list tuple set frozenset dict sorted min max sum any all bytes bytearray enumerate zip".split())
# What runs the operators of a file's own classes.
OPERATIONS = frozenset(
    "BinOp UnaryOp BoolOp Compare Subscript AugAssign For Starred Delete JoinedStr IfExp If Match Assign Call Set Dict Tuple".split()
)
# The same of Python's library.
GOING_THROUGH = (
    "collections.deque", "collections.Counter", "collections.OrderedDict", "functools.reduce", "math.fsum", "math.prod",
    "statistics.mean", "statistics.median", "statistics.fmean", "statistics.mode", "statistics.stdev", "array.array",
    "heapq.nlargest", "heapq.nsmallest", "heapq.merge",
)
# Methods of tables that packages make.
PACKAGE_METHODS = frozenset("head tail describe info plot hist boxplot scatter to_csv to_string to_html groupby".split())
# Methods that are passed on to be called.
GOING_ON = MUTATORS - RUNNERS
# Methods of which the name tells that they take no time and show nothing.
CHEAP_METHODS = frozenset((GOING_ON | LOOKS) - PACKAGE_METHODS) | frozenset(
    "__next__ get release locked is_set set reset random randint choice uniform gauss sample randrange "
    "getrandbits setter getter deleter register cache_clear cache_info joinpath resolve with_suffix relative_to fromkeys "
    "setLevel getChild addHandler removeHandler setFormatter addFilter info debug warning error exception critical "
    "total elements getvalue tell truncate tobytes frombytes hexdigest digest timestamp date time year "
    "astimezone fromtimestamp fromisoformat now today utcnow".split()
)
# Modules of which all but a few functions are so.
MODULES = (
    LOOKING_MODULES
    | frozenset(
        "random itertools operator bisect heapq array decimal struct contextlib contextvars weakref copyreg codecs threading "
        "queue gc graphlib colorsys numbers reprlib builtins importlib errno stat typing_extensions collections types "
        "__future__ sys os pathlib io warnings logging pickle marshal atexit locale fnmatch posixpath ntpath genericpath "
        "shlex socket textwrap ipaddress optparse cmd csv calendar sched signal site sysconfig string pprint traceback".split()
    )
) - frozenset("timeit doctest this dis platform secrets".split())
# Of some modules it is only these,
ONLY = {
    "os": ("environ", "getenv", "putenv", "path", "sep", "getcwd", "getpid", "cpu_count", "fspath", "name", "linesep", "urandom", "umask", "chdir"),
    "sys": (
        "path", "modules", "getrecursionlimit", "setrecursionlimit", "intern", "getsizeof", "version_info", "platform", "argv",
        "_getframe", "meta_path", "path_hooks", "getrefcount", "maxsize", "flags", "setswitchinterval", "getswitchinterval",
        "set_int_max_str_digits", "exc_info", "stdout", "stderr", "hash_info", "implementation",
    ),
    "io": ("StringIO", "BytesIO"),
    "logging": (
        "getLogger", "NullHandler", "StreamHandler", "Handler", "Filter", "Formatter", "getLevelName", "addLevelName", "setLoggerClass",
        "LoggerAdapter", "disable", "debug", "info", "warning", "error", "exception", "critical", "log", "basicConfig",
    ),
    "codecs": ("lookup", "encode", "decode", "getencoder", "getdecoder", "getincrementalencoder", "getincrementaldecoder", "register", "register_error", "BOM_UTF8"),
    "atexit": ("unregister",),
    "socket": ("setdefaulttimeout", "getdefaulttimeout"),
    "pickle": ("dumps", "loads"),
    "marshal": ("dumps", "loads"),
    "gc": ("disable", "enable", "get_referents", "get_referrers", "get_objects", "isenabled", "freeze"),
    "time": ("time", "perf_counter", "monotonic", "time_ns", "perf_counter_ns", "monotonic_ns", "process_time", "localtime", "gmtime", "strftime", "mktime", "tzset"),
    "warnings": ("warn", "filterwarnings", "simplefilter", "resetwarnings", "catch_warnings"),
    "csv": ("register_dialect", "field_size_limit"),
    "importlib": ("import_module",),
    "pathlib": ("Path", "PurePath", "PosixPath", "WindowsPath", "PurePosixPath"),
    "inspect": ("currentframe", "signature", "isfunction", "isclass", "ismethod", "getmembers", "stack", "getmodule"),
    "signal": ("signal", "getsignal"),
    "builtins": ("__dict__", "setattr", "getattr", "dict", "list", "len"),
    "hashlib": ("md5", "sha1", "sha256", "sha512", "sha224", "sha384", "blake2b", "blake2s", "new"),
}


def is_quiet(path: str) -> bool:
    """Whether something of Python's library, or a module of it, is quiet and cheap."""
    root, _, rest = path.partition(".")
    if root not in MODULES:
        return False
    return not rest or root not in ONLY or rest.partition(".")[0] in ONLY[root]
