//! A manual approval on pages.

use super::{KindView, to_check};
use crate::domain::kinds::ManualApproval;
use crate::messages::Locale;
use crate::pages::components::Fact;

impl KindView for ManualApproval {
    fn icon(&self) -> &'static str {
        "gate"
    }

    fn plan(&self) -> Vec<String> {
        let words = Locale::default().kinds();
        let mut facts = vec![words.approvals_planned(self)];
        if self.starter_may_approve {
            facts.push(words.starter_may_approve().to_owned());
        }
        if let Some(deadline) = self.deadline {
            facts.push(words.deadline_planned(deadline));
        }
        facts.extend(to_check(&self.check));
        facts
    }

    fn inputs(&self) -> Vec<Fact> {
        Vec::new()
    }
}
