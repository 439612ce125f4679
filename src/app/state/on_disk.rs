//! Whether code in the editor is what stands in its file, and what becomes of the file when the code is saved.

use std::fs;
use std::path::Path;

use crate::error::{Error, Result};
use crate::function::python::PythonSource;
use crate::lessons::file::digest;

/// What is known of the file of the code.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum OnDisk {
    /// It has none: it was typed, or came with an example.
    #[default]
    Nowhere,
    /// The text that was read from the file, or written to it last.
    Text(String),
    /// The digest of that text: the code was changed in an earlier window.
    Digest(String),
    /// It must not be written: another program has changed it, or it is gone.
    Closed,
}

impl OnDisk {
    /// Whether this text is another one than that of the file, whose lines may end in another way: they are written as the file
    /// has them.
    pub fn differs_from(&self, text: &str) -> bool {
        match self {
            Self::Nowhere => false,
            Self::Digest(_) | Self::Closed => true,
            Self::Text(written) => {
                written != text && !written.split('\n').map(without_end).eq(text.split('\n').map(without_end))
            }
        }
    }

    /// Stands for the text of the file; for none that it could have where it is not known.
    pub fn digest(&self) -> String {
        match self {
            Self::Text(text) => digest(text),
            Self::Digest(digest) => digest.clone(),
            Self::Nowhere | Self::Closed => String::new(),
        }
    }
}

fn without_end(line: &str) -> &str {
    line.strip_suffix('\r').unwrap_or(line)
}

/// What may be written to the file of the code.
#[derive(Debug)]
pub enum NewContent {
    /// These bytes, and the text that they are read as.
    Bytes(Vec<u8>, String),
    /// Nothing: it is not the file that was read. Why stands in a sentence.
    Closed(Error),
}

/// What may be written to a file whose text had the digest `before`: this text, with the mark at the beginning and the ends of
/// lines that the file has. It looks at the disk. The error says why the text cannot be written at all.
pub fn new_content(file: &Path, before: &str, text: &str) -> Result<NewContent> {
    let closed = |reason: &str| {
        let reason = format!("{reason}. Save the code again to choose another name");
        Ok(NewContent::Closed(Error::usage(format!("save {}", file.display()), reason)))
    };
    let old = match (fs::read(file), PythonSource::read(file)) {
        (Err(error), _) => return closed(&error.to_string()),
        (_, Err(error)) => return closed(error.reason()),
        (Ok(_), Ok(source)) if digest(&source.text) != before => {
            return closed("another program has changed it since it was read");
        }
        (Ok(bytes), Ok(source)) => (bytes, source.text),
    };
    const MARK: &[u8] = b"\xef\xbb\xbf";
    let mark = if old.0.starts_with(MARK) { MARK } else { b"" };
    let of_windows = old.1.contains("\r\n") && !old.1.replace("\r\n", "").contains('\n');
    let text = if of_windows { text.replace("\r\n", "\n").replace('\n', "\r\n") } else { text.to_owned() };
    Ok(NewContent::Bytes(bytes_of(mark, &text)?, text))
}

/// The bytes of code behind what marks them; the error says that they would be read as another text.
pub fn bytes_of(mark: &[u8], text: &str) -> Result<Vec<u8>> {
    let bytes = [mark, text.as_bytes()].concat();
    match PythonSource::decoded(&bytes) {
        Ok(read) if read == text => Ok(bytes),
        _ => {
            let reason = "a comment in its first two lines declares an encoding that is not UTF-8, which this program does \
                          not write: delete that comment first";
            Err(Error::usage("save the code", reason))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved(old: &[u8], before: &str, text: &str) -> Result<Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("task.py");
        fs::write(&file, old).unwrap();
        match new_content(&file, &digest(before), text)? {
            NewContent::Bytes(bytes, _) => Ok(bytes),
            NewContent::Closed(error) => Err(error),
        }
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
        assert!(error.to_string().contains("not UTF-8"), "{error}");
        assert!(saved(latin_1.as_bytes(), latin_1, "# coding: latin-1\nx = 'e'\n").is_ok());
        assert!(saved(latin_1.as_bytes(), latin_1, "x = 'é'\n").is_ok(), "it declares nothing any more");
    }

    #[test]
    fn typed_code_has_no_file_that_it_could_differ_from() {
        assert!(!OnDisk::Nowhere.differs_from("x"));
        assert!(OnDisk::Closed.differs_from("x") && OnDisk::Digest(digest("x")).differs_from("x"));
        assert!(OnDisk::Text("x".to_owned()).differs_from("y"));
        assert!(!OnDisk::Text("x".to_owned()).differs_from("x"));
        let of_windows = OnDisk::Text("x\r\ny\r\n".to_owned());
        assert!(!of_windows.differs_from("x\r\ny\n"));
        assert!(of_windows.differs_from("x\r\ny") && of_windows.differs_from("x\n\ny\n"));
    }
}
