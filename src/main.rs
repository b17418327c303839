//! The binary: a supervisor of one script, a session on a host of the demo, or whatever subcommand was asked for.

use std::ffi::OsStr;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    // A supervisor stands beside every script: it starts before anything is parsed or any thread is made.
    let mut arguments = std::env::args_os().skip(1);
    let first = arguments.next();
    if first.as_deref() == Some(OsStr::new("supervise"))
        && let Some(folder) = arguments.next()
    {
        if let Some(most) = arguments.next().and_then(|most| most.to_str()?.parse().ok()) {
            tollgate::fd_limit::lower(most);
        }
        return tollgate::supervise::run(Path::new(&folder));
    }
    if first.as_deref() == Some(OsStr::new("demo-session"))
        && let Some(folder) = arguments.next()
    {
        return tollgate::demo::session::run(Path::new(&folder));
    }
    tollgate::cli::run()
}
