//! The programs that hosts are sent: commands for `sh`, which come over the connection, so that no secret in them is ever an
//! argument or a file there.

use std::fmt::Write as _;
use std::time::Duration;

use super::SshJob;
use crate::domain::ssh::{SshFailure, SshHost};

const COMMON: &str = include_str!("common.sh");
const HOST: &str = include_str!("host.sh");
const RUNNER: &str = include_str!("runner.sh");

/// How many bytes of a log come at once at most.
pub(super) const MAX_PIECE: usize = 256 * 1024;

/// How many bytes of outputs come at most: one more than may be.
pub(super) const MAX_OUTPUTS: usize = 1024 * 1024 + 1;

/// The folders of runs, from the home of the account.
pub(super) const RUNS: &str = ".tollgate/runs";

/// A text as the shell reads it as one word.
pub(in crate::executors) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// What a host is sent first: how it answers from then on, to what, and about which run.
pub(super) fn prelude(marker: &str, run: &str, grace: Duration) -> String {
    let folder = quoted(&format!("{RUNS}/{run}"));
    format!("tg_m={marker} tg_r={folder} tg_g={}\n{COMMON}{HOST}", seconds(grace))
}

/// What makes the folder of the run, with the script and the files; it answers whether all is there.
pub(super) fn preparation(job: &SshJob) -> String {
    let mut text = "tg_make </dev/null\n".to_owned();
    let mut put = |name: &str, content: &str| {
        let _ = writeln!(text, "tg_put {} {} </dev/null", quoted(name), quoted(content));
    };
    put("script", &job.script);
    for file in &job.files {
        put(&format!("files/{}", file.name), &file.text);
    }
    let _ = write!(text, "tg_made {} </dev/null", u8::from(names_interpreter(&job.script)));
    text
}

/// Why a host is not ready for a script, from its answer; nothing if it is.
pub(super) fn refusal(said: &str) -> Result<Option<SshFailure>, SshFailure> {
    let no = |rest: &str| rest.split_once(' ').map(|(why, what)| (why.to_owned(), what.to_owned()));
    match said.split_once(' ').map(|(word, rest)| (word, no(rest))) {
        Some(("ready", _)) => Ok(None),
        Some(("no", Some((why, what)))) => match why.as_str() {
            "tool" => Ok(Some(SshFailure::NoTool { tool: what })),
            "room" => Ok(Some(SshFailure::NoRoom { folder: what })),
            "write" => Ok(Some(SshFailure::NotWritable { folder: what })),
            "run" => Ok(Some(SshFailure::NothingRuns { folder: what })),
            _ => Err(SshFailure::Broken { said: said.to_owned() }),
        },
        _ => Err(SshFailure::Broken { said: said.to_owned() }),
    }
}

/// What tries the same for no script.
pub(super) fn trial() -> &'static str {
    "tg_make </dev/null\ntg_made 1 </dev/null"
}

/// What starts the script, however often it is sent.
pub(super) fn start(job: &SshJob, host: &SshHost) -> String {
    let mut exports = String::new();
    let private = job.private_environment.iter().map(|(name, value)| (name, value.expose()));
    for (name, value) in job.environment.iter().map(|(name, value)| (name, value.as_str())).chain(private) {
        let _ = writeln!(exports, "export {name}={}", quoted(value));
    }
    for file in &job.files {
        let _ = writeln!(exports, "export {}=\"$tg_d/\"{}", file.variable, quoted(&format!("files/{}", file.name)));
    }
    let _ = writeln!(exports, "export TOLLGATE_HOST={}", quoted(&host.name));
    let _ = writeln!(exports, "export TOLLGATE_HOST_ADDRESS={}", quoted(&host.address));
    let _ = writeln!(exports, "export TOLLGATE_OUTPUT=\"$tg_d/outputs\"");
    let shell = if names_interpreter(&job.script) { "" } else { "/bin/sh " };
    let runner = RUNNER.replace("@PROGRAM@", shell).replace("@EXPORTS@", &exports);
    let leave = u8::from(job.leave_running);
    let (time, grace) = (seconds(job.timeout), seconds(job.grace));
    let program = format!("tg_t={time} tg_g={grace} tg_leave={leave}\n{COMMON}{runner}");
    format!("tg_start {} </dev/null", quoted(&program))
}

fn names_interpreter(script: &str) -> bool {
    script.starts_with("#!")
}

/// Whole seconds, no fewer.
fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}
