//! The code of a Jupyter notebook as one text: its code cells one after the other, each below a line that tells its
//! number, without what only Jupyter understands. Lines keep their places within their cells.
//!
//! Formats: nbformat 4, <https://nbformat.readthedocs.io/en/latest/format_description.html>, and 2 and 3, where cells lie
//! in worksheets and their code is called `input`.

use serde::Deserialize;

use super::cell::to_python;

#[derive(Deserialize)]
#[serde(expecting = "an object with cells")]
struct Notebook {
    #[serde(default)]
    cells: Vec<Cell>,
    #[serde(default)]
    worksheets: Vec<Worksheet>,
    nbformat: Option<u32>,
}

#[derive(Deserialize)]
#[serde(expecting = "a worksheet with cells")]
struct Worksheet {
    cells: Vec<Cell>,
}

#[derive(Deserialize)]
#[serde(expecting = "a cell, which is an object")]
struct Cell {
    cell_type: String,
    #[serde(alias = "input")]
    source: Option<Lines>,
    language: Option<String>,
}

/// Text may be one string or a list of lines.
#[derive(Deserialize)]
#[serde(untagged, expecting = "the source of a cell is neither a text nor a list of lines")]
enum Lines {
    Whole(String),
    Each(Vec<String>),
}

/// What stands above each cell, before its number.
const MARK: &str = "# %% cell ";

/// The code of a notebook; or why the text is none.
pub(super) fn code_of(text: &str) -> Result<String, String> {
    // As a list of its fields it could be read, too.
    if text.trim_start().starts_with('[') {
        return Err("it is not a notebook: it is a list".to_owned());
    }
    let notebook: Notebook =
        serde_json::from_str(text).map_err(|error| format!("it is not a notebook: {error}"))?;
    if notebook.cells.is_empty() && notebook.worksheets.is_empty() && notebook.nbformat.is_none() {
        return Err("it is not a notebook: it has no cells".to_owned());
    }
    let cells = notebook.worksheets.into_iter().flat_map(|sheet| sheet.cells).chain(notebook.cells);
    let mut code = String::new();
    for (number, cell) in (1..).zip(cells) {
        if cell.cell_type != "code" || cell.language.is_some_and(|language| language != "python") {
            continue;
        }
        let source = match cell.source {
            Some(Lines::Whole(text)) => text,
            Some(Lines::Each(lines)) => lines.concat(),
            None => continue,
        };
        code.push_str(&format!("{MARK}{number}\n"));
        code.push_str(&to_python(&source));
    }
    Ok(code)
}

/// The line of the code with which each cell begins, and the number of the cell.
pub(super) fn cells_of(code: &str) -> Vec<(usize, usize)> {
    let marks = code.lines().enumerate().filter_map(|(line, text)| Some((line, text.strip_prefix(MARK)?)));
    marks.filter_map(|(line, number)| Some((line + 2, number.trim().parse().ok()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_notebook_says_so_in_plain_words() {
        for (text, reason) in [
            ("[]", "it is a list"),
            ("{}", "it has no cells"),
            ("{\"cells\": 5}", "invalid type: integer `5`, expected a sequence"),
            ("{\"cells\": [5]}", "expected a cell, which is an object"),
            ("{\"cells\": [{\"cell_type\": \"code\", \"source\": 5}]}", "neither a text nor a list of lines"),
        ] {
            let told = code_of(text).unwrap_err();
            assert!(told.starts_with("it is not a notebook: ") && told.contains(reason), "{text}: {told}");
            assert!(!told.contains("struct") && !told.contains("enum"), "{told}");
        }
    }
}
