//! A build on pages.

use super::{KindView, ShownScripts, input};
use crate::domain::kinds::BuildSpec;
use crate::messages::Locale;
use crate::messages::kinds::InputLabel;
use crate::pages::components::Fact;

impl KindView for BuildSpec {
    fn icon(&self) -> &'static str {
        "box"
    }

    fn plan(&self) -> Vec<String> {
        let source = self.source.as_ref().map(|source| Locale::default().kinds().source_planned(source));
        let kept = (!self.artefacts.is_empty()).then(|| Locale::default().kinds().kept_planned(&self.artefacts));
        source.into_iter().chain(kept).chain(self.work.plan()).collect()
    }

    fn inputs(&self) -> Vec<Fact> {
        let mut facts = Vec::new();
        if let Some(source) = &self.source {
            facts.push(input(InputLabel::Source, Locale::default().kinds().source_planned(source)));
            facts.extend(source.credential.as_ref().map(|secret| input(InputLabel::Credential, secret)));
        }
        facts.extend(self.work.inputs());
        facts
    }

    fn scripts(&self) -> Option<ShownScripts<'_>> {
        self.work.scripts()
    }
}
