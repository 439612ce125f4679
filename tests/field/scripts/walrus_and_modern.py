#: collect [10]
#: chunked [{"values": [1, 2, 3, 4, 5]}]
#: unpacked [[1, 2, 3, 4]]
import itertools as it

if (limit := 5) > 3:
    seen = [limit]
(first, *middle), last = (1, 2, 3), 4
squares = {n: n2 for n in range(20) if (n2 := n * n) % 2}


def collect(n):
    out = []
    while (n := n // 2) > 0:
        out.append(n)
    return out + seen + middle


def chunked(values):
    source = iter(values)
    return [chunk for chunk in iter(lambda: list(it.islice(source, 2)), [])]


def unpacked(a, *b, c=0):
    return [a, *b, c, *{**squares}][:8]
