//! Names in braces that may be columns or text: the columns of the inputs decide.

use super::fields::Fields;
use super::template::{column_of, is_plain_name, plain_source};
use crate::error::edit_distance;

/// What stands between braces in a template and is a placeholder only where the inputs have a column of that name, such
/// as `{Town Name}` or `{2023}`.
#[derive(Debug, Default)]
pub(super) struct Candidates(Vec<String>);

impl Candidates {
    pub(super) fn of(template: &str) -> Self {
        let opened = template.split('{').skip(1);
        let inner = opened.filter_map(|rest| Some(rest.split_once('}')?.0));
        let mut found: Vec<String> = inner
            .filter(|inner| !inner.trim().is_empty() && plain_source(inner).is_none())
            .map(str::to_owned)
            .collect();
        found.sort_unstable();
        found.dedup();
        Self(found)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those of a row's columns that the template names; an error where it nearly names one.
    pub(super) fn columns_of(&self, fields: &Fields<'_>) -> Result<Vec<String>, String> {
        let mut columns: Vec<String> =
            fields.names().filter(|name| !is_plain_name(name)).map(str::to_owned).collect();
        let mut named = Vec::new();
        for inner in &self.0 {
            match column_of(inner, &columns) {
                Some((name, _)) => named.push(name.to_owned()),
                None => {
                    if let Some(near) = columns.iter().find(|column| is_slip_of(inner, column)) {
                        return Err(format!(
                            "there is no column `{inner}`; did you mean `{near}`? (write \\{{ for a brace that is text)"
                        ));
                    }
                }
            }
        }
        columns.retain(|column| named.contains(column));
        Ok(columns)
    }
}

/// Whether a text is a name with a slip of the pen in it. A short text is near to many names.
fn is_slip_of(text: &str, name: &str) -> bool {
    text.trim() != name.trim() && edit_distance(text, name) * 4 <= name.chars().count()
}
