//! Drafts: what they keep, how they are matched with what was read, and their problems.

use super::*;
use crate::domain::kinds::{CommandSpec, ManualTrigger};
use crate::domain::validate::{BrokenRule, UseFault};

fn run(name: &str, script: &str) -> Task {
    let kind = Kind::Command(CommandSpec { script: script.to_owned(), ..CommandSpec::default() });
    Task { name: name.to_owned(), description: String::new(), kind }
}

fn phase(name: &str, groups: &[&[Task]]) -> Phase {
    Phase { name: name.to_owned(), groups: groups.iter().map(|tasks| Group { tasks: tasks.to_vec() }).collect() }
}

fn definition() -> Definition {
    Definition {
        best_effort: true,
        supersede: false,
        on_failure: None,
        variables: Vec::new(),
        phases: vec![
            phase("Build", &[&[run("web", "true"), run("api", "true")], &[run("docs", "true")]]),
            phase("Deploy", &[&[run("deploy", "echo ${tasks.web.outputs.x}")]]),
        ],
    }
}

fn draft() -> Draft {
    Draft::of("shop", "The shop.", &definition())
}

/// The ids of tasks by their names.
fn ids(draft: &Draft) -> BTreeMap<String, u32> {
    draft.tasks().map(|(_, task)| (task.name.clone(), task.id.0)).collect()
}

/// Element, field and what is wrong, for those that are not of rules.
fn told(draft: &Draft) -> Vec<(Option<u32>, String)> {
    draft.problems().into_iter().map(|problem| (problem.element.map(|id| id.0), problem.field)).collect()
}

#[test]
fn a_draft_gives_back_its_definition() {
    let draft = draft();
    assert_eq!(draft.definition(), definition());
    let count = draft.ids().count();
    let distinct: std::collections::BTreeSet<_> = draft.ids().collect();
    assert_eq!((count, distinct.len(), draft.next_id), (9, 9, 10));
    let json = serde_json::to_string(&draft).expect("it is written");
    assert_eq!(serde_json::from_str::<Draft>(&json).expect("it is read"), draft);
    assert_eq!(draft.problems(), []);
}

#[test]
fn a_blank_draft_has_a_place_for_the_first_task() {
    let draft = Draft::blank("release-abcdef");
    assert_eq!(draft.phases[0].name, "phase-1");
    let group = draft.phases[0].groups[0].id;
    assert_eq!(told(&draft), [(Some(group.0), "tasks".to_owned())]);
}

#[test]
fn elements_are_found_by_their_ids() {
    let draft = draft();
    for (position, task) in draft.tasks() {
        assert_eq!(draft.position(task.id), Some(ElementPosition::Task(position)));
    }
    for (phase, group, of) in draft.groups() {
        assert_eq!(draft.position(of.id), Some(ElementPosition::Group { phase, group }));
    }
    for (phase, of) in draft.phases.iter().enumerate() {
        assert_eq!(draft.position(of.id), Some(ElementPosition::Phase { phase }));
    }
    assert_eq!(draft.position(ElementId(99)), None);
}

#[test]
fn problems_are_told_with_the_element_and_its_field() {
    let mut draft = draft();
    let (build, deploy) = (draft.phases[0].id.0, draft.phases[1].id.0);
    let docs_group = draft.phases[0].groups[1].id.0;
    let known = ids(&draft);
    draft.name = "s".to_owned();
    draft.description = "x".repeat(129);
    draft.phases[0].name = "-".to_owned();
    draft.phases[0].groups[1].tasks.clear();
    draft.phases[0].groups[0].tasks[1].description = "x".repeat(129);
    draft.phases[0].groups[0].tasks[0].kind = Kind::Command(CommandSpec { timeout: 0, ..CommandSpec::default() });
    draft.phases[1].name = String::new();
    let name = |field: &str| field.to_owned();
    let expected = [
        (None, name("name")),
        (None, name("description")),
        (Some(docs_group), name("tasks")),
        (Some(build), name("name")),
        (Some(deploy), name("name")),
        (Some(known["web"]), name("script")),
        (Some(known["web"]), name("timeout")),
        (Some(known["api"]), name("description")),
    ];
    assert_eq!(told(&draft), expected);
    draft.phases.clear();
    draft.name = name("shop");
    draft.description.clear();
    assert_eq!(told(&draft), [(None, name("phases"))]);
}

