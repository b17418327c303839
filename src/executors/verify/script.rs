//! Checks by scripts: one script that repeats another, so that its work lives where scripts do and survives what they survive.

use crate::domain::check::{CheckFailure, CheckNews};
use crate::domain::kinds::{CommandSpec, ScriptCheck, VerifySpec};
use crate::executors::ssh::quoted;
use crate::supervise::script_spec::GivenFile;

const REPEAT: &str = include_str!("repeat.sh");

/// How much longer than the check may take until it has held, one that hangs is waited for.
const PATIENCE: u64 = 30;

/// The check as a command, of which each run is one look.
pub(in crate::executors) fn command(verify: &VerifySpec, check: &ScriptCheck) -> CommandSpec {
    CommandSpec {
        script: check.script.clone(),
        target: check.target.clone(),
        environment: check.environment.clone(),
        timeout: verify.within + PATIENCE,
        ..CommandSpec::default()
    }
}

/// The script that repeats another, which it is given as a file.
pub(in crate::executors) fn repeated(verify: &VerifySpec, script: String) -> (String, GivenFile) {
    let VerifySpec { every, holds, within, .. } = verify;
    let failed = CheckFailure::NotHeld { within: *within, last: None };
    let lines = [
        ("@HOLDS_LINE@", CheckNews::ScriptHolds),
        ("@FAILS_LINE@", CheckNews::ScriptFails),
        ("@HELD_LINE@", CheckNews::Held { seconds: *holds }),
        ("@FAILED_LINE@", CheckNews::Failed(failed)),
    ];
    let numbers = [("@EVERY@", every), ("@HOLDS@", holds), ("@WITHIN@", within)];
    let text = numbers.iter().fold(REPEAT.to_owned(), |text, (mark, number)| text.replace(mark, &number.to_string()));
    let text = lines.iter().fold(text, |text, (mark, news)| text.replace(mark, &quoted(&news.to_string())));
    (text, GivenFile { name: "check".to_owned(), variable: "TOLLGATE_CHECK".to_owned(), text: script })
}
