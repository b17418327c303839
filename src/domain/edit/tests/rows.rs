//! Complaints of users of other editors: a test for each row of the list of wishes that is about the model.

use super::*;

#[test]
fn a7_one_action_is_undone_as_one_with_all_that_led_to_it() {
    let mut editing = shop();
    let before = editing.draft.clone();
    let web = id(&editing, "web");
    let done = editing.run(&EditCommand::RenameTask { task: web, name: "site".to_owned() }).expect("it is named");
    assert_eq!((summary(done).references, editing.history.done().len()), (2, 1));
    let renamed = editing.draft.clone();
    editing.run(&EditCommand::RemovePhase { phase: editing.draft.phases[0].id }).expect("it is removed");
    assert_eq!(editing.draft.problems().len(), 2, "what used it leads nowhere");
    editing.undo().expect("it is undone");
    assert_eq!(editing.draft, renamed, "at its place, with its ids, and what used it uses it");
    assert_eq!(editing.draft.problems(), []);
    editing.undo().expect("it is undone");
    assert_eq!(editing.draft, before, "all places at once");
}

#[test]
fn a7_a_history_survives_a_restart() {
    let mut editing = shop();
    let before = editing.draft.clone();
    editing.run(&EditCommand::CopyPhase { phase: before.phases[0].id }).expect("it is copied");
    let json = serde_json::to_string(&editing).expect("it is written");
    let mut read: Editing = serde_json::from_str(&json).expect("it is read");
    assert_eq!(read, editing);
    read.undo().expect("it is undone");
    assert!(read.draft.says_the_same(&before));
    read.redo().expect("it is done again");
    assert_eq!(read.draft, editing.draft);
}

#[test]
fn a8_elements_are_addressed_by_id_before_and_after_a_save() {
    let names = ["one", "two", "three"];
    for saved in [false, true] {
        for removed in 0..names.len() {
            let mut editing = Editing::of(Draft::blank("shop"));
            let group = editing.draft.phases[0].groups[0].id;
            let mut ids = Vec::new();
            for name in names {
                let (after, name) = (ids.last().copied(), Some(name.to_owned()));
                let command = EditCommand::AddTask { group, after, name, kind: script("true") };
                ids.extend(summary(editing.run(&command).expect("it is added")).element);
            }
            if saved {
                let saved = editing.draft.definition();
                editing = Editing::of(editing.draft.matched("shop", "", &saved));
            }
            // Others move it about first: its id still means it.
            editing.run(&EditCommand::MoveTask { task: ids[2], group, after: None }).expect("it is moved");
            editing.run(&EditCommand::RemoveTask { task: ids[removed] }).expect("it is removed");
            let left: Vec<&str> = editing.draft.tasks().map(|(_, task)| task.name.as_str()).collect();
            let expected: Vec<&str> = ["three", "one", "two"].into_iter().filter(|it| *it != names[removed]).collect();
            assert_eq!(left, expected);
            assert_eq!(
                editing.run(&EditCommand::RemoveTask { task: ids[removed] }),
                Err(EditRefusal::Gone { element: ids[removed] }),
                "never another in its place"
            );
        }
    }
}

#[test]
fn a8_no_id_ever_means_another_element() {
    let mut editing = shop();
    let copied = summary(editing.run(&EditCommand::CopyTask { task: id(&editing, "web") }).expect("it is copied"));
    editing.undo().expect("it is undone");
    let again = summary(editing.run(&EditCommand::CopyTask { task: id(&editing, "api") }).expect("it is copied"));
    assert_ne!(copied.element, again.element);
}

