#: noisy [0, 1, 2, 9]
#: order [3]
import random

random.seed(2024)
NOISE = [round(random.gauss(0, 1), 6) for _ in range(10)]
names = ["ada", "bob", "cleo", "dan", "eve"]
random.shuffle(names)
burn_in = random.random()


def noisy(i):
    return i + NOISE[i]


def order(k):
    return names[:k]
