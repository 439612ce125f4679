#!/usr/bin/env python3
"""The pools that Poolscope is measured beside, each called as its manual says. Used by peers.py:

    python3 benches/python_pools.py NAME

measures one of them in this process and prints a list of seconds. Workers are forked where the system can, which is
Python's quicker way. The time is that of the whole run, from the making of the pool until its processes are gone.
"""

import concurrent.futures
import json
import math
import multiprocessing
import sys
import time

WORKERS = 2
MIB = 1 << 20
PAYLOADS = 256
SHORT_TURNS = 4


def double(number):
    return number * 2


def echo(payload):
    return payload


def context():
    return multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else None)


def pool_map(function, inputs, chunk_size):
    begun = time.perf_counter()
    with context().Pool(WORKERS) as pool:
        outputs = pool.map(function, inputs, chunksize=chunk_size)
    return finished(begun, inputs, outputs)


def executor_map(function, inputs, chunk_size):
    begun = time.perf_counter()
    with concurrent.futures.ProcessPoolExecutor(WORKERS, mp_context=context()) as executor:
        outputs = list(executor.map(function, inputs, chunksize=chunk_size))
    return finished(begun, inputs, outputs)


def joblib_loky(function, inputs, batch_size):
    """Its processes take long to start and are kept for the next call: they are started before, to its advantage."""
    import joblib

    with joblib.Parallel(n_jobs=WORKERS, backend="loky", batch_size=batch_size) as parallel:
        parallel(joblib.delayed(function)(cell) for cell in inputs[:WORKERS])
        begun = time.perf_counter()
        outputs = parallel(joblib.delayed(function)(cell) for cell in inputs)
        return finished(begun, inputs, outputs)


def finished(begun, inputs, outputs):
    took_s = time.perf_counter() - begun
    assert len(outputs) == len(inputs)
    return [took_s]


def pool_of_four(method):
    """In an interpreter that runs: the modules are loaded, and one pool was there before."""
    spent = []
    for _ in range(SHORT_TURNS + 1):
        begun = time.perf_counter()
        with multiprocessing.get_context(method).Pool(4) as pool:
            outputs = pool.map(double, [1, 2, 3, 4, 5])
        spent.append(time.perf_counter() - begun)
        assert outputs == [2, 4, 6, 8, 10]
    return spent[1:]


def even(items):
    """The chunk size that `Pool.map` takes where none is given."""
    return math.ceil(items / (4 * WORKERS))


def payloads():
    # Each its own: the same object again would be sent as a reference.
    return [bytes([number % 256]) * MIB for number in range(PAYLOADS)]


# How many items each is given: the slow ones fewer, as it is rates that are compared.
ITEMS = {
    "pool-chunk1": 100_000,
    "executor-chunk1": 20_000,
    "joblib-chunk1": 5_000,
    "pool-default": 10_000_000,
    "executor-chunked": 2_000_000,
    "joblib-auto": 500_000,
    "pool-echo": PAYLOADS,
    "pool-echo-chunk1": PAYLOADS,
    "executor-echo": PAYLOADS,
}

PEERS = {
    "pool-chunk1": lambda items: pool_map(double, list(range(items)), 1),
    "executor-chunk1": lambda items: executor_map(double, list(range(items)), 1),
    "joblib-chunk1": lambda items: joblib_loky(double, list(range(items)), 1),
    "pool-default": lambda items: pool_map(double, list(range(items)), None),
    "executor-chunked": lambda items: executor_map(double, list(range(items)), even(items)),
    "joblib-auto": lambda items: joblib_loky(double, list(range(items)), "auto"),
    "pool-echo": lambda _: pool_map(echo, payloads(), None),
    "pool-echo-chunk1": lambda _: pool_map(echo, payloads(), 1),
    "executor-echo": lambda _: executor_map(echo, payloads(), 1),
    "pool-of-four-fork": lambda _: pool_of_four("fork"),
    "pool-of-four-spawn": lambda _: pool_of_four("spawn"),
}

if __name__ == "__main__":
    name = sys.argv[1]
    print(json.dumps(PEERS[name](ITEMS.get(name))))