#[test]
fn a9_a_copy_is_a_value_of_its_own_and_its_inner_references_lead_to_it() {
    let mut editing = shop();
    let original = editing.draft.phases[0].clone();
    let copied = summary(editing.run(&EditCommand::CopyPhase { phase: original.id }).expect("it is copied"));
    assert_eq!(
        outline(&editing.draft),
        "Build: [web check] [api]; Build-2: [web-2 check-2] [api-2]; Deploy: [deploy tell]"
    );
    assert_eq!(copied.references, 1);
    assert_eq!(text(named(&editing.draft, "check-2")), "echo ${tasks.web-2.outputs.x}", "within");
    let deploy = editing.draft.phases[2].groups[0].id;
    editing.run(&EditCommand::CopyGroup { group: deploy }).expect("it is copied");
    let copy = named(&editing.draft, "deploy-2");
    assert_eq!(text(copy), "${tasks.web.outputs.x} ${tasks.api.outputs.y}", "without");
    assert_eq!(text(named(&editing.draft, "tell-2")), "${tasks.deploy-2.outputs.z}");
    assert_eq!(editing.draft.problems(), []);

    let set = EditCommand::SetTask { task: copy.id, kind: script("other"), unread: BTreeMap::new() };
    let before = named(&editing.draft, "deploy").clone();
    editing.run(&set).expect("it is set");
    assert_eq!(*named(&editing.draft, "deploy"), before);
    assert_eq!(editing.draft.phases[0], original, "nothing of it is shared");
}

#[test]
fn a9_a_task_alone_is_copied_with_what_it_says_of_itself() {
    let mut editing = shop();
    let deploy = id(&editing, "deploy");
    let Kind::Command(mut command) = script("${tasks.web.outputs.x}") else { unreachable!() };
    command.rollback = Some("${tasks.deploy.outputs.old}".to_owned());
    let unread = [("environment".to_owned(), "A ${tasks.web.outputs.x}".to_owned())].into();
    let set = EditCommand::SetTask { task: deploy, kind: Kind::Command(command), unread };
    editing.run(&set).expect("it is set");
    editing.run(&EditCommand::CopyTask { task: deploy }).expect("it is copied");
    let (original, copy) = (named(&editing.draft, "deploy"), named(&editing.draft, "deploy-2"));
    let Kind::Command(command) = &copy.kind else { panic!("{copy:?}") };
    assert_eq!(command.rollback.as_deref(), Some("${tasks.deploy-2.outputs.old}"));
    assert_eq!(copy.unread, original.unread, "nothing that was typed is lost in it");
}

#[test]
fn a10_renaming_a_task_follows_in_every_reference_to_it_and_to_no_other() {
    let use_both = "${tasks.slack-1.outputs.a} ${tasks.slack-10.outputs.b} slack-1 ${tasks.slack-1.outputs.c:-slack-1}";
    let mut editing = editing(&[
        phase("Tell", &[&[task("slack-1", "true"), task("slack-10", "echo ${tasks.slack-1.outputs.a}")]]),
        phase("Use", &[&[task("use", use_both)]]),
    ]);
    let command = EditCommand::RenameTask { task: id(&editing, "slack-1"), name: "chat".to_owned() };
    assert_eq!(summary(editing.run(&command).expect("it is named")).references, 3);
    let used = "${tasks.chat.outputs.a} ${tasks.slack-10.outputs.b} slack-1 ${tasks.chat.outputs.c:-slack-1}";
    assert_eq!(text(named(&editing.draft, "use")), used);
    assert_eq!(text(named(&editing.draft, "slack-10")), "echo ${tasks.chat.outputs.a}");
    assert_eq!(editing.draft.problems(), []);
    editing.undo().expect("it is one step");
    assert_eq!(text(named(&editing.draft, "use")), use_both);
}

#[test]
fn a10_a_name_of_another_never_takes_its_references() {
    let mut editing = shop();
    let command = EditCommand::RenameTask { task: id(&editing, "web"), name: "api".to_owned() };
    assert_eq!(summary(editing.run(&command).expect("it is kept")).references, 0);
    assert_eq!(text(named(&editing.draft, "deploy")), "${tasks.web.outputs.x} ${tasks.api.outputs.y}");
    assert_eq!(editing.draft.problems().len(), 1);
    let command = EditCommand::RenameTask { task: id(&editing, "web"), name: "web".to_owned() };
    editing.run(&command).expect("it is named");
    assert_eq!(editing.draft.problems(), [], "back at the name that it has");
}

