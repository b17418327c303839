//! Each command, its limits and its labels.

use super::*;
use crate::domain::kinds::ManualTrigger;
use crate::domain::validate::{MAX_GROUPS, MAX_PHASES, MAX_TASKS, MAX_TASKS_IN_ALL};

fn add_task(group: ElementId, name: Option<&str>) -> EditCommand {
    EditCommand::AddTask { group, after: None, name: name.map(str::to_owned), kind: script("true") }
}

#[test]
fn a_release_task_is_built_from_a_blank_one() {
    let mut editing = Editing::of(Draft::blank("release-abcdef"));
    let group = editing.draft.phases[0].groups[0].id;
    let first = summary(editing.run(&add_task(group, None)).expect("it is added")).element;
    let kind = Kind::ManualTrigger(ManualTrigger::default());
    let second = EditCommand::AddTask { group, after: first, name: None, kind };
    editing.run(&second).expect("it is added");
    let added = EditCommand::AddPhase { after: Some(editing.draft.phases[0].id), name: None };
    let phase = summary(editing.run(&added).expect("it is added")).element.expect("it is there");
    let named = EditCommand::AddPhase { after: None, name: Some("First".to_owned()) };
    editing.run(&named).expect("it is added");
    let after = Some(editing.draft.phases[2].groups[0].id);
    editing.run(&EditCommand::AddGroup { phase, after }).expect("it is added");
    assert_eq!(outline(&editing.draft), "First: []; phase-1: [command-1 manual-trigger-1]; phase-2: [] []");
    editing.run(&EditCommand::SetName { name: "shop".to_owned() }).expect("it is named");
    editing.run(&EditCommand::SetDescription { description: "All.".to_owned() }).expect("it is described");
    editing.run(&EditCommand::SetBestEffort { best_effort: true }).expect("it is set");
    let draft = &editing.draft;
    assert_eq!((draft.name.as_str(), draft.description.as_str(), draft.best_effort), ("shop", "All.", true));
}

#[test]
fn a_name_that_cannot_be_had_is_kept_as_it_was_typed() {
    let mut editing = shop();
    let group = editing.draft.phases[0].groups[0].id;
    for typed in ["web", "1x"] {
        let added = summary(editing.run(&add_task(group, Some(typed))).expect("it is added")).element;
        let task = editing.draft.task(added.expect("it is there")).expect("it is there");
        assert!(task.name.starts_with("command-"), "{}", task.name);
        assert_eq!(task.unread["name"], typed);
    }
    let (api, deploy) = (id(&editing, "api"), id(&editing, "deploy"));
    let rename = |name: &str| EditCommand::RenameTask { task: api, name: name.to_owned() };
    editing.run(&rename("we b")).expect("nothing typed is lost");
    assert_eq!(named(&editing.draft, "api").unread["name"], "we b");
    let unread = [("name".to_owned(), "x".to_owned()), ("timeout".to_owned(), "soon".to_owned())].into();
    editing.run(&EditCommand::SetTask { task: api, kind: script("true"), unread }).expect("it is set");
    assert_eq!(named(&editing.draft, "api").unread["name"], "we b", "only naming is about the name");
    assert_eq!(text(editing.draft.task(deploy).expect("it is there")), "${tasks.web.outputs.x} ${tasks.api.outputs.y}");
    let done = summary(editing.run(&rename("service")).expect("it is named"));
    assert_eq!(done.references, 1);
    assert_eq!(named(&editing.draft, "service").unread.keys().collect::<Vec<_>>(), ["timeout"]);
}

#[test]
fn what_is_gone_or_of_another_sort_is_refused() {
    let mut editing = shop();
    let (phase, group, task) = (editing.draft.phases[0].id, editing.draft.phases[0].groups[0].id, id(&editing, "web"));
    let other = editing.draft.phases[1].groups[0].id;
    let gone = |element| EditRefusal::Gone { element };
    let no = ElementId(4711);
    for (command, refusal) in [
        (EditCommand::RemoveTask { task: group }, gone(group)),
        (EditCommand::RemoveGroup { group: phase }, gone(phase)),
        (EditCommand::RemovePhase { phase: task }, gone(task)),
        (EditCommand::CopyTask { task: no }, gone(no)),
        (EditCommand::RenameTask { task: no, name: "xy".to_owned() }, gone(no)),
        (EditCommand::MoveTask { task, group: phase, after: None }, gone(phase)),
        (EditCommand::MoveTask { task, group: other, after: Some(task) }, EditRefusal::NotThere { after: task }),
        (EditCommand::MoveTask { task, group: other, after: Some(no) }, EditRefusal::NotThere { after: no }),
        (EditCommand::AddGroup { phase, after: Some(other) }, EditRefusal::NotThere { after: other }),
        (EditCommand::AddPhase { after: Some(no), name: None }, EditRefusal::NotThere { after: no }),
    ] {
        let before = editing.clone();
        assert_eq!(editing.run(&command), Err(refusal), "{command:?}");
        assert_eq!(editing, before);
    }
    editing.draft.next_id = u32::MAX;
    assert_eq!(editing.run(&EditCommand::CopyTask { task }), Err(EditRefusal::NoIdLeft));
}

