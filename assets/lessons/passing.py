"""What it takes to hand something over: between two processes it is sent or lies in memory that both have, between two
threads only its name is told."""

import functools
import multiprocessing
import os
import queue
import threading
import time


def times(size):
    """How often `size` bytes are handed over: what is short varies more, by who gets a core when."""
    return 5 if size > 1 << 20 else 25


def median_us(count, hand_over):
    """Hands over so many times and tells the microseconds that it took in the middle."""
    took = []
    for _ in range(count):
        start = time.perf_counter()
        hand_over()
        took.append(time.perf_counter() - start)
    return round(sorted(took)[count // 2] * 1e6, 1)


def by_queue(size):
    """Hands `size` bytes from one thread to another and tells the microseconds that it took."""
    payload, there, back = os.urandom(1) * size, queue.Queue(), queue.Queue()

    def take():
        for _ in range(times(size)):
            back.put(len(there.get()))

    thread = threading.Thread(target=take)
    thread.start()
    took_us = median_us(times(size), lambda: (there.put(payload), back.get()))
    thread.join()
    return took_us


def answer(connection, count):
    for _ in range(count):
        connection.send_bytes(len(connection.recv_bytes()).to_bytes(8, "little"))


def timed_beside(target, count, hand_over):
    """Times what is handed to a second process so many times, which is started before and ends after it."""
    here, there = multiprocessing.Pipe()
    child = multiprocessing.get_context("fork").Process(target=target, args=(there, count))
    child.start()
    took_us = median_us(count, lambda: hand_over(here))
    child.join()
    return took_us


def by_pipe(size):
    """Sends `size` bytes from one process to another and tells the microseconds that it took."""
    payload = os.urandom(1) * size
    return timed_beside(answer, times(size), lambda here: (here.send_bytes(payload), here.recv_bytes()))


def read_all(memory, connection, count):
    own = memoryview(bytearray(memory))  # The views copy straight from one to the other.
    for _ in range(count):
        size = int.from_bytes(connection.recv_bytes(), "little")
        own[:size] = memory[:size]
        connection.send_bytes(size.to_bytes(8, "little"))


def has_room(size):
    """Whether memory that processes share can be so large: in a container it may be small, and writing more is a crash."""
    try:
        place = os.statvfs("/dev/shm")
    except OSError:
        return True  # The system keeps it elsewhere.
    return place.f_bavail * place.f_frsize > size + (1 << 20)


def by_shared_memory(size):
    """Writes `size` bytes into memory that another process has, too, which reads them all, and tells the microseconds that it
    took; nothing where this Python or this system has no such memory."""
    try:
        from multiprocessing.shared_memory import SharedMemory
    except ImportError:
        return None
    if not has_room(size):
        return None
    payload, shared = os.urandom(1) * size, SharedMemory(create=True, size=size)
    try:

        def hand_over(here):
            shared.buf[:size] = payload
            here.send_bytes(size.to_bytes(8, "little"))
            here.recv_bytes()

        return timed_beside(functools.partial(read_all, shared.buf), times(size), hand_over)
    finally:
        shared.close()
        shared.unlink()
