"""Your own function: change it, and the inputs beside it. Each input is one item, and one worker runs it."""


def task(n):
    """Change this: what shall be done with one input? Here it counts the prime numbers below n."""
    return sum(is_prime(number) for number in range(2, n))


def is_prime(number):
    return all(number % divisor for divisor in range(2, int(number**0.5) + 1))


# What to try, one at a time. Predict first: Lessons, "Predict what is set up".
# - Let it wait instead of compute: `import time` at the top, and `time.sleep(n / 200_000)` in the function.
# - Other inputs: one long item among short ones, first or last.
# - Far shorter items, and many of them: what is lost in handing them over?
# - A `print` in the function: Messages show which worker wrote it.
