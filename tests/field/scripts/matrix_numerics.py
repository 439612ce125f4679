#: det [[[1, 2], [3, 4]], [[2, 0, 1], [1, 3, 2], [1, 1, 4]]]
#: power_of_m [1, 5, 30]
#: solve [[5, 6]]
M = [[1, 1], [1, 0]]
IDENTITY = [[int(i == j) for j in range(2)] for i in range(2)]


def matmul(a, b):
    return [[sum(x * y for x, y in zip(row, col)) for col in zip(*b)] for row in a]


def det(*rows):
    m = [list(row) for row in rows]
    if len(m) == 1:
        return m[0][0]
    return sum((-1) ** j * m[0][j] * det(*[r[:j] + r[j + 1:] for r in m[1:]]) for j in range(len(m)))


def power_of_m(n):
    result, base = IDENTITY, M
    while n:
        if n & 1:
            result = matmul(result, base)
        base = matmul(base, base)
        n >>= 1
    return result


A = [[2.0, 1.0], [1.0, 3.0]]
INV = [[v / det(*A) for v in row] for row in ([A[1][1], -A[0][1]], [-A[1][0], A[0][0]])]


def solve(a, b):
    return [round(sum(x * y for x, y in zip(row, (a, b))), 9) for row in INV]
