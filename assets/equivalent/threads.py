def main():
    out, sys.stdout = sys.stdout, sys.stderr
    out.reconfigure(encoding="utf-8", errors="backslashreplace")
    with multiprocessing.pool.ThreadPool(WORKERS, start_worker) as pool:
        return print_all(pool.imap(run, enumerate(INPUTS), CHUNK), out)


if __name__ == "__main__":
    sys.exit(main())
