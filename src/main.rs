//! Chooses what this process is: a host that serves its pool, a command in the terminal, or the window.

#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use std::process::ExitCode;

#[cfg(feature = "gui")]
use poolscope::app::Closed;
use poolscope::cli::{self, Cli};
use poolscope::pool;

fn main() -> ExitCode {
    pool::reset_inherited_signals();
    // A host is started often and must be quick: no argument of a person begins like this.
    if std::env::args_os().nth(1).is_some_and(|argument| argument == "host") {
        return host();
    }
    pool::outlive_file_limits();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_env("POOLSCOPE_LOG"))
        .with_writer(std::io::stderr)
        .init();
    match Cli::from_args() {
        Err(code) => code,
        Ok(Cli { command: Some(command), .. }) => cli::execute(command),
        Ok(Cli { file, command: None }) => window(file),
    }
}

fn host() -> ExitCode {
    match pool::serve_host() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => cli::report(&error).into(),
    }
}

#[cfg(feature = "gui")]
fn window(file: Option<std::path::PathBuf>) -> ExitCode {
    if !has_display() {
        return cli::without_window("There is no display to open a window on", file.as_deref());
    }
    // Workers step back a little, so that a saturated machine still draws smoothly.
    let launch = pool::Launch::this_program().map(|launch| pool::Launch { niceness: 5, ..launch });
    let opened = launch.and_then(|launch| poolscope::app::run(launch, file.clone()));
    match opened {
        Ok(Closed::Asked) => ExitCode::SUCCESS,
        Ok(Closed::Lost) => ExitCode::FAILURE,
        Err(error) => {
            tracing::info!("{error}");
            cli::without_window(
                &format!("The window could not be opened ({})", error.reason()),
                file.as_deref(),
            )
        }
    }
}

#[cfg(not(feature = "gui"))]
fn window(file: Option<std::path::PathBuf>) -> ExitCode {
    cli::without_window("This is the program without its window", file.as_deref())
}

/// Whether a window system is named; where one always is there, it is.
#[cfg(feature = "gui")]
fn has_display() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(not(all(unix, not(target_os = "macos")))) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}
