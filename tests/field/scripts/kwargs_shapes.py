#: full [{"a": 1, "b": 2}, {"a": 1, "b": 2, "c": 9, "unknown": 1}]
#: only_kw [{"x": 1, "y": 2}]
#: rest [[1, 2, 3], [1]]
#: anything [{"q": 1, "r": [2]}]
#: none_at_all [1]
#: positional [[1, 2]]
def full(a, b, c=3):
    return f"{a}{b}{c}"


def only_kw(*, x, y=5):
    return x - y


def rest(first, *others):
    return [first, list(others)]


def anything(**options):
    return sorted(options.items())


def none_at_all():
    return "called"


def positional(a, b, /):
    return a / b
