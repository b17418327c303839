//! Merges: what one changed is taken, what both changed is told, and nobody's work is lost without a word.

use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, any};
use proptest::sample::Index;
use proptest::{prop_assert, prop_assert_eq, proptest};

use super::*;
use crate::domain::definition::{Definition, Group, Phase, Task};
use crate::domain::edit::random::{Wish, definition, kind, wish};
use crate::domain::edit::{Edit, EditCommand, EditOperation, Editing};
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
        ],
    }
}

fn merged(
    mine: impl FnOnce(&mut Definition),
    theirs: impl FnOnce(&mut Definition),
    choices: &MergeChoices,
) -> (String, Merged) {
    let base = Draft::of("shop", "", &shop());
    let (mut my_definition, mut their_definition) = (shop(), shop());
    mine(&mut my_definition);
    theirs(&mut their_definition);
    let mine = base.matched_closely("shop", "", &my_definition);
    let theirs = aligned((&base, &mine), ("shop", ""), &their_definition);
    let merged = merge(MergeSides { base: &base, mine: &mine, theirs: &theirs }, choices);
    let group = |group: &Group| group.tasks.iter().map(|task| task.name.as_str()).collect::<Vec<_>>().join(" ");
    let phase = |phase: &Phase| {
        let groups: Vec<String> = phase.groups.iter().map(|it| format!("[{}]", group(it))).collect();
        format!("{}: {}", phase.name, groups.join(" "))
    };
    let outline = merged.draft.definition().phases.iter().map(phase).collect::<Vec<_>>().join("; ");
    (outline, merged)
}

fn both(mine: impl FnOnce(&mut Definition), theirs: impl FnOnce(&mut Definition)) -> String {
    let (outline, merged) = merged(mine, theirs, &MergeChoices::new());
    assert_eq!(merged.conflicts, []);
    outline
}

fn tasks(definition: &mut Definition) -> &mut Vec<Task> {
    &mut definition.phases[0].groups[0].tasks
}

fn set(definition: &mut Definition, task: usize, change: impl FnOnce(&mut CommandSpec)) {
    let Kind::Command(command) = &mut tasks(definition)[task].kind else { panic!("it is a command") };
    change(command);
}

#[test]
fn a1_what_only_one_changed_is_merged() {
    assert_eq!(
        both(|it| tasks(it).insert(1, run("mine", "m")), |it| tasks(it).insert(3, run("theirs", "t"))),
        "Build: [web mine api docs theirs] [lint]; Deploy: [deploy]"
    );
    assert_eq!(
        both(|it| drop(tasks(it).remove(0)), |it| tasks(it)[1].name = "service".to_owned()),
        "Build: [service docs] [lint]; Deploy: [deploy]"
    );
    assert_eq!(
        both(|it| it.phases.swap(0, 1), |it| it.phases[1].name = "Ship".to_owned()),
        "Ship: [deploy]; Build: [web api docs] [lint]"
    );
    let moves = |it: &mut Definition| {
        let task = tasks(it).remove(2);
        it.phases[1].groups[0].tasks.push(task);
    };
    assert_eq!(
        both(moves, |it| tasks(it)[2].description = "Text.".to_owned()),
        "Build: [web api] [lint]; Deploy: [deploy docs]"
    );
    assert_eq!(
        both(|it| tasks(it).rotate_left(1), |it| it.phases.push(phase("Tell", &[&[run("tell", "t")]]))),
        "Build: [api docs web] [lint]; Deploy: [deploy]; Tell: [tell]"
    );
    let added = |it: &mut Definition| tasks(it).push(run("both", "b"));
    assert_eq!(both(added, added), "Build: [web api docs both] [lint]; Deploy: [deploy]");
    let more = |it: &mut Definition| it.phases.push(phase("Tell", &[&[run("tell", "t")]]));
    let and_more = |it: &mut Definition| {
        more(it);
        added(it);
    };
    assert_eq!(both(more, and_more), "Build: [web api docs both] [lint]; Deploy: [deploy]; Tell: [tell]");
    assert_eq!(both(and_more, more), "Build: [web api docs both] [lint]; Deploy: [deploy]; Tell: [tell]");
}

#[test]
fn a1_fields_of_one_task_are_merged_one_by_one() {
    let mine = |it: &mut Definition| set(it, 0, |command| command.timeout = 5);
    let theirs = |it: &mut Definition| {
        set(it, 0, |command| {
            command.script = "other".to_owned();
            command.environment.insert("A".to_owned(), "1".to_owned());
        });
    };
    let (_, merged) = merged(mine, theirs, &MergeChoices::new());
    assert_eq!(merged.conflicts, []);
    let Kind::Command(command) = &merged.draft.phases[0].groups[0].tasks[0].kind else { panic!("it is a command") };
    assert_eq!((command.timeout, command.script.as_str(), command.environment["A"].as_str()), (5, "other", "1"));
}

