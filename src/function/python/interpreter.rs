//! Which Python interpreter runs a file, and which one reads it.
//!
//! A file is run by the interpreter of a virtual environment beside it, of an active environment, or the first on the
//! PATH. An environment beside the file is as much a program of its folder as the file is: its interpreter is started
//! only where the folder is trusted, or where the environment is active, which a person made it. A file is read by an
//! interpreter of the system, never by one of the folder.

use std::env;
use std::path::{Path, PathBuf};

use super::os::other_owner;
use super::trust::Trust;
use crate::error::{Error, Remedy, Result};

/// Names that virtual environments beside a project have.
const ENVIRONMENTS: [&str; 3] = [".venv", "venv", "env"];
/// Variables that name an active environment.
const ACTIVE: [&str; 2] = ["VIRTUAL_ENV", "CONDA_PREFIX"];
/// Folders above that of the file in which an environment is looked for.
const FOLDERS_ABOVE: usize = 3;
/// The newest version whose name is looked for on the PATH.
const NEWEST: u32 = 20;
const OLDEST: u32 = 8;

/// The interpreter for a file, as far as it may be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InterpreterChoice {
    Allowed(PathBuf),
    /// It lies in the person's folder, of which nobody has said yet that its programs may be started.
    Untrusted(Untrusted),
}

/// An interpreter that must not be started yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untrusted {
    pub interpreter: PathBuf,
    /// The folder to trust: that which holds the environment.
    pub folder: PathBuf,
}

impl Untrusted {
    /// Why it is not started, and what to do.
    pub fn error(&self) -> Error {
        Error::usage(
            format!("start {}", self.interpreter.display()),
            format!(
                "it is a program of the file's own folder; `poolscope trust {}` allows it once and for all, and \
                 `--interpreter PATH` names it or another one",
                shell_word(&self.folder)
            ),
        )
    }
}

