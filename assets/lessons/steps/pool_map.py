import time
from multiprocessing import Pool


def task(n):
    time.sleep(0.1)
    return n * 2


if __name__ == "__main__":
    pool = Pool(4)
    results = pool.map(task, [1, 2, 3, 4, 5])
    print(results)
    pool.close()
    pool.join()
