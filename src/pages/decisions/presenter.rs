//! The dialog of a checkpoint, and what is told to whoever may not decide it.

use super::form::CameFrom;
use super::view::{DecisionDialog, DecisionKind};
use crate::domain::execution::{DecisionAuthority, Execution};
use crate::domain::kinds::Kind;
use crate::domain::policy;
use crate::domain::refusal::Refusal;
use crate::domain::unable::Able;
use crate::http::error::HttpError;
use crate::messages::kinds::InputLabel;
use crate::messages::{self, Locale};
use crate::pages::components::release_context::Subject;
use crate::pages::components::{Fact, FactValue, Field, Hidden, Link, RefusedDialog, changes, checkpoint, commits};
use crate::pages::executions;

/// A checkpoint that asks somebody.
#[derive(Clone, Copy)]
pub struct Asking<'e> {
    /// Of which execution.
    pub execution: &'e Execution,
    /// Index of the checkpoint in it.
    pub task: usize,
    /// Which asking of it.
    pub round: u32,
    /// Where the dialog was opened.
    pub from: CameFrom,
}

/// The dialog, in the right in which the reader would decide, with what is new in what they agree to.
pub async fn dialog(
    subject: &Subject,
    asking: Asking<'_>,
    comment: Field,
    refusal: Option<&Refusal>,
) -> Result<DecisionDialog, HttpError> {
    let Asking { execution, task, round, from } = asking;
    let (run, kind, now) = (&execution.tasks[task], &execution.spec(task).kind, subject.now());
    let (comment, error) = match refusal {
        Some(refusal @ (Refusal::CommentNeeded { .. } | Refusal::CommentTooLong { .. })) => {
            (comment.wrong(messages::refusal(refusal, Locale::default())), None)
        }
        Some(refusal) => (comment, Some(messages::refusal(refusal, Locale::default()))),
        None => (comment, None),
    };
    let over = refusal.is_some_and(Refusal::leaves_nothing_to_decide);
    let standing = policy::standing(subject.user(), execution, task)?;
    Ok(DecisionDialog {
        // Nothing is decided any more, in whatever right.
        kind: if over { as_approver(kind) } else { variant(subject, execution, task, standing) },
        task: run.name.clone(),
        release: subject.release.name.clone(),
        execution: execution.number,
        url: subject.urls().decision(execution.number, &run.name),
        hidden: hidden(round, from),
        cancel_url: from.url(&subject.urls()),
        what: checkpoint::what_to_check(execution, task, subject.names()),
        facts: facts(subject, execution, task).await?,
        commits: commits::of_execution(subject, execution, None).await?,
        changes: changes::of_execution(subject, execution).await?,
        variables: executions::of_execution(execution),
        decisions: checkpoint::said(run.current_decisions(), now),
        comment,
        error,
        over,
    })
}

/// What the reader should know.
async fn facts(subject: &Subject, execution: &Execution, task: usize) -> Result<Vec<Fact>, HttpError> {
    let mut facts = checkpoint::facts(execution, task, subject.now());
    let version = Link::new(execution.version.to_string(), subject.urls().version(execution.version));
    facts.push(Fact::new("Version", FactValue::Link(version)));
    let words = Locale::default().kinds();
    for (build, state) in subject.site.app.sources(&subject.visible, execution).await? {
        let of = execution.index(&build).and_then(|index| execution.spec(index).kind.source());
        let planned = of.map(|source| words.source_planned(source)).unwrap_or_default();
        let label = words.input_label(InputLabel::Commit);
        facts.push(Fact::text(label, words.commit_of(&build, &planned, &state)));
    }
    Ok(facts)
}

/// Why the reader may not decide, and who may.
pub fn who_may(subject: &Subject, kind: &Kind, able: Option<&Able>, refusal: &Refusal) -> RefusedDialog {
    let who = Locale::default().dialogs().who_may(&checkpoint::deciders(kind), able);
    let why = Locale::default().errors().refused(403, messages::refusal(refusal, Locale::default()));
    RefusedDialog {
        title: why.title.to_owned(),
        sentence: format!("{} {who}", why.sentence),
        back_url: subject.urls().show(),
    }
}

fn variant(subject: &Subject, execution: &Execution, task: usize, standing: DecisionAuthority) -> DecisionKind {
    let kind = &execution.spec(task).kind;
    match (standing, kind.gate()) {
        (DecisionAuthority::Override, Some(gate)) => {
            DecisionKind::Override { why: gate.deciders.does_not_ask(subject.user(), execution.team_id) }
        }
        (DecisionAuthority::Override | DecisionAuthority::Approver, _) => as_approver(kind),
    }
}

fn as_approver(kind: &Kind) -> DecisionKind {
    let title = messages::kind(kind, Locale::default());
    DecisionKind::Approver { title, asks_reason: kind.gate().is_some_and(|gate| gate.asks_reason) }
}

fn hidden(round: u32, from: CameFrom) -> Vec<Hidden> {
    let mut hidden = vec![Hidden::new("round", round.to_string())];
    hidden.extend(from.back.map(|back| Hidden::new("back", back.word())));
    hidden
}
