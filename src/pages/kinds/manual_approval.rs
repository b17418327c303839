//! A manual approval on pages.

use super::{KindView, to_check};
use crate::domain::kinds::{CommandSpec, ManualApproval};
use crate::format::written_duration;
use crate::messages::dialogs;
use crate::pages::components::Fact;

impl KindView for ManualApproval {
    fn plan(&self) -> Vec<String> {
        let mut facts = vec![format!("Needs {} of: {}", self.required, dialogs::deciders(self.gate()))];
        if self.starter_may_approve {
            facts.push("Who started the release may approve".to_owned());
        }
        if let Some(deadline) = self.deadline {
            facts.push(format!("Deadline after {}", written_duration(deadline)));
        }
        facts.extend(to_check(&self.check));
        facts
    }

    fn inputs(&self) -> Vec<Fact> {
        Vec::new()
    }

    fn command(&self) -> Option<&CommandSpec> {
        None
    }
}
