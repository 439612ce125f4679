//! How a file is read: what was found out of its type, format, delimiter, header, encoding and column, each of which can
//! be chosen instead.

use egui::Ui;

use crate::app::format;
use crate::app::state::Loading;
use crate::app::theme::Theme;
use crate::app::widgets::{self, Pick};
use crate::input::{CellType, ColumnChoice, Encoding, Format, LoadOptions, Loaded};
use crate::value::{Column, ColumnType};

/// What stands between cells, and its names.
const DELIMITERS: [(u8, &str); 5] =
    [(b',', "comma"), (b';', "semicolon"), (b'\t', "tab"), (b'|', "bar"), (b' ', "space")];
/// The widest a column's name gets.
const COLUMN_WIDTH: f32 = 110.0;
const WIDTH: f32 = 140.0;

/// Draws the choices; true when one was changed, so that it must be read again.
pub fn ui(ui: &mut Ui, theme: &Theme, loading: &mut Loading) -> bool {
    let before = loading.options.clone();
    let loaded = loading.loaded.as_ref();
    let mut options = before.clone();
    line(ui, |ui| {
        column_ui(ui, theme, loaded, &mut options);
        widgets::weak(ui, theme, "as");
        cells_ui(ui, theme, loading, &mut options);
    });
    line(ui, |ui| layout_ui(ui, theme, loaded, &mut options));
    if let Some(lines @ 1..) = loaded.map(|loaded| loaded.skipped_lines) {
        let lines = format::counted(lines, "line", "lines").trim_start_matches("1 ").to_owned();
        widgets::weak(ui, theme, format!("without the {lines} above the table"));
    }
    let is_changed = options != before;
    loading.options = options;
    is_changed
}

fn line(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(4.0, 0.0);
        ui.spacing_mut().interact_size.y = 18.0;
        contents(ui);
    });
}

/// Format, delimiter, header and encoding, as far as the format has them.
fn layout_ui(ui: &mut Ui, theme: &Theme, loaded: Option<&Loaded>, options: &mut LoadOptions) {
    format_ui(ui, theme, loaded, options);
    let format = options.format.or(loaded.map(|loaded| loaded.format));
    if matches!(format, Some(Format::Csv | Format::Tsv)) {
        widgets::weak(ui, theme, "·");
        delimiter_ui(ui, theme, loaded, options);
        widgets::weak(ui, theme, "·");
        header_ui(ui, theme, loaded, options);
    }
    widgets::weak(ui, theme, "·");
    encoding_ui(ui, theme, loaded, options);
}

/// One choice: nothing chosen, which is what was found, or one of the options.
fn choice<T: Clone + PartialEq>(
    ui: &mut Ui,
    theme: &Theme,
    name: &str,
    tooltip: &str,
    wished: &mut Option<T>,
    (found, options): (Option<&str>, Vec<(T, String)>),
) -> bool {
    let label = |wish: &T| options.iter().find(|(option, _)| option == wish).map(|(_, label)| label.clone());
    let shown = wished.as_ref().and_then(label);
    let first = match (&shown, found) {
        (None, Some(found)) => format!("found: {found}"),
        _ => "find out".to_owned(),
    };
    let shown = shown.unwrap_or_else(|| found.unwrap_or("find out").to_owned());
    let look = Pick { name, shown: &shown, tooltip, is_chosen: wished.is_some(), most_width: WIDTH };
    let options = options.iter().map(|(option, label)| (Some(option.clone()), label.clone()));
    let all: Vec<_> = std::iter::once((None, first)).chain(options).collect();
    let newly = widgets::pick(ui, theme, &look, wished, &all);
    let is_changed = newly.is_some();
    if let Some(newly) = newly {
        *wished = newly;
    }
    is_changed
}

fn format_ui(ui: &mut Ui, theme: &Theme, loaded: Option<&Loaded>, options: &mut LoadOptions) {
    let found = loaded.map(|loaded| loaded.format.label());
    let formats = Format::ALL.map(|format| (format, format.label().to_owned())).to_vec();
    let tooltip = "How the file is laid out.";
    if choice(ui, theme, "Format", tooltip, &mut options.format, (found, formats)) {
        // Another format has other columns, and what stands between them goes without saying.
        (options.column, options.delimiter, options.header) = (None, None, None);
    }
}

fn delimiter_ui(ui: &mut Ui, theme: &Theme, loaded: Option<&Loaded>, options: &mut LoadOptions) {
    let found = loaded.and_then(|loaded| loaded.delimiter).map(delimiter_word);
    let all = DELIMITERS.map(|(sign, word)| (sign, word.to_owned())).to_vec();
    let tooltip = "What stands between the cells of a line.";
    if choice(ui, theme, "Delimiter", tooltip, &mut options.delimiter, (found.as_deref(), all)) {
        options.column = None;
    }
}

fn delimiter_word(sign: u8) -> String {
    let known = DELIMITERS.iter().find(|(known, _)| *known == sign);
    known.map_or_else(|| format!("`{}`", char::from(sign)), |(_, word)| (*word).to_owned())
}

