//! Comparisons: each sort of change alone, and that nothing is told of what is the same.

use proptest::prelude::ProptestConfig;
use proptest::{prop_assert, prop_assert_eq, proptest};

use super::*;
use crate::domain::definition::{Group, Phase, Task};
use crate::domain::edit::{Editing, random};
use crate::domain::kinds::{CommandSpec, ManualTrigger};
use crate::domain::variables::{Variable, VariableSpec};

fn run(name: &str, script: &str) -> Task {
    let kind = Kind::Command(CommandSpec { script: script.to_owned(), ..CommandSpec::default() });
    Task { name: name.to_owned(), description: String::new(), kind }
}

fn phase(name: &str, groups: &[&[Task]]) -> Phase {
    Phase { name: name.to_owned(), groups: groups.iter().map(|tasks| Group { tasks: tasks.to_vec() }).collect() }
}

fn shop() -> Definition {
    Definition {
        best_effort: false,
        supersede: false,
        on_failure: None,
        variables: Vec::new(),
        phases: vec![
            phase("Build", &[&[run("web", "w"), run("api", "a"), run("docs", "d")], &[run("lint", "l")]]),
            phase("Deploy", &[&[run("deploy", "x")]]),
            phase("Tell", &[&[run("tell", "t")]]),
        ],
    }
}

/// Each difference in a few words.
fn told(change: impl FnOnce(&mut Definition)) -> Vec<String> {
    let before = shop();
    let mut after = shop();
    change(&mut after);
    let found = compare(&before, &after);
    let words = |before: Option<&String>, after: Option<&String>, position: PositionDiff| {
        let moved = if position == PositionDiff::Moved { " moved" } else { "" };
        match (before, after) {
            (Some(before), Some(after)) if before == after => format!("{after}{moved}"),
            (Some(before), Some(after)) => format!("{before} is {after}{moved}"),
            (None, Some(after)) => format!("{after} added"),
            (Some(before), None) => format!("{before} removed"),
            (None, None) => "nothing".to_owned(),
        }
    };
    let switches = found.best_effort.iter().chain(&found.supersede);
    let mut told: Vec<String> = switches.map(|diff| diff.key.clone()).collect();
    told.extend(found.phases.iter().map(|diff| {
        words(diff.before.as_ref().map(|it| &it.name), diff.after.as_ref().map(|it| &it.name), diff.position)
    }));
    told.extend(found.groups.iter().map(|diff| {
        let name = |place: &GroupPlace| format!("{} {}", place.phase, place.index + 1);
        let (before, after) = (diff.before.as_ref().map(name), diff.after.as_ref().map(name));
        words(before.as_ref(), after.as_ref(), diff.position)
    }));
    told.extend(found.tasks.iter().map(|diff| {
        let names = (diff.before.as_ref().map(|it| &it.name), diff.after.as_ref().map(|it| &it.name));
        let said = words(names.0, names.1, diff.position);
        let keys: Vec<&str> = diff.fields.iter().map(|field| field.key.as_str()).collect();
        if diff.before.is_none() || diff.after.is_none() || keys.is_empty() {
            said
        } else {
            format!("{said}: {}", keys.join(" "))
        }
    }));
    told
}

#[test]
fn each_sort_of_change_is_told() {
    assert_eq!(told(|_| {}), Vec::<String>::new());
    assert_eq!(told(|it| it.best_effort = true), ["bestEffort"]);
    assert_eq!(told(|it| it.supersede = true), ["supersede"]);
    assert_eq!(told(|it| it.phases[0].name = "Make".to_owned()), ["Build is Make"]);
    assert_eq!(told(|it| it.phases.swap(1, 2)).len(), 1, "one of the two moved");
    assert_eq!(told(|it| drop(it.phases.remove(2))), ["Tell removed", "tell removed"]);
    assert_eq!(told(|it| it.phases.insert(0, phase("Plan", &[&[run("plan", "p")]]))), ["Plan added", "plan added"]);
    assert_eq!(told(|it| it.phases[0].groups[0].tasks[1].name = "service".to_owned()), ["api is service"]);
    assert_eq!(told(|it| it.phases[0].groups[0].tasks.rotate_left(1)), ["web moved"]);
    assert_eq!(told(|it| drop(it.phases[0].groups[0].tasks.remove(0))), ["web removed"], "the others made room");
    assert_eq!(told(|it| it.phases[0].groups[0].tasks.insert(1, run("new", "n"))), ["new added"]);
    assert_eq!(told(|it| it.phases[1].groups[0].tasks[0].description = "Now.".to_owned()), ["deploy: description"]);
    let other_phase = |it: &mut Definition| {
        let task = it.phases[0].groups[0].tasks.remove(2);
        it.phases[1].groups[0].tasks.push(task);
    };
    assert_eq!(told(other_phase), ["docs moved"]);
    let group_to_deploy = |it: &mut Definition| {
        let group = it.phases[0].groups.remove(1);
        it.phases[1].groups.push(group);
    };
    assert_eq!(told(group_to_deploy), ["Build 2 is Deploy 2 moved"]);
    assert_eq!(told(|it| it.phases[0].groups.push(Group { tasks: Vec::new() })), ["Build 3 added"]);
    assert_eq!(told(|it| drop(it.phases[0].groups.remove(1))), ["Build 2 removed", "lint removed"]);
    assert_eq!(told(|it| it.phases[0].groups.swap(0, 1)).len(), 1);
}

