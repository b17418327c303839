//! Sentences of dry runs in English.

use super::English;
use super::cause;
use crate::domain::component_wait::{Holder, LockedObject};
use crate::domain::dry_run::{ComponentForecast, CreatedObject, Expectation, ForecastWord, RunPlace, UnchangedReason};
use crate::messages::dry_run::DryRunSentences;

impl DryRunSentences for English {
    fn what_will_change(&self) -> &'static str {
        "What will change"
    }

    fn not_tried(&self) -> &'static str {
        "A dry run says what each task would do now, with these values. It changes nothing."
    }

    fn dry_run(&self) -> &'static str {
        "Dry Run"
    }

    fn try_again(&self) -> &'static str {
        "Try Again"
    }

    fn word(&self, word: ForecastWord) -> &'static str {
        match word {
            ForecastWord::Changes => "Changes",
            ForecastWord::Creates => "Creates",
            ForecastWord::Runs => "Runs",
            ForecastWord::Asks => "Asks",
            ForecastWord::NoChange => "No change",
            ForecastWord::Skipped => "Skipped",
            ForecastWord::NotKnownYet => "Not known yet",
            ForecastWord::WouldFail => "Would fail",
        }
    }

    fn tasks_of(&self, word: ForecastWord, count: usize) -> String {
        let one = count == 1;
        match word {
            ForecastWord::Changes => format!("{count} {}", if one { "change" } else { "changes" }),
            ForecastWord::Creates => format!("{count} {}", if one { "creates" } else { "create" }),
            ForecastWord::Runs => format!("{count} {}", if one { "runs" } else { "run" }),
            ForecastWord::Asks => format!("{count} {}", if one { "asks" } else { "ask" }),
            ForecastWord::NoChange => format!("{count} without change"),
            ForecastWord::Skipped => format!("{count} skipped"),
            ForecastWord::NotKnownYet => format!("{count} not known yet"),
            ForecastWord::WouldFail => format!("{count} would fail"),
        }
    }

    fn expected(&self, expected: &Expectation) -> String {
        match expected {
            Expectation::Creates(CreatedObject::Application { name }) => format!("Makes the application {name}."),
            Expectation::Changes(component) | Expectation::Creates(CreatedObject::Component(component)) => {
                deployed(component)
            }
            Expectation::NotKnownYet(component) => {
                format!("{} What changes depends on what earlier tasks give.", deployed(component))
            }
            Expectation::Runs(RunPlace { environment: None, .. }) => {
                "What it comes to can only be seen by running it.".to_owned()
            }
            Expectation::Runs(place) => {
                format!("Runs in {}; what it comes to can only be seen by running it.{}", located(place), waits(place))
            }
            Expectation::Asks => "Waits here until it is decided.".to_owned(),
            Expectation::NoChange { why: UnchangedReason::Same } => {
                "This very version runs already; it is deployed once more.".to_owned()
            }
            Expectation::NoChange { why: UnchangedReason::Kept } => {
                "There is one of that name, which is kept as it is.".to_owned()
            }
            Expectation::NoChange { why: UnchangedReason::Done } => "This execution has done it.".to_owned(),
            Expectation::Skipped => "Not chosen.".to_owned(),
            Expectation::WouldFail { cause: why } => cause::failure_cause(why),
        }
    }

    fn would_fail(&self, count: usize) -> String {
        let tasks = if count == 1 { "1 task".to_owned() } else { format!("{count} tasks") };
        format!("{tasks} would fail. It may be executed all the same.")
    }
}

fn deployed(component: &ComponentForecast) -> String {
    let ComponentForecast { component: name, place, from, to, .. } = component;
    let versions = match from {
        Some(from) if from == to => format!("stays at version {to}"),
        Some(from) => format!("goes from version {from} to {to}"),
        None => format!("is deployed in version {to}"),
    };
    format!("{name} {versions} in {}.{}", located(place), waits(place))
}

fn located(place: &RunPlace) -> String {
    let name = place.environment.as_deref().unwrap_or_default();
    match place.hosts.as_slice() {
        [] => name.to_owned(),
        [host] => format!("{name}, on the host {host}"),
        hosts => format!("{name}, on {} hosts", hosts.len()),
    }
}

fn waits(place: &RunPlace) -> String {
    let Some(Holder { object, release, number, .. }) = &place.waits_for else { return String::new() };
    let works = match object {
        LockedObject::Component(name) => format!("works on {name}"),
        LockedObject::Environment { name, .. } => format!("works in {name}, which takes one release at a time"),
    };
    format!(" Execution #{number} of {release} {works}: this would wait until that is over.")
}