#[test]
fn a10_of_two_tasks_with_one_name_references_mean_the_first() {
    let mut editing =
        editing(&[phase("Build", &[&[task("web", "1"), task("web", "2"), task("use", "${tasks.web.outputs.x}")]])]);
    let ids: Vec<ElementId> = editing.draft.tasks().map(|(_, task)| task.id).collect();
    let rename = |task: usize, name: &str| EditCommand::RenameTask { task: ids[task], name: name.to_owned() };
    assert_eq!(summary(editing.run(&rename(1, "site")).expect("it is named")).references, 0);
    assert_eq!(text(named(&editing.draft, "use")), "${tasks.web.outputs.x}");
    editing.undo().expect("it is undone");
    assert_eq!(summary(editing.run(&rename(0, "site")).expect("it is named")).references, 1);
    assert_eq!(text(named(&editing.draft, "use")), "${tasks.site.outputs.x}");
}

#[test]
fn a10_what_was_typed_is_undone_in_the_right_order() {
    let mut editing = shop();
    let web = id(&editing, "web");
    let unread = [("environment".to_owned(), "A: ${tasks.web.outputs.x}".to_owned())].into();
    editing.run(&EditCommand::SetTask { task: web, kind: script("true"), unread }).expect("it is set");
    editing.run(&EditCommand::RenameTask { task: web, name: "we b".to_owned() }).expect("it is kept");
    let before = editing.draft.clone();
    let renamed = EditCommand::RenameTask { task: web, name: "site".to_owned() };
    assert_eq!(summary(editing.run(&renamed).expect("it is named")).references, 3);
    let left = [("environment".to_owned(), "A: ${tasks.site.outputs.x}".to_owned())].into();
    assert_eq!(named(&editing.draft, "site").unread, left);
    editing.undo().expect("it is undone");
    assert_eq!(editing.draft, before);
}

#[test]
fn a11_moving_is_a_command_like_any_other_whatever_asks_for_it() {
    let mut editing = shop();
    let (web, check) = (id(&editing, "web"), id(&editing, "check"));
    let group = editing.draft.phases[0].groups[0].id;
    let dragged = EditCommand::MoveTask { task: web, group, after: Some(check) };
    assert_eq!(step(&editing.draft, web, Toward::Later), Some(dragged.clone()), "by key");
    let offered = Destination { parent: Some(group), after: Some(check) };
    assert!(destinations(&editing.draft, web).contains(&offered), "by menu");
    editing.run(&dragged).expect("as the first action on a draft");
    assert_eq!(outline(&editing.draft), "Build: [check web] [api]; Deploy: [deploy tell]");
}

