//! Where a command's program is: looked up once and not for each item, which also keeps the quick way of starting it
//! (a lookup by the name in a changed PATH would make the standard library fork).

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{CommandSpec, os};

/// What a shell does itself.
const SHELLS_OWN: [&str; 12] =
    ["exit", "cd", "export", "source", ".", "alias", "set", "unset", "eval", "exec", "type", "ulimit"];

/// A program as it was named, and its file.
#[derive(Debug, Clone)]
pub(super) struct Program {
    name: OsString,
    path: PathBuf,
}

impl Program {
    /// The command that runs it.
    pub(super) fn command(&self) -> Command {
        os::command(&self.path, &self.name)
    }

    /// Finds the program `name` as a shell in the command's folder and with its variables would.
    pub(super) fn find(name: OsString, spec: &CommandSpec) -> Result<Self, String> {
        let base = base_folder(spec);
        let shown = name.to_string_lossy().into_owned();
        if name.is_empty() {
            return Err("the name of the command is empty".to_owned());
        }
        if Path::new(&name).components().count() > 1 || shown.contains(std::path::is_separator) {
            let path = base.join(&name);
            return match os::program_at(&path) {
                Some(path) => Ok(Self { name, path }),
                None if path.is_dir() => Err(format!("{shown} is a folder")),
                None if path.exists() => Err(format!("{shown} is not executable")),
                None => Err(format!("the command {shown} is not there")),
            };
        }
        let all = search_path(spec);
        let found =
            std::env::split_paths(&all).find_map(|folder| os::program_at(&base.join(folder).join(&name)));
        match found {
            Some(path) => Ok(Self { name, path }),
            None if SHELLS_OWN.contains(&shown.as_str()) => {
                Err(format!("`{shown}` is not a program but a word of the shell; use the shell (--shell)"))
            }
            None => Err(format!("the command `{shown}` is not on the PATH")),
        }
    }
}

/// Absolute where possible: a relative one would be looked up again from the folder of the command.
fn base_folder(spec: &CommandSpec) -> PathBuf {
    let own = std::env::current_dir().unwrap_or_default();
    spec.folder.as_ref().map_or(own.clone(), |folder| own.join(folder))
}

fn search_path(spec: &CommandSpec) -> OsString {
    let set = spec.env.iter().rev().find(|(name, _)| OsStr::new(name) == "PATH");
    set.map(|(_, path)| path.into()).or_else(|| std::env::var_os("PATH")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let find = |name: &str| Program::find(name.into(), &CommandSpec::default()).map(|_| ());
        assert_eq!(find("gzipp_").unwrap_err(), "the command `gzipp_` is not on the PATH");
        assert_eq!(find("./gzipp_").unwrap_err(), "the command ./gzipp_ is not there");
        assert!(find("export").unwrap_err().ends_with("use the shell (--shell)"));
        assert_eq!(find("").unwrap_err(), "the name of the command is empty");
    }
}