/// A path as a person would type it in a shell.
fn shell_word(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |letter: char| letter.is_alphanumeric() || "/\\._-+:".contains(letter);
    if text.chars().all(is_plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

/// An interpreter of the system that may read a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reader {
    pub(super) path: PathBuf,
    /// 11 of "python3.11", where its name tells; then it is for files whose syntax an older one does not know.
    pub(super) minor: Option<u32>,
}

/// Where interpreters are looked for.
struct Places {
    /// The file's folder and those above it.
    folders: Vec<PathBuf>,
    /// Active environments.
    active: Vec<PathBuf>,
    path: Vec<PathBuf>,
}

impl Places {
    fn of(file: &Path) -> Self {
        let file = std::path::absolute(file).unwrap_or_default();
        let folders = file.ancestors().skip(1).take(1 + FOLDERS_ABOVE).map(Into::into).collect();
        let active = ACTIVE.iter().filter_map(env::var_os).filter(|name| !name.is_empty()).map(PathBuf::from);
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::split_paths(&path).filter(|folder| folder.is_absolute());
        Self { folders, active: active.collect(), path: path.collect() }
    }

    /// The interpreter beside the file, its environment, and the folder that holds that.
    fn beside(&self) -> Option<(PathBuf, PathBuf, PathBuf)> {
        let environments =
            self.folders.iter().flat_map(|folder| ENVIRONMENTS.map(|name| (folder.join(name), folder)));
        let mut found = environments.filter_map(|(environment, folder)| {
            Some((in_environment(&environment)?, environment, folder.clone()))
        });
        found.next()
    }

    fn is_active(&self, environment: &Path) -> bool {
        let whole = |path: &Path| path.canonicalize().ok();
        whole(environment)
            .is_some_and(|one| self.active.iter().any(|active| whole(active) == Some(one.clone())))
    }

    fn choose(&self, is_trusted: impl FnOnce(&Path) -> Result<bool>) -> Result<InterpreterChoice> {
        let Some((interpreter, environment, folder)) = self.beside() else {
            return self.installed().map(InterpreterChoice::Allowed);
        };
        let parts = [interpreter.as_path(), &environment, &environment.join("pyvenv.cfg")];
        if let Some(owner) = parts.into_iter().find_map(other_owner) {
            return Err(Error::usage(
                format!("start {}", interpreter.display()),
                format!(
                    "it belongs to another user (number {owner}); `--interpreter PATH` names another one"
                ),
            ));
        }
        if self.is_active(&environment) || is_trusted(&folder)? {
            return Ok(InterpreterChoice::Allowed(interpreter));
        }
        Ok(InterpreterChoice::Untrusted(Untrusted { interpreter, folder }))
    }

    fn installed(&self) -> Result<PathBuf> {
        let active = self.active.iter().find_map(|environment| in_environment(environment));
        // One of the file's folder is a program of that folder, however it came onto the PATH.
        let on_path = || self.on_path(&names()).into_iter().find(|path| !self.is_of_folder(path));
        active.or_else(on_path).ok_or_else(|| {
            Error::usage(
                "find Python",
                "no `python3` is on the PATH; install Python 3.8 or newer (https://www.python.org/downloads)",
            )
            .with_remedy(Remedy::NameInterpreter)
        })
    }

    /// The programs of these names, those of the first name first.
    fn on_path(&self, names: &[String]) -> Vec<PathBuf> {
        let at = |name: &String| {
            let name = format!("{name}{}", env::consts::EXE_SUFFIX);
            self.path.iter().map(move |folder| folder.join(&name))
        };
        names.iter().flat_map(at).filter(|file| is_program(file)).collect()
    }

    /// All interpreters that could run the file: that of an environment beside it, of active ones, and those on the PATH,
    /// the usual one first and then the newest. A file with several names comes once.
    fn all(&self) -> Vec<PathBuf> {
        let beside = self.beside().map(|(interpreter, _, _)| interpreter);
        let active = self.active.iter().filter_map(|environment| in_environment(environment));
        let numbered: Vec<String> = (OLDEST..=NEWEST).rev().map(|minor| format!("python3.{minor}")).collect();
        let on_path = self.on_path(&names()).into_iter().chain(self.on_path(&numbered));
        let (mut seen, mut all) = (Vec::new(), Vec::new());
        for path in beside.into_iter().chain(active).chain(on_path) {
            // The one of an environment is a link to that which made it, and yet another.
            let is_in_environment =
                path.ancestors().nth(2).is_some_and(|root| root.join("pyvenv.cfg").is_file());
            let real = if is_in_environment { None } else { path.canonicalize().ok() };
            let real = real.unwrap_or_else(|| path.clone());
            if !seen.contains(&real) {
                seen.push(real);
                all.push(path);
            }
        }
        all
    }

    /// Interpreters that may read the file: the usual one, and then those whose names tell their versions, the newest
    /// first.
    fn readers(&self) -> Vec<Reader> {
        let may_read = |path: &PathBuf| !self.is_of_folder(path) && other_owner(path).is_none();
        let first = |names: &[String]| self.on_path(names).into_iter().find(may_read);
        let usual = first(&names()).map(|path| Reader { path, minor: None });
        let numbered = (OLDEST..=NEWEST).rev().filter_map(|minor| {
            Some(Reader { path: first(&[format!("python3.{minor}")])?, minor: Some(minor) })
        });
        usual.into_iter().chain(numbered).collect()
    }

    /// Whether a program lies in the file's folder, or in an environment of one of those above it.
    fn is_of_folder(&self, program: &Path) -> bool {
        let home = env::var_os("HOME").map(PathBuf::from);
        let is_all = |folder: &Path| folder.parent().is_none() || home.as_deref() == Some(folder);
        let real = program.canonicalize().unwrap_or_default();
        let lies_in = |folder: &Path| [program, real.as_path()].iter().any(|path| path.starts_with(folder));
        let is_here = self.folders.first().is_some_and(|folder| !is_all(folder) && lies_in(folder));
        let environments =
            self.folders.iter().flat_map(|folder| ENVIRONMENTS.iter().map(move |name| folder.join(name)));
        let is_beside = self.folders.iter().any(|folder| program.parent() == Some(folder));
        is_here || is_beside || environments.into_iter().any(|environment| lies_in(&environment))
    }
}

/// Names of the interpreter that is the usual one.
fn names() -> Vec<String> {
    let names: &[&str] =
        if env::consts::OS == "windows" { &["py", "python3", "python"] } else { &["python3", "python"] };
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn in_environment(environment: &Path) -> Option<PathBuf> {
    let programs = [environment.join("bin").join("python3"), environment.join("Scripts").join("python.exe")];
    programs.into_iter().find(|file| is_program(file))
}

fn is_program(file: &Path) -> bool {
    // The stubs of the Windows store open the store.
    file.is_file() && !file.components().any(|part| part.as_os_str() == "WindowsApps")
}

/// The interpreter for `file`, and whether it may be started; the error says what to install.
pub fn choose_interpreter(file: &Path, trust: &Trust) -> Result<InterpreterChoice> {
    Places::of(file).choose(|folder| trust.has(folder))
}

/// The interpreter for `file` that may be started; the error says what to install or to allow.
pub fn find_interpreter(file: &Path) -> Result<PathBuf> {
    match choose_interpreter(file, &Trust::of_user())? {
        InterpreterChoice::Allowed(interpreter) => Ok(interpreter),
        InterpreterChoice::Untrusted(untrusted) => Err(untrusted.error()),
    }
}

/// The interpreter for code that belongs to no folder.
pub fn installed_interpreter() -> Result<PathBuf> {
    Places::of(Path::new("")).installed()
}

/// Interpreters that could run `file`, for a person to choose from; none of them is started for that.
pub fn found_interpreters(file: &Path) -> Vec<PathBuf> {
    Places::of(file).all()
}

/// Interpreters of the system that may read `file`, in the order in which they are to be tried.
pub(super) fn readers(file: &Path) -> Result<Vec<Reader>> {
    let found = Places::of(file).readers();
    if found.is_empty() {
        let reason = "no `python3` outside its folder is on the PATH; install Python 3.8 or newer \
                      (https://www.python.org/downloads)";
        let error = Error::usage(format!("read {}", file.display()), reason);
        return Err(error.with_remedy(Remedy::NameInterpreter));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touch(path: PathBuf) -> PathBuf {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "").unwrap();
        path
    }

    fn python_in(folder: PathBuf) -> PathBuf {
        touch(folder.join(format!("python3{}", env::consts::EXE_SUFFIX)))
    }

    #[test]
    fn an_environment_beside_the_file_goes_before_the_path_where_it_is_trusted() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let mut places = Places { folders: vec![at("project")], active: vec![], path: vec![at("bin")] };
        let chosen = |places: &Places, is_trusted| places.choose(|_| Ok(is_trusted)).unwrap();
        assert!(places.choose(|_| Ok(true)).unwrap_err().to_string().contains("no `python3` is on the PATH"));
        let on_path = python_in(at("bin"));
        assert_eq!(chosen(&places, false), InterpreterChoice::Allowed(on_path));
        places.active.push(at("active"));
        let active = python_in(at("active").join("bin"));
        assert_eq!(chosen(&places, false), InterpreterChoice::Allowed(active));
        let beside = python_in(at("project").join(".venv").join("bin"));
        assert_eq!(chosen(&places, true), InterpreterChoice::Allowed(beside.clone()));
        let untrusted = Untrusted { interpreter: beside.clone(), folder: at("project") };
        assert_eq!(chosen(&places, false), InterpreterChoice::Untrusted(untrusted));
        // A person has activated it.
        places.active.push(at("project").join(".venv"));
        assert_eq!(chosen(&places, false), InterpreterChoice::Allowed(beside));
    }

    #[test]
    fn a_file_is_read_by_no_program_of_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let path = vec![at("a/b"), at("a/b/tools"), at("a"), at("a/venv/bin"), at("a/tools"), at("bin")];
        let places = Places { folders: vec![at("a/b"), at("a")], active: vec![], path };
        for name in ["a/b", "a/b/tools", "a", "a/venv/bin"] {
            python_in(at(name));
        }
        let read_by = || places.readers().into_iter().map(|reader| reader.path).collect::<Vec<_>>();
        assert_eq!(read_by(), Vec::<PathBuf>::new());
        let elsewhere = python_in(at("bin"));
        assert_eq!(read_by(), [elsewhere]);
        let of_folder_above = python_in(at("a/tools"));
        assert_eq!(read_by(), [of_folder_above]);
    }

    #[test]
    fn each_interpreter_is_offered_once() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let places = Places {
            folders: vec![at("project")],
            active: vec![],
            path: vec![at("bin"), at("more"), at("bin")],
        };
        let usual = python_in(at("bin"));
        let beside = python_in(at("project/.venv/bin"));
        let numbered = |folder: &str, minor: u32| {
            touch(at(folder).join(format!("python3.{minor}{}", env::consts::EXE_SUFFIX)))
        };
        let (old, new) = (numbered("more", 9), numbered("bin", 12));
        assert_eq!(places.all(), [beside, usual, new, old]);
    }

    #[test]
    fn the_refusal_says_what_to_type() {
        let untrusted = Untrusted { interpreter: "/a b/.venv/bin/python3".into(), folder: "/a b".into() };
        let said = untrusted.error().to_string();
        assert!(said.contains("could not start /a b/.venv/bin/python3: it is a program of"), "{said}");
        assert!(said.contains("`poolscope trust '/a b'`"), "{said}");
    }
}
