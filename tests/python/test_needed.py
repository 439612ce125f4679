"""What a function needs of its file is run: each source gives here what it gives when the whole file is run."""

import sys
import unittest

from loader import loaded, whole

# A source, the function, and its inputs.
CASES = (
    (
        """SIEVE = [True] * 50
for i in range(2, 50):
    for j in range(i * i, 50, i): SIEVE[j] = False
def is_prime(n): return SIEVE[n]
""",
        'is_prime',
        [9, 4, 7],
    ),
    (
        """from decimal import Decimal, getcontext
getcontext().prec = 50
def inv(n): return str(Decimal(1) / n)
""",
        'inv',
        [3],
    ),
    (
        """import random; random.seed(7)
SALT = random.randrange(1000)
def f(n): return SALT
""",
        'f',
        [1],
    ),
    (
        """import random; random.seed(7)
a = random.random(); SALT = random.randrange(1000)
def f(n): return SALT
""",
        'f',
        [1],
    ),
    (
        """from random import seed, random as r
seed(7)
a = r()
SALT = r()
def f(n): return SALT
""",
        'f',
        [1],
    ),
    (
        """SEEN = dict()
def sq(n):
    if n not in SEEN: SEEN[n] = n * n
    return SEEN[n]
""",
        'sq',
        [2, 3, 2],
    ),
    (
        """import argparse; p = argparse.ArgumentParser()
p.add_argument("--k", type=int, default=3)
args = p.parse_args([])
def f(n): return n * args.k
""",
        'f',
        [2],
    ),
    (
        """X=[]
y = X
y.append(1)
def f(n): return X
""",
        'f',
        [2],
    ),
    (
        """a=[1]
b=a
a.append(2)
def f(n): return b
""",
        'f',
        [2],
    ),
    (
        """REG = {}
def register(f):
    REG[f.__name__] = f
    return f
@register
def one(n): return n+1
@register
def two(n): return n+2
def f(n): return sorted(REG), REG["two"](n)
""",
        'f',
        [2],
    ),
    (
        """class A: pass
A.bar = lambda self: 5
def f(n): return A().bar()*n
""",
        'f',
        [2],
    ),
    (
        """globals()["X"] = 4
def f(n): return X*n
""",
        'f',
        [2],
    ),
    (
        """exec("X = 4")
def f(n): return X*n
""",
        'f',
        [2],
    ),
    (
        """from math import *
def f(n): return floor(sqrt(n))
""",
        'f',
        [10],
    ),
    (
        """G = [1, 3]
class C:
    def __init__(self, v): self.items = G
t = C(1).items.append
t(1)
def f(n): return G
""",
        'f',
        [2],
    ),
    (
        """G = {1: 1}
y = (t := lambda q: G.setdefault(q, 1))(6)
for k in [4, 5]:
    def add(q): return G.setdefault(q, 1)
    z = list(map(add, [k]))
with open("/dev/null"):
    class K:
        def __init__(self): G[8] = 1
        def add(self): G[9] = 1
    K().add()
def f(n): return G
""",
        'f',
        [2],
    ),
    (
        """import functools
K = 2
G = [1]
@functools.lru_cache(maxsize=None)
def f(n): return K + n, len(G)
def g(n): return f(n)
[g(k) for k in range(3)]
K = 5
h = functools.cache(f)
assert h(5)
G.append(1)
""",
        'f',
        [2, 4, 5],
    ),
    (
        """from random import *
seed(4)
x = choice(range(100))
def f(n): return x
""",
        'f',
        [2],
    ),
    (
        """def setup():
    global X
    X = 9
setup()
def f(n): return X+n
""",
        'f',
        [10],
    ),
    (
        """T = {}
def fill():
    for i in range(5): add(i)
def add(i): T[i] = i*i
fill()
def f(n): return T[n]
""",
        'f',
        [3],
    ),
    (
        """it = iter(range(10))
print(next(it))
list(zip([1,2],it))
def f(n): return next(it)
""",
        'f',
        [3],
    ),
    (
        """import itertools
c = itertools.count()
next(c); x = next(c)
def f(n): return next(c)
""",
        'f',
        [3],
    ),
    (
        """X = [3,1,2]
print(len(X), sorted(X))
X.sort()
def f(n): return X[n]
""",
        'f',
        [0],
    ),
    (
        """import sys
sys.setrecursionlimit(5000)
def f(n): return sys.getrecursionlimit()
""",
        'f',
        [0],
    ),
    (
        """import os
os.environ["ZZ"] = "1"
def g(n):
    import os
    return os.environ.get("ZZ")
""",
        'g',
        [0],
    ),
    (
        """for i in range(3):
    def f(n, i=i): return n*i
""",
        'f',
        [4],
    ),
    (
        """try:
    import no_such as js
except ImportError:
    import json as js
def f(n): return js.dumps([n])
""",
        'f',
        [4],
    ),
    (
        """from functools import partial
def power(b, exponent): return b**exponent
square = partial(power, exponent=2)
""",
        'square',
        [4],
    ),
    (
        """from math import sqrt
""",
        'sqrt',
        [4],
    ),
    (
        """class K:
    def __init__(self): self.n=0
    def inc(self, k): self.n+=k; return self.n
o = K()
o.inc(5)
m = o.inc
""",
        'm',
        [4],
    ),
    (
        """class K:
    def __init__(self): self.n=0
    def inc(self, k): self.n+=k; return self.n
o = K()
o.inc(5)
""",
        'o.inc',
        [4],
    ),
    (
        """import random
class R:
    table = []
    def add(self, x): self.table.append(x)
r = R()
r.add(3)
def f(n): return R.table
""",
        'f',
        [4],
    ),
    (
        """from functools import singledispatch
@singledispatch
def f(x): return "any"
@f.register(int)
def _(x): return "int"
@f.register(str)
def _(x): return "str"
""",
        'f',
        [4, 'a', 2.0],
    ),
    (
        """x = 1
while x < 100: x *= 2
def f(n): return x
""",
        'f',
        [4],
    ),
    (
        """if (n := 5) > 3: K = n
else: K = 0
def f(n): return K
""",
        'f',
        [4],
    ),
    (
        """match 3:
    case int(v): K = v
def f(n): return K
""",
        'f',
        [4],
    ),
    (
        """from dataclasses import dataclass
@dataclass
class P:
    x: "int"
    y: int = 3
def f(n): return P(n)
""",
        'f',
        [4],
    ),
    (
        """import typing
class Foo: pass
def f(n: "Foo" = None) -> "typing.Optional[Foo]": return str(typing.get_type_hints(f))
""",
        'f',
        [4],
    ),
    (
        """class Base:
    subs = []
    def __init_subclass__(cls): Base.subs.append(cls.__name__)
class A(Base): pass
class B(Base): pass
def f(n): return Base.subs, [c.__name__ for c in Base.__subclasses__()]
""",
        'f',
        [4],
    ),
    (
        """x = 5
def g(): return x
y = g()
x = 6
def f(n): return x, y
""",
        'f',
        [4],
    ),
    (
        """K = 1
ops = {}
def fa(n): return n * K
ops["a"] = fa
K = 5
def f(n): return ops["a"](n)
""",
        'f',
        [4],
    ),
    (
        """import collections
C = collections.Counter("abracadabra")
C["a"] += 1
del C["b"]
def f(n): return dict(C)
""",
        'f',
        [4],
    ),
    (
        """X = [[0]]
for row in X: row.append(1)
[row.append(2) for row in X]
list(map(lambda r: r.append(3), X))
def f(n): return X
""",
        'f',
        [4],
    ),
    (
        """import heapq
h=[3,2,1]
heapq.heapify(h)
def f(n): return h
""",
        'f',
        [4],
    ),
    (
        """def show(xs): print(xs)
X = [1]
show(X)
def f(n): return X
""",
        'f',
        [4],
    ),
    (
        """def mut(xs): xs.append(2)
def via(ys): mut(ys)
X = [1]
via(X)
def f(n): return X
""",
        'f',
        [4],
    ),
    (
        """with open("/etc/hosts") as file: lines = file.readlines()
def f(n): return len(lines) > n
""",
        'f',
        [0],
    ),
    (
        """import inspect
def f(n): return inspect.getsource(f) if False else __name__
""",
        'f',
        [0],
    ),
    (
        """import pickle
class Q:
    def __init__(s, a): s.a=a
def f(n): return pickle.loads(pickle.dumps(Q(n))).a
""",
        'f',
        [7],
    ),
    (
        """import logging, io
buf = io.StringIO()
logging.basicConfig(level=20, stream=buf)
def f(n):
    logging.info("%d", n); return buf.getvalue()
""",
        'f',
        [7],
    ),
    (
        """import sys
sys.set_int_max_str_digits(0)
def f(n): return len(str(7**n))
""",
        'f',
        [6000],
    ),
    (
        """A = 1
def dec(k):
    def inner(f):
        def w(n): return f(n)*k
        return w
    return inner
@dec(A+1)
def f(n): return n
A = 7
""",
        'f',
        [6],
    ),
    (
        """def counter():
    n = 0
    def inc():
        nonlocal n
        n += 1
        return n
    return inc
c = counter()
c()
d = c
d()
def f(n): return c()
""",
        'f',
        [6],
    ),
    (
        """class S:
    inst = None
    def __new__(cls):
        if cls.inst is None: cls.inst = super().__new__(cls); cls.inst.v = 0
        return cls.inst
S().v = 4
def f(n): return S().v
""",
        'f',
        [6],
    ),
    (
        """cfg = {"a": 1}
view = cfg.setdefault("b", [])
view.append(3)
def f(n): return cfg
""",
        'f',
        [6],
    ),
    (
        """import copy
X = [1]
Y = copy.copy(X)
Y.append(2)
def f(n): return X
""",
        'f',
        [6],
    ),
    (
        """x, *rest = [1,2,3]
rest[0] = 7
def f(n): return rest
""",
        'f',
        [6],
    ),
    (
        """def gen():
    yield 1
    yield 2
    yield 3
g = gen()
for v in g:
    break
def f(n): return next(g)
""",
        'f',
        [6],
    ),
    (
        """import threading
lock = threading.Lock()
n = 0
with lock:
    n += 1
def f(x): return n
""",
        'f',
        [6],
    ),
    (
        """import warnings
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    T = [1,2]
def f(x): return T
""",
        'f',
        [6],
    ),
    (
        """X = 3
X += 1
X = X * 2
def f(n): return X
""",
        'f',
        [6],
    ),
    (
        """X = [1]
Y = [X, 2]
Y[0].append(5)
def f(n): return X
""",
        'f',
        [6],
    ),
    (
        """def f(n): return n + int(open(0).read() or 1) if False else n
""",
        'f',
        [6],
    ),
    (
        """G = [5]
list.append(G, 1)
list(map(G.append, [2]))
add = G.append
add(3)
eval("G.append(4)")
(other := G).append(5)
(lambda q: G.append(q))(6)
def f(n): return G
""",
        'f',
        [1],
    ),
    (
        """import random, importlib
draw = random
draw.seed(3)
from random import seed as begin
X = [draw.random()]
begin(4)
Y = importlib.import_module("random").random()
def f(n): return X, Y, random.random()
""",
        'f',
        [1],
    ),
    (
        """class C:
    made = []
    count = 0
    def __init__(self): self.made.append(1)
    def bump(self): type(self).count += 1
c = C()
c.bump()
def f(n): return C.made, C.count
""",
        'f',
        [1],
    ),
    (
        """def box(items=[]):
    items.append(1)
    return items
first = box()
box()
def f(n): return first
""",
        'f',
        [1],
    ),
    (
        """class Meta(type):
    made = []
    def __new__(meta, name, bases, body):
        meta.made.append(name)
        return type.__new__(meta, name, bases, body)
class A(metaclass=Meta): pass
class B(A): pass
def f(n): return Meta.made
""",
        'f',
        [1],
    ),
    (
        """import asyncio, threading
X = []
async def g(): X.append(1)
asyncio.run(g())
t = threading.Thread(target=X.append, args=(2,))
t.start()
t.join()
def f(n): return X
""",
        'f',
        [1],
    ),
    (
        """import sys
sys.modules[__name__].K = 4
def f(n): return K
""",
        'f',
        [1],
    ),
)


def needs(source):
    """The Python that this source needs."""
    return (3, 10) if source.startswith("match ") else (3, 9) if "functools.cache(" in source else (3, 8)


class Needed(unittest.TestCase):
    def test_values_are_those_of_the_whole_file(self):
        for source, function, inputs in CASES:
            if sys.version_info < needs(source):
                continue
            with self.subTest(source=source):
                here, there = loaded(source, function, inputs), whole(source, function, inputs)
                self.assertIsNone(there.refusal)
                self.assertEqual((here.refusal, here.values), (None, there.values))
                self.assertEqual(here.said, "")
