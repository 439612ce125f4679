//! What a file is for the window, as its name says: that decides what opening it does.

use std::path::{Path, PathBuf};

use super::state::POOL_ENDING;
use crate::export::is_run_file;

/// What a file is opened as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileRole {
    /// A saved run, of which there can be many.
    Run,
    /// A setup or a lesson.
    Setup,
    /// What has a person's function.
    Code,
    /// A file or folder of inputs.
    Inputs,
}

impl FileRole {
    pub fn of(path: &Path) -> Self {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        match ending.as_deref() {
            _ if is_run_file(path) => Self::Run,
            Some(POOL_ENDING) => Self::Setup,
            Some("py" | "ipynb" | "star") => Self::Code,
            _ => Self::Inputs,
        }
    }
}

/// Of files that come together, those that are opened, and the first that is not, with the one that takes its place.
pub fn openable(paths: Vec<PathBuf>) -> (Vec<PathBuf>, Option<(PathBuf, PathBuf)>) {
    let (mut opened, mut left_out): (Vec<PathBuf>, _) = (Vec::new(), None);
    for path in paths {
        let role = FileRole::of(&path);
        let before = opened.iter().find(|other| role != FileRole::Run && FileRole::of(other) == role);
        match before.cloned() {
            None => opened.push(path),
            Some(before) => {
                left_out.get_or_insert((path, before));
            }
        }
    }
    (opened, left_out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_files_that_come_together_all_runs_are_opened_and_one_of_each_other_kind() {
        let paths = ["a.csv", "f.py", "1.poolrun", "b.txt", "2.POOLRUN", "g.IPYNB"].map(PathBuf::from);
        let (opened, left_out) = openable(paths.to_vec());
        assert_eq!(opened, ["a.csv", "f.py", "1.poolrun", "2.POOLRUN"].map(PathBuf::from));
        assert_eq!(left_out, Some(("b.txt".into(), "a.csv".into())));
        assert_eq!(FileRole::of(Path::new("s.Pool")), FileRole::Setup);
    }
}
