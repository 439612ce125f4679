#: distance [["A", "F"], ["A", "A"], ["F", "A"]]
#: reachable ["C", "F"]
from collections import deque
import heapq

EDGES = """
A B 4
A C 1
C B 2
B D 5
C D 8
D E 3
E F 1
"""
GRAPH = {}
for line in EDGES.strip().splitlines():
    a, b, w = line.split()
    GRAPH.setdefault(a, {})[b] = int(w)
    GRAPH.setdefault(b, {})


def distance(start, goal):
    heap, best = [(0, start)], {}
    while heap:
        d, node = heapq.heappop(heap)
        if node in best:
            continue
        best[node] = d
        for nxt, w in GRAPH[node].items():
            heapq.heappush(heap, (d + w, nxt))
    return best.get(goal)


def reachable(start):
    seen, queue = {start}, deque([start])
    while queue:
        for nxt in GRAPH[queue.popleft()]:
            if nxt not in seen:
                seen.add(nxt)
                queue.append(nxt)
    return sorted(seen)
