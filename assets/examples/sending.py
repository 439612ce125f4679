"""Values that are large beside the work: what a worker gives back is copied from its process to the one that waits."""


def make(size):
    """Makes so many bytes, which is hardly any work; sending them is."""
    return bytes(size)
