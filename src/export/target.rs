//! Where rows are to be: behind links, over an older file or into a pipe; and which files of earlier or other runs to
//! the same place lie beside it.
//!
//! A run to `rows.csv` writes `rows.part-4f21c7.csv` beside it, or `rows.more-4f21c7.csv` where it goes on from what is there
//! already; and `rows.csv.late-4f21c7.jsonl` where rows are finished out of order. Who writes such a file holds its lock, so that
//! those of a run that is gone can be told.

use std::borrow::Cow;
use std::ffi::OsString;
use std::fs::{self, File, Metadata, TryLockError};
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::{Path, PathBuf};

use super::os;

/// The place of a file of rows.
pub(super) struct OutputPlace {
    /// Behind all links.
    pub(super) path: PathBuf,
    /// Of what is there now.
    pub(super) before: Option<Metadata>,
    /// Which function makes the rows; empty where that is not known.
    pub(super) function: String,
    /// The run goes on from what is here.
    pub(super) adds: bool,
}

/// So many links may lead to a file one after the other.
const MOST_LINKS: usize = 40;
pub(super) const PART: &str = ".part-";
/// Of a run that goes on from what an earlier one has left at the same place, which is needed still.
pub(super) const MORE: &str = ".more-";
pub(super) const LATE: &str = ".late-";
const MARK_DIGITS: usize = 6;
/// File systems allow no longer names.
const LONGEST_NAME_BYTES: usize = 255;
/// For what is added to a name: `.jsonl.late-4f21c7.jsonl`.
const ROOM_BYTES: usize = 26;

impl OutputPlace {
    pub(super) fn find(path: &Path) -> io::Result<Self> {
        let mut path = path.to_owned();
        for _ in 0..MOST_LINKS {
            match fs::read_link(&path) {
                // A link may lead to where nothing is yet.
                Ok(link) => path = path.parent().unwrap_or(Path::new("")).join(link),
                Err(_) => {
                    let before = fs::metadata(&path).ok();
                    return Ok(Self { path, before, function: String::new(), adds: false });
                }
            }
        }
        Err(io::Error::other("its links lead in a circle"))
    }

    /// Notes beside a file, and not in it, which function makes its rows.
    pub(super) fn note_function(&self, file: &File, path: &Path) {
        if !self.function.is_empty() && !self.is_stream() {
            os::attach(file, path, os::attachable(&self.function));
        }
    }

    /// Whether there is a file with something in it.
    pub(super) fn has_content(&self) -> bool {
        self.before.as_ref().is_some_and(|before| before.is_file() && before.len() > 0)
    }

    /// Whether what is written goes there at once and cannot be taken back: a pipe, a terminal, another device.
    pub(super) fn is_stream(&self) -> bool {
        self.before.as_ref().is_some_and(|before| !before.is_file() && !before.is_dir())
    }

    /// Why nothing can be written here while a run reads these files; nothing where it can.
    pub(super) fn why_not(&self, read: &[PathBuf]) -> Option<String> {
        // Elsewhere that stands for standard output: nobody wants a file of this name without knowing it.
        if self.path == Path::new("-") {
            return Some(format!("{}, ./- a file of this name", os::STANDARD_OUTPUT));
        }
        if self.before.as_ref().is_some_and(Metadata::is_dir) {
            return Some("it is a folder".to_owned());
        }
        if self.name_is_too_long() {
            return Some("its name is longer than the system allows".to_owned());
        }
        let same = read.iter().find(|file| os::are_same(file, &self.path))?;
        Some(format!("it is what the run reads ({}); choose another name", same.display()))
    }

    /// Whether no file can have this name: one that is written beside it and moved there at the end would stay where it is.
    fn name_is_too_long(&self) -> bool {
        fs::symlink_metadata(&self.path).is_err_and(|error| error.kind() == io::ErrorKind::InvalidFilename)
    }

