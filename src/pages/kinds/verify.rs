//! A Verify on pages.

use super::{KindView, attempts_planned, tried};
use crate::domain::kinds::{CommandSpec, HttpCheck, StatusRange, VerifySpec};
use crate::format::written_duration;
use crate::pages::components::Fact;

impl KindView for VerifySpec {
    fn plan(&self) -> Vec<String> {
        let HttpCheck { url, method, headers, any_host, .. } = &self.http;
        let mut facts = vec![format!("{} {url}", method.word())];
        facts.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
        facts.extend(expected(&self.http));
        if *any_host {
            facts.push("Answers may lead to another host".to_owned());
        }
        facts.push(rhythm(self));
        facts.extend(attempts_planned(self.retry));
        if self.continue_on_error {
            facts.push("The group goes on when it fails".to_owned());
        }
        facts
    }

    fn inputs(&self) -> Vec<Fact> {
        let mut facts = vec![
            Fact::text("Request", format!("{} {}", self.http.method.word(), self.http.url)),
            Fact::text("Must be", expected(&self.http).join(". ")),
            Fact::text("Checked", rhythm(self)),
            tried(self.retry),
        ];
        if self.continue_on_error {
            facts.push(Fact::text("When it fails", "the group goes on"));
        }
        facts
    }

    fn command(&self) -> Option<&CommandSpec> {
        None
    }
}

/// What the answer must be.
fn expected(http: &HttpCheck) -> Vec<String> {
    let StatusRange { from, to } = http.status;
    let mut words = vec![if from == to { format!("Status {from}") } else { format!("Status {from} to {to}") }];
    words.extend(http.contains.as_ref().map(|text| format!("The body has `{text}` in it")));
    words.extend(http.matches.as_ref().map(|text| format!("The body matches `{text}`")));
    words.extend(http.json.as_ref().map(|json| format!("{} is `{}`", json.path, json.equals)));
    words.extend(http.under_ms.map(|most| format!("Answered within {most} ms")));
    words
}

fn rhythm(verify: &VerifySpec) -> String {
    let (every, within) = (written_duration(verify.every), written_duration(verify.within));
    match verify.holds {
        0 => format!("Every {every}, until it holds, within {within}"),
        holds => format!("Every {every}, until it has held for {}, within {within}", written_duration(holds)),
    }
}
