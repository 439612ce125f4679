//! The folders whose own interpreters a person allowed to be started, remembered in a file of the person's settings.
//!
//! Trust is of one folder, that which holds the environment, and of none above or below it: a home folder with an
//! environment must not stand for all that is ever downloaded into it.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process;

use crate::error::{Error, Result};

/// Names another folder for the program's settings.
const SETTINGS_VARIABLE: &str = "POOLSCOPE_CONFIG";
const FILE: &str = "trusted.json";

/// The list of trusted folders.
#[derive(Debug, Clone)]
pub struct Trust {
    file: Option<PathBuf>,
}

impl Trust {
    /// That of the person who runs the program.
    pub fn of_user() -> Self {
        Self { file: settings().map(|folder| folder.join(FILE)) }
    }

    /// That of another file, which need not be there.
    pub fn at(file: PathBuf) -> Self {
        Self { file: Some(file) }
    }

    /// The trusted folders, as whole paths in order.
    pub fn folders(&self) -> Result<Vec<PathBuf>> {
        let Some(file) = &self.file else { return Ok(Vec::new()) };
        let failed = |reason: String| Error::usage(format!("read {}", file.display()), reason);
        let content = match fs::read(file) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            read => read.map_err(|error| failed(error.to_string()))?,
        };
        let reason = "it is not a list of folders in JSON; correct or remove it";
        serde_json::from_slice(&content).map_err(|_| failed(reason.to_owned()))
    }

    /// Whether the interpreter of an environment in this folder may be started.
    pub fn has(&self, folder: &Path) -> Result<bool> {
        Ok(self.folders()?.contains(&whole(folder)?))
    }

    /// Trusts a folder from now on.
    pub fn allow(&self, folder: &Path) -> Result<PathBuf> {
        let folder = whole(folder)?;
        if !folder.is_dir() {
            return Err(Error::usage(format!("trust {}", folder.display()), "it is not a folder"));
        }
        let _lock = self.lock()?;
        let mut folders = self.folders()?;
        if !folders.contains(&folder) {
            folders.push(folder.clone());
            folders.sort();
            self.write(&folders)?;
        }
        Ok(folder)
    }

    /// Takes trust back; says whether there was any.
    pub fn revoke(&self, folder: &Path) -> Result<bool> {
        // One that is gone is revoked by its name.
        let folder =
            whole(folder).or_else(|_| std::path::absolute(folder).map_err(|error| unknown(folder, error)))?;
        if !self.folders()?.contains(&folder) {
            return Ok(false);
        }
        let _lock = self.lock()?;
        let mut folders = self.folders()?;
        let count = folders.len();
        folders.retain(|one| *one != folder);
        let was_there = folders.len() < count;
        if was_there {
            self.write(&folders)?;
        }
        Ok(was_there)
    }

    /// Waits until no other program changes the list; it may be changed as long as what this gives is there.
    fn lock(&self) -> Result<File> {
        let reason = "no home folder is known to keep it in (HOME is not set)";
        let file = self.file.as_ref().ok_or_else(|| Error::usage("remember the trust", reason))?;
        let path = file.with_extension("lock");
        let locked = fs::create_dir_all(file.parent().unwrap_or(file)).and_then(|()| {
            let lock = OpenOptions::new().write(true).create(true).truncate(false).open(&path)?;
            lock.lock()?;
            Ok(lock)
        });
        locked.map_err(|error| Error::io(format!("lock {}", path.display()), error))
    }

    /// Puts a new file in the place of the old one, so that nobody reads half of it.
    fn write(&self, folders: &[PathBuf]) -> Result<()> {
        let reason = "no home folder is known to keep it in (HOME is not set)";
        let file = self.file.as_ref().ok_or_else(|| Error::usage("remember the trust", reason))?;
        let failed = |error: &dyn std::fmt::Display| Error::io(format!("write {}", file.display()), error);
        let text = serde_json::to_string_pretty(folders).map_err(|error| failed(&error))?;
        let beside = file.with_extension(format!("{}.part", process::id()));
        let written = fs::create_dir_all(file.parent().unwrap_or(file)).and_then(|()| {
            let mut part = OpenOptions::new().write(true).create_new(true).open(&beside)?;
            part.write_all(text.as_bytes()).and_then(|()| part.sync_all())?;
            fs::rename(&beside, file)
        });
        written.map_err(|error| {
            // It may not be there, and the error that matters is told.
            let _ = fs::remove_file(&beside);
            failed(&error)
        })
    }
}

fn whole(folder: &Path) -> Result<PathBuf> {
    folder.canonicalize().map_err(|error| unknown(folder, error))
}

fn unknown(folder: &Path, error: std::io::Error) -> Error {
    Error::usage(format!("find {}", folder.display()), error)
}

/// The folder of the program's settings.
fn settings() -> Option<PathBuf> {
    let variable = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let of_program = |folder: PathBuf| folder.join("poolscope");
    let of_system = || match env::consts::OS {
        "windows" => variable("APPDATA"),
        "macos" => variable("HOME").map(|home| home.join("Library").join("Application Support")),
        _ => variable("HOME").map(|home| home.join(".config")),
    };
    variable(SETTINGS_VARIABLE).or_else(|| variable("XDG_CONFIG_HOME").or_else(of_system).map(of_program))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_is_of_one_folder_and_can_be_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let (project, below) = (folder.path().join("project"), folder.path().join("project").join("below"));
        fs::create_dir_all(&below).unwrap();
        let trust = Trust::at(folder.path().join("settings").join(FILE));
        assert_eq!((trust.has(&project), trust.folders()), (Ok(false), Ok(vec![])));
        let whole = trust.allow(&project).unwrap();
        trust.allow(&below.join("..")).unwrap();
        assert_eq!((trust.has(&project), trust.has(&below)), (Ok(true), Ok(false)));
        assert_eq!(trust.folders(), Ok(vec![whole]));
        assert!(trust.allow(&folder.path().join("no")).is_err());
        assert_eq!((trust.revoke(&project), trust.revoke(&project)), (Ok(true), Ok(false)));
        assert_eq!(trust.has(&project), Ok(false));
        let left: Vec<_> = fs::read_dir(folder.path().join("settings")).unwrap().collect();
        assert_eq!(left.len(), 2, "the list and its lock: {left:?}");
    }

    #[test]
    fn programs_that_trust_at_the_same_time_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let projects: Vec<PathBuf> = (0..20).map(|n| folder.path().join(n.to_string())).collect();
        projects.iter().for_each(|project| fs::create_dir(project).unwrap());
        let list = folder.path().join("settings").join(FILE);
        std::thread::scope(|scope| {
            for project in &projects {
                scope.spawn(|| Trust::at(list.clone()).allow(project).unwrap());
            }
        });
        assert_eq!(Trust::at(list).folders().unwrap().len(), 20);
    }

    #[test]
    fn a_list_that_cannot_be_read_is_told_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        fs::write(&file, "not a list").unwrap();
        let trust = Trust::at(file.clone());
        assert!(trust.allow(folder.path()).unwrap_err().to_string().contains("not a list of folders"));
        assert_eq!(fs::read_to_string(&file).unwrap(), "not a list");
    }
}