#[test]
fn a1_where_both_changed_the_same_one_of_them_is_chosen() {
    let mine = |it: &mut Definition| set(it, 0, |command| command.script = "mine".to_owned());
    let theirs = |it: &mut Definition| set(it, 0, |command| command.script = "theirs".to_owned());
    let (_, first) = merged(mine, theirs, &MergeChoices::new());
    let text = |text: &str| Some(MergeValue::Field(FieldValue::Text(text.to_owned())));
    let task = first.draft.phases[0].groups[0].tasks[0].id;
    let at = ConflictAt { element: Some(task), aspect: ConflictAspect::Field { key: "script".to_owned() } };
    let conflict = Conflict {
        at: at.clone(),
        name: "web".to_owned(),
        base: text("w"),
        mine: text("mine"),
        theirs: text("theirs"),
        choice: MergeChoice::Mine,
    };
    assert_eq!(first.conflicts, [conflict]);
    let (_, second) = merged(mine, theirs, &[(at, MergeChoice::Theirs)].into());
    assert_eq!(second.conflicts[0].choice, MergeChoice::Theirs);
    let Kind::Command(command) = &second.draft.phases[0].groups[0].tasks[0].kind else { panic!("it is a command") };
    assert_eq!(command.script, "theirs");
}

#[test]
fn a1_what_one_removed_and_the_other_changed_is_not_lost_without_a_word() {
    let changes = |it: &mut Definition| set(it, 0, |command| command.timeout = 5);
    let removes = |it: &mut Definition| drop(it.phases.remove(0));
    let (outline, kept) = merged(changes, removes, &MergeChoices::new());
    assert_eq!(outline, "Build: [web]; Deploy: [deploy]", "with what it is in");
    assert_eq!(kept.conflicts.len(), 1);
    assert_eq!(kept.conflicts[0].at.aspect, ConflictAspect::Presence);
    assert_eq!(kept.conflicts[0].theirs, None);
    let choices = [(kept.conflicts[0].at.clone(), MergeChoice::Theirs)].into();
    assert_eq!(merged(changes, removes, &choices).0, "Deploy: [deploy]");
    let (outline, removed) = merged(removes, changes, &MergeChoices::new());
    assert_eq!((outline.as_str(), removed.conflicts.len()), ("Deploy: [deploy]", 1));
    let choices = [(removed.conflicts[0].at.clone(), MergeChoice::Theirs)].into();
    assert_eq!(merged(removes, changes, &choices).0, "Build: [web]; Deploy: [deploy]");
}

#[test]
fn a1_another_kind_another_order_and_another_place_are_told_as_such() {
    let aspect = |mine: fn(&mut Definition), theirs: fn(&mut Definition)| {
        let (_, merged) = merged(mine, theirs, &MergeChoices::new());
        assert_eq!(merged.conflicts.len(), 1, "{:?}", merged.conflicts);
        merged.conflicts[0].at.aspect.clone()
    };
    let trigger = |it: &mut Definition| tasks(it)[0].kind = Kind::ManualTrigger(ManualTrigger::default());
    let changed = |it: &mut Definition| set(it, 0, |command| command.timeout = 5);
    assert_eq!(aspect(trigger, changed), ConflictAspect::Kind);
    assert_eq!(aspect(|it| tasks(it).rotate_left(1), |it| tasks(it).swap(0, 1)), ConflictAspect::Order);
    let to_deploy = |it: &mut Definition| {
        let task = tasks(it).remove(2);
        it.phases[1].groups[0].tasks.push(task);
    };
    let to_lint = |it: &mut Definition| {
        let task = tasks(it).remove(2);
        it.phases[0].groups[1].tasks.push(task);
    };
    assert_eq!(aspect(to_deploy, to_lint), ConflictAspect::Parent);
    let named = |name: &'static str| move |it: &mut Definition| it.phases[0].name = name.to_owned();
    let (outline, merged) = merged(named("Mine"), named("Theirs"), &MergeChoices::new());
    assert_eq!(merged.conflicts.len(), 1);
    assert!(outline.starts_with("Mine: "));
}

fn declare(names: &'static [&'static str]) -> impl FnOnce(&mut Definition) {
    let variable = |name: &&str| Variable { name: (*name).to_owned(), spec: VariableSpec::default() };
    move |it| it.variables = names.iter().map(variable).collect()
}

