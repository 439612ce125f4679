"""The parts of a host that run items and speak to its parent, without a parent."""

import os
import socket
import struct
import unittest

from loader import part

protocol = part("protocol")
clocks = part("clocks")
columns = part("columns")
streams = part("streams")
part("said")
part("lock")
lane = part("lane")
channel = part("channel")


class Ended(BaseException):
    """In place of the end of this process."""


def end(*_):
    raise Ended


class Sent:
    """A channel that keeps what is sent."""

    def __init__(self):
        self.frames = []

    def send(self, kind, *parts):
        self.frames.append((kind, b"".join(parts)))


class FakeHost:
    lane_count = 1
    start_ns = 0
    wants_spans = False
    is_recalled = is_recalled_whole = False
    end_changed = end

    def __init__(self, function):
        self.page = memoryview(bytearray(8 * 2 * protocol.LINE_WORDS)).cast("Q")
        self.channel = Sent()
        self.program = self
        self.function = function
        self.later = part

    def call_for(self, _kind):
        return self.function

    def reason(self, error, _program):
        return str(error)

    def note_usage(self, _now_ns):
        pass

    def notify(self):
        pass


def chunk(first, values):
    return memoryview(struct.pack("<Q", first) + columns.write_column(values, {int}))


class Lanes(unittest.TestCase):
    def run_chunk(self, function, values, first=100):
        host = FakeHost(function)
        one = lane.Lane(host, 0)
        one.run(chunk(first, values))
        return one, host.channel.frames

    def spans(self, frames):
        """First index and count of each batch."""
        batches = [content for kind, content in frames if kind == protocol.FINISHED]
        return [struct.unpack("<IQI", content[:16])[1:] for content in batches]

    def test_every_item_of_a_chunk_is_sent_once_and_in_order(self):
        _, frames = self.run_chunk(lambda n: n + 1, list(range(5000)))
        next_index = 100
        for first, count in self.spans(frames):
            self.assertEqual(first, next_index)
            next_index += count
        self.assertEqual(next_index, 5100)

    def test_an_item_that_raises_costs_one_row(self):
        def function(n):
            if n == 3:
                raise ValueError("no %d" % n)
            return n

        host = FakeHost(function)
        host.later = lambda name: self.assertEqual(name, "failures") or host
        lane.Lane(host, 0).run(chunk(0, list(range(10))))
        self.assertEqual(sum(count for _, count in self.spans(host.channel.frames)), 10)
        told = b"".join(content for _, content in host.channel.frames)
        self.assertIn(b"no 3", told)

    def test_results_that_were_taken_away_end_the_host(self):
        found = []

        def function(n):
            if n == 40:
                found[0].results.clear()
            return n

        host = FakeHost(function)
        found.append(lane.Lane(host, 0))
        with self.assertRaises(Ended):
            found[0].run(chunk(0, list(range(50))))

    def test_the_page_says_which_item_is_in_hand(self):
        seen = []
        host = FakeHost(lambda n: seen.append(host.page[protocol.LINE_WORDS + protocol.EXECUTING]))
        lane.Lane(host, 0).run(chunk(7, [1, 2, 3]))
        self.assertEqual(seen, [8, 9, 10])
        self.assertTrue(host.page[protocol.LINE_WORDS + protocol.EXECUTING] & protocol.IS_OVER)

    def test_an_item_is_in_hand_while_its_integer_is_written_down(self):
        # The third is timed by itself, the last but one is among many short ones.
        places, count = (2, 3998), 4000
        host = FakeHost(lambda n: 1 << 50000 if n in places else n)
        seen, digits = [], lane.digits
        self.addCleanup(setattr, lane, "digits", digits)

        def spy(number):
            seen.append(host.page[protocol.LINE_WORDS + protocol.EXECUTING])
            return digits(number)

        lane.digits = spy
        lane.Lane(host, 0).run(chunk(7, list(range(count))))
        self.assertEqual(seen, [7 + place + 1 for place in places])
        self.assertTrue(host.page[protocol.LINE_WORDS + protocol.EXECUTING] & protocol.IS_OVER)
        spans = self.spans(host.channel.frames)
        self.assertEqual(sum(count for _, count in spans), count)
        told = b"".join(content for _, content in host.channel.frames)
        self.assertEqual(told.count(digits(1 << 50000).encode()), len(places))

    def test_lines_are_sent_with_the_item_that_wrote_them(self):
        def function(n):
            one.say(0, b"a%d\nb" % n)
            one.say(0, b"%d\nbusy\rdone\nrest" % n)

        host = FakeHost(function)
        one = lane.Lane(host, 0)
        one.run(chunk(5, [1]))
        lines = [content.split(b"\x00", 3)[-1] for kind, content in host.channel.frames if kind == protocol.SAID]
        self.assertEqual(len(lines), 4)
        for line, end_of_it in zip(lines, (b"a1", b"b1", b"done", b"rest")):
            self.assertTrue(line.endswith(end_of_it), line)

    def test_what_is_flushed_of_a_line_is_sent_once_and_the_line_as_a_whole(self):
        def function(n):
            for text in (b"about ", b"to crash"):
                one.say(0, text)
                one.flush_line(0)
                one.flush_line(0)
            one.say(0, b"ed\nnext")
            one.flush_line(0)

        host = FakeHost(function)
        one = lane.Lane(host, 0)
        one.run(chunk(5, [1]))
        sent = [(kind, content) for kind, content in host.channel.frames if kind in (protocol.SAID, protocol.FLUSHED)]
        self.assertEqual([kind == protocol.FLUSHED for kind, _ in sent], [True, True, False, True, False])
        for (_, content), end_of_it in zip(sent, (b"about ", b"to crash", b"about to crashed", b"next", b"next")):
            self.assertTrue(content.endswith(end_of_it), content)

    def test_a_long_line_is_sent_in_pieces_that_cut_no_character(self):
        text = "a" + "\u20ac" * 60_000
        for end_of_line in ("\n", ""):
            def function(n):
                one.say(0, text.encode() + end_of_line.encode())

            host = FakeHost(function)
            one = lane.Lane(host, 0)
            one.run(chunk(5, [1]))
            sizes = [len(content) for kind, content in host.channel.frames if kind == protocol.SAID]
            told = b"".join(content for kind, content in host.channel.frames if kind == protocol.SAID)
            self.assertEqual(told.decode("utf-8", "replace").count("\u20ac"), 60_000)
            self.assertEqual(len(sizes), 3)
            self.assertLess(max(sizes), streams.LONGEST_LINE_BYTES + 100)


