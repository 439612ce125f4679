#: is_prime [1, 2, 9, 97, 91]
#: next_prime [1, 14, 90]
# Homework 3, primes
print("Homework 3")

def is_prime(n):
    if n < 2:
        return False
    i = 2
    while i * i <= n:
        if n % i == 0:
            return False
        i = i + 1
    return True

def next_prime(n):
    n = n + 1
    while not is_prime(n):
        n = n + 1
    return n

# test it
for i in range(10):
    print(i, is_prime(i))
print(next_prime(100))
