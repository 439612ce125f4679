"""Poolscope's built-in functions in Python, for programs that do what a run has done: the same results and the same refusals.

A program gets those of these functions that it needs, and what they use.
"""

import hashlib
import time


def whole(number, least, most):
    """The number, where it is from `least` to `most`."""
    if least <= number <= most:
        return number
    raise ValueError("%d is not from %d to %d" % (number, least, most))


def in_64_bits(number, words):
    """The number, where a 64-bit integer holds it."""
    if -1 << 63 <= number < 1 << 63:
        return number
    raise OverflowError(words)


def double(value):
    """Doubles a number."""
    if isinstance(value, int):
        return in_64_bits(value * 2, "%d does not fit in 64 bits when doubled" % value)
    return value * 2.0


def print_number(value):
    """Prints a number."""
    print("Process %s: %s" % (value, value))


def worker_function():
    """Prints that a worker is running."""
    print("Worker process is running")


def power(value):
    """Raises a base to an exponent, which come as a list of the two."""
    base, exponent = value
    if isinstance(base, int) and isinstance(exponent, int) and exponent >= 0:
        words = "%d to the power of %d does not fit in 64 bits" % (base, exponent)
        if abs(base) > 1 and exponent > 64:
            raise OverflowError(words)
        return in_64_bits(base**exponent, words)
    try:
        result = float(base) ** float(exponent)
    except ZeroDivisionError:
        raise ValueError("0 cannot be raised to %r, which is negative" % float(exponent)) from None
    if isinstance(result, complex):
        raise ValueError("%r to the power of %r is not a real number" % (float(base), float(exponent)))
    return result


def is_prime(value):
    """Says whether an integer is a prime, by trial division."""
    if value < 0:
        raise ValueError("%d is negative" % value)
    if value < 4:
        return value > 1
    if value % 2 == 0 or value % 3 == 0:
        return False
    factor = 5
    while factor * factor <= value:
        if value % factor == 0 or value % (factor + 2) == 0:
            return False
        factor += 6
    return True


