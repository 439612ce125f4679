//! The modules beside a Python file that it imports: they are a part of its function, and are read anew by each host that
//! starts.
//!
//! Imports are found by the look of their lines, also those within functions. One that a line only seems to name does no harm.

use std::collections::{HashSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::PythonSource;
use crate::function::code_file::code_bytes;

/// More are not looked for.
const MOST_FILES: usize = 500;

/// Files of modules beside a file, as they were at one time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HelperFiles(Vec<HelperFile>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct HelperFile {
    path: PathBuf,
    modified: Option<SystemTime>,
    size_bytes: u64,
}

impl HelperFile {
    fn now(path: PathBuf) -> Self {
        let about = fs::metadata(&path).ok();
        let modified = about.as_ref().and_then(|about| about.modified().ok());
        Self { path, modified, size_bytes: about.map_or(0, |about| about.len()) }
    }
}

impl HelperFiles {
    /// Those that a file imports, and those that these import, as they are now.
    pub fn of(source: &PythonSource) -> Self {
        let Some(root) = source.file.parent().filter(|_| !source.is_untitled()) else {
            return Self::default();
        };
        let mut found: Vec<HelperFile> = Vec::new();
        let mut known = HashSet::from([source.file.clone()]);
        let mut unread = VecDeque::from([(source.text.clone(), root.to_owned())]);
        while let Some((text, folder)) = unread.pop_front() {
            for path in text.lines().flat_map(|line| imported_files(line, root, &folder)) {
                if found.len() == MOST_FILES || !known.insert(path.clone()) {
                    continue;
                }
                let code = code_bytes(&path).unwrap_or_default();
                let beside = path.parent().unwrap_or(root).to_owned();
                unread.push_back((String::from_utf8_lossy(&code).into_owned(), beside));
                found.push(HelperFile::now(path));
            }
        }
        Self(found)
    }

    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.0.iter().map(|file| file.path.as_path())
    }

    /// The files that are not as they were; each is told once.
    pub fn newly_changed(&mut self) -> Vec<PathBuf> {
        let mut changed = Vec::new();
        for file in &mut self.0 {
            let now = HelperFile::now(file.path.clone());
            if now != *file {
                changed.push(now.path.clone());
                *file = now;
            }
        }
        changed
    }
}

/// The files that a line imports, of those below `root` and, with dots before the name, around `folder`.
fn imported_files(line: &str, root: &Path, folder: &Path) -> Vec<PathBuf> {
    let line = line.split('#').next().unwrap_or_default().trim();
    let modules: Vec<String> = if let Some(names) = line.strip_prefix("import ") {
        names.split(',').map(|name| first_word(name).to_owned()).collect()
    } else if let Some((module, names)) =
        line.strip_prefix("from ").and_then(|rest| rest.split_once(" import "))
    {
        let module = module.trim();
        let separator = if module.ends_with('.') { "" } else { "." };
        let inner = names.split(',').map(|name| first_word(name.trim_matches(['(', ')', ' ', '\\'])));
        let inner = inner.filter(|name| !name.is_empty()).map(|name| format!("{module}{separator}{name}"));
        std::iter::once(module.to_owned()).chain(inner).collect()
    } else {
        Vec::new()
    };
    modules.iter().flat_map(|module| module_files(module, root, folder)).collect()
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

/// The files that are run when a module is imported: its own, and those of the packages that it is in.
fn module_files(module: &str, root: &Path, folder: &Path) -> Vec<PathBuf> {
    let name = module.trim_start_matches('.');
    let dots = module.len() - name.len();
    let is_name =
        |part: &str| !part.is_empty() && part.chars().all(|sign| sign.is_alphanumeric() || sign == '_');
    let begin = match dots {
        0 => Some(root),
        dots => folder.ancestors().nth(dots - 1).filter(|begin| begin.starts_with(root)),
    };
    let Some(mut place) = begin.map(Path::to_owned) else { return Vec::new() };
    let mut files = Vec::new();
    for part in name.split('.').take_while(|part| is_name(part)) {
        place.push(part);
        let candidates = [place.join("__init__.py"), place.with_extension("py")];
        files.extend(candidates.into_iter().find(|file| file.is_file()));
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_beside_a_file_are_found_through_each_other_and_told_once_when_changed() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("tools/deep")).unwrap();
        for (name, text) in [
            (
                "tasks.py",
                "import os, prices as p\nfrom tools import far\n\ndef f(n):\n    from alone import *\n",
            ),
            ("prices.py", "import tasks\nimport missing\n"),
            ("alone.py", "# import other\n"),
            ("other.py", ""),
            ("tools/__init__.py", "from .near import x\n"),
            ("tools/near.py", "from .deep import (low)\n"),
            ("tools/far.py", "from . import near\nfrom ... import outside\n"),
            ("tools/deep/__init__.py", ""),
            ("tools/deep/low.py", "from ..far import y\n"),
        ] {
            fs::write(at(name), text).unwrap();
        }
        let source = PythonSource::read(&at("tasks.py")).unwrap();
        let root = source.file.parent().unwrap().to_owned();
        let mut helpers = HelperFiles::of(&source);
        let mut names: Vec<_> =
            helpers.paths().map(|path| path.strip_prefix(&root).unwrap().to_owned()).collect();
        names.sort();
        let expected = [
            "alone.py",
            "prices.py",
            "tools/__init__.py",
            "tools/deep/__init__.py",
            "tools/deep/low.py",
            "tools/far.py",
            "tools/near.py",
        ];
        assert_eq!(names, expected.map(PathBuf::from));
        assert_eq!(helpers.newly_changed(), Vec::<PathBuf>::new());
        fs::write(at("tools/far.py"), "y = 2\n").unwrap();
        assert_eq!(helpers.newly_changed(), [root.join("tools/far.py")]);
        assert_eq!(helpers.newly_changed(), Vec::<PathBuf>::new());
    }
}
