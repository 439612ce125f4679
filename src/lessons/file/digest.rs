//! What stands for the content of a file, or of a part of it: another content has another digest.

use sha2::{Digest, Sha256};

/// The digest of a text, in hexadecimal figures.
pub fn digest(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