#[test]
fn a11_keys_move_over_borders_and_stop_at_the_ends() {
    use Toward::{Earlier, Later, NextPhase, PreviousPhase};
    let moved = |name: &str, toward: Toward| {
        let mut editing = shop();
        let command = step(&editing.draft, id(&editing, name), toward)?;
        editing.run(&command).expect("it is moved");
        Some(outline(&editing.draft))
    };
    let is = |text: &str| Some(text.to_owned());
    assert_eq!(moved("check", Later), is("Build: [web] [check api]; Deploy: [deploy tell]"));
    assert_eq!(moved("check", Earlier), is("Build: [check web] [api]; Deploy: [deploy tell]"));
    assert_eq!(moved("api", Earlier), is("Build: [web check api] []; Deploy: [deploy tell]"));
    assert_eq!(moved("api", NextPhase), is("Build: [web check] []; Deploy: [deploy tell api]"));
    assert_eq!(moved("tell", PreviousPhase), is("Build: [web check tell] [api]; Deploy: [deploy]"));
    for (name, toward) in
        [("web", Earlier), ("web", PreviousPhase), ("api", Later), ("tell", Later), ("tell", NextPhase)]
    {
        assert_eq!(moved(name, toward), None, "{name} {toward:?}");
    }

    let of_part = |part: fn(&Draft) -> ElementId, toward: Toward| {
        let mut editing = shop();
        let command = step(&editing.draft, part(&editing.draft), toward)?;
        editing.run(&command).expect("it is moved");
        Some(outline(&editing.draft))
    };
    let (group, phase) = (|draft: &Draft| draft.phases[0].groups[0].id, |draft: &Draft| draft.phases[0].id);
    assert_eq!(of_part(group, Later), is("Build: [api] [web check]; Deploy: [deploy tell]"));
    assert_eq!(of_part(group, NextPhase), is("Build: [api]; Deploy: [deploy tell] [web check]"));
    assert_eq!(of_part(group, Earlier), None);
    assert_eq!(of_part(phase, NextPhase), is("Deploy: [deploy tell]; Build: [web check] [api]"));
    assert_eq!(of_part(phase, Earlier), None);
}

#[test]
fn a11_every_place_that_is_offered_is_another_and_can_be_moved_to() {
    let start = shop();
    for element in start.draft.ids() {
        let mut seen = std::collections::BTreeSet::new();
        for place in destinations(&start.draft, element) {
            let mut editing = start.clone();
            let Destination { parent, after } = place;
            let parent = parent.unwrap_or(element);
            let command = match start.draft.position(element).expect("it is there") {
                crate::domain::draft::ElementPosition::Variable { .. } => {
                    EditCommand::MoveVariable { variable: element, after }
                }
                crate::domain::draft::ElementPosition::Phase { .. } => EditCommand::MovePhase { phase: element, after },
                crate::domain::draft::ElementPosition::Group { .. } => {
                    EditCommand::MoveGroup { group: element, phase: parent, after }
                }
                crate::domain::draft::ElementPosition::Task(_) => {
                    EditCommand::MoveTask { task: element, group: parent, after }
                }
            };
            summary(editing.run(&command).expect("it is moved"));
            assert!(seen.insert(outline(&editing.draft)), "{}", outline(&editing.draft));
        }
        assert!(!seen.is_empty());
    }
}

/// Twenty phases with ten tasks each, of which each uses what the first of the phase before gave.
fn largest() -> Editing {
    let phases: Vec<Phase> = (0..20)
        .map(|number| {
            let used = if number == 0 { String::new() } else { format!("${{tasks.t-{}-0.outputs.x}}", number - 1) };
            let tasks: Vec<Task> =
                (0..10).map(|index| task(&format!("t-{number}-{index}"), &format!(": {used}"))).collect();
            phase(&format!("p-{number}"), &[&tasks[..5], &tasks[5..]])
        })
        .collect();
    editing(&phases)
}

#[test]
fn a12_the_problems_of_the_largest_release_task_are_each_told_with_their_task() {
    let mut editing = largest();
    assert_eq!(editing.draft.problems(), []);
    let tasks: Vec<DraftTask> = editing.draft.tasks().map(|(_, task)| task.clone()).collect();
    for task in &tasks {
        let Kind::Command(mut command) = task.kind.clone() else { panic!("{task:?}") };
        command.timeout = 0;
        let set = EditCommand::SetTask { task: task.id, kind: Kind::Command(command), unread: BTreeMap::new() };
        editing.run(&set).expect("it is set");
    }
    let told: Vec<_> = editing.draft.problems().into_iter().filter_map(|problem| problem.element).collect();
    assert_eq!(told, tasks.iter().map(|task| task.id).collect::<Vec<_>>());
    let renamed = EditCommand::RenameTask { task: tasks[0].id, name: "first".to_owned() };
    assert_eq!(summary(editing.run(&renamed).expect("it is named")).references, 10);
    assert_eq!(editing.draft.problems().len(), tasks.len());
}
