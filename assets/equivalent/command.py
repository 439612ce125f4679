def command(value):
    """Runs a command; its result is what it writes to standard output, without the end of the last line."""
    arguments, fed = value
    if arguments is None:
        raise ValueError(fed)
    sent = {"stdin": subprocess.DEVNULL} if fed is None else {"input": fed}
    done = subprocess.run(arguments, stdout=subprocess.PIPE, env=dict(os.environ, **ENV), cwd=FOLDER, **sent)
    if done.returncode:
        raise RuntimeError("exit code %d" % done.returncode)
    output = done.stdout[:-1] if done.stdout.endswith(b"\n") else done.stdout
    try:
        return output.decode("utf-8")
    except UnicodeDecodeError:
        return output