fn header_ui(ui: &mut Ui, theme: &Theme, loaded: Option<&Loaded>, options: &mut LoadOptions) {
    let word = |has_header: bool| if has_header { "header" } else { "no header" };
    let found = loaded.map(|loaded| word(loaded.has_header));
    let all = [true, false].map(|has_header| (has_header, word(has_header).to_owned())).to_vec();
    let tooltip = "Whether the first line names the columns.";
    if choice(ui, theme, "Header", tooltip, &mut options.header, (found, all))
        && let Some(ColumnChoice::Name(_)) = options.column
    {
        options.column = None;
    }
}

fn encoding_ui(ui: &mut Ui, theme: &Theme, loaded: Option<&Loaded>, options: &mut LoadOptions) {
    let found = loaded.map(|loaded| loaded.encoding.label());
    let mut all = Encoding::OFFERED.to_vec();
    // One that was guessed from the file's bytes may be none of those that are offered to all.
    let guessed = loaded.and_then(|loaded| loaded.bad.encoding).into_iter().chain(options.encoding);
    guessed.for_each(|encoding| {
        if !all.contains(&encoding) {
            all.push(encoding);
        }
    });
    let all = all.into_iter().map(|encoding| (encoding, encoding.label().to_owned())).collect();
    let tooltip = "How characters are written as bytes.";
    choice(ui, theme, "Encoding", tooltip, &mut options.encoding, (found, all));
}

/// The column that holds the inputs, where there are several.
fn column_ui(ui: &mut Ui, theme: &Theme, loaded: Option<&Loaded>, options: &mut LoadOptions) {
    let Some(loaded) = loaded else { return };
    let count = loaded.columns.len();
    let is_table = matches!(loaded.format, Format::Csv | Format::Tsv);
    if count < 2 {
        let what = if is_table { "column" } else { "each line" };
        widgets::weak(ui, theme, loaded.columns.first().map_or(what, |name| name.as_str()));
        return;
    }
    widgets::weak(ui, theme, if is_table { "column" } else { "key" });
    let all = ColumnChoice::All;
    let chosen = loaded.chosen_column.map_or(all.clone(), |place| ColumnChoice::Number(place + 1));
    let columns = loaded.columns.iter().enumerate();
    let mut choices: Vec<_> =
        columns.map(|(place, name)| (ColumnChoice::Number(place + 1), name.clone())).collect();
    choices.push((all, "all, row by row".to_owned()));
    let look = Pick {
        name: "Column",
        shown: loaded.chosen_column.and_then(|place| loaded.columns.get(place)).map_or("all", |name| name),
        tooltip: "The column that holds the inputs, or all: a row then names a function's arguments.",
        is_chosen: options.column.is_some(),
        most_width: COLUMN_WIDTH,
    };
    if let Some(newly) = widgets::pick(ui, theme, &look, &chosen, &choices) {
        options.column = Some(newly);
    }
}

/// Whether each row of a table is an input.
pub fn is_by_rows(loaded: &Loaded) -> bool {
    let is_table = matches!(loaded.format, Format::Csv | Format::Tsv);
    is_table && loaded.chosen_column.is_none() && loaded.columns.len() > 1
}

/// What the cells are read as.
fn cells_ui(ui: &mut Ui, theme: &Theme, loading: &Loading, options: &mut LoadOptions) {
    let column = loading.chosen_column_name().map(str::to_owned);
    let mut wished = options.types.of(column.as_deref());
    let found = loading.loaded.as_ref().map(|loaded| match is_by_rows(loaded) {
        true => "they look",
        false => type_word(&loaded.column, loading.wanted_type()),
    });
    if cell_type_ui(ui, theme, &mut wished, found, loading.wanted_type()) {
        match (column, wished) {
            (None, wished) => options.types.all = wished,
            (Some(name), Some(cells)) => drop(options.types.by_column.insert(name, cells)),
            (Some(name), None) => drop(options.types.by_column.remove(&name)),
        }
    }
}

/// The list of types; true when another one was chosen.
pub fn cell_type_ui(
    ui: &mut Ui,
    theme: &Theme,
    wished: &mut Option<CellType>,
    found: Option<&str>,
    wanted: Option<CellType>,
) -> bool {
    let tooltip = match wanted {
        Some(_) => "What the inputs are read as: what the function takes, or what you choose.",
        None => "What the inputs are read as: what they look like, or what you choose.",
    };
    let all = CellType::OFFERED.map(|cells| (cells, cell_type_word(cells).to_owned())).to_vec();
    choice(ui, theme, "Type", tooltip, wished, (found, all))
}

fn cell_type_word(cells: CellType) -> &'static str {
    match cells {
        CellType::Int | CellType::Int64 => "integers",
        CellType::Float => "floats",
        CellType::Number => "numbers",
        CellType::Text => "text",
        CellType::Json => "JSON",
    }
}

/// The type of a column as it was read, for a function that wants this.
pub fn type_word(column: &Column, wanted: Option<CellType>) -> &'static str {
    match column.column_type() {
        ColumnType::Int => "integers",
        ColumnType::Float => "floats",
        ColumnType::Text => "text",
        ColumnType::Json => "JSON",
        ColumnType::Bool => "true or false",
        ColumnType::Bytes => "bytes",
        // Cells that nobody asked to be anything are text, or numbers all of them.
        ColumnType::Mixed if wanted.is_none() => "numbers",
        ColumnType::Mixed => "mixed",
        ColumnType::None => "nothing",
    }
}
