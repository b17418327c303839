//! Properties that no history of commands breaks.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, any};
use proptest::sample::Index;
use proptest::{prop_assert, prop_assert_eq, proptest};

use super::random::{Wish, draft, name, variable_name, wish};
use crate::domain::draft::{Draft, DraftTask, ElementId};
use crate::domain::edit::{Edit, EditCommand, Editing};
use crate::domain::names;
use crate::domain::reference::scan;

fn config() -> ProptestConfig {
    ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() }
}

/// Carries the wishes out; what is refused changes nothing.
fn edited(draft: Draft, wishes: &[Wish]) -> Editing {
    let mut editing = Editing::of(draft);
    for wish in wishes {
        let before = editing.clone();
        let command = wish.command(&editing.draft);
        match editing.run(&command) {
            Ok(Edit::Changed(summary)) => {
                assert!(!editing.draft.says_the_same(&before.draft), "{command:?} changed nothing");
                assert!(summary.element.is_none_or(|id| editing.draft.position(id).is_some()), "{command:?}");
                assert_eq!(editing.history.undone(), []);
            }
            Ok(Edit::Unchanged) | Err(_) => assert_eq!(editing, before, "{command:?}"),
        }
        holds(&editing.draft);
    }
    editing
}

/// A draft is always a definition, and its ids are its own.
fn holds(draft: &Draft) {
    let ids: BTreeSet<ElementId> = draft.ids().collect();
    assert_eq!(ids.len(), draft.ids().count(), "{draft:?}");
    assert!(ids.iter().all(|id| id.0 < draft.next_id), "{draft:?}");
    assert_eq!(draft.definition().tasks().count(), draft.tasks().count());
    for problem in draft.problems() {
        assert!(problem.element.is_none_or(|id| ids.contains(&id)), "{problem:?}");
    }
}

/// The task that each reference of a task leads to, in the order of its texts.
fn leads_to(draft: &Draft, task: &DraftTask) -> Vec<Option<ElementId>> {
    let meant = draft.named();
    let of_text = |text: &str| scan(text).0.into_iter().map(|span| span.reference.source.task().map(str::to_owned));
    let names = task.kind.texts().into_iter().flat_map(|used| of_text(used.text).collect::<Vec<_>>());
    names.map(|name| name.and_then(|name| meant.get(name.as_str()).copied())).collect()
}

