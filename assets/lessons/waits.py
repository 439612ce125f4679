"""How many threads pay where all that is done is to wait."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

ANSWERS = 16
ANSWER_S = 0.2


def seconds(threads):
    """How long so many threads take for sixteen answers of 0.2 s, once they are up."""
    with ThreadPoolExecutor(threads) as pool:
        everybody = threading.Barrier(threads)
        list(pool.map(lambda _: everybody.wait(), range(threads)))
        begun = time.perf_counter()
        list(pool.map(lambda _: time.sleep(ANSWER_S), range(ANSWERS)))
        return round(time.perf_counter() - begun, 4)
