//! Time stamps that scripts wrote: when each began and when it ended, and so how long the next one let wait.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;

use crate::load::Times;
use crate::team_folder::team_folder;

/// The working folder of the scripts, below that of their team.
pub const FOLDER: &str = "stamps";

/// The tasks of one execution.
const TASKS: usize = 4;
/// The one of them before which a checkpoint may be.
const GATED: usize = 2;

/// From the end of each script to the begin of the next one, and from each decision. `decided` are the times at which the
/// decisions on the executions of that release task were sent, one after the other; it has no checkpoint if there are none.
pub fn handovers(data: &Path, number: usize, decided: &[Duration], times: &mut Times) -> anyhow::Result<()> {
    let file = team_folder(data).join(FOLDER).join(number.to_string());
    let text = fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
    let (mut ended, mut begun, mut decisions) = (None, 0, decided.iter());
    for line in text.lines() {
        let (what, at) = line.split_once(' ').context("half a line")?;
        let at = Duration::from_nanos(at.parse()?);
        if what == "end" {
            ended = Some(at);
            continue;
        }
        let task = begun % TASKS;
        begun += 1;
        let before = match task {
            // Somebody executed it again.
            0 => None,
            GATED if !decided.is_empty() => decisions.next().copied(),
            _ => ended,
        };
        if let Some(before) = before {
            times.add(at.saturating_sub(before));
        }
    }
    Ok(())
}
