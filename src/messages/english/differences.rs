//! Sentences on what is different between two versions.

use super::English;
use super::grammar::{counted, listed};
use crate::domain::compare::{
    FieldDiff, GroupDiff, GroupPlace, PhaseDiff, PhasePlace, PositionDiff, TaskDiff, TaskPlace, VariableDiff,
    VariablePlace,
};
use crate::domain::kinds::{FieldValue, JsonCheck, StatusRange};
use crate::domain::merge::ConflictAspect;
use crate::format::written_duration;
use crate::messages::differences::DifferenceSentences;

/// A text of more characters is not repeated.
const MAX_VALUE_LEN: usize = 60;

impl DifferenceSentences for English {
    fn nothing_differs(&self) -> &'static str {
        "Both versions are the same."
    }

    fn since_execution(&self, number: u32, from: u32, to: u32) -> String {
        format!("What changed since execution #{number}: version {from} → {to}")
    }

    fn since_same_version(&self, number: u32, version: u32) -> String {
        format!("Nothing changed since execution #{number}: it ran version {version} too.")
    }

    fn since_version(&self, version: u32) -> String {
        format!("Changed since version {version}")
    }

    fn first_execution(&self) -> &'static str {
        "There is no execution before it, so there is nothing to compare it with."
    }

    fn more_changes(&self, count: usize) -> String {
        format!("and {count} more")
    }

    fn compare_versions(&self, from: u32, to: u32) -> String {
        format!("Compare versions {from} and {to}")
    }

    fn variable_differs(&self, diff: &VariableDiff) -> String {
        let name = |place: &VariablePlace| place.name.clone();
        let at = |place: &VariablePlace| format!("place {}", place.index + 1);
        differs("Variable", (diff.before.as_ref(), diff.after.as_ref()), diff.position, (name, at))
    }

    fn phase_differs(&self, diff: &PhaseDiff) -> String {
        let name = |place: &PhasePlace| place.name.clone();
        let at = |place: &PhasePlace| format!("place {}", place.index + 1);
        differs("Phase", (diff.before.as_ref(), diff.after.as_ref()), diff.position, (name, at))
    }

    fn group_differs(&self, diff: &GroupDiff) -> String {
        let name = |place: &GroupPlace| format!("{} of {}", place.index + 1, place.phase);
        differs("Group", (diff.before.as_ref(), diff.after.as_ref()), diff.position, (name, |place| name(place)))
    }

    fn task_differs(&self, diff: &TaskDiff) -> String {
        let name = |place: &TaskPlace| place.name.clone();
        let at = |place: &TaskPlace| {
            let (group, position) = (place.position.group + 1, place.position.position + 1);
            format!("{}, group {group}, place {position}", place.phase)
        };
        differs("Task", (diff.before.as_ref(), diff.after.as_ref()), diff.position, (name, at))
    }

    fn field_differs(&self, diff: &FieldDiff) -> String {
        let FieldDiff { key, before, after } = diff;
        match (before.as_ref().map(value), after.as_ref().map(value)) {
            (Some(Some(before)), Some(Some(after))) => format!("{key}: {before} → {after}"),
            (None, Some(Some(after))) => format!("{key}: {after}"),
            (Some(Some(before)), None) => format!("{key}: {before}, not any more"),
            (None, Some(None)) => format!("{key}: added"),
            (Some(None), None) => format!("{key}: removed"),
            (Some(_), Some(_)) | (None, None) => format!("{key}: changed"),
        }
    }

    fn field_value(&self, given: &FieldValue) -> String {
        value(given).unwrap_or_else(|| match given {
            FieldValue::Text(text) if text.trim().is_empty() => "empty".to_owned(),
            FieldValue::Text(text) => format!("a text of {}", counted(text.lines().count(), "line")),
            _ => "a long value".to_owned(),
        })
    }

    fn merge_title(&self) -> &'static str {
        "Somebody saved before you"
    }

    fn saved_before(&self, who: &str, newest: u32, based_on: u32) -> String {
        format!("{who} saved version {newest}; your draft began at version {based_on}")
    }

    fn changes_of(&self, version: u32) -> String {
        format!("What version {version} changed")
    }

    fn version(&self, number: u32) -> String {
        format!("Version {number}")
    }

    fn conflict(&self, name: &str, aspect: &ConflictAspect) -> String {
        match aspect {
            ConflictAspect::Field { key } => format!("{name} · {key}"),
            ConflictAspect::Kind => format!("{name} · type"),
            ConflictAspect::Presence => format!("{name} · changed by one, removed by the other"),
            ConflictAspect::Parent => format!("{name} · where it is"),
            ConflictAspect::Order => format!("{name} · order"),
            ConflictAspect::VariableOrder => format!("{name} · order of the variables"),
        }
    }

    fn is_there(&self) -> &'static str {
        "there"
    }

    fn is_not_there(&self) -> &'static str {
        "removed"
    }

    fn in_order(&self, names: &[String]) -> String {
        names.join(", ")
    }

    fn group_of(&self, phase: &str, number: usize) -> String {
        format!("{phase}, group {number}")
    }

    fn draft_changed(&self) -> &'static str {
        "Your draft was changed meanwhile, in another tab perhaps. This is how it would be merged now."
    }
}

fn differs<P>(
    what: &str,
    (before, after): (Option<&P>, Option<&P>),
    position: PositionDiff,
    (name, at): (impl Fn(&P) -> String, impl Fn(&P) -> String),
) -> String {
    match (before, after) {
        (None, Some(after)) => format!("{what} {} added at {}", name(after), at(after)),
        (Some(before), None) => format!("{what} {} removed", name(before)),
        (Some(before), Some(after)) => {
            let (old, new) = (name(before), name(after));
            let mut parts = Vec::new();
            if old != new && position == PositionDiff::Stays {
                parts.push(format!("named {new}"));
            }
            if position == PositionDiff::Moved {
                parts.push(format!("moved to {}", at(after)));
                if old != new && at(after) != new {
                    parts.push(format!("named {new}"));
                }
            }
            if parts.is_empty() {
                return format!("{what} {new} changed");
            }
            format!("{what} {old} {}", listed(parts.iter().map(String::as_str), "and"))
        }
        (None, None) => what.to_owned(),
    }
}

/// Nothing: it is too long to be repeated.
fn value(value: &FieldValue) -> Option<String> {
    let words = match value {
        FieldValue::Text(text) => text.clone(),
        FieldValue::Word(word) => (*word).to_owned(),
        FieldValue::List(names) => names.join(", "),
        FieldValue::Roles(roles) => roles.iter().map(|role| role.word()).collect::<Vec<_>>().join(", "),
        FieldValue::Flag(on) => if *on { "yes" } else { "no" }.to_owned(),
        FieldValue::Number(number) => number.to_string(),
        FieldValue::Seconds(seconds) => written_duration(*seconds),
        FieldValue::Milliseconds(time) => format!("{time}ms"),
        FieldValue::TimeOfDay { hour, minute } => format!("{hour:02}:{minute:02}"),
        FieldValue::Statuses(StatusRange { from, to }) if from == to => from.to_string(),
        FieldValue::Statuses(StatusRange { from, to }) => format!("{from}-{to}"),
        FieldValue::Json(JsonCheck { path, equals }) => format!("{path} = {equals}"),
    };
    let is_short = words.chars().count() <= MAX_VALUE_LEN && !words.contains('\n') && !words.trim().is_empty();
    is_short.then_some(words)
}
