//! Which Python interpreter runs a file: that of a virtual environment beside it, one that is active, or the first on
//! the PATH.

use std::env;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Names that virtual environments beside a project have.
const ENVIRONMENTS: [&str; 3] = [".venv", "venv", "env"];
/// Variables that name an active environment.
const ACTIVE: [&str; 2] = ["VIRTUAL_ENV", "CONDA_PREFIX"];
/// Folders above that of the file in which an environment is looked for.
const FOLDERS_ABOVE: usize = 3;

/// The interpreter for `file`; the error says what to install.
pub fn find_interpreter(file: &Path) -> Result<PathBuf> {
    let folder = std::path::absolute(file).ok();
    let folders: Vec<PathBuf> = folder
        .iter()
        .flat_map(|file| file.ancestors().skip(1).take(1 + FOLDERS_ABOVE))
        .map(Into::into)
        .collect();
    let active = ACTIVE.iter().filter_map(env::var_os).map(PathBuf::from).collect::<Vec<_>>();
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::split_paths(&path).filter(|folder| !folder.as_os_str().is_empty()).collect::<Vec<_>>();
    found(&folders, &active, &path).ok_or_else(|| {
        Error::usage(
            "find Python",
            "no `python3` is on the PATH; install Python 3.8 or newer (https://www.python.org/downloads), or name \
             another interpreter (--interpreter); a script (--script) needs none",
        )
    })
}

fn found(folders: &[PathBuf], active: &[PathBuf], path: &[PathBuf]) -> Option<PathBuf> {
    let beside = folders.iter().flat_map(|folder| ENVIRONMENTS.iter().map(move |name| folder.join(name)));
    let in_environment = beside.chain(active.iter().cloned()).flat_map(|environment| {
        [environment.join("bin").join("python3"), environment.join("Scripts").join("python.exe")]
    });
    let names: &[&str] =
        if env::consts::OS == "windows" { &["py", "python3", "python"] } else { &["python3", "python"] };
    let on_path = names.iter().flat_map(|name| {
        path.iter().map(move |folder| folder.join(format!("{name}{}", env::consts::EXE_SUFFIX)))
    });
    // The stubs of the Windows store open the store.
    let is_stub = |file: &PathBuf| file.components().any(|part| part.as_os_str() == "WindowsApps");
    in_environment.chain(on_path).find(|file| file.is_file() && !is_stub(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_beside_the_file_goes_before_the_path() {
        let folder = tempfile::tempdir().unwrap();
        let touch = |path: PathBuf| {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, "").unwrap();
            path
        };
        let name = format!("python3{}", env::consts::EXE_SUFFIX);
        let on_path = touch(folder.path().join("bin").join(name));
        let (folders, path) = ([folder.path().join("project")], [folder.path().join("bin")]);
        assert_eq!(found(&folders, &[], &path), Some(on_path));
        assert_eq!(found(&folders, &[], &[]), None);
        let active = touch(folder.path().join("active").join("bin").join("python3"));
        assert_eq!(found(&folders, &[folder.path().join("active")], &path), Some(active));
        let beside = touch(folder.path().join("project").join(".venv").join("bin").join("python3"));
        assert_eq!(found(&folders, &[folder.path().join("active")], &path), Some(beside));
    }
}
