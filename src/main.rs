//! The binary: a supervisor of one script, or whatever subcommand was asked for.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    // A supervisor stands beside every script: it starts before anything is parsed or any thread is made.
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|first| first == "supervise")
        && let Some(folder) = arguments.next()
    {
        if let Some(most) = arguments.next().and_then(|most| most.to_str()?.parse().ok()) {
            tollgate::fd_limit::lower(most);
        }
        return tollgate::supervise::run(Path::new(&folder));
    }
    tollgate::cli::run()
}
