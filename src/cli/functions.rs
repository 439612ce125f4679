//! `poolscope functions`: the catalogue as a person reads it.

use std::io::{self, Write};

use crate::error::Result;
use crate::function::{Builtin, catalogue};

/// Prints all functions with what they take, do and can be given.
pub fn list() -> Result<u8> {
    let mut out = io::stdout().lock();
    for builtin in catalogue() {
        // A reader that has seen enough is no error.
        if print(&mut out, builtin).is_err() {
            break;
        }
    }
    Ok(super::ALL_OK)
}

fn print(out: &mut impl Write, builtin: &Builtin) -> io::Result<()> {
    let Builtin { name, summary, nature, takes, params, .. } = builtin;
    writeln!(out, "{name:<18} [{}] {summary}", nature.label())?;
    writeln!(out, "{:<18} takes {}", "", takes.label())?;
    for param in *params {
        let default = param.default_value();
        let allowed = param.allowed();
        writeln!(out, "{:<18} -p {}={default}   {} ({allowed})", "", param.name, param.summary)?;
    }
    Ok(())
}
