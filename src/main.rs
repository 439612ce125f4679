fn main() {
    let path = std::env::args_os().nth(1).map(Into::into);
    let opened = poolscope::pool::Launch::this_program().and_then(|launch| poolscope::app::run(launch, path));
    if let Err(error) = opened {
        eprintln!("poolscope: {error}");
        std::process::exit(1);
    }
}
