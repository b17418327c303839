//! Events as every list of them tells them: how each looks, what it says, and what somebody said with it.

use super::Look;
use crate::app::reads::Happened;
use crate::domain::event::{AccountEvent, Event, GateOutcome, ReleaseEvent};
use crate::domain::outcome::Outcome;
use crate::messages::{self, Locale};

/// An event in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldEvent {
    /// Icon and colours.
    pub look: Look,
    /// What happened, going on after the name of who did it.
    pub sentence: String,
    /// What they said.
    pub comment: Option<String>,
}

impl ToldEvent {
    /// That event.
    pub fn of(happened: &Happened) -> Self {
        let (look, comment) = match happened {
            Happened::Execution(event) => (look(event), messages::said(event)),
            Happened::Release(event) => (release_look(event), None),
            Happened::Account(_) if is_refusal(happened) => (Look::Rejected, None),
            Happened::Account(_) => (Look::Info, None),
        };
        let sentence = messages::happened(happened, Locale::default());
        Self { look, sentence, comment: comment.filter(|comment| !comment.is_empty()).map(str::to_owned) }
    }
}

/// Whether somebody was refused something.
pub fn is_refusal(happened: &Happened) -> bool {
    matches!(
        happened,
        Happened::Account(
            AccountEvent::SignInFailed { .. }
                | AccountEvent::PasswordRefused { .. }
                | AccountEvent::ActionRefused { .. }
                | AccountEvent::CreationRefused { .. }
        )
    )
}

fn look(event: &Event) -> Look {
    match event {
        Event::Executed { .. }
        | Event::AttemptStarted { .. }
        | Event::PlaceAsked { .. }
        | Event::ComponentAwaited { .. }
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
        | ReleaseEvent::SecretsGiven { .. }
        | ReleaseEvent::Undeleted => Look::Info,
        ReleaseEvent::Deleted | ReleaseEvent::ValueBlanked(_) | ReleaseEvent::Purged => Look::Stopped,
    }
}
