//! A Verify on pages.

use super::{KindView, ShownScripts, attempts_planned, input, tried};
use crate::domain::kinds::{HttpCheck, ScriptCheck, VerifyCheck, VerifySpec};
use crate::messages::Locale;
use crate::messages::kinds::InputLabel;
use crate::pages::components::Fact;

impl KindView for VerifySpec {
    fn icon(&self) -> &'static str {
        "pulse"
    }

    fn plan(&self) -> Vec<String> {
        let words = Locale::default().kinds();
        let mut facts = match &self.check {
            VerifyCheck::Http(HttpCheck { url, method, headers, any_host, .. }) => {
                let mut facts = vec![[method.word(), url].join(" ")];
                facts.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
                facts.extend(self.check.http().map(|http| words.expected(http)).unwrap_or_default());
                facts.extend(any_host.then(|| words.any_host_planned().to_owned()));
                facts
            }
            VerifyCheck::Script(ScriptCheck { script: _, target, environment }) => {
                let mut facts = vec![words.script_ends_well().to_owned()];
                facts.extend(target.as_ref().map(|environment| words.target_planned(environment)));
                facts.extend(environment.iter().map(|(name, value)| format!("{name}={value}")));
                facts
            }
        };
        facts.push(words.repeated(self));
        facts.extend(attempts_planned(self.retry));
        if self.continue_on_error {
            facts.push(words.continue_planned().to_owned());
        }
        facts
    }

    fn inputs(&self) -> Vec<Fact> {
        let words = Locale::default().kinds();
        let mut facts = match &self.check {
            VerifyCheck::Http(http) => vec![
                input(InputLabel::Request, [http.method.word(), &http.url].join(" ")),
                input(InputLabel::Expected, words.expected(http).join(". ")),
            ],
            VerifyCheck::Script(check) => {
                let target = check.target.as_ref().map(|environment| input(InputLabel::Target, environment));
                target.into_iter().chain([input(InputLabel::Expected, words.script_ends_well())]).collect()
            }
        };
        facts.push(input(InputLabel::Checked, words.repeated(self)));
        facts.push(tried(self.retry));
        if self.continue_on_error {
            facts.push(input(InputLabel::WhenItFails, words.continues()));
        }
        facts
    }

    fn scripts(&self) -> Option<ShownScripts<'_>> {
        let ScriptCheck { script, target: _, environment } = self.check.script()?;
        Some(ShownScripts { script, rollback: None, environment })
    }
}
