//! Which program the hosts of a pool are, and how a program offers itself.

use std::env;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::{host, os};
use crate::error::{Error, Result};

/// The one argument that makes a program a host.
const HOST_ARGUMENT: &str = "host";
/// The exit code of a host that could not serve.
const CANNOT_SERVE: i32 = 2;
/// Names the host program for a person who keeps it in a place of its own.
const PROGRAM_VARIABLE: &str = "POOLSCOPE_PROGRAM";
/// How many folders above that of this program are looked into: Cargo puts tests and examples one below the program.
const FOLDERS_ABOVE: usize = 1;

/// Whether this program has said that it can be a host.
static CAN_SERVE: AtomicBool = AtomicBool::new(false);

/// How hosts are launched.
#[derive(Debug, Clone)]
pub struct Launch {
    /// The program that serves as a host when it is called with the one argument `host`.
    pub program: PathBuf,
    /// How far hosts step back behind other processes (Unix "nice", from 0 to 19), so that a window stays smooth.
    pub niceness: i32,
}

impl Launch {
    /// Hosts are this very program, executed again; it must call [`serve_if_host`] or [`serve_host`] early in its
    /// `main`.
    ///
    /// [`serve_host`]: super::serve_host
    pub fn this_program() -> Result<Self> {
        let program = os::program().map_err(|error| Error::pool("find this program's own file", error))?;
        Ok(Self { program, niceness: 0 })
    }

    /// The host program where none is named: that of the environment variable `POOLSCOPE_PROGRAM`; this program, if
    /// it has called [`serve_if_host`]; `poolscope` beside this program or in the folder above; `poolscope` on the
    /// `PATH`. The error says what to do where there is none of them.
    pub fn found() -> Result<Self> {
        if let Some(named) = env::var_os(PROGRAM_VARIABLE).filter(|named| !named.is_empty()) {
            return Ok(Self { program: named.into(), niceness: 0 });
        }
        if CAN_SERVE.load(Ordering::Relaxed) {
            return Self::this_program();
        }
        let own = env::current_exe().unwrap_or_default();
        let beside = own.ancestors().skip(1).take(1 + FOLDERS_ABOVE).map(Path::to_owned);
        let on_path = env::var_os("PATH").unwrap_or_default();
        let folders: Vec<PathBuf> = beside.chain(env::split_paths(&on_path)).collect();
        match program_in(&folders) {
            Some(program) => Ok(Self { program, niceness: 0 }),
            None => Err(Error::pool(
                "find a program that runs the work",
                format!(
                    "call poolscope::pool::serve_if_host() first in main, or have `poolscope` on the PATH or its \
                     file in {PROGRAM_VARIABLE}"
                ),
            )),
        }
    }
}

fn program_in(folders: &[PathBuf]) -> Option<PathBuf> {
    let name = format!("poolscope{}", env::consts::EXE_SUFFIX);
    // An empty part of the PATH means the working folder, which nobody should run programs from unasked.
    let folders = folders.iter().filter(|folder| !folder.as_os_str().is_empty());
    folders.map(|folder| folder.join(&name)).find(|file| file.is_file())
}

/// Lets a program that uses this library run the work of its pools itself, so that it needs no other program.
///
/// To be called first in `main`. Where the process was started by a pool as one of its hosts, it serves that pool and
/// never returns; otherwise it returns at once, and pools of this process launch this program as their hosts. A host
/// is known by its first argument, `host`, which is therefore no word for the program's own use.
///
/// Python's counterparts are `if __name__ == "__main__":` and `multiprocessing.freeze_support()`, which keep the
/// processes of a pool from running the main program again.
///
/// ```
/// use poolscope::function::FunctionSpec;
/// use poolscope::pool::{Pool, serve_if_host};
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     serve_if_host();
///     let pool = Pool::builder().workers(2).build()?;
///     assert_eq!(pool.apply(&FunctionSpec::builtin("double", [])?, 21)??, 42.into());
///     Ok(())
/// }
/// ```
pub fn serve_if_host() {
    CAN_SERVE.store(true, Ordering::Relaxed);
    if env::args_os().nth(1).is_none_or(|argument| argument != HOST_ARGUMENT) {
        return;
    }
    let code = match host::serve() {
        Ok(()) => 0,
        Err(error) => {
            // Nobody may be there to read it.
            let _ = writeln!(io::stderr(), "{error}");
            CANNOT_SERVE
        }
    };
    std::process::exit(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_looked_for_in_folders_that_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(format!("poolscope{}", env::consts::EXE_SUFFIX));
        let folders = ["".into(), folder.path().join("nowhere"), folder.path().to_owned()];
        assert_eq!(program_in(&folders), None);
        std::fs::write(&file, "").unwrap();
        assert_eq!(program_in(&folders), Some(file));
    }
}
