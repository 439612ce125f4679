def enter(folder):
    """Makes relative paths and imports work as beside the file."""
    if os.path.isdir(folder):
        os.chdir(folder)
        sys.path.insert(0, folder)
