//! Whether code in the editor is what stands in its file, and what becomes of the file when the code is saved.

use std::fs;
use std::path::Path;

use crate::error::{Error, Result};
use crate::function::python::PythonSource;

/// What is known of the file of the code.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum OnDisk {
    /// It has none: it was typed, or came with an example.
    #[default]
    Nowhere,
    /// It was changed here in an earlier window; what stands in the file is not known yet.
    Unknown,
    /// The text that was read from the file, or written to it last.
    Text(String),
}

impl OnDisk {
    /// Whether this text is another one than that of the file, whose lines may end in another way: they are written as the file
    /// has them.
    pub fn differs_from(&self, text: &str) -> bool {
        match self {
            Self::Nowhere => false,
            Self::Unknown => true,
            Self::Text(written) => {
                written != text && !written.split('\n').map(without_end).eq(text.split('\n').map(without_end))
            }
        }
    }
}

fn without_end(line: &str) -> &str {
    line.strip_suffix('\r').unwrap_or(line)
}

/// The bytes of a file in the place of those that it has, whose text was `before`: with its mark at the beginning and its ends of
/// lines; and the text that these are read as. It looks at the disk. The error says why it must not be written.
pub fn new_bytes(file: &Path, before: &str, text: &str) -> Result<(Vec<u8>, String)> {
    let failed = |reason: String| Error::usage(format!("save {}", file.display()), reason);
    let old = fs::read(file).map_err(|error| failed(error.to_string()))?;
    let source = PythonSource::read(file).map_err(|error| failed(error.reason().to_owned()))?;
    if source.text != before {
        let reason = "another program has changed it since it was read; save the code under another name, or open it again";
        return Err(failed(reason.to_owned()));
    }
    const MARK: &[u8] = b"\xef\xbb\xbf";
    let mark = if old.starts_with(MARK) { MARK } else { b"" };
    let of_windows = before.contains("\r\n") && !before.replace("\r\n", "").contains('\n');
    let text = if of_windows { text.replace("\r\n", "\n").replace('\n', "\r\n") } else { text.to_owned() };
    let bytes = [mark, text.as_bytes()].concat();
    match PythonSource::decoded(&bytes) {
        Ok(read) if read == text => Ok((bytes, text)),
        _ => Err(failed(
            "its first lines declare another encoding than UTF-8, which this program does not write; change them first".to_owned(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved(old: &[u8], before: &str, text: &str) -> Result<Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("task.py");
        fs::write(&file, old).unwrap();
        new_bytes(&file, before, text).map(|(bytes, _)| bytes)
    }

    #[test]
    fn a_file_keeps_its_mark_and_its_ends_of_lines() {
        assert_eq!(saved(b"x = 1\n", "x = 1\n", "x = 2\n").unwrap(), b"x = 2\n");
        let marked = saved(b"\xef\xbb\xbfx = 1\n", "x = 1\n", "x = 'é'\n").unwrap();
        assert_eq!(marked, "\u{feff}x = 'é'\n".as_bytes());
        let of_windows =
            saved(b"x = 1\r\ny = 2\r\n", "x = 1\r\ny = 2\r\n", "x = 1\r\nz = 3\ny = 2\r\n").unwrap();
        assert_eq!(of_windows, b"x = 1\r\nz = 3\r\ny = 2\r\n");
    }

    #[test]
    fn what_another_program_has_written_meanwhile_is_left_alone() {
        let error = saved(b"x = 3\n", "x = 1\n", "x = 2\n").unwrap_err().to_string();
        assert!(error.contains("another program has changed it"), "{error}");
    }

    #[test]
    fn a_text_that_the_declared_encoding_would_read_otherwise_is_not_written() {
        let latin_1 = "# coding: latin-1\nx = 1\n";
        let error = saved(latin_1.as_bytes(), latin_1, "# coding: latin-1\nx = 'é'\n").unwrap_err();
        assert!(error.to_string().contains("another encoding"), "{error}");
        assert!(saved(latin_1.as_bytes(), latin_1, "# coding: latin-1\nx = 'e'\n").is_ok());
        assert!(saved(latin_1.as_bytes(), latin_1, "x = 'é'\n").is_ok(), "it declares nothing any more");
    }

    #[test]
    fn typed_code_has_no_file_that_it_could_differ_from() {
        assert!(!OnDisk::Nowhere.differs_from("x"));
        assert!(OnDisk::Unknown.differs_from("x"));
        assert!(OnDisk::Text("x".to_owned()).differs_from("y"));
        assert!(!OnDisk::Text("x".to_owned()).differs_from("x"));
        let of_windows = OnDisk::Text("x\r\ny\r\n".to_owned());
        assert!(!of_windows.differs_from("x\r\ny\n"));
        assert!(of_windows.differs_from("x\r\ny") && of_windows.differs_from("x\n\ny\n"));
    }
}
