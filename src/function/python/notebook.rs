//! The code of a Jupyter notebook as one Python source: its code cells one after the other, without what only Jupyter
//! understands. Lines keep their places within their cells.
//!
//! Format: nbformat 4, <https://nbformat.readthedocs.io/en/latest/format_description.html>.

use serde::Deserialize;

#[derive(Deserialize)]
struct Notebook {
    cells: Vec<Cell>,
}

#[derive(Deserialize)]
struct Cell {
    cell_type: String,
    source: Lines,
}

/// Text may be one string or a list of lines.
#[derive(Deserialize)]
#[serde(untagged)]
enum Lines {
    Whole(String),
    Each(Vec<String>),
}

/// Cells that begin with one of these are Python all the same.
const HARMLESS: [&str; 3] = ["%%time", "%%timeit", "%%capture"];

/// The code, the line with which each code cell begins, and the number of the cell among all cells; or why the text is
/// no notebook.
pub(super) fn code_of(text: &str) -> Result<(String, Vec<(usize, usize)>), String> {
    let notebook: Notebook =
        serde_json::from_str(text).map_err(|error| format!("it is no notebook of version 4: {error}"))?;
    let (mut code, mut begins, mut line) = (String::new(), Vec::new(), 1);
    for (number, cell) in (1..).zip(notebook.cells) {
        if cell.cell_type != "code" {
            continue;
        }
        let source = match cell.source {
            Lines::Whole(text) => text,
            Lines::Each(lines) => lines.concat(),
        };
        begins.push((line, number));
        let is_other = source.starts_with("%%") && !HARMLESS.iter().any(|magic| source.starts_with(magic));
        for text in source.lines() {
            if is_other {
                code.push_str("# ");
            }
            let magic = text.trim_start();
            if !is_other && magic.starts_with(['%', '!', '?']) {
                // A block that holds nothing else needs a statement.
                let indent = &text[..text.len() - magic.len()];
                code.push_str(&format!("{indent}pass  # {magic}"));
            } else {
                code.push_str(text);
            }
            code.push('\n');
            line += 1;
        }
    }
    Ok((code, begins))
}
