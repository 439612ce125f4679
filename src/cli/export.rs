//! `poolscope export`: a saved run in the forms that other programs and people read.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::ALL_OK;
use super::args::ExportArgs;
use super::streams::say;
use crate::analysis::{Ledger, RunFigures};
use crate::error::{Error, Result};
use crate::export::{self, Formulas, OpenedRun};
use crate::pool::RunLog;

/// Writes all that was asked for and gives the exit code.
pub fn export(args: &ExportArgs) -> Result<u8> {
    if args.is_without_a_form() {
        let reason =
            "say what to write: --report, --trace, --python, --rows, --csv or --markdown, each with a file";
        return Err(Error::usage("export the run", reason));
    }
    let runs = args.runs.iter().map(|path| open(path)).collect::<Result<Vec<_>>>()?;
    if let ([_, _, ..], Some(option)) = (runs.as_slice(), args.of_one_run()) {
        return Err(Error::usage("export the runs", format!("{option} is of one run; name one")));
    }
    let forms = [&args.markdown, &args.csv, &args.trace, &args.report, &args.python, &args.rows];
    let places: Vec<&Path> = forms.into_iter().flatten().map(PathBuf::as_path).collect();
    export::check_places(&places, &args.runs)?;
    let figures: Vec<RunFigures> =
        args.runs.iter().zip(&runs).map(|(path, run)| figures(path, &run.log)).collect();
    to(args.markdown.as_deref(), |out| export::write_markdown(&figures, out))?;
    to(args.csv.as_deref(), |out| export::write_runs_csv(&figures, out))?;
    let Some(OpenedRun { log, machine, .. }) = runs.first() else { return Ok(ALL_OK) };
    to(args.trace.as_deref(), |out| export::write_trace(log, out))?;
    to(args.report.as_deref(), |out| {
        export::write_report(log, &Ledger::of(log, log.last_row_ns), machine, out)
    })?;
    if let Some(path) = &args.python {
        let program = export::equivalent_python(&log.plan.job)?;
        to(Some(path), |out| out.write_all(program.as_bytes()))?;
    }
    if let Some(path) = &args.rows {
        export::write_rows(log, path, Formulas::AsWritten)?;
        said(path);
    }
    Ok(ALL_OK)
}

fn open(path: &Path) -> Result<OpenedRun> {
    let opened = export::open_run(path)?;
    opened.notes.iter().for_each(|note| say(note));
    Ok(opened)
}

/// The name of a run in a table is that of its file.
fn figures(path: &Path, log: &RunLog) -> RunFigures {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    RunFigures::of(&name, log, &Ledger::of(log, log.last_row_ns))
}

fn to(path: Option<&Path>, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let Some(path) = path else { return Ok(()) };
    export::write_whole(path, write)?;
    said(path);
    Ok(())
}

fn said(path: &Path) {
    say(&format!("{} is written", path.display()));
}

impl ExportArgs {
    fn is_without_a_form(&self) -> bool {
        let of_one = self.forms_of_one_run().into_iter().map(|(_, path)| path);
        let mut forms = of_one.chain([&self.csv, &self.markdown]);
        forms.all(Option::is_none)
    }

    /// An option that was given and that one run alone can have.
    fn of_one_run(&self) -> Option<&'static str> {
        self.forms_of_one_run().into_iter().find(|(_, path)| path.is_some()).map(|(option, _)| option)
    }

    fn forms_of_one_run(&self) -> [(&'static str, &Option<PathBuf>); 4] {
        [
            ("--report", &self.report),
            ("--trace", &self.trace),
            ("--python", &self.python),
            ("--rows", &self.rows),
        ]
    }
}
