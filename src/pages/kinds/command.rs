//! A command on pages.

use super::{KindView, attempts_planned, tried};
use crate::domain::kinds::CommandSpec;
use crate::format::written_duration;
use crate::pages::components::Fact;

impl KindView for CommandSpec {
    fn plan(&self) -> Vec<String> {
        let mut facts = vec![format!("Timeout {}", written_duration(self.timeout))];
        facts.extend(attempts_planned(self.retry));
        if self.continue_on_error {
            facts.push("The group goes on when it fails".to_owned());
        }
        if self.leave_running {
            facts.push("Processes that its script leaves go on running".to_owned());
        }
        if let Some(folder) = &self.working_folder {
            facts.push(format!("In the folder {folder}"));
        }
        facts.extend(self.environment.iter().map(|(name, value)| format!("{name}={value}")));
        facts
    }

    fn inputs(&self) -> Vec<Fact> {
        let mut facts = vec![Fact::text("Timeout", written_duration(self.timeout)), tried(self.retry)];
        facts.extend(self.working_folder.as_ref().map(|folder| Fact::text("Working folder", folder)));
        if self.continue_on_error {
            facts.push(Fact::text("When it fails", "the group goes on"));
        }
        if self.leave_running {
            facts.push(Fact::text("What it leaves running", "goes on"));
        }
        facts
    }

    fn command(&self) -> Option<&CommandSpec> {
        Some(self)
    }
}
