STATE = {}
LOCK = threading.Lock()


def start_worker():
    """Runs once in each worker. What the function prints goes to standard error, so that results stand alone."""
    sys.stdout = sys.stderr
    try:
        with LOCK:
            if "function" not in STATE:
                STATE["function"] = load()
        STATE.get("initialize", lambda: None)()
    except BaseException as error:  # An initializer that raises would be started again and again.
        STATE["error"] = error


def run(item):
    """Runs one item: its index, its result as text, and why it failed."""
    index, value = item
    try:
        if "error" in STATE:
            raise STATE["error"]
        return index, shown(call(STATE["function"], index, value)), None
    except BaseException as error:  # SystemExit, too: Pool would wait for such an item for ever.
        return index, "", "%s: %s" % (type(error).__name__, error)


def print_all(rows, out):
    """Prints a line for each row; an empty one where the item failed."""
    failed = 0
    for index, text, error in rows:
        print(text, file=out)
        if error is not None:
            failed += 1
            print("input %d failed: %s" % (index, error), file=sys.stderr)
    out.flush()
    return 1 if failed else 0
