def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--start-method", choices=multiprocessing.get_all_start_methods(), help="how processes start")
    context = multiprocessing.get_context(parser.parse_args().start_method)
    out, sys.stdout = sys.stdout, sys.stderr
    out.reconfigure(encoding="utf-8", errors="backslashreplace")
    with context.Pool(WORKERS, start_worker, maxtasksperchild=RECYCLE) as pool:
        return print_all(pool.imap(run, enumerate(INPUTS), CHUNK), out)


if __name__ == "__main__":
    sys.exit(main())
