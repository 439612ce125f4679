#: total [0, 1]
import threading
from queue import Queue

lock = threading.Lock()
results = {}
jobs = Queue()
for n in range(5):
    jobs.put(n)


def worker():
    while not jobs.empty():
        n = jobs.get()
        with lock:
            results[n] = n * n


thread = threading.Thread(target=worker)
thread.start()
thread.join()


def total(n):
    return sum(results.values()) + n
