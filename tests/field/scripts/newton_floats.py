#: sqrt [2, 10, 1e10, 0.5]
#: tiny [0, 1, 2, 3]
#: pi_digits [5]
EPS = 1e-12
HISTORY = []


def sqrt(x):
    guess = x / 2 or 1.0
    while abs(guess * guess - x) > EPS * max(1, x):
        guess = (guess + x / guess) / 2
    return guess


def tiny(i):
    return [5e-324, 1e-7, 123456789012345680.0, 2.0 ** 70][i]


def pi_digits(n):
    total = 0.0
    for k in range(10 ** n):
        total += (-1) ** k / (2 * k + 1)
    return 4 * total
