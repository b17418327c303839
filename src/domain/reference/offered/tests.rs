//! Tests of the values that are offered.

use super::*;
use crate::domain::definition::{Definition, Group, Phase, Task};
use crate::domain::kinds::{CommandSpec, Kind, ManualTrigger};
use crate::domain::variables::{Variable, VariableSpec};

fn command(name: &str, script: &str, rollback: Option<&str>) -> Task {
    let kind = Kind::Command(CommandSpec {
        script: script.to_owned(),
        rollback: rollback.map(str::to_owned),
        ..CommandSpec::default()
    });
    Task { name: name.to_owned(), description: String::new(), kind }
}

fn draft() -> Draft {
    let phase = |name: &str, groups: Vec<Vec<Task>>| Phase {
        name: name.to_owned(),
        groups: groups.into_iter().map(|tasks| Group { tasks }).collect(),
    };
    let build = command("build", "make\necho \"version=$v\" >> \"$TOLLGATE_OUTPUT\"\nA=1 run", None);
    let quiet = command("lint", "lint", None);
    let gate = Task {
        name: "go-live".to_owned(),
        description: String::new(),
        kind: Kind::ManualTrigger(ManualTrigger { check: "${tasks.build.outputs.image}".to_owned() }),
    };
    let deploy = command("deploy", "deploy", Some("undo ${tasks.deploy.outputs.before}"));
    let beside = command("beside", "true", None);
    let phases = vec![
        phase("one", vec![vec![build], vec![quiet]]),
        phase("two", vec![vec![gate, deploy], vec![beside]]),
        phase("three", vec![vec![command("later", "true", None)]]),
    ];
    Draft::of("shop", "", &Definition { phases, ..Definition::default() })
}

fn texts(at: TaskPosition) -> Vec<String> {
    let all = offered(&draft(), at);
    all.iter()
        .filter(|one| !matches!(one.reference.source, Source::Release(_)))
        .map(|one| {
            let mark = if one.is_own {
                " own"
            } else if one.is_known {
                ""
            } else {
                " ?"
            };
            format!("{}{mark}", one.reference)
        })
        .collect()
}

#[test]
fn variables_are_offered_to_every_task() {
    let mut draft = draft();
    let variable = |name: &str| Variable { name: name.to_owned(), spec: VariableSpec::default() };
    let declared = Definition { variables: ["version", "ring"].map(variable).into(), ..draft.definition() };
    draft = draft.matched("shop", "", &declared);
    let places: Vec<TaskPosition> = draft.tasks().map(|(place, _)| place).collect();
    for place in places {
        let all = offered(&draft, place).into_iter().filter(|one| one.reference.source.variable().is_some());
        let texts: Vec<String> = all.map(|one| one.reference.to_string()).collect();
        assert_eq!(texts, ["${vars.version}", "${vars.ring}"]);
    }
}

#[test]
fn what_has_always_ended_before_is_offered_the_nearest_first() {
    let deploy = TaskPosition { phase: 1, group: 0, position: 1 };
    assert_eq!(
        texts(deploy),
        [
            "${tasks.go-live.decision.by}",
            "${tasks.go-live.decision.verdict}",
            "${tasks.go-live.decision.comment}",
            "${tasks.go-live.decision.at}",
            "${tasks.lint.outputs.NAME} ?",
            "${tasks.build.outputs.image}",
            "${tasks.build.outputs.version}",
            "${tasks.deploy.outputs.before} own",
        ]
    );
    assert_eq!(texts(TaskPosition { phase: 0, group: 0, position: 0 }), [""; 0]);
    assert!(!texts(TaskPosition { phase: 1, group: 1, position: 0 }).iter().any(|text| text.contains("go-live")));
}

#[test]
fn what_is_offered_can_be_named_and_the_release_is_always_among_it() {
    let at = TaskPosition { phase: 2, group: 0, position: 0 };
    let all = offered(&draft(), at);
    for one in all {
        let text = one.reference.to_string();
        assert_eq!(crate::domain::reference::references(&text).map(|found| found.len()), Ok(1), "{text}");
    }
    let first = offered(&draft(), TaskPosition { phase: 0, group: 0, position: 0 });
    assert_eq!(first.len(), ReleasePart::ALL.len());
}
