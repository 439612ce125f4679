//! A command as pieces, for those who write it down in another language.

use std::borrow::Cow;

use super::CommandSpec;
use super::run::CommandFunction;
pub use super::template::Form as PathForm;
use super::template::{PlaceholderKind, TemplatePart, bytes_of};
use super::words::Argument;
use crate::value::{Column, ValueRef};

/// A piece of an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandPiece {
    Text(String),
    /// The input, or what of it a path is.
    Input(PathForm),
    /// The item's number, from 1.
    Number,
    /// The worker's number, from 1.
    Worker,
}

impl CommandSpec {
    /// The arguments of the command, the program first; nothing where a shell reads it, or where parts of inputs decide what
    /// they are: see [`CommandSpec::bare_lines`]. The error is for a template that cannot be read.
    pub fn arguments(&self) -> Result<Option<Vec<Vec<CommandPiece>>>, String> {
        let runner = CommandFunction::new(self)?;
        Ok(runner.arguments().and_then(|all| all.into_iter().map(pieces).collect()))
    }

    /// The commands for these inputs as a shell reads them, each without the folder, the variables and the standard input that
    /// it gets; or why one cannot be.
    pub fn bare_lines(&self, inputs: &Column) -> Result<Vec<String>, String> {
        let runner = CommandFunction::new(self)?;
        inputs.iter().enumerate().map(|(index, cell)| runner.bare_line(index as u64, cell)).collect()
    }
}

/// A cell as a command gets it.
pub fn input_bytes(cell: ValueRef<'_>) -> Result<Cow<'_, [u8]>, String> {
    bytes_of(cell)
}

fn pieces(argument: &Argument) -> Option<Vec<CommandPiece>> {
    let piece = |part: &TemplatePart| {
        let placeholder = match part {
            TemplatePart::Text(text) => return Some(CommandPiece::Text(text.clone())),
            TemplatePart::Placeholder(placeholder) => placeholder,
        };
        match placeholder.source {
            PlaceholderKind::Input => Some(CommandPiece::Input(placeholder.form)),
            PlaceholderKind::Number => Some(CommandPiece::Number),
            PlaceholderKind::Worker => Some(CommandPiece::Worker),
            PlaceholderKind::Position(_) | PlaceholderKind::Column(_) => None,
        }
    };
    argument.iter().map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(template: &str) -> CommandSpec {
        CommandSpec { template: template.to_owned(), ..CommandSpec::default() }
    }

    #[test]
    fn arguments_are_pieces_where_the_input_is_one_value() {
        let text = |text: &str| CommandPiece::Text(text.to_owned());
        let found = spec("cp {} 'to {/.}-{#}.txt'").arguments().unwrap().unwrap();
        assert_eq!(found[1], [CommandPiece::Input(PathForm::Whole)]);
        let parts = [
            text("to "),
            CommandPiece::Input(PathForm::BaseWithoutExtension),
            text("-"),
            CommandPiece::Number,
            text(".txt"),
        ];
        assert_eq!(found[2], parts);
        assert_eq!(spec("wc -l").arguments().unwrap().unwrap().len(), 3);
        assert_eq!(spec("echo {2}").arguments(), Ok(None));
        assert_eq!(CommandSpec { shell: true, ..spec("wc -l {}") }.arguments(), Ok(None));
        assert!(spec("echo 'a").arguments().is_err());
    }

    #[test]
    fn lines_are_bare() {
        let mut spec = spec("wc -c");
        (spec.stdin, spec.folder) = (true, Some("/tmp".to_owned()));
        assert_eq!(spec.bare_lines(&["a b"].into_iter().collect()).unwrap(), ["wc -c"]);
    }
}