def count_primes(value):
    """Counts the primes up to a number, by a sieve over the odd ones."""
    limit = whole(value, 0, 100000000)
    if limit < 2:
        return 0
    # Place i stands for 2i + 1; place 0, which is 1, is given to the even prime 2.
    is_prime = bytearray([1]) * ((limit + 1) // 2)
    odd = 3
    while odd * odd <= limit:
        if is_prime[odd // 2]:
            first = odd * odd // 2
            is_prime[first::odd] = bytes(len(range(first, len(is_prime), odd)))
        odd += 2
    return sum(is_prime)


def fibonacci(value):
    """Gives the n-th Fibonacci number, by naive recursion."""
    return naive_fibonacci(whole(value, 0, 60))


def naive_fibonacci(n):
    """Slow on purpose."""
    return n if n < 2 else naive_fibonacci(n - 1) + naive_fibonacci(n - 2)


def collatz_steps(value):
    """Counts the steps from a number down to 1 by halving even and tripling odd ones plus 1."""
    number, steps = whole(value, 1, (1 << 63) - 1), 0
    while number != 1:
        number = number // 2 if number % 2 == 0 else number * 3 + 1
        if number >= 1 << 64:
            raise OverflowError("the sequence of %d passes 64 bits" % value)
        steps += 1
    return steps


class SplitMix64:
    """Numbers that look random and are the same everywhere (Steele, Lea and Flood, 2014)."""

    def __init__(self, state):
        self.state = state

    @classmethod
    def for_item(cls, seed, index):
        """The numbers of the item at a place."""
        return cls(cls(seed).next() ^ cls(index).next())

    def next(self):
        """The next 64 bits."""
        mask = (1 << 64) - 1
        self.state = self.state + 0x9E3779B97F4A7C15 & mask
        mixed = (self.state ^ self.state >> 30) * 0xBF58476D1CE4E5B9 & mask
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & mask
        return mixed ^ mixed >> 31

    def unit(self):
        """From 0 up to but without 1."""
        return (self.next() >> 11) / (1 << 53)


def estimate_pi(value, index, seed):
    """Estimates pi from this many random points."""
    points = whole(value, 1, (1 << 63) - 1)
    numbers, inside = SplitMix64.for_item(seed, index), 0
    for _ in range(points):
        x, y = numbers.unit(), numbers.unit()
        inside += x * x + y * y < 1.0
    return 4.0 * inside / points


def sha256_rounds(value, rounds):
    """Hashes a value with SHA-256, and the hash again and again; of what is no text or bytes the text is hashed."""
    content = value if isinstance(value, bytes) else str(value).encode()
    for _ in range(rounds):
        content = hashlib.sha256(content).digest()
    return content.hex()


def matrix_multiply(value):
    """Multiplies two n x n matrices and gives the trace of the product."""
    size = whole(value, 1, 4096)
    matrix = [[float(row + column + 1) for column in range(size)] for row in range(size)]
    columns = list(zip(*matrix))
    product = [[sum(a * b for a, b in zip(row, column)) for column in columns] for row in matrix]
    return sum(product[place][place] for place in range(size))


def sort_random(value, index, seed):
    """Sorts this many random integers below 1,000,000 and gives the median."""
    count = whole(value, 1, 50000000)
    numbers = SplitMix64.for_item(seed, index)
    return sorted(numbers.next() % 1000000 for _ in range(count))[(count - 1) // 2]


def n_queens(value):
    """Counts the ways to put n queens on an n x n board so that none attacks another."""
    return place_queens((1 << whole(value, 1, 16)) - 1, 0, 0, 0)


def place_queens(board, taken, falling, rising):
    """Goes down the board row by row with one bit a column."""
    if taken == board:
        return 1
    free = board & ~(taken | falling | rising)
    solutions = 0
    while free:
        queen = free & -free
        free ^= queen
        solutions += place_queens(board, taken | queen, (falling | queen) << 1, (rising | queen) >> 1)
    return solutions


def sleep_ms(value):
    """Waits this many milliseconds."""
    time.sleep(whole(value, 0, 3600000) / 1000)
    return value


def hash_file(value):
    """Gives the SHA-256 of a file."""
    hashed = hashlib.sha256()
    with open(value, "rb") as file:
        for part in iter(lambda: file.read(1 << 18), b""):
            hashed.update(part)
    return hashed.hexdigest()


def count_words(value):
    """Counts the words of a file: what stands between ASCII white space."""
    words, was_in_word = 0, False
    with open(value, "rb") as file:
        for part in iter(lambda: file.read(1 << 18), b""):
            # A word that goes on from the part before was counted there.
            words += len(part.split()) - (was_in_word and not part[:1].isspace())
            was_in_word = not part[-1:].isspace()
    return words


def echo(value):
    """Gives its input back."""
    return value


def make_bytes(value):
    """Makes this many bytes."""
    return b"\xa5" * whole(value, 0, 1 << 30)


def allocate_mib(value, hold_ms):
    """Holds this many MiB of memory for a while and gives them back."""
    held = bytearray(b"\xa5") * (whole(value, 0, 1 << 20) << 20)
    time.sleep(hold_ms / 1000)
    del held
    return value


def is_struck(value, index, only, every):
    """Whether a function that fails on purpose does so at this input."""
    return (index + 1) % every == 0 and (not only or only.strip() == str(value))


def fail(value, index, only, every):
    """Answers with an error."""
    if is_struck(value, index, only, every):
        raise RuntimeError("failed as asked on %s" % value)
    return value


def panic(value, index, only, every):
    """Fails as code with a bug does."""
    if is_struck(value, index, only, every):
        raise RuntimeError("panicked as asked on %s" % value)
    return value


def flood(value, index, only, every):
    """Prints this many lines as fast as it can."""
    if is_struck(value, index, only, every):
        for number in range(1, whole(value, 0, 1000000000) + 1):
            print("line %d of %d" % (number, value))
    return value
