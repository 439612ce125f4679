#: parse ["[1, 2]"]
#: which [0]
#: have [0]
try:
    import ujson_that_is_not_there as json
    FAST = True
except ImportError:
    import json
    FAST = False

try:
    import tomllib
except ModuleNotFoundError:
    tomllib = None

try:
    import cPickle as pickle
except ImportError:
    import pickle
else:
    raise RuntimeError("Python 2?")
finally:
    checked = True


def parse(text):
    return json.loads(text)


def which(_):
    return [FAST, json.__name__, pickle.__name__, checked]


def have(_):
    return tomllib is None or hasattr(tomllib, "loads")