    /// The file that stands there, locked, where it has several names: a run to another of them writes it too, and does not see
    /// what lies beside this one. An error where one does so now.
    pub(super) fn locked_place(&self) -> io::Result<Option<File>> {
        if self.before.as_ref().is_none_or(|before| !before.is_file() || os::link_count(before) < 2) {
            return Ok(None);
        }
        let Ok(place) = File::open(&self.path) else { return Ok(None) };
        match place.try_lock() {
            Err(TryLockError::WouldBlock) => {
                Err(io::Error::other("another run writes it now, under another of its names"))
            }
            _ => Ok(Some(place)),
        }
    }

    /// The folder that it is in.
    pub(super) fn folder(&self) -> &Path {
        self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }

    /// A name beside the place that no other run has.
    pub(super) fn new_mark() -> String {
        let number = RandomState::new().hash_one(std::process::id());
        format!("{:0width$x}", number & ((1 << (4 * MARK_DIGITS)) - 1), width = MARK_DIGITS)
    }

    /// `rows.part-4f21c7.csv`, or `rows.more-4f21c7.csv` where what is there is needed still.
    pub(super) fn part(&self, mark: &str) -> PathBuf {
        self.beside(if self.adds { MORE } else { PART }, mark, &self.ending())
    }

    /// `rows.csv.late-4f21c7.jsonl`: a run to `rows.json` has another one.
    pub(super) fn late(&self, mark: &str) -> PathBuf {
        self.path.with_file_name(format!("{}{LATE}{mark}.jsonl", self.short_name()))
    }

    /// The name, shortened so that there is room for more.
    fn short_name(&self) -> String {
        format!("{}.{}", self.stem().to_string_lossy(), self.ending())
    }

    fn ending(&self) -> Cow<'_, str> {
        self.path.extension().unwrap_or_default().to_string_lossy()
    }

    fn beside(&self, kind: &str, mark: &str, ending: &str) -> PathBuf {
        let mut name = self.stem();
        name.push(format!("{kind}{mark}.{ending}"));
        self.path.with_file_name(name)
    }

    /// The name without its ending, and only so much of it that there is room for more.
    fn stem(&self) -> OsString {
        let stem = self.path.file_stem().unwrap_or_default();
        if stem.len() + ROOM_BYTES <= LONGEST_NAME_BYTES {
            return stem.to_owned();
        }
        let stem = stem.to_string_lossy();
        stem[..stem.floor_char_boundary(LONGEST_NAME_BYTES - ROOM_BYTES)].into()
    }

    /// What runs to this place have left beside it, whether they are gone or not.
    pub(super) fn parts(&self) -> Vec<PathBuf> {
        let stem = self.stem();
        let stem = stem.to_string_lossy();
        let (ending, whole) = (self.ending(), self.short_name());
        let is_ours = |name: &str| {
            let is_of = |kind, rest: (&str, &str)| parted(name, kind) == Some(rest);
            is_of(PART, (&stem, &ending)) || is_of(MORE, (&stem, &ending)) || is_of(LATE, (&whole, "jsonl"))
        };
        let entries = fs::read_dir(self.folder()).into_iter().flatten().flatten();
        let mut parts: Vec<PathBuf> = entries
            .filter(|entry| entry.file_name().to_str().is_some_and(is_ours))
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
            .map(|entry| entry.path())
            .collect();
        parts.sort();
        parts
    }
}

/// What stands before and behind the kind and the mark in a name such as `rows.part-4f21c7.csv`.
fn parted<'a>(name: &'a str, kind: &str) -> Option<(&'a str, &'a str)> {
    let (stem, rest) = name.rsplit_once(kind)?;
    let (mark, ending) = rest.split_once('.')?;
    let is_mark = mark.len() == MARK_DIGITS && mark.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_mark.then_some((stem, ending))
}

/// Which kind of file that a run writes beside its place a path names, what stands before it, and the mark of the run.
fn kind_of(path: &Path) -> Option<(&'static str, String, String)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    [PART, MORE, LATE].into_iter().find_map(|kind| {
        let (stem, _) = parted(&name, kind)?;
        let mark = &name[stem.len() + kind.len()..][..MARK_DIGITS];
        Some((kind, stem.to_owned(), mark.to_owned()))
    })
}