/// The variable that each reference of a task leads to, in the order of its texts.
fn variables_of(draft: &Draft, task: &DraftTask) -> Vec<Option<ElementId>> {
    let spans = task.kind.texts().into_iter().flat_map(|used| scan(used.text).0).collect::<Vec<_>>();
    let names = spans.iter().map(|span| span.reference.source.variable());
    names.map(|name| draft.variable_named(name?).map(|variable| variable.id)).collect()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn undoing_all_is_the_start_and_doing_all_again_is_the_end(draft in draft(), wishes in vec(wish(), 0..30)) {
        let mut editing = edited(draft.clone(), &wishes);
        let end = editing.draft.clone();
        let actions = editing.history.done().len();
        for _ in 0..actions {
            editing.undo().expect("it can be undone");
            holds(&editing.draft);
        }
        prop_assert!(editing.draft.says_the_same(&draft));
        prop_assert!(editing.undo().is_err());
        let mut editing: Editing = serde_json::from_str(&serde_json::to_string(&editing).expect("it is written")).expect("it is read");
        for _ in 0..actions {
            editing.redo().expect("it can be done again");
        }
        prop_assert_eq!(&editing.draft, &end);
        prop_assert!(editing.redo().is_err());
    }

    #[test]
    fn each_action_is_undone_by_itself(draft in draft(), wishes in vec(wish(), 0..15)) {
        let mut editing = Editing::of(draft);
        for wish in wishes {
            let before = editing.draft.clone();
            if let Ok(Edit::Changed(_)) = editing.run(&wish.command(&editing.draft)) {
                let after = editing.draft.clone();
                editing.undo().expect("it can be undone");
                prop_assert!(editing.draft.says_the_same(&before));
                editing.redo().expect("it can be done again");
                prop_assert_eq!(&editing.draft, &after);
            }
        }
    }

    #[test]
    fn renaming_leads_every_reference_where_it_led(
        draft in draft(), wishes in vec(wish(), 0..8), which in any::<Index>(), name in name(),
    ) {
        let mut editing = edited(draft, &wishes);
        let before = editing.draft.clone();
        let ids: Vec<ElementId> = before.tasks().map(|(_, task)| task.id).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let task = ids[which.index(ids.len())];
        let edit = editing.run(&EditCommand::RenameTask { task, name: name.clone() }).expect("it is never refused");
        let mut changed = 0;
        for ((_, old), (_, new)) in before.tasks().zip(editing.draft.tasks()) {
            for (was, is) in leads_to(&before, old).into_iter().zip(leads_to(&editing.draft, new)) {
                prop_assert!(was.is_none() || was == is, "{was:?} {is:?}");
                changed += usize::from(was == Some(task));
            }
        }
        if let Edit::Changed(summary) = edit && editing.draft.task(task).is_some_and(|task| task.name == name) {
            let renamed = before.task(task).is_some_and(|task| task.name != name);
            prop_assert!(!renamed || summary.references >= changed, "{} {changed}", summary.references);
        }
    }

    #[test]
    fn a10_renaming_a_variable_leads_every_reference_where_it_led(
        draft in draft(), wishes in vec(wish(), 0..8), which in any::<Index>(), name in variable_name(),
    ) {
        let mut editing = edited(draft, &wishes);
        let before = editing.draft.clone();
        if before.variables.is_empty() {
            return Ok(());
        }
        let variable = before.variables[which.index(before.variables.len())].id;
        editing.run(&EditCommand::RenameVariable { variable, name: name.clone() }).expect("it is never refused");
        for ((_, old), (_, new)) in before.tasks().zip(editing.draft.tasks()) {
            for (was, is) in variables_of(&before, old).into_iter().zip(variables_of(&editing.draft, new)) {
                prop_assert!(was.is_none() || was == is, "{was:?} {is:?}");
            }
            prop_assert_eq!(leads_to(&before, old), leads_to(&editing.draft, new));
        }
        let renamed = editing.draft.variable(variable).expect("it is there");
        let is_named = renamed.name == name && renamed.typed_name.is_none();
        prop_assert!(is_named || renamed.typed_name.as_deref() == Some(name.as_str()), "{renamed:?}");
    }

    #[test]
    fn a_copy_shares_nothing(
        draft in draft(), wishes in vec(wish(), 0..8), which in any::<Index>(), later in vec(wish(), 0..4),
    ) {
        let mut editing = edited(draft, &wishes);
        let before = editing.draft.clone();
        let phases: Vec<ElementId> = before.phases.iter().map(|phase| phase.id).collect();
        if phases.is_empty() {
            return Ok(());
        }
        let original = phases[which.index(phases.len())];
        let Ok(Edit::Changed(summary)) = editing.run(&EditCommand::CopyPhase { phase: original }) else { return Ok(()) };
        let copy = editing.draft.phase(summary.element.expect("it is there")).expect("it is there").clone();
        let source = before.phase(original).expect("it is there");
        prop_assert_eq!(editing.draft.phase(original), Some(source));

        // Field by field: but for ids and names, and for references within, it is the same.
        let tasks = |phase: &crate::domain::draft::DraftPhase| -> Vec<DraftTask> {
            phase.groups.iter().flat_map(|group| group.tasks.clone()).collect()
        };
        let both: Vec<(DraftTask, DraftTask)> = tasks(source).into_iter().zip(tasks(&copy)).collect();
        prop_assert_eq!(both.len(), tasks(&copy).len());
        let twins: BTreeMap<ElementId, ElementId> = both.iter().map(|(task, twin)| (task.id, twin.id)).collect();
        let taken: BTreeSet<&str> = before.tasks().map(|(_, task)| task.name.as_str()).collect();
        for (task, twin) in &both {
            prop_assert!(names::is_valid(&twin.name) && !taken.contains(twin.name.as_str()), "{}", twin.name);
            prop_assert_eq!((&task.description, task.kind.word()), (&twin.description, twin.kind.word()));
            let expected: Vec<_> = leads_to(&before, task)
                .into_iter()
                .map(|led| led.map(|led| twins.get(&led).copied().unwrap_or(led)))
                .collect();
            let leads = leads_to(&editing.draft, twin);
            for (expected, leads) in expected.iter().zip(&leads) {
                prop_assert!(expected.is_none() || expected == leads);
            }
            prop_assert_eq!(expected.len(), leads.len());
        }

        // Whatever happens to the copy alone does not touch the original.
        let mut alone = editing.clone();
        for (wish, (_, twin)) in later.iter().zip(&both) {
            let kind = wish.kind.clone();
            alone.run(&EditCommand::SetTask { task: twin.id, kind, unread: BTreeMap::new() }).expect("it is there");
        }
        prop_assert_eq!(alone.draft.phase(original), Some(source));
        alone.run(&EditCommand::RemovePhase { phase: copy.id }).expect("it is there");
        prop_assert_eq!(alone.draft.phase(original), Some(source));
    }

    #[test]
    fn a_text_is_replaced_by_what_it_says(draft in draft(), other in draft(), wishes in vec(wish(), 0..6)) {
        let mut editing = edited(draft, &wishes);
        let definition = other.definition();
        let (name, description) = (other.name.clone(), other.description.clone());
        let command = EditCommand::Replace { name, description, definition: definition.clone() };
        editing.run(&command).expect("it is within the limits");
        prop_assert_eq!(editing.draft.definition(), definition);
        prop_assert_eq!(&editing.draft.name, &other.name);
        holds(&editing.draft);
        prop_assert_eq!(editing.run(&command), Ok(Edit::Unchanged));
    }
}
