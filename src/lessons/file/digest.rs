//! What stands for the content of a file, or of a part of it: another content has another digest.

use serde::Serialize;
use sha2::{Digest, Sha256};

/// The digest of something that is made of texts and numbers alone, which can always be written.
pub(super) fn digest(content: &impl Serialize) -> String {
    let text = serde_json::to_vec(content).unwrap_or_default();
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