/// Whether a path is that of a file that a run writes beside its place.
pub(super) fn is_part(path: &Path) -> bool {
    kind_of(path).is_some()
}

/// Whether it is that of a run that went on from what was at the place.
pub(super) fn is_more(path: &Path) -> bool {
    kind_of(path).is_some_and(|(kind, ..)| kind == MORE)
}

/// Whether a path is that of a file of rows that were finished out of order, beside which there is another one.
pub(super) fn is_late(path: &Path) -> bool {
    kind_of(path).is_some_and(|(kind, ..)| kind == LATE)
}

/// The mark of the run that writes a file beside its place, from its name.
pub(super) fn mark_of(path: &Path) -> Option<String> {
    kind_of(path).map(|(.., mark)| mark)
}

/// The place of a file that a run writes beside it, but for names that were shortened.
pub(super) fn place_of(part: &Path) -> PathBuf {
    let (_, stem, _) = kind_of(part).unwrap_or_default();
    let ending = part.extension().unwrap_or_default().to_string_lossy();
    part.with_file_name(format!("{stem}.{ending}"))
}

/// The file of late rows that belongs to a part.
pub(super) fn late_of(part: &Path) -> Option<PathBuf> {
    let (_, stem, mark) = kind_of(part).filter(|(kind, ..)| *kind != LATE)?;
    let ending = part.extension().unwrap_or_default().to_string_lossy();
    Some(part.with_file_name(format!("{stem}.{ending}{LATE}{mark}.jsonl"))).filter(|late| late.is_file())
}

/// Whether some program writes the file now.
pub(super) fn is_in_use(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_known_by_their_names() {
        let folder = tempfile::tempdir().unwrap();
        let target = OutputPlace::find(&folder.path().join("rows.csv")).unwrap();
        for name in [
            "rows.part-00af12.csv",
            "rows.csv.late-00af12.jsonl",
            "rows.json.late-00af12.jsonl",
            "rows.more-00af13.csv",
            "rows.part-00af12.json",
            "rows.part-x.csv",
            "rows.csv",
            "other.part-00af12.csv",
        ] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let more = folder.path().join("rows.more-00af13.csv");
        assert_eq!(target.parts(), [target.late("00af12"), more.clone(), target.part("00af12")]);
        assert_eq!(late_of(&target.part("00af12")), Some(target.late("00af12")));
        let other = OutputPlace::find(&folder.path().join("rows.json")).unwrap();
        assert_eq!(other.parts(), [other.late("00af12"), other.part("00af12")]);
        assert_eq!((mark_of(&more).as_deref(), is_more(&more)), (Some("00af13"), true));
        assert_eq!(place_of(&more), target.path);
        let mark = OutputPlace::new_mark();
        fs::write(target.part(&mark), "").unwrap();
        assert_eq!(target.parts().len(), 4);
        assert!(target.parts().iter().all(|path| is_part(path)));
        for name in ["my.part-list.csv", "rows.part-00af12", "rows.csv", "rows.csv.late-00af1.jsonl"] {
            assert!(!is_part(Path::new(name)), "{name}");
        }
    }

    #[test]
    fn parts_of_the_longest_names_are_found() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["x".repeat(250) + ".json", "ä".repeat(125) + ".json"] {
            let target = OutputPlace::find(&folder.path().join(name)).unwrap();
            let parts = [target.late("00af12"), target.part("00af12")];
            parts.iter().for_each(|part| fs::write(part, "").unwrap());
            assert_eq!(target.parts(), parts);
        }
    }

    #[test]
    fn a_file_is_in_use_while_its_lock_is_held() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.part-00af12.csv");
        let file = File::create(&path).unwrap();
        assert!(!is_in_use(&path));
        file.lock().unwrap();
        assert!(is_in_use(&path));
        drop(file);
        assert!(!is_in_use(&path));
    }
}