class Channels(unittest.TestCase):
    def setUp(self):
        self.parent, own = socket.socketpair()
        self.page = [0] * protocol.LINE_WORDS
        self.channel = channel.Channel(own.detach(), self.page, end)
        channel.exit_now = end

    def tearDown(self):
        self.parent.close()
        self.channel.forget()

    def test_frames_go_both_ways(self):
        self.channel.send(protocol.READY, b"ab", b"c")
        self.assertEqual(self.parent.recv(100), b"\4\0\0\0" + bytes((protocol.READY,)) + b"abc")
        self.parent.sendall(b"\3\0\0\0" + bytes((protocol.WORK,)) + b"xy")
        kind, content = next(self.channel.frames())
        self.assertEqual((kind, bytes(content)), (protocol.WORK, b"xy"))

    def test_another_file_in_the_place_of_the_channel_ends_the_host(self):
        with open(os.devnull) as other:
            os.dup2(other.fileno(), self.channel.descriptor)
        with self.assertRaises(Ended):
            self.channel.send(protocol.READY)
        self.assertEqual(self.page[protocol.OBSTACLE], protocol.CUT_OFF)

    def test_a_parent_that_is_gone_ends_all_that_was_started(self):
        self.parent.close()
        with self.assertRaises(Ended):
            next(self.channel.frames())

    def test_a_forked_child_sends_nothing(self):
        self.channel.forget()
        self.assertIsNone(self.channel.socket)
