"""Small functions that read the same in Python and in a script: what they return has to be the same, too."""

def big(): return 1 << 70
def big_neg(): return -(3 * 10000000000000000000000)
def product(): return 12345678901234567890 * 98765432109876543210
def big_floor(): return 10000000000000000000000 // 7
def big_mod(): return -10000000000000000000001 % 7
def power(): return pow(7, 100)
def power_neg(): return pow(2, -2)
def power_mod(): return pow(7, 100, 13)
def power_float(): return pow(2.0, 3)
def power_zero(): return pow(0, 0)
def max_int(): return 9223372036854775807 + 1
def min_int(): return -9223372036854775807 - 2
def half(): return 1 / 2
def third(): return 1 / 3
def whole(): return 4 / 2
def tenth(): return 0.1 + 0.2
def e22(): return 1e22
def e16(): return 1e16
def e15(): return 123456789012345680.0
def small(): return 0.0001
def smaller(): return 0.00001
def tiny(): return 5e-324
def minus_zero(): return -0.0
def infinity(): return float("inf")
def nan(): return float("nan")
def list_of_floats(): return [1.0, 1e22, 1e-7, -0.0, float("inf"), -float("inf"), float("nan")]
def list_of_bigs(): return [1 << 70, -(1 << 64), 9223372036854775808]
def mixed(): return [1, "a", None, True, 1.5, (2, 3), {"k": [1]}]
def a_tuple(): return (1, "a")
def empty_tuple(): return ()
def a_set(): return set([1])
def nested_set(): return {"s": set([1])}
def a_dict(): return {"b": 1, "a": 2}
def int_keys(): return {1: "a", -2: "b"}
def float_keys(): return {1.5: "a", 1e22: "b"}
def bool_keys(): return {True: 1, False: 2}
def none_key(): return {None: 1}
def tuple_key(): return {(1, 2): "x"}
def big_key(): return {1 << 70: 1}
def text_escapes(): return ["a\"b", "c\\d", "e\nf", "g\th", "\u00e9", "\U0001f600", "\u2028", "\x7f", "\x01"]
def nul(): return "a\0b"
def a_range(): return range(3)
def range_step(): return [range(0, 10, 3), range(0)]
def strs(): return [str(1), str(1.0), str(1e22), str(0.1), str(1e-7), str(None), str(True), str("a"), str([1, "a"]), str({"a": 1.5}), str((1,)), str(())]
def str_floats(): return [str(x) for x in [1e16, 123456789.123, 1e15, 1e100, 0.0001, 0.00001, 1/3, -0.0, float("inf"), float("nan"), 2.5e-9, 100000.0]]
def reprs(): return [repr("a"), repr("it's"), repr("a\nb"), repr("\u00e9"), repr(1.0), repr([1, "x"]), repr("\x01")]
def fstring(): return f"{1} {1.5} {'a'} {[1]} {1e22}"
def percent(): return "%d %s %r %s %%" % (3, "a", "b", 1.5)
def percent_float(): return ["%s" % 1e22, "%s" % 0.1]
def formatted(): return "{} {} {x}".format(1, 1.5, x="y")
def conv(): return [int("12"), int("-0x10", 16), int(3.9), int(-3.9), float("1.5"), float("1e3"), float(7), bool(""), bool([0]), int(True)]
def int_big(): return [int("123456789012345678901234567890"), int(1e20), int("ff", 16), int("0b11", 0), int("0o17", 0)]
def floors(): return [floor(2.7), floor(-2.7), ceil(2.1), round(2.5), round(3.5), round(-2.5), floor(1e20), round(1e20), ceil(1e20)]
def rounds(): return [round(2.675, 2), round(1.005, 2), round(12345, -2), round(0.5), round(1.25, 1), round(5, 1), round(2.5, 0)]
def divs(): return [7 // 2, -7 // 2, 7 % -3, -7 % 3, 7.5 // 2, -7.5 % 2, divmod(-7, 2), divmod(7.5, 2)]
def sums(): return [sum([1, 2, 3]), sum([0.1] * 10), sum([], 5), sum([1.5, 2]), sum([[1], [2]], [])]
def mins(): return [min(3, 1, 2), max([1, 5, 2]), min("b", "a"), max(1.5, 2), max([1, 2], key=lambda x: -x)]
def sorting(): return [sorted([3, 1, 2]), sorted(["b", "a"], reverse=True), sorted([1, -2], key=abs), reversed([1, 2])]
def strings(): return ["a,b".split(","), " x ".strip(), "abc"[1:], "abc"[-1], "abc"[::-1], "ab".upper(), "a-b".replace("-", "+"), "abc".find("c"), "x".join(["a", "b"]), "aXb".lower(), "abc".startswith("a"), "a b".title(), "ab" * 2, "b" in "abc"]
def string_more(): return ["a b  c".split(), "abc".index("b"), "aab".count("a"), "abc".rfind("c"), "a\nb".splitlines(), "ab".capitalize(), "x".isdigit(), "12".isdigit(), "a1".isalnum(), "k=v=w".partition("="), "k=v=w".rpartition("="), "abc".removeprefix("a"), "abc".removesuffix("c")]
def unicode(): return [len("\u00e9\U0001f600"), "\u00e9"[0], "stra\u00dfe".upper(), ord("\u00e9"), chr(233), chr(128512)]
def lists():
    x = [3, 1]
    x.append(2)
    x.extend([5])
    x.insert(0, 9)
    x.remove(1)
    return [x, x.pop(), x.index(3), x + [1], x * 2, x[1:], len(x), 3 in x, x == [9, 3, 2]]
def dicts():
    d = {"a": 1}
    d["b"] = 2
    d.update({"c": 3})
    return [d, d.get("z"), d.get("z", 0), list(d.keys()), list(d.values()), list(d.items()), d.pop("a"), len(d), "b" in d, d.setdefault("q", 4), {k: v for k, v in d.items()}]
def comprehension(): return [[i * j for j in range(3)] for i in range(2) if i != 5]
def loops():
    t = 0
    for i in range(100):
        if i % 2:
            continue
        if i > 50:
            break
        t += i
    return t
def closures():
    def adder(n):
        return lambda x: x + n
    return adder(3)(4)
def recursion():
    return fact(25)
def fact(n): return 1 if n < 2 else n * fact(n - 1)
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
def fibs(): return [fib(n) for n in range(12)]
def args(*a, **k): return [a, k]
def call_args(): return args(1, 2, x=3)
def defaults(a, b=2, *, c=3): return [a, b, c]
def call_defaults(): return [defaults(1), defaults(1, 5, c=6)]
def bools(): return [True and 1, 0 or "x", not 0, 1 == 1.0, None == None, 1 < 2, "a" < "b", [1] < [2], (1, 2) < (1, 3)]
def bits(): return [5 & 3, 5 | 3, 5 ^ 3, ~5, 1 << 10, 1024 >> 3, -1 >> 1, (1 << 80) >> 70, (1 << 80) & 255]
def compares(): return [(1 << 70) > 1.0, (1 << 70) == float(1 << 70), 2.0 == 2, 10000000000000000000 < 10000000000000000001]
def math(): return [sqrt(16), sqrt(2), exp(1), log(10), log(8, 2), sin(1), cos(1), atan2(1, 2), pi]
def zips(): return [list(zip([1, 2], ["a", "b"])), list(enumerate(["x"])), list(enumerate("ab".split("x"), 1)), any([0, 1]), all([]), list(map(lambda x: x * 2, [1, 2])), list(filter(lambda x: x > 1, [1, 2]))]
def typed(n: int = 3, s: str = "a") -> str: return s * n
def unpack():
    a, (b, c) = 1, (2, 3)
    d, e = [4, 5]
    return [a, b, c, d, e]
def hexes(): return ["%x" % 255, "%o" % 8, "%X" % 255, "%e" % 12345.678, "%f" % 1.5, "%g" % 0.0001, "%g" % 1e20]
def abses(): return [abs(-3), abs(-2.5), abs(-(1 << 70))]
def float_text(): return [float("-inf"), float("2.50")]
def total_text():
    total = 1234567.5
    print("total", total, [total], (1,), (total, "a"))
    return [f"{total} {total!r} {'a'!r} {[0.1, 'b']}", "%s and %d of %r%%" % (total, 3, "it's"), "%s" % total, "%s" % [total], "%s %s" % (total, (1,)), "{} {n}".format(total, n=total), str(total) + "!", "x" * 2, "%s" % (total), "%s %s" % ((1, 2), ()), f"{(1, 2)} {()} {(3,)}", "{} {}".format((1,), [()]), str((1, 2))]
def deep_text(): return str([{"a": (1.5, ["b\"'", None])}, set([1])])
def type_names(): return [type(1) == type(2), type("") == type(1)]
def nothing(): pass
def a_function(): return "f" if fact else ""
def dict_or(): return {"a": 1} | {"b": 2}
def set_ops(): return [len(set([1, 2]) | set([2, 3])), 1 in set([1]), sorted(set([3, 1]))]
CASES = [big, big_neg, product, big_floor, big_mod, power, power_neg, power_mod, power_float, power_zero, max_int, min_int, half, third, whole, tenth, e22, e16, e15, small, smaller, tiny, minus_zero, infinity, nan, list_of_floats, list_of_bigs, mixed, a_tuple, empty_tuple, a_set, nested_set, a_dict, int_keys, float_keys, bool_keys, none_key, tuple_key, big_key, text_escapes, nul, a_range, range_step, strs, str_floats, reprs, fstring, percent, percent_float, formatted, conv, int_big, floors, rounds, divs, sums, mins, sorting, strings, string_more, unicode, lists, dicts, comprehension, loops, closures, recursion, fibs, call_args, call_defaults, bools, bits, compares, math, zips, unpack, hexes, abses, float_text, type_names, nothing, a_function, total_text, deep_text, dict_or, set_ops, typed]
def run(n): return CASES[n]()
