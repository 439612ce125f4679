#: cube [2, 3]
#: offset [1]
#: skip Pool(
#: skip results
import math
from multiprocessing import Pool, cpu_count

OFFSET = math.floor(2.7)


def cube(n):
    return n ** 3


def offset(n):
    return n + OFFSET


pool = Pool(2)
results = pool.map(cube, range(5))
print(results)
