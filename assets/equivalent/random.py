MASK = (1 << 64) - 1


def splitmix(state):
    """Numbers of 64 bits that look random (SplitMix64)."""
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        mixed = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & MASK
        yield mixed ^ (mixed >> 31)


def random_of_item(seed, index):
    return splitmix(next(splitmix(seed & MASK)) ^ next(splitmix(index)))
