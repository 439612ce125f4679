//! Text, files and folders into columns, with errors that name their line.