#[test]
fn a1_variables_are_merged_field_by_field() {
    let merged_variables = |mine: fn(&mut Definition), theirs: fn(&mut Definition)| {
        let begun = |change: fn(&mut Definition)| {
            let mut definition = shop();
            declare(&["site", "version", "note"])(&mut definition);
            change(&mut definition);
            definition
        };
        let base = Draft::of("shop", "", &begun(|_| {}));
        let mine = base.matched_closely("shop", "", &begun(mine));
        let theirs = aligned((&base, &mine), ("shop", ""), &begun(theirs));
        let merged = merge(MergeSides { base: &base, mine: &mine, theirs: &theirs }, &MergeChoices::new());
        let of = |it: &Variable| format!("{}={}", it.name, it.spec.default.as_deref().unwrap_or("-"));
        let variables: Vec<String> = merged.draft.definition().variables.iter().map(of).collect();
        let aspects: Vec<_> = merged.conflicts.into_iter().map(|conflict| conflict.at.aspect).collect();
        (variables.join(" "), aspects)
    };
    let default = |it: &mut Definition| it.variables[0].spec.default = Some("mine".to_owned());
    let required = |it: &mut Definition| {
        it.variables[0].spec.required = true;
        it.variables[1].name = "release".to_owned();
    };
    assert_eq!(merged_variables(default, required), ("site=mine release=- note=-".to_owned(), vec![]));
    let added = |it: &mut Definition| declare(&["site", "version", "note", "both"])(it);
    assert_eq!(merged_variables(added, added), ("site=- version=- note=- both=-".to_owned(), vec![]));
    let removed = |it: &mut Definition| drop(it.variables.remove(0));
    assert_eq!(merged_variables(removed, |_| {}), ("version=- note=-".to_owned(), vec![]));
    assert_eq!(
        merged_variables(default, removed),
        ("site=mine version=- note=-".to_owned(), vec![ConflictAspect::Presence])
    );
    let theirs = |it: &mut Definition| it.variables[0].spec.default = Some("theirs".to_owned());
    let field = ConflictAspect::Field { key: "default".to_owned() };
    assert_eq!(merged_variables(default, theirs), ("site=mine version=- note=-".to_owned(), vec![field]));
    assert_eq!(
        merged_variables(|it| it.variables.rotate_left(1), |it| it.variables.swap(1, 2)).1,
        [ConflictAspect::VariableOrder]
    );
}

#[test]
fn what_could_not_be_read_of_mine_stays_unless_theirs_is_taken() {
    let base = Draft::of("shop", "", &shop());
    let mut mine = base.clone();
    let typed = [("timeout", "soon"), ("script", "?")].map(|(key, text)| (key.to_owned(), text.to_owned()));
    mine.phases[0].groups[0].tasks[0].unread = typed.into();
    let mut read = shop();
    set(&mut read, 0, |command| command.script = "theirs".to_owned());
    let theirs = aligned((&base, &mine), ("shop", ""), &read);
    let merged = merge(MergeSides { base: &base, mine: &mine, theirs: &theirs }, &MergeChoices::new());
    let task = &merged.draft.phases[0].groups[0].tasks[0];
    assert_eq!(task.unread.keys().collect::<Vec<_>>(), ["timeout"]);
}

#[test]
fn a_merge_is_one_action_that_can_be_undone() {
    let base = Draft::of("shop", "", &shop());
    let mut editing = Editing::of(base.clone());
    editing.run(&EditCommand::SetName { name: "mine".to_owned() }).expect("it is named");
    let mut read = shop();
    tasks(&mut read).push(run("theirs", "t"));
    let theirs = aligned((&base, &editing.draft), ("shop", "Theirs."), &read);
    let before = editing.draft.clone();
    let merged = merge(MergeSides { base: &base, mine: &before, theirs: &theirs }, &MergeChoices::new());
    editing.take_over(merged.draft.clone()).expect("it is taken");
    let draft = &editing.draft;
    assert_eq!((draft.name.as_str(), draft.description.as_str()), ("mine", "Theirs."));
    assert_eq!(draft.definition(), read);
    let step = editing.undo().expect("it is undone");
    assert_eq!(step.label.operation, EditOperation::Merge);
    assert!(editing.draft.says_the_same(&before));
    editing.redo().expect("it is done again");
    assert_eq!(editing.draft, merged.draft);
    assert_eq!(editing.take_over(merged.draft), Ok(Edit::Unchanged));
}

fn edited(base: &Draft, wishes: &[Wish]) -> Draft {
    let mut editing = Editing::of(base.clone());
    for wish in wishes {
        let _refused = editing.run(&wish.command(&editing.draft));
    }
    editing.draft
}

