//! The dialog of Execute as it is shown: the tree of tasks, what is skipped, who will be waited for, and what to know first.

use super::dry_run;
use super::variables_view::VariableFields;
use super::view::{ChoiceBefore, ExecuteDialog, PickGroup, PickPhase, PickTask};
use crate::app::reads::ExecutionOffer;
use crate::domain::decide::Selection;
use crate::domain::definition::{Group, Phase, Task};
use crate::domain::dry_run::DryRun;
use crate::domain::execution::{Execution, Moment, TaskState};
use crate::domain::version_change::VersionChanges;
use crate::http::error::HttpError;
use crate::messages::{self, Locale};
use crate::pages::components::changes::{self, ExecutedVersion};
use crate::pages::components::release_context::Subject;
use crate::pages::components::release_urls::with_query;
use crate::pages::components::{Action, ActionStyle, Hidden, Look, Notice, shown};

/// What of the dialog depends on what was asked or sent.
pub struct OfferForm {
    /// The version that was named, if one was: it is executed as it was saved, whatever is saved meanwhile.
    pub named: Option<u32>,
    /// The tasks that are chosen.
    pub selection: Selection,
    /// The fields of the variables.
    pub variables: VariableFields,
    /// Why what was sent was not done.
    pub error: Option<String>,
    /// What a dry run with that found.
    pub dry_run: Option<DryRun>,
}

/// The dialog.
pub async fn dialog(subject: &Subject, offer: &ExecutionOffer, form: OfferForm) -> Result<ExecuteDialog, HttpError> {
    let words = Locale::default().execute();
    let OfferForm { named, selection, variables, error, dry_run: found } = form;
    let (version, definition) = (offer.version.number, &offer.version.definition);
    let closed = waiting(subject);
    let changes_of = subject.site.app.planned_changes(&subject.visible, definition).await?;
    let phase = |(index, phase): (usize, &Phase)| PickPhase {
        number: index + 1,
        name: phase.name.clone(),
        groups: phase.groups.iter().map(|group| pick_group(group, offer, (&selection, &changes_of))).collect(),
    };
    let executed = ExecutedVersion { number: version, definition: definition.clone() };
    Ok(ExecuteDialog {
        title: named.map_or_else(|| words.execute_title().to_owned(), |named| words.execute_version_title(named)),
        release: subject.release.name.clone(),
        version,
        url: subject.urls().operation("execute"),
        hidden: hidden(subject, named, closed),
        cancel_url: named.map_or_else(|| subject.urls().show(), |named| subject.urls().version(named)),
        notices: notices(subject, offer, &selection, closed),
        changes: changes::since(subject, subject.release.last_number(), executed).await?,
        variables,
        dry_run: dry_run::view(found.as_ref(), subject.site.app.clock.now()),
        before: (offer.again == selection).then(|| choice_before(subject, offer, named)).flatten(),
        phases: definition.phases.iter().enumerate().map(phase).collect(),
        skipped: words.will_be_skipped(&selection.left_out(definition)),
        button: match closed {
            Some(closed) => words.close_and_execute(closed.number),
            None if offer.has_unsaved_draft => words.execute_as_saved(version),
            None => words.execute_now().to_owned(),
        },
        error,
    })
}

/// The execution that would be closed.
fn waiting(subject: &Subject) -> Option<&Execution> {
    subject.release.last.as_ref().filter(|last| last.ended_at.is_none())
}

fn hidden(subject: &Subject, named: Option<u32>, closed: Option<&Execution>) -> Vec<Hidden> {
    let mut hidden = shown(subject.release.last_number());
    hidden.push(match named {
        Some(named) => Hidden::new("saved", named.to_string()),
        None => Hidden::new("version", subject.release.version.to_string()),
    });
    hidden.extend(closed.map(|closed| Hidden::new("supersedes", closed.number.to_string())));
    hidden
}

/// That the choice is that of the last execution, where that one left something out.
fn choice_before(subject: &Subject, offer: &ExecutionOffer, named: Option<u32>) -> Option<ChoiceBefore> {
    if offer.again == Selection::All {
        return None;
    }
    let words = Locale::default().execute();
    let version = named.map(|named| named.to_string());
    let mut query = vec![("all", "true")];
    query.extend(version.as_ref().map(|version| ("version", version.as_str())));
    Some(ChoiceBefore {
        sentence: words.chosen_as_before(subject.release.last_number()),
        all: words.choose_all().to_owned(),
        all_url: with_query(&subject.urls().operation("execute"), &query),
    })
}

fn pick_group(group: &Group, offer: &ExecutionOffer, (selection, changes): (&Selection, &VersionChanges)) -> PickGroup {
    let words = Locale::default().execute();
    let waits = |task: &Task| {
        let gate = offer.gates.iter().find(|gate| gate.task == task.name)?;
        Some(words.will_wait(task.kind.gate()?, &gate.able, &gate.unable))
    };
    let pick = |task: &Task| PickTask {
        name: task.name.clone(),
        kind: messages::kind(&task.kind, Locale::default()).to_owned(),
        waits: waits(task),
        change: changes.get(&task.name).map(|change| Locale::default().components().version_change(change)),
        chosen: selection.has(&task.name),
    };
    PickGroup { tasks: group.tasks.iter().map(pick).collect() }
}

/// What to know first: what will be closed, what the draft says otherwise, which version it is, and where nobody can decide.
fn notices(
    subject: &Subject,
    offer: &ExecutionOffer,
    selection: &Selection,
    closed: Option<&Execution>,
) -> Vec<Notice> {
    let words = Locale::default().execute();
    let (version, newest) = (offer.version.number, subject.release.version);
    let mut notices = Vec::new();
    if let Some(closed) = closed {
        let text = words.closes_execution_hint(&asking(closed));
        notices.push(Notice::new(Look::Asking, words.closes_execution(closed.number), text));
    }
    if offer.has_unsaved_draft {
        let editor = Action::link(words.go_to_editor(), subject.urls().operation("edit")).styled(ActionStyle::Small);
        let notice = Notice::new(Look::Asking, words.unsaved_draft(), words.unsaved_draft_hint(version));
        notices.push(Notice { actions: vec![editor], ..notice });
    }
    if version < newest {
        notices.push(Notice::new(Look::Info, words.older_version(version), words.older_version_hint(newest)));
    }
    let stuck = offer.gates.iter().filter(|gate| !gate.can_pass() && selection.has(&gate.task));
    let stuck: Vec<&str> = stuck.map(|gate| gate.task.as_str()).collect();
    if !stuck.is_empty() {
        notices.push(Notice::new(Look::Asking, words.nobody_decides(&stuck), words.nobody_decides_hint()));
    }
    notices
}

/// The checkpoints at which an execution waits, and since when.
fn asking(execution: &Execution) -> Vec<(&str, Moment)> {
    let asks = |state: &TaskState| match state {
        TaskState::ToBeApproved { since, .. } => Some(*since),
        TaskState::Waiting
        | TaskState::Running { .. }
        | TaskState::Delayed { .. }
        | TaskState::Successful { .. }
        | TaskState::Failed { .. }
        | TaskState::Skipped { .. }
        | TaskState::Cancelled { .. }
        | TaskState::RollingBack { .. }
        | TaskState::RollbackDelayed { .. }
        | TaskState::RolledBack { .. }
        | TaskState::RollbackFailed { .. } => None,
    };
    execution.tasks.iter().filter_map(|run| Some((run.name.as_str(), asks(&run.state)?))).collect()
}
