#: alive_after [0, 1, 4]
#: picture [2]
GLIDER = [".#.", "..#", "###"]
cells = set()
for y, row in enumerate(GLIDER):
    for x, c in enumerate(row):
        if c == "#":
            cells.add((x, y))


def step(alive):
    near = {}
    for x, y in alive:
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                if dx or dy:
                    near[x + dx, y + dy] = near.get((x + dx, y + dy), 0) + 1
    return {p for p, k in near.items() if k == 3 or (k == 2 and p in alive)}


def alive_after(n):
    now = set(cells)
    for _ in range(n):
        now = step(now)
    return sorted(now)


def picture(n):
    now = alive_after(n)
    return "/".join("".join("#" if (x, y) in now else "." for x in range(5)) for y in range(5))