#[test]
fn variables_are_told_with_their_fields() {
    let variable = |name: &str| Variable { name: name.to_owned(), spec: VariableSpec::default() };
    let before = Definition { variables: ["site", "version", "note"].map(variable).into(), ..shop() };
    let told = |change: fn(&mut Definition)| -> Vec<String> {
        let mut after = before.clone();
        change(&mut after);
        let found = compare(&before, &after);
        assert_eq!((found.phases.len(), found.tasks.len()), (0, 0));
        let place = |place: &Option<VariablePlace>| place.as_ref().map_or("-".to_owned(), |it| it.name.clone());
        let fields = |diff: &VariableDiff| diff.fields.iter().map(|it| it.key.clone()).collect::<Vec<_>>().join(" ");
        let diff = |it: &VariableDiff| {
            format!("{} {} {:?} {}", place(&it.before), place(&it.after), it.position, fields(it)).trim_end().to_owned()
        };
        found.variables.iter().map(diff).collect()
    };
    assert_eq!(told(|_| {}), [""; 0]);
    let changed =
        |it: &mut Definition| it.variables[0].spec = VariableSpec { required: true, ..VariableSpec::default() };
    assert_eq!(told(changed), ["site site Stays required"]);
    assert_eq!(told(|it| "release".clone_into(&mut it.variables[1].name)), ["version release Stays"]);
    assert_eq!(told(|it| it.variables.rotate_left(1)), ["site site Moved"]);
    assert_eq!(told(|it| drop(it.variables.remove(0))), ["site - Stays type required"]);
    let added = |it: &mut Definition| {
        it.variables.push(Variable { name: "ring".to_owned(), spec: VariableSpec::default() });
    };
    assert_eq!(told(added), ["- ring Stays type required"]);
}

#[test]
fn fields_are_told_with_both_values() {
    let mut before = shop();
    let mut after = shop();
    let mut command = CommandSpec { script: "x".to_owned(), timeout: 60, ..CommandSpec::default() };
    command.environment.insert("A".to_owned(), "1".to_owned());
    before.phases[1].groups[0].tasks[0].kind = Kind::Command(command.clone());
    command.environment = [("B".to_owned(), "2".to_owned())].into();
    command.timeout = 90;
    after.phases[1].groups[0].tasks[0].kind = Kind::Command(command);
    let text = |text: &str| Some(FieldValue::Text(text.to_owned()));
    let diff = |key: &str, before, after| FieldDiff { key: key.to_owned(), before, after };
    let found = compare(&before, &after);
    assert_eq!(
        found.tasks[0].fields,
        [
            diff("environment.B", None, text("2")),
            diff("timeout", Some(FieldValue::Seconds(60)), Some(FieldValue::Seconds(90))),
            diff("environment.A", text("1"), None),
        ]
    );
    after.phases[1].groups[0].tasks[0].kind = Kind::ManualTrigger(ManualTrigger::default());
    let found = compare(&before, &after);
    let kind = diff("type", Some(FieldValue::Word("command")), Some(FieldValue::Word("manual-trigger")));
    assert_eq!(found.tasks[0].fields[0], kind);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_told_of_the_same_and_something_of_another(
        one in random::definition(), other in random::definition(),
    ) {
        prop_assert!(compare(&one, &one).is_empty());
        let found = compare(&one, &other);
        prop_assert_eq!(found.is_empty(), one == other);
        let added = found.tasks.iter().filter(|diff| diff.before.is_none()).count();
        let removed = found.tasks.iter().filter(|diff| diff.after.is_none()).count();
        prop_assert_eq!(one.tasks().count() + added, other.tasks().count() + removed);
    }

    #[test]
    fn every_edit_is_told(draft in random::draft(), wishes in proptest::collection::vec(random::wish(), 1..8)) {
        let before = draft.definition();
        let mut editing = Editing::of(draft);
        for wish in wishes {
            let _refused = editing.run(&wish.command(&editing.draft));
        }
        let after = editing.draft.definition();
        prop_assert_eq!(compare(&before, &after).is_empty(), before == after);
    }
}
