//! Windows: pipes are read by a thread each, the shell is `cmd`. Its quoting is no match for every value: what it would
//! read in spite of quotes is refused.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::windows::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};

use super::super::super::usage::Usage;
use super::super::template::{Filling, Letter, Placeholder, TemplatePart, parts};
use crate::function::Fault;

pub(in super::super) use super::portable::exchange;

/// What ends a line that a program prints.
pub(in super::super) const LINE_ENDS: [&[u8]; 2] = [b"\r\n", b"\n"];

/// The command that runs this line in the shell, without what a person has set to be run before.
pub(in super::super) fn shell(line: &OsStr) -> Command {
    let mut whole = OsString::from("\"");
    whole.push(line);
    whole.push("\"");
    let mut command = Command::new("cmd");
    command.raw_arg("/D /S /C").raw_arg(whole);
    command
}

/// The command that runs the program in a file. A program cannot be given another name here.
pub(in super::super) fn command(path: &Path, _name: &OsStr) -> Command {
    Command::new(path)
}

/// How the command ended. What it used is not told here.
pub(in super::super) fn wait(mut child: Child) -> io::Result<(ExitStatus, Usage)> {
    child.wait().map(|status| (status, Usage::default()))
}

/// Whether a process can be made to fail like this from outside: there are no signals here.
pub(in super::super) fn can_strike(_fault: Fault) -> bool {
    false
}

/// Never asked for: see [`can_strike`].
pub(in super::super) fn strike(_pid: u32, _fault: Fault) {}

/// The program in this file, or in one with an ending that programs have.
pub(in super::super) fn program_at(path: &Path) -> Option<PathBuf> {
    let endings = std::env::var("PATHEXT").unwrap_or_else(|_| ".COM;.EXE;.BAT;.CMD".to_owned());
    let with_ending = |ending: &str| {
        let mut whole = path.as_os_str().to_owned();
        whole.push(ending);
        PathBuf::from(whole)
    };
    let mut candidates = endings.split(';').map(with_ending);
    let own = path.extension().is_some() && path.is_file();
    if own { Some(path.to_owned()) } else { candidates.find(|candidate| candidate.is_file()) }
}

/// Bytes as an argument; what is not UTF-8 is replaced.
pub(in super::super) fn os_string(bytes: Vec<u8>) -> Result<OsString, String> {
    if bytes.contains(&0) {
        return Err("the input holds a zero byte, which no argument of a command can".to_owned());
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned().into())
}

/// An argument as a person would type it.
pub(in super::super) fn quoted(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value);
    let is_harmless = |sign: char| sign.is_alphanumeric() || "_-./\\:+@".contains(sign);
    if !text.is_empty() && text.chars().all(is_harmless) {
        return text.into_owned();
    }
    format!("\"{}\"", text.replace('"', "\\\""))
}

/// A line with the folder that it runs in and the variables that are set for it, as a person would type it.
pub(in super::super) fn surrounded(line: &str, folder: Option<&str>, env: &[(String, String)]) -> String {
    let folder = folder.map(|folder| format!("cd /d {} & ", quoted(folder.as_bytes())));
    let set = env.iter().map(|(name, value)| format!("set \"{name}={value}\" & "));
    format!("{}{}{line}", folder.unwrap_or_default(), set.collect::<String>())
}

/// A line that has this on its standard input, as a person would type it.
pub(in super::super) fn fed(value: &[u8], line: &str) -> String {
    format!("echo {}| {line}", String::from_utf8_lossy(value))
}

/// A line for the shell, with its placeholders and whether each stands within double quotes.
pub(in super::super) struct ShellLine(Vec<(TemplatePart, bool)>);

impl ShellLine {
    pub(in super::super) fn parse(template: &str, columns: &[String]) -> Result<Self, String> {
        let letters: Vec<_> = template.chars().map(|sign| Letter { sign, is_plain: false }).collect();
        let quotes = |letters: &[Letter]| letters.iter().filter(|letter| letter.sign == '"').count();
        if !quotes(&letters).is_multiple_of(2) {
            return Err("a double quote (\") is not closed".to_owned());
        }
        let with_quotes = |(at, part)| (part, !quotes(&letters[..at]).is_multiple_of(2));
        Ok(Self(parts(&letters, columns).into_iter().map(with_quotes).collect()))
    }

    /// All placeholders.
    pub(in super::super) fn placeholders(&self) -> impl Iterator<Item = &Placeholder> {
        self.0.iter().filter_map(|(part, _)| match part {
            TemplatePart::Placeholder(placeholder) => Some(placeholder),
            TemplatePart::Text(_) => None,
        })
    }

    /// Whether its last placeholder stands in a comment, which this shell does not have.
    pub(in super::super) fn ends_in_comment(&self) -> bool {
        false
    }

    /// The same as a person would type it.
    pub(in super::super) fn preview(&self, filling: &Filling<'_>) -> Result<String, String> {
        self.fill(filling).map(|line| line.to_string_lossy().into_owned())
    }

    /// The line for one item.
    pub(in super::super) fn fill(&self, filling: &Filling<'_>) -> Result<OsString, String> {
        let mut line = String::new();
        for (part, is_quoted) in &self.0 {
            let value = match part {
                TemplatePart::Text(text) => {
                    line.push_str(text);
                    continue;
                }
                TemplatePart::Placeholder(placeholder) => {
                    String::from_utf8_lossy(&filling.fill(placeholder)?).into_owned()
                }
            };
            if value.contains(['"', '%', '!', '\r', '\n', '\0']) {
                return Err(
                    "the input holds a sign that cmd cannot quote; run it without the shell".to_owned()
                );
            }
            line.push_str(&if *is_quoted { value } else { format!("\"{value}\"") });
        }
        Ok(line.into())
    }
}
