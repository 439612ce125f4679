"""What functions return, as cells, and what cells with JSON are as arguments."""

import array
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import itertools
import pathlib
import sys
import types
import unittest
import uuid

from loader import part

columns = part("columns")
results = part("results")
results.later = part

BIG = 7**6000  # Has more digits than Python shows at once.
NESTED = []
NESTED.append(NESTED)


def all_digits(number):
    """The digits of a number, by Python itself."""
    if not hasattr(sys, "set_int_max_str_digits"):
        return str(number)
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        return str(number)
    finally:
        sys.set_int_max_str_digits(limit)


class Level(enum.IntEnum):
    LOW = 1


class Color(enum.Enum):
    RED = 1


class Word(str):
    def __str__(self):
        return "another"

    __repr__ = __str__


class Whole(int):
    def __int__(self):
        return 0

    __index__ = __str__ = __repr__ = __int__


class Odd:
    def __str__(self):
        raise ValueError("no")


@dataclasses.dataclass
class Point:
    x: int = 1


def numbers():
    yield 1
    yield b"x"


async def soon():
    return {2}


class Results(unittest.TestCase):
    def comes_as(self, kind, cases):
        for result, expected in cases:
            cell = results.settle(result)
            self.assertIs(type(cell), kind, result)
            self.assertEqual(cell, expected)

    def test_what_has_no_counterpart_is_text_as_print_shows_it(self):
        self.comes_as(
            str,
            [
                (decimal.Decimal("12.50"), "12.50"),
                (datetime.date(2024, 2, 29), "2024-02-29"),
                (datetime.datetime(2024, 2, 29, 1, 2), "2024-02-29 01:02:00"),
                (pathlib.PurePosixPath("/a/b"), "/a/b"),
                (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
                (fractions.Fraction(1, 3), "1/3"),
                (Color.RED, "Color.RED"),
                (Point(), "Point(x=1)"),
                (1 + 2j, "(1+2j)"),
                (collections.UserString("text"), "text"),
                (ValueError("why"), "why"),
                (NESTED, "[[...]]"),
            ],
        )

    def test_what_is_a_list_or_dict_in_all_but_name_is_json(self):
        self.comes_as(
            columns.Json,
            [
                (numbers(), '[1,"b\'x\'"]'),
                (itertools.chain([1], [2]), "[1,2]"),
                (map(str, [1]), '["1"]'),
                (zip([1], "a"), '[[1,"a"]]'),
                (frozenset([3]), "[3]"),
                (collections.deque([1, 2]), "[1,2]"),
                ({"a": 1}.items(), '[["a",1]]'),
                (range(3), "[0,1,2]"),
                (array.array("d", [1.5]), "[1.5]"),
                (collections.namedtuple("Pair", "a b")(1, 2), "[1,2]"),
                (collections.Counter("aab"), '{"a":2,"b":1}'),
                (types.MappingProxyType({"a": {1}}), '{"a":[1]}'),
                (soon(), "[2]"),
            ],
        )

    def test_json_keeps_what_json_itself_does_not_have(self):
        day = datetime.date(2024, 2, 29)
        self.comes_as(
            columns.Json,
            [
                ([float("nan"), float("-inf"), 2.0**70, 1e-05], "[NaN,-Infinity,1.1805916207174113e+21,1e-05]"),
                ([2**70, Level.LOW, Color.RED, b"hi"], '[1180591620717411303424,1,"Color.RED","b\'hi\'"]'),
                ({day: decimal.Decimal("1.0"), (1, 2): 3}, '{"2024-02-29":"1.0","(1, 2)":3}'),
                ({(1,): [True, None, 0.5, "\u00e9\n"], 1: 2}, '{"(1,)":[true,null,0.5,"\u00e9\\n"],"1":2}'),
                ({None: 1, True: 2, 1.5: 3, b"k": 4}, '{"null":1,"true":2,"1.5":3,"b\'k\'":4}'),
                ([[1]] * 2, "[[1],[1]]"),
            ],
        )

    def test_all_digits_of_integers_are_kept(self):
        for number in (BIG, -BIG, 10**600, 10**4300 - 1, 10**9999, -(2**20000)):
            self.assertEqual(columns.digits(number), all_digits(number))
            self.assertEqual(columns.whole_number(all_digits(number)), number)
        text = all_digits(BIG)
        self.assertEqual(results.settle([1, BIG, {"a": -BIG}]), '[1,%s,{"a":-%s}]' % (text, text))
        self.assertEqual(results.settle({BIG: 1}), '{"%s":1}' % text)
        self.assertEqual(columns.read_json("[%s, NaN]" % text)[0], BIG)
        self.assertEqual(columns.write_cell(BIG), b"\6" + columns.blob(text))
        self.assertEqual(columns.write_cell(2**63), b"\6\x139223372036854775808")

    def test_subclasses_are_the_plain_value(self):
        self.comes_as(int, [(Level.LOW, 1), (Whole(5), 5)])
        self.comes_as(str, [(Word("one"), "one")])
        self.comes_as(bytes, [(bytearray(b"x"), b"x"), (memoryview(b"ab"), b"ab")])
        self.comes_as(columns.Json, [([Whole(5), Word("one")], '[5,"one"]')])

    def test_a_result_is_written_down_at_once(self):
        row = [1]
        before = results.settle(row)
        row.append(2)
        self.assertEqual((before, results.settle(row)), ("[1]", "[1,2]"))

    def test_what_cannot_be_written_is_a_sentence(self):
        deep = []
        for _ in range(100_000):
            deep = [deep]
        for result, words in (
            (Odd(), "type Odd, cannot be shown: its __str__ raised ValueError"),
            ([Odd()], "type Odd, cannot be shown"),
            (deep, "nests too deep"),
        ):
            with self.assertRaises(columns.Sentence) as raised:
                results.settle(result)
            self.assertIn(words, str(raised.exception))

    def test_half_of_a_surrogate_pair_is_escaped(self):
        self.assertEqual(columns.write_texts(columns.TEXT, ["caf\udce9"])[-9:], b"caf\\udce9")
        self.assertEqual(columns.read_json(columns.encoded(results.settle(["\udce9"])).decode()), ["\udce9"])


class Libraries(unittest.TestCase):
    """For those libraries that are installed."""

    def gives(self, result, text):
        cell = results.settle(result)
        self.assertEqual(str(cell), text)

    def test_arrays_are_lists_of_what_they_show(self):
        numpy = need("numpy")
        self.gives(numpy.array([[1, 2], [3, 4]]), "[[1,2],[3,4]]")
        self.gives(numpy.float32(0.1), "0.1")
        self.gives(numpy.array([0.1, numpy.nan], "f4"), "[0.1,NaN]")
        self.gives(numpy.uint64(2**64 - 1), "18446744073709551615")
        self.gives([numpy.int8(3), numpy.bool_(True)], "[3,true]")
        self.gives(numpy.array(["2024-02-29"], "M8[ns]"), '["2024-02-29T00:00:00.000000000"]')
        self.gives(numpy.timedelta64(5, "D"), "5 days")
        self.gives(numpy.array([1 + 2j]), '["(1+2j)"]')
        self.gives(numpy.array([(1, 2.5)], [("a", "i4"), ("b", "f4")]), '[{"a":1,"b":2.5}]')
        self.assertIs(type(results.settle(numpy.int64(3))), int)

    def test_tables_are_rows_by_the_names_of_their_columns(self):
        pandas = need("pandas")
        frame = pandas.DataFrame({"k": ["a", "b", "a"], "v": [1, 2, 3]})
        self.gives(frame, '[{"k":"a","v":1},{"k":"b","v":2},{"k":"a","v":3}]')
        self.gives(frame[frame.v > 2], '[{"k":"a","v":3}]')
        self.gives(frame.groupby("k").sum(), '[{"k":"a","v":4},{"k":"b","v":2}]')
        self.gives(pandas.DataFrame([[1, 2]], columns=["a", "a"]), '[{"a":1,"a.1":2}]')
        self.gives(frame.k.value_counts(), '{"a":2,"b":1}')
        self.gives(frame.v, "[1,2,3]")
        self.gives(pandas.Series([1, 2], index=["x", "x"]), '[["x",1],["x",2]]')
        self.gives([pandas.Timestamp("2024-02-29"), pandas.NaT], '["2024-02-29 00:00:00","NaT"]')

    def test_an_array_of_bytes_in_the_shape_of_a_picture_is_one(self):
        numpy = need("numpy")
        colours = numpy.arange(24, dtype="u1").reshape(2, 3, 4)
        picture = results.settle(colours)
        self.assertEqual((picture.width_px, picture.height_px), (3, 2))
        self.assertEqual(picture.rgb, bytes(n for n in range(24) if n % 4 != 3))
        shades = results.settle(numpy.full((16, 20), 7, "u1"))
        self.assertEqual((shades.width_px, shades.height_px, shades.rgb), (20, 16, b"\7" * 960))
        self.gives(numpy.full((2, 3), 7, "u1"), "[[7,7,7],[7,7,7]]")
        self.gives(numpy.full((1, 1, 3), 7), "[[[7,7,7]]]")
        self.gives([colours[:1, :1]], "[[[[0,1,2,3]]]]")
        self.gives(numpy.zeros((0, 3, 3), "u1"), "[]")

    def test_a_picture_travels_as_one(self):
        image = need("PIL.Image").new("L", (3, 2), 7)
        picture = results.settle(image)
        self.assertEqual((picture.width_px, picture.height_px, picture.rgb), (3, 2, b"\7" * 18))
        self.assertEqual(columns.write_cell(picture), b"\7\3\2\0\0\3\2\x12" + b"\7" * 18)
        self.assertEqual(results.settle([image]), '["3x2 pixels"]')


def need(name):
    """A library, where it is installed."""
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError:
        raise unittest.SkipTest(name + " is not installed") from None


if __name__ == "__main__":
    unittest.main()
