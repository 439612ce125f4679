import time
from multiprocessing import Pool


def task(n):
    time.sleep(n / 10)
    return n * 2


if __name__ == "__main__":
    with Pool(4) as pool:
        results = pool.map(task, [1, 2, 3, 4, 5])
        late = pool.map_async(task, [50, 50, 50, 50])
        print(results)
    print("late is ready:", late.ready())
