#: smallest_factor [2, 15, 49, 97, 0]
#: phi [1, 10, 97, 100]
LIMIT = 100
factor = list(range(LIMIT + 1))
for p in range(2, LIMIT + 1):
    if factor[p] == p:
        for multiple in range(p * p, LIMIT + 1, p):
            if factor[multiple] == multiple:
                factor[multiple] = p

totient = [0] * (LIMIT + 1)
totient[1] = 1
n = 2
while n <= LIMIT:
    rest, result = n, n
    while rest > 1:
        p = factor[rest]
        result -= result // p
        while rest % p == 0:
            rest //= p
    totient[n] = result
    n += 1


def smallest_factor(k):
    return factor[k]


def phi(k):
    return totient[k]
