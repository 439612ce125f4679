//! What an interpreter has compiled for its hosts: the driver, and what of a file they are to run.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::source::PythonSource;

/// The host driver as an interpreter compiles it, so that not each of its hosts has to; empty where that is unknown.
/// Cheap to clone: the window makes a job of what is set up in each frame.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "CompiledDriver", into = "CompiledDriver")]
pub struct Compiled(Arc<CompiledDriver>);

#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct CompiledDriver {
    /// The build of the interpreter, which alone can read it.
    pub(super) build: String,
    #[serde(with = "serde_bytes")]
    pub(super) driver: Vec<u8>,
    #[serde(with = "serde_bytes")]
    pub(super) parts: Vec<u8>,
    #[serde(with = "serde_bytes")]
    pub(super) analysis: Vec<u8>,
    pub(super) plan: Option<LoadPlan>,
}

/// What hosts run of a file for one of its functions, decided and compiled by the interpreter that listed the file; each
/// host decides it where there is none.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LoadPlan {
    /// Of the source that was planned.
    digest: u64,
    function: String,
    #[serde(with = "serde_bytes")]
    code: Vec<u8>,
}

impl LoadPlan {
    pub(super) fn of(source: &PythonSource, function: String, code: Vec<u8>) -> Self {
        Self { digest: digest(source), function, code }
    }
}

impl Compiled {
    /// The version of the interpreter, such as "3.13.5", where it is known.
    pub fn version(&self) -> Option<&str> {
        let build = self.0.build.as_str();
        let end = build.find(|sign: char| sign != '.' && !sign.is_ascii_digit()).unwrap_or(build.len());
        Some(build[..end].trim_end_matches('.')).filter(|version| !version.is_empty())
    }

    pub(super) fn code(&self) -> &CompiledDriver {
        &self.0
    }

    /// The same for hosts that are told what of the file to run.
    pub(super) fn without_analysis(&self) -> Self {
        let code = CompiledDriver { analysis: Vec::new(), ..CompiledDriver::clone(&self.0) };
        Self::from(code)
    }

    /// What is run of this source for a function, where that has been decided.
    pub(super) fn plan_of(&self, source: &PythonSource, function: &str) -> Option<&[u8]> {
        let is_of = |plan: &&LoadPlan| plan.function == function && plan.digest == digest(source);
        self.0.plan.as_ref().filter(is_of).map(|plan| plan.code.as_slice())
    }
}

impl From<CompiledDriver> for Compiled {
    fn from(code: CompiledDriver) -> Self {
        Self(Arc::new(code))
    }
}

impl From<Compiled> for CompiledDriver {
    fn from(compiled: Compiled) -> Self {
        Arc::unwrap_or_clone(compiled.0)
    }
}

fn digest(source: &PythonSource) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&source.file, &source.text, &source.cells).hash(&mut hasher);
    hasher.finish()
}

impl fmt::Debug for Compiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Compiled").field(&self.0.build).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_what_a_build_begins_with() {
        for (build, version) in [
            ("3.11.7(main,Jun42025,08:58:58)[GCC12.2.0]", Some("3.11.7")),
            ("3.13.5experimentalfree-threadingbuild(main)", Some("3.13.5")),
            ("3.14.0rc2+(heads/3.14)", Some("3.14.0")),
            ("3.9.", Some("3.9")),
            ("", None),
        ] {
            let code = CompiledDriver { build: build.to_owned(), ..CompiledDriver::default() };
            assert_eq!(Compiled::from(code).version(), version, "{build}");
        }
    }
}
