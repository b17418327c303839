//! Conflicts of a merge in words: what both changed, and what the draft takes over.

use super::view::{ConflictChoice, MergeDialog};
use crate::app::{DraftMerge, OpenDraft};
use crate::domain::compare::compare;
use crate::domain::draft::{Draft, ElementId, ElementPosition};
use crate::domain::merge::{Conflict, MergeChoice, MergeValue};
use crate::http::error::HttpError;
use crate::messages::differences::ChangeWords;
use crate::messages::{self, Locale};
use crate::pages::components::Hidden;

/// The dialog.
pub fn dialog(open: &OpenDraft, merge: &DraftMerge, url: String, cancel_url: String) -> Result<MergeDialog, HttpError> {
    let words = Locale::default().differences();
    let draft = &open.stored.draft;
    let conflicts = merge.merged.conflicts.iter().enumerate();
    Ok(MergeDialog {
        about: words.saved_before(merge.saved_by.name(), merge.newest, open.stored.based_on.unwrap_or(1)),
        url,
        hidden: vec![Hidden::new("rev", open.stored.rev.to_string()), Hidden::new("newest", merge.newest.to_string())],
        cancel_url,
        theirs: words.version(merge.newest),
        their_title: words.changes_of(merge.newest),
        conflicts: conflicts
            .map(|(number, conflict)| choice(number, conflict, [draft, merge.theirs()]))
            .collect::<Result<_, _>>()?,
        my_changes: changes(merge.base(), draft),
        their_changes: changes(merge.base(), merge.theirs()),
        note: open.stored.typed_text.as_ref().map(|_| Locale::default().editor().text_is_discarded().to_owned()),
        error: None,
    })
}

fn changes(before: &Draft, after: &Draft) -> Vec<ChangeWords> {
    messages::changes(&compare(&before.definition(), &after.definition()), Locale::default())
}

fn choice(number: usize, conflict: &Conflict, drafts: [&Draft; 2]) -> Result<ConflictChoice, HttpError> {
    let words = Locale::default().differences();
    let shown = |value: Option<&MergeValue>| match value {
        Some(MergeValue::Field(value)) => words.field_value(value),
        Some(MergeValue::Kind(kind)) => messages::kind(kind, Locale::default()).to_owned(),
        Some(MergeValue::Present) => words.is_there().to_owned(),
        Some(MergeValue::Parent(id)) => place(*id, drafts),
        Some(MergeValue::Order(ids)) => {
            words.in_order(ids.iter().map(|id| place(*id, drafts)).collect::<Vec<_>>().as_slice())
        }
        None => words.is_not_there().to_owned(),
    };
    Ok(ConflictChoice {
        number,
        at: serde_json::to_string(&conflict.at).map_err(anyhow::Error::from)?,
        title: words.conflict(&conflict.name, &conflict.at.aspect),
        mine: shown(conflict.mine.as_ref()),
        theirs: shown(conflict.theirs.as_ref()),
        is_theirs: conflict.choice == MergeChoice::Theirs,
    })
}

/// What an element is called in the first draft that has it.
fn place(id: ElementId, drafts: [&Draft; 2]) -> String {
    let words = Locale::default().differences();
    let named = |draft: &Draft| match draft.position(id)? {
        ElementPosition::Variable { index } => Some(draft.variables[index].name.clone()),
        ElementPosition::Phase { phase } => Some(draft.phases[phase].name.clone()),
        ElementPosition::Group { phase, group } => Some(words.group_of(&draft.phases[phase].name, group + 1)),
        ElementPosition::Task(_) => draft.task(id).map(|task| task.name.clone()),
    };
    drafts.into_iter().find_map(named).unwrap_or_default()
}
