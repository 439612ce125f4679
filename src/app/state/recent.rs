//! The files and folders that were opened last, newest first.

use std::path::PathBuf;

/// So many are kept.
const MOST: usize = 10;

/// They, as they stand in the menu.
#[derive(Debug, Default)]
pub struct RecentPaths(Vec<PathBuf>);

impl RecentPaths {
    /// Those that were kept in an earlier window.
    pub fn of(paths: Vec<PathBuf>) -> Self {
        Self(paths.into_iter().take(MOST).collect())
    }

    /// This one was opened just now.
    pub fn add(&mut self, path: PathBuf) {
        self.0.retain(|other| *other != path);
        self.0.insert(0, path);
        self.0.truncate(MOST);
    }

    pub fn as_slice(&self) -> &[PathBuf] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stands_there_once_and_the_oldest_goes() {
        let mut recent = RecentPaths::of(vec!["old".into(); 1]);
        for number in 0..MOST {
            recent.add(number.to_string().into());
        }
        recent.add("3".into());
        let names: Vec<&str> = recent.as_slice().iter().map(|path| path.to_str().unwrap()).collect();
        assert_eq!(names, ["3", "9", "8", "7", "6", "5", "4", "2", "1", "0"]);
    }
}
