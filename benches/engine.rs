//! What the engine costs, row by row of `benches/README.md`, beside rayon in this process as the limit.
//!
//! `cargo bench --bench engine --no-default-features --target-dir target/headless [-- ROW...]`; `--help` lists the rest.
//! Each row is measured in turns with rayon, so that a noisy moment of the machine hurts both. `peers.py` runs it in
//! turns with other pools.

#[path = "engine/channels.rs"]
mod channels;
#[path = "engine/figure.rs"]
mod figure;
#[path = "engine/rows.rs"]
mod rows;
#[path = "engine/work.rs"]
mod work;

use std::process::ExitCode;

use clap::Parser;

/// Measures the rows named, or all, and prints a table.
#[derive(Parser)]
struct Args {
    /// The rows to measure; all where none is named.
    #[arg(value_name = "ROW", value_parser = rows::ROWS.map(|row| row.name))]
    rows: Vec<String>,
    /// How often each is measured.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..))]
    times: u8,
    /// Print the figures as JSON and nothing else.
    #[arg(long)]
    json: bool,
    /// Measure memory in this process and print it; the row starts one for each turn.
    #[arg(long, hide = true)]
    memory_alone: bool,
    /// Given by cargo to every bench.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    if args.memory_alone {
        println!("{}", rows::memory_alone());
        return ExitCode::SUCCESS;
    }
    let chosen =
        rows::ROWS.iter().filter(|row| args.rows.is_empty() || args.rows.iter().any(|name| name == row.name));
    if !args.json {
        println!("{}", figure::HEADER.trim_end());
    }
    let mut measured = Vec::new();
    for row in chosen {
        let figures = rows::measure(row, args.times);
        if !args.json {
            figure::print(row, &figures);
        }
        measured.extend(figures);
    }
    if args.json {
        match serde_json::to_string(&measured) {
            Ok(text) => println!("{text}"),
            Err(error) => {
                eprintln!("could not write the figures: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