/// Names that are there once.
fn with_own_names(mut definition: Definition) -> Definition {
    let mut number = 0;
    for phase in &mut definition.phases {
        for task in phase.groups.iter_mut().flat_map(|group| &mut group.tasks) {
            number += 1;
            task.name = format!("task-{number}-x");
        }
    }
    definition
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_nobody_else_changed_is_mine(base in definition(), wishes in vec(wish(), 0..12)) {
        let base = Draft::of("shop", "", &base);
        let mine = edited(&base, &wishes);
        let theirs = aligned((&base, &mine), ("shop", ""), &base.definition());
        let merged = merge(MergeSides { base: &base, mine: &mine, theirs: &theirs }, &MergeChoices::new());
        prop_assert_eq!(merged.conflicts, []);
        prop_assert_eq!(merged.draft, mine);
    }

    #[test]
    fn what_i_did_not_change_is_theirs(base in definition(), wishes in vec(wish(), 0..12)) {
        let base = Draft::of("shop", "", &base);
        let saved = edited(&base, &wishes);
        let of_theirs = (saved.name.as_str(), saved.description.as_str());
        let theirs = aligned((&base, &base), of_theirs, &saved.definition());
        let merged = merge(MergeSides { base: &base, mine: &base, theirs: &theirs }, &MergeChoices::new());
        prop_assert_eq!(merged.conflicts, []);
        prop_assert_eq!(&merged.draft.name, &saved.name);
        prop_assert_eq!(merged.draft.definition(), saved.definition());
    }

    #[test]
    fn what_both_did_alike_is_so(base in definition(), wishes in vec(wish(), 0..12)) {
        let base = Draft::of("shop", "", &base);
        let mine = edited(&base, &wishes);
        let theirs = aligned((&base, &mine), (&mine.name, &mine.description), &mine.definition());
        let merged = merge(MergeSides { base: &base, mine: &mine, theirs: &theirs }, &MergeChoices::new());
        prop_assert_eq!(merged.conflicts, []);
        prop_assert_eq!(merged.draft.definition(), mine.definition());
    }

    #[test]
    fn changes_of_two_tasks_are_both_there(
        base in definition(), mine in (any::<Index>(), kind()), theirs in (any::<Index>(), kind()),
    ) {
        let base = Draft::of("shop", "", &with_own_names(base));
        let ids: Vec<ElementId> = base.tasks().map(|(_, task)| task.id).collect();
        if ids.len() < 2 {
            return Ok(());
        }
        let first = ids[mine.0.index(ids.len())];
        let second = ids[theirs.0.index(ids.len())];
        let set = |task: ElementId, kind: &Kind| {
            let mut editing = Editing::of(base.clone());
            let command = EditCommand::SetTask { task, kind: kind.clone(), unread: BTreeMap::new() };
            editing.run(&command).expect("it is there");
            editing.draft
        };
        let (my_draft, their_draft) = (set(first, &mine.1), set(second, &theirs.1));
        let aligned = aligned((&base, &my_draft), ("shop", ""), &their_draft.definition());
        let merged = merge(MergeSides { base: &base, mine: &my_draft, theirs: &aligned }, &MergeChoices::new());
        if first != second {
            prop_assert_eq!(merged.conflicts, []);
            prop_assert_eq!(&merged.draft.task(first).expect("it is there").kind, &mine.1);
            prop_assert_eq!(&merged.draft.task(second).expect("it is there").kind, &theirs.1);
        }
    }

    #[test]
    fn a_merge_of_anything_is_a_draft_and_choosing_settles_it(
        base in definition(), mine in vec(wish(), 0..12), theirs in vec(wish(), 0..12), luck in vec(any::<bool>(), 1..5),
    ) {
        let base = Draft::of("shop", "", &base);
        let mine = edited(&base, &mine);
        let saved = edited(&base, &theirs);
        let theirs = aligned((&base, &mine), (&saved.name, &saved.description), &saved.definition());
        prop_assert_eq!(theirs.definition(), saved.definition());
        let sides = MergeSides { base: &base, mine: &mine, theirs: &theirs };
        let mut choices = MergeChoices::new();
        // Choices bring new conflicts at most where they keep something, so a few rounds settle all.
        for _ in 0..8 {
            let merged = merge(sides, &choices);
            let ids: std::collections::BTreeSet<ElementId> = merged.draft.ids().collect();
            prop_assert_eq!(ids.len(), merged.draft.ids().count());
            prop_assert!(ids.iter().all(|id| id.0 < merged.draft.next_id));
            for (conflict, lucky) in merged.conflicts.iter().zip(luck.iter().cycle()) {
                let choice = if *lucky { MergeChoice::Mine } else { MergeChoice::Theirs };
                choices.entry(conflict.at.clone()).or_insert(choice);
            }
        }
        let merged = merge(sides, &choices);
        prop_assert!(merged.conflicts.iter().all(|conflict| choices.get(&conflict.at) == Some(&conflict.choice)));
        // Nobody's new task is lost.
        for draft in [&mine, &theirs] {
            for (_, task) in draft.tasks().filter(|(_, task)| base.task(task.id).is_none()) {
                prop_assert!(merged.draft.task(task.id).is_some());
            }
        }
    }
}
