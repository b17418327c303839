//! The state that a form was rendered from. A submit from a stale page is refused.

use super::decide::Command;
use super::refusal::{Change, Refusal};
use super::release::Release;

/// What the page showed. What is not said is not looked at: a request made by hand says nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expected {
    /// The number of the last execution; 0 before the first.
    pub execution: Option<u32>,
    /// The newest version of the definition.
    pub version: Option<u32>,
    /// Which asking of the checkpoint.
    pub round: Option<u32>,
}

impl Expected {
    /// Whether the release task is still what was seen.
    pub fn check(self, release: &Release) -> Result<(), Refusal> {
        let last = release.last_number();
        if let Some(seen) = self.execution.filter(|seen| *seen != last) {
            return Err(Refusal::OldPage { change: Change::Executed { seen, last } });
        }
        match self.version.filter(|seen| *seen != release.version) {
            Some(seen) => Err(Refusal::OldPage { change: Change::Edited { seen, newest: release.version } }),
            None => Ok(()),
        }
    }

    /// The same, and whether the checkpoint that `command` decides has not asked again since.
    pub fn check_for(self, release: &Release, command: &Command) -> Result<(), Refusal> {
        self.check(release)?;
        let (Command::Decide { task, .. }, Some(round), Some(last)) = (command, self.round, &release.last) else {
            return Ok(());
        };
        match last.index(task) {
            Some(index) if last.tasks[index].round != round => {
                Err(Refusal::OldPage { change: Change::AskedAgain { task: task.clone() } })
            }
            Some(_) | None => Ok(()),
        }
    }
}
