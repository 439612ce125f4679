#: hanoi [1, 3, 10]
#: queens [4, 6]
#: ackermann [[2, 3]]
#: permutations ["abc"]
import sys
sys.setrecursionlimit(20000)

moves = 0

def hanoi(n):
    return 0 if n == 0 else 2 * hanoi(n - 1) + 1

def queens(n, row=0, cols=(), d1=(), d2=()):
    if row == n: return 1
    total = 0
    for c in range(n):
        if c in cols or row + c in d1 or row - c in d2: continue
        total += queens(n, row + 1, cols + (c,), d1 + (row + c,), d2 + (row - c,))
    return total

def ackermann(m, n):
    if m == 0: return n + 1
    if n == 0: return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))

def permutations(s):
    if len(s) <= 1: return [s]
    return [c + p for i, c in enumerate(s) for p in permutations(s[:i] + s[i + 1:])]

print(hanoi(5), queens(5))
