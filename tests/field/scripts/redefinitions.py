#: f [3]
#: g [3]
#: table [2]
def f(n):
    return n


def g(n):
    return f(n) + 1


_original = f


def f(n):
    return _original(n) * 10


TABLE = [1, 2, 3]
TABLE = [v * 2 for v in TABLE]
TABLE[0], TABLE[2] = TABLE[2], TABLE[0]
table = lambda i: TABLE[i]
g.__doc__ = "changed"
g.calls = 0
