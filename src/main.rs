//! The program: hands a run folder to the supervisor before anything else is made.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    match (arguments.next(), arguments.next()) {
        (Some(word), Some(folder)) if word == "supervise" => tollgate::supervise::run(Path::new(&folder)),
        _ => ExitCode::SUCCESS,
    }
}
