"""The three functions of a first page on pools. They run as a script, by the program itself, and by Python."""


def task(n):
    """Doubles a number."""
    return n * 2


def worker_function():
    """Says that it runs."""
    print("Worker process is running")


def print_number(number):
    """Prints a number; which worker printed it is told beside the line."""
    print("Process %d: %d" % (number, number))
