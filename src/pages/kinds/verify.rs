//! A Verify on pages.

use super::{KindView, attempts_planned, input, tried};
use crate::domain::kinds::{CommandSpec, HttpCheck, VerifySpec};
use crate::messages::Locale;
use crate::messages::kinds::InputLabel;
use crate::pages::components::Fact;

impl KindView for VerifySpec {
    fn icon(&self) -> &'static str {
        "pulse"
    }

    fn plan(&self) -> Vec<String> {
        let words = Locale::default().kinds();
        let HttpCheck { url, method, headers, any_host, .. } = &self.http;
        let mut facts = vec![[method.word(), url].join(" ")];
        facts.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
        facts.extend(words.expected(&self.http));
        if *any_host {
            facts.push(words.any_host_planned().to_owned());
        }
        facts.push(words.repeated(self));
        facts.extend(attempts_planned(self.retry));
        if self.continue_on_error {
            facts.push(words.continue_planned().to_owned());
        }
        facts
    }

    fn inputs(&self) -> Vec<Fact> {
        let words = Locale::default().kinds();
        let mut facts = vec![
            input(InputLabel::Request, [self.http.method.word(), &self.http.url].join(" ")),
            input(InputLabel::Expected, words.expected(&self.http).join(". ")),
            input(InputLabel::Checked, words.repeated(self)),
            tried(self.retry),
        ];
        if self.continue_on_error {
            facts.push(input(InputLabel::WhenItFails, words.continues()));
        }
        facts
    }

    fn command(&self) -> Option<&CommandSpec> {
        None
    }
}
