import os
import time
from multiprocessing import Pool


def task(n):
    time.sleep(0.1)
    print("task", n, "in process", os.getpid())


if __name__ == "__main__":
    print("the program is process", os.getpid())
    with Pool(4) as pool:
        pool.map(task, [1, 2, 3, 4, 5])
        print("map is over")
    print("the program ends")