#[test]
fn what_could_not_be_read_is_a_problem_of_its_field_alone() {
    let mut draft = draft();
    let deploy = &mut draft.phases[1].groups[0].tasks[0];
    deploy.kind = Kind::Command(CommandSpec { script: "true".to_owned(), timeout: 0, ..CommandSpec::default() });
    deploy.unread.insert("timeout".to_owned(), "ten minutes".to_owned());
    let id = deploy.id;
    let fault = DraftFault::Unread { text: "ten minutes".to_owned() };
    let expected = DraftProblem { element: Some(id), field: "timeout".to_owned(), fault, line: 0 };
    assert_eq!(draft.problems(), [expected]);
}

#[test]
fn a_name_that_a_task_cannot_have_is_told_by_its_rule() {
    let mut draft = draft();
    let mut fault_of = |typed: &str| {
        draft.phases[1].groups[0].tasks[0].unread = [("name".to_owned(), typed.to_owned())].into();
        let mut problems = draft.problems();
        assert_eq!(problems.len(), 1, "{problems:?}");
        problems.remove(0).fault
    };
    assert!(matches!(fault_of("1x"), DraftFault::Rule(BrokenRule::Name { .. })));
    assert!(matches!(fault_of("web"), DraftFault::Rule(BrokenRule::TaskTwice { phase, .. }) if phase == "Build"));
    assert!(matches!(fault_of("free"), DraftFault::Unread { .. }), "another task may have had it");
}

#[test]
fn references_that_lead_nowhere_are_told_with_their_lines() {
    let mut draft = draft();
    let script = "\n${tasks.nobody.outputs.x}".to_owned();
    draft.phases[1].groups[0].tasks[0].kind = Kind::Command(CommandSpec { script, ..CommandSpec::default() });
    let problems = draft.problems();
    assert_eq!((problems.len(), problems[0].line, problems[0].field.as_str()), (1, 1, "script"));
    let DraftFault::Rule(BrokenRule::Use { fault, .. }) = &problems[0].fault else { panic!("{problems:?}") };
    assert_eq!(*fault, UseFault::NoSuchTask { nearest: None });
}

#[test]
fn what_is_read_is_matched_by_name_and_then_by_place() {
    let old = draft();
    let known = ids(&old);
    let read = Definition {
        best_effort: false,
        supersede: false,
        on_failure: None,
        variables: Vec::new(),
        phases: vec![
            phase("Prepare", &[&[run("plan", "true")]]),
            phase("Build", &[&[run("docs", "true")], &[run("renamed", "true"), run("web", "false")]]),
            phase("Ship", &[&[run("ship", "true")]]),
        ],
    };
    let new = old.matched("shop", "Other.", &read);
    assert_eq!((new.definition(), new.description.as_str()), (read, "Other."));
    let found = ids(&new);
    assert_eq!((found["docs"], found["web"]), (known["docs"], known["web"]), "by name, wherever they are");
    assert_eq!(new.phases[1].id, old.phases[0].id, "by name");
    let groups = |phase: &DraftPhase| phase.groups.iter().map(|group| group.id).collect::<Vec<_>>();
    let (first, second) = (groups(&old.phases[0])[0], groups(&old.phases[0])[1]);
    assert_eq!(groups(&new.phases[1]), [second, first], "a group goes with its tasks");
    let old_ids: std::collections::BTreeSet<u32> = old.ids().map(|id| id.0).collect();
    assert!(!old_ids.contains(&new.phases[0].id.0) || new.phases[0].id == old.phases[1].id);
    let distinct: std::collections::BTreeSet<_> = new.ids().collect();
    assert_eq!(distinct.len(), new.ids().count());
    assert!(new.ids().all(|id| id.0 < new.next_id));
}

#[test]
fn a_task_that_was_named_anew_in_the_text_keeps_its_id() {
    let old = draft();
    let mut read = definition();
    read.phases[0].groups[0].tasks[1].name = "service".to_owned();
    read.phases[1].name = "Ship".to_owned();
    let new = old.matched("shop", "The shop.", &read);
    assert_eq!(ids(&new)["service"], ids(&old)["api"]);
    assert_eq!(new.ids().collect::<Vec<_>>(), old.ids().collect::<Vec<_>>());
    assert_eq!(new.next_id, old.next_id);
}

#[test]
fn what_could_not_be_read_survives_the_text_unless_the_kind_is_another() {
    let mut old = draft();
    let typed = [("timeout".to_owned(), "soon".to_owned())];
    old.phases[0].groups[0].tasks[0].unread = typed.clone().into();
    old.phases[0].groups[0].tasks[1].unread = typed.clone().into();
    let mut read = old.definition();
    read.phases[0].groups[0].tasks[1].kind = Kind::ManualTrigger(ManualTrigger::default());
    let new = old.matched("shop", "The shop.", &read);
    assert_eq!(new.phases[0].groups[0].tasks[0].unread, typed.into());
    assert_eq!(new.phases[0].groups[0].tasks[1].unread, BTreeMap::new());
}
