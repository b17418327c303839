//! Words that people wrote themselves, as they wrote them, in whatever language.

use crate::domain::event::Event;
use crate::domain::execution::SkipReason;

/// What the person who caused an event said, in their own words.
pub fn said(event: &Event) -> Option<&str> {
    let comment = match event {
        Event::Decided { decision, .. } => decision.comment.as_str(),
        Event::TaskSkipped { why: SkipReason::ByPerson { comment, .. }, .. } => comment,
        Event::TaskSkipped { why: SkipReason::NotSelected, .. }
        | Event::Executed { .. }
        | Event::AttemptStarted { .. }
        | Event::PlaceAsked { .. }
        | Event::ComponentAwaited { .. }
        | Event::AttemptEnded { .. }
        | Event::CheckpointOpened { .. }
        | Event::CheckpointExpired { .. }
        | Event::TaskCancelled { .. }
        | Event::Superseded(_)
        | Event::PauseAsked
        | Event::Continued
        | Event::TerminateAsked
        | Event::RetryAsked { .. }
        | Event::RollBackAsked
        | Event::PolicyRollBack { .. }
        | Event::AlsoStartedBy { .. }
        | Event::Resumed
        | Event::Ended { .. } => "",
    };
    (!comment.is_empty()).then_some(comment)
}
