#: fib [0, 1, 10, 90]
#: lucas [0, 1, 10]
memo = dict([(0, 0), (1, 1)])
memo2 = {}
memo2[0] = 2
memo2.setdefault(1, 1)

def fib(n):
    if n not in memo:
        memo[n] = fib(n - 1) + fib(n - 2)
    return memo[n]

def lucas(n):
    try:
        return memo2[n]
    except KeyError:
        memo2[n] = lucas(n - 1) + lucas(n - 2)
        return memo2[n]

if __name__ == "__main__":
    print([fib(i) for i in range(20)])
