import time
from multiprocessing import Pool


def task(n):
    time.sleep(0.1)
    return n * 2


if __name__ == "__main__":
    with Pool(4) as pool:
        results = pool.map(task, [1, 2, 3, 4, 5])
        print(results)
    print("the pool is terminated")
