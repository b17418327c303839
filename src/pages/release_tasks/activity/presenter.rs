//! Activity: who did what to a release task, newest first.

use super::view::{ActivityEntry, ActivityView};
use crate::app::reads::{Activity, Happened, Paged};
use crate::domain::event::{Event, GateOutcome, ReleaseEvent};
use crate::domain::ids::EventId;
use crate::domain::outcome::Outcome;
use crate::messages;
use crate::pages::components::release_context::Subject;
use crate::pages::components::release_urls::{TabName, with_query};
use crate::pages::components::{Look, When};

/// How many are on a page.
pub const PAGE: u64 = 50;

/// The activity as it is shown.
pub fn of(subject: &Subject, activity: &Paged<Activity, EventId>) -> ActivityView {
    let here = subject.urls().tab(TabName::Activity);
    let turned = |word: &str, id: EventId| with_query(&here, &[(word, &id.to_string())]);
    ActivityView {
        entries: activity.rows.iter().map(|row| entry(subject, row)).collect(),
        newer: activity.newer.map(|id| turned("after", id)),
        older: activity.older.map(|id| turned("before", id)),
    }
}

fn entry(subject: &Subject, row: &Activity) -> ActivityEntry {
    let (look, sentence, comment) = match &row.happened {
        Happened::Execution(event) => {
            (look(event), messages::event(event, messages::Locale::default()), messages::said(event).map(str::to_owned))
        }
        Happened::Release(event) => {
            (release_look(event), messages::release_event(event, messages::Locale::default()), None)
        }
        Happened::Account(event) => (Look::Info, messages::account_event(event, messages::Locale::default()), None),
    };
    let url = row.execution.map(|number| match &row.task {
        Some(task) => subject.urls().task(number, task),
        None => subject.urls().execution(number),
    });
    ActivityEntry {
        look,
        who: row.actor.name().to_owned(),
        sentence,
        token: row.credential.as_deref().map(|token| messages::Locale::default().tokens().with_token(token)),
        comment: comment.filter(|comment| !comment.is_empty()),
        when: When::at(row.at, subject.now()),
        url,
    }
}

fn look(event: &Event) -> Look {
    match event {
        Event::Executed { .. }
        | Event::AttemptStarted { .. }
        | Event::PlaceAsked { .. }
        | Event::AlsoStartedBy { .. }
        | Event::Continued
        | Event::RetryAsked { .. }
        | Event::Resumed => Look::Info,
        Event::AttemptEnded { outcome, .. } => match outcome {
            Outcome::Succeeded { .. } => Look::Done,
            Outcome::Failed { .. } => Look::Failed,
            Outcome::TimedOut { .. } => Look::Expired,
            Outcome::Errored { .. } => Look::Errored,
            Outcome::Interrupted { .. } => Look::Interrupted,
            Outcome::Stopped => Look::Stopped,
        },
        Event::CheckpointOpened { .. } => Look::Asking,
        Event::Decided { gate, .. } => match gate {
            GateOutcome::StillOpen | GateOutcome::Passed => Look::Done,
            GateOutcome::Rejected => Look::Rejected,
        },
        Event::CheckpointExpired { .. } => Look::Expired,
        Event::TaskCancelled { .. } | Event::TerminateAsked => Look::Stopped,
        Event::Superseded(_) => Look::Superseded,
        Event::PauseAsked => Look::Paused,
        Event::TaskSkipped { .. } => Look::Skipped,
        Event::RollBackAsked => Look::RollingBack,
        Event::Ended { status } => Look::from(*status),
    }
}

fn release_look(event: &ReleaseEvent) -> Look {
    match event {
        ReleaseEvent::Created { .. }
        | ReleaseEvent::Edited { .. }
        | ReleaseEvent::Restored { .. }
        | ReleaseEvent::Described { .. }
        | ReleaseEvent::Cloned { .. }
        | ReleaseEvent::Undeleted => Look::Info,
        ReleaseEvent::Deleted | ReleaseEvent::ValueBlanked(_) | ReleaseEvent::Purged => Look::Stopped,
    }
}
