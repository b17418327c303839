//! A command on pages.

use super::{KindView, ShownScripts, attempts_planned, input, tried};
use crate::domain::kinds::CommandSpec;
use crate::format::written_duration;
use crate::messages::Locale;
use crate::messages::kinds::InputLabel;
use crate::pages::components::Fact;

impl KindView for CommandSpec {
    fn icon(&self) -> &'static str {
        "term"
    }

    fn plan(&self) -> Vec<String> {
        let words = Locale::default().kinds();
        let mut facts = vec![words.timeout_planned(self.timeout)];
        facts.extend(attempts_planned(self.retry));
        if self.continue_on_error {
            facts.push(words.continue_planned().to_owned());
        }
        if self.leave_running {
            facts.push(words.leave_running_planned().to_owned());
        }
        facts.extend(self.target.as_ref().map(|environment| words.target_planned(environment)));
        if let Some(folder) = &self.working_folder {
            facts.push(words.folder_planned(folder));
        }
        facts.extend(self.environment.iter().map(|(name, value)| format!("{name}={value}")));
        facts
    }

    fn inputs(&self) -> Vec<Fact> {
        let words = Locale::default().kinds();
        let mut facts = vec![input(InputLabel::Timeout, written_duration(self.timeout)), tried(self.retry)];
        facts.extend(self.target.as_ref().map(|environment| input(InputLabel::Target, environment)));
        facts.extend(self.working_folder.as_ref().map(|folder| input(InputLabel::WorkingFolder, folder)));
        if self.continue_on_error {
            facts.push(input(InputLabel::WhenItFails, words.continues()));
        }
        if self.leave_running {
            facts.push(input(InputLabel::LeftRunning, words.left_running()));
        }
        facts
    }

    fn scripts(&self) -> Option<ShownScripts<'_>> {
        let Self { script, rollback, environment, .. } = self;
        Some(ShownScripts { script, rollback: rollback.as_deref(), environment })
    }
}