fn many(count: usize) -> Vec<Task> {
    (0..count).map(|number| task(&format!("t{number}x"), "true")).collect()
}

fn too_many(of: CountLimit, most: usize) -> Result<Edit, EditRefusal> {
    Err(EditRefusal::TooMany { of, most })
}

#[test]
fn one_over_a_limit_is_refused() {
    let phases: Vec<Phase> = (0..MAX_PHASES).map(|number| phase(&format!("p{number}"), &[&[]])).collect();
    let mut wide = editing(&phases);
    let last = wide.draft.phases[19].id;
    let full = too_many(CountLimit::Phases, MAX_PHASES);
    assert_eq!(wide.run(&EditCommand::AddPhase { after: Some(last), name: None }), full);
    assert_eq!(wide.run(&EditCommand::CopyPhase { phase: last }), full);
    wide.run(&EditCommand::MovePhase { phase: last, after: None }).expect("it takes no room");

    let empty: Vec<&[Task]> = vec![&[]; MAX_GROUPS];
    let mut tall = editing(&[phase("Full", &empty), phase("Free", &[&[]])]);
    let (from, to) = (tall.draft.phases[1].groups[0].id, tall.draft.phases[0].id);
    let full = too_many(CountLimit::Groups, MAX_GROUPS);
    assert_eq!(tall.run(&EditCommand::AddGroup { phase: to, after: None }), full);
    assert_eq!(tall.run(&EditCommand::MoveGroup { group: from, phase: to, after: None }), full);
    assert_eq!(tall.run(&EditCommand::CopyGroup { group: tall.draft.phases[0].groups[0].id }), full);

    let mut long = editing(&[phase("Full", &[&many(MAX_TASKS), &[task("more", "true")]])]);
    let group = long.draft.phases[0].groups[0].id;
    let more = id(&long, "more");
    let full = too_many(CountLimit::Tasks, MAX_TASKS);
    assert_eq!(long.run(&add_task(group, None)), full);
    assert_eq!(long.run(&EditCommand::MoveTask { task: more, group, after: None }), full);
    assert_eq!(long.run(&EditCommand::CopyTask { task: long.draft.phases[0].groups[0].tasks[0].id }), full);
    assert!(!destinations(&long.draft, more).iter().any(|place| place.parent == Some(group)));

    let all = many(MAX_TASKS_IN_ALL);
    let groups: Vec<&[Task]> = all.chunks(40).collect();
    let mut all = editing(&[phase("Full", &groups)]);
    let (phase_id, group) = (all.draft.phases[0].id, all.draft.phases[0].groups[0].id);
    let full = too_many(CountLimit::TasksInAll, MAX_TASKS_IN_ALL);
    assert_eq!(all.run(&add_task(group, None)), full);
    assert_eq!(all.run(&EditCommand::CopyTask { task: all.draft.phases[0].groups[0].tasks[0].id }), full);
    assert_eq!(all.run(&EditCommand::CopyGroup { group }), full);
    assert_eq!(all.run(&EditCommand::CopyPhase { phase: phase_id }), full);
    let definition = Definition {
        best_effort: false,
        supersede: false,
        on_failure: None,
        variables: Vec::new(),
        phases: vec![phase("Full", &[&many(MAX_TASKS + 1)])],
    };
    let replace = EditCommand::Replace { name: "ab".to_owned(), description: String::new(), definition };
    assert_eq!(all.run(&replace), too_many(CountLimit::Tasks, MAX_TASKS));
}

#[test]
fn a_draft_may_be_left_with_nothing() {
    let mut editing = shop();
    for phase in [editing.draft.phases[0].id, editing.draft.phases[1].id] {
        editing.run(&EditCommand::RemovePhase { phase }).expect("the last one too");
    }
    assert_eq!(editing.draft.problems().len(), 1);
    let mut editing = shop();
    editing.run(&EditCommand::RemoveTask { task: id(&editing, "api") }).expect("the last of its group");
    let group = editing.draft.phases[1].groups[0].id;
    editing.run(&EditCommand::RemoveGroup { group }).expect("the last of its phase");
    assert_eq!(outline(&editing.draft), "Build: [web check] []; Deploy: ");
}

