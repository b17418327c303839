//! Tasks that change applications and components, on pages.

use super::{KindView, attempts_planned, input, tried};
use crate::domain::kinds::{CreateApplication, CreateComponent, IfExists, UpdateComponent};
use crate::domain::specification::Specification;
use crate::messages::Locale;
use crate::messages::kinds::InputLabel;
use crate::pages::components::Fact;

impl KindView for CreateApplication {
    fn icon(&self) -> &'static str {
        "box"
    }

    fn plan(&self) -> Vec<String> {
        std::iter::once(self.application.clone()).chain(exists(self.if_exists)).collect()
    }

    fn inputs(&self) -> Vec<Fact> {
        vec![input(InputLabel::Application, self.application.clone())]
    }
}

impl KindView for CreateComponent {
    fn icon(&self) -> &'static str {
        "box"
    }

    fn plan(&self) -> Vec<String> {
        let words = Locale::default().kinds();
        let mut facts = vec![words.component_planned(&self.component.0, &self.environment, &self.version)];
        facts.extend(fields(&self.spec));
        facts.extend(exists(self.if_exists));
        facts.extend(attempts_planned(self.retry));
        facts.extend(self.continue_on_error.then(|| words.continue_planned().to_owned()));
        facts
    }

    fn inputs(&self) -> Vec<Fact> {
        vec![
            input(InputLabel::Component, self.component.0.clone()),
            input(InputLabel::Environment, self.environment.clone()),
            input(InputLabel::Version, self.version.clone()),
            input(InputLabel::Specification, fields(&self.spec).collect::<Vec<_>>().join("; ")),
            tried(self.retry),
        ]
    }
}

impl KindView for UpdateComponent {
    fn icon(&self) -> &'static str {
        "layers"
    }

    fn plan(&self) -> Vec<String> {
        let words = Locale::default().kinds();
        let mut facts = vec![words.update_planned(&self.component.0, &self.version)];
        facts.extend(fields(&self.set));
        facts.extend(self.unset.iter().map(|field| words.unset_planned(field)));
        facts.extend(attempts_planned(self.retry));
        facts.extend(self.continue_on_error.then(|| words.continue_planned().to_owned()));
        facts
    }

    fn inputs(&self) -> Vec<Fact> {
        let words = Locale::default().kinds();
        let changed = fields(&self.set).chain(self.unset.iter().map(|field| words.unset_planned(field)));
        vec![
            input(InputLabel::Component, self.component.0.clone()),
            input(InputLabel::Version, self.version.clone()),
            input(InputLabel::Changes, changed.collect::<Vec<_>>().join("; ")),
            tried(self.retry),
        ]
    }
}

/// The fields with their values; of a text of several lines how many it has.
fn fields(fields: &Specification) -> impl Iterator<Item = String> + '_ {
    fields.iter().map(|(field, value)| {
        if value.contains('\n') {
            Locale::default().kinds().lines_planned(field, value.lines().count())
        } else {
            format!("{field} = {value}")
        }
    })
}

fn exists(if_exists: IfExists) -> Option<String> {
    let words = Locale::default().kinds();
    match if_exists {
        IfExists::Fail => None,
        IfExists::Keep => Some(words.keeps_planned().to_owned()),
        IfExists::Update => Some(words.updates_planned().to_owned()),
    }
}
