#: times_seven [6]
#: plus_all [1, 2]
#: late [2]
def multiplier(k):
    def times(n):
        return n * k
    return times


times_seven = multiplier(7)

adders = []
for step in (1, 10, 100):
    adders.append(lambda n, step=step: n + step)


def plus_all(n):
    return [add(n) for add in adders]


late_binders = [lambda n: n + step for _ in range(3)]
step = 5


def late(n):
    return [f(n) for f in late_binders]