#[test]
fn what_is_already_so_makes_no_entry() {
    let mut editing = shop();
    let (web, check) = (id(&editing, "web"), id(&editing, "check"));
    let (build, deploy) = (editing.draft.phases[0].id, editing.draft.phases[1].id);
    let (first, second) = (editing.draft.phases[0].groups[0].id, editing.draft.phases[0].groups[1].id);
    let definition = editing.draft.definition();
    for command in [
        EditCommand::MoveTask { task: web, group: first, after: None },
        EditCommand::MoveTask { task: web, group: first, after: Some(web) },
        EditCommand::MoveTask { task: check, group: first, after: Some(web) },
        EditCommand::MoveGroup { group: second, phase: build, after: Some(first) },
        EditCommand::MoveGroup { group: second, phase: build, after: Some(second) },
        EditCommand::MovePhase { phase: deploy, after: Some(build) },
        EditCommand::MovePhase { phase: deploy, after: Some(deploy) },
        EditCommand::MovePhase { phase: build, after: None },
        EditCommand::RenameTask { task: web, name: "web".to_owned() },
        EditCommand::RenamePhase { phase: build, name: "Build".to_owned() },
        EditCommand::DescribeTask { task: web, description: String::new() },
        EditCommand::SetTask { task: web, kind: script("true"), unread: BTreeMap::new() },
        EditCommand::SetName { name: "shop-web".to_owned() },
        EditCommand::SetDescription { description: String::new() },
        EditCommand::SetBestEffort { best_effort: false },
        EditCommand::Replace { name: "shop-web".to_owned(), description: String::new(), definition },
    ] {
        let before = editing.clone();
        assert_eq!(editing.run(&command), Ok(Edit::Unchanged), "{command:?}");
        assert_eq!(editing, before);
    }
}

#[test]
fn a_history_says_what_would_be_undone() {
    let mut editing = shop();
    let check = id(&editing, "check");
    let group = editing.draft.phases[0].groups[1].id;
    editing.run(&EditCommand::RemoveTask { task: check }).expect("it is removed");
    let label = editing.history.to_undo().expect("it can be undone").clone();
    let expected = ActionLabel { operation: EditOperation::RemoveTask, name: "check".to_owned(), group: None };
    assert_eq!(label, expected);
    editing.run(&EditCommand::RemoveGroup { group }).expect("it is removed");
    let expected = ActionLabel { operation: EditOperation::RemoveGroup, name: "Build".to_owned(), group: Some(2) };
    assert_eq!(editing.history.to_undo(), Some(&expected));
    editing.undo().expect("it is undone");
    assert_eq!(editing.history.to_redo(), Some(&expected));
    assert_eq!(editing.undo().expect("it is undone"), HistoryStep { label, element: Some(check) });
    assert_eq!(editing.undo(), Err(EditRefusal::NothingToUndo));
    assert_eq!(editing.redo().expect("it is done again").element, None);
    editing.run(&EditCommand::SetName { name: "other".to_owned() }).expect("it is named");
    assert_eq!(editing.redo(), Err(EditRefusal::NothingToRedo));
}

#[test]
fn a_history_keeps_500_actions_and_so_many_bytes() {
    let mut editing = shop();
    for number in 0..=MAX_HISTORY_ENTRIES {
        editing.run(&EditCommand::SetName { name: format!("name-{number}") }).expect("it is named");
    }
    assert_eq!(editing.history.done().len(), MAX_HISTORY_ENTRIES);
    while editing.undo().is_ok() {}
    assert_eq!(editing.draft.name, "name-0", "the oldest went");

    let mut editing = shop();
    let task = id(&editing, "web");
    let one = MAX_HISTORY_BYTES / 4;
    for letter in ["a", "b", "c", "d", "e", "f"] {
        let kind = script(&letter.repeat(one));
        editing.run(&EditCommand::SetTask { task, kind, unread: BTreeMap::new() }).expect("it is set");
        assert!(editing.history.bytes() <= MAX_HISTORY_BYTES);
    }
    assert_eq!(editing.history.done().len(), 3);
    while editing.undo().is_ok() {}
    assert!(editing.history.bytes() <= MAX_HISTORY_BYTES, "in either direction");
    assert!(text(named(&editing.draft, "web")).starts_with('c'));
    let kind = script(&"x".repeat(MAX_HISTORY_BYTES));
    editing.run(&EditCommand::SetTask { task, kind, unread: BTreeMap::new() }).expect("it is set");
    editing.undo().expect("the last action can be undone, whatever it takes");
}

#[test]
fn commands_are_read_as_they_are_written() {
    let json = r#"{"edit":"add_task","group":2,"after":null,"kind":{"type":"command","script":"true","timeout":600}}"#;
    let read: EditCommand = serde_json::from_str(json).expect("it is a command");
    assert_eq!(read, add_task(ElementId(2), None));
    let written = serde_json::to_string(&EditCommand::MovePhase { phase: ElementId(3), after: Some(ElementId(1)) });
    assert_eq!(written.expect("it is written"), r#"{"edit":"move_phase","phase":3,"after":1}"#);
}
