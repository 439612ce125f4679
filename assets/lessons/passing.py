"""What it takes to hand something over: between two processes it is sent, between two threads only its name is."""

import multiprocessing
import os
import queue
import threading
import time

TIMES = 5


def median_us(hand_over):
    """Hands over several times and tells the microseconds that it took in the middle."""
    took = []
    for _ in range(TIMES):
        start = time.perf_counter()
        hand_over()
        took.append(time.perf_counter() - start)
    return round(sorted(took)[TIMES // 2] * 1e6, 1)


def by_queue(size):
    """Hands `size` bytes from one thread to another and tells the microseconds that it took."""
    payload, there, back = os.urandom(1) * size, queue.Queue(), queue.Queue()

    def take():
        for _ in range(TIMES):
            back.put(len(there.get()))

    thread = threading.Thread(target=take)
    thread.start()
    took_us = median_us(lambda: (there.put(payload), back.get()))
    thread.join()
    return took_us


def answer(connection):
    for _ in range(TIMES):
        connection.send_bytes(len(connection.recv_bytes()).to_bytes(8, "little"))


def by_pipe(size):
    """Sends `size` bytes from one process to another and tells the microseconds that it took."""
    payload, (here, there) = os.urandom(1) * size, multiprocessing.Pipe()
    child = multiprocessing.get_context("fork").Process(target=answer, args=(there,))
    child.start()
    took_us = median_us(lambda: (here.send_bytes(payload), here.recv_bytes()))
    child.join()
    return took_us
