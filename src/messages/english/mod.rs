//! English: the sentences, one file per thing that they are about.

mod attempts;
mod cause;
mod check;
mod event;
mod failure;
mod refusal;

use super::locale::Sentences;
use crate::domain::check::CheckNews;
use crate::domain::event::{AccountEvent, Event, ReleaseEvent};
use crate::domain::execution::{AttemptKind, TaskRun};
use crate::domain::failure_cause::{FailureCause, IoFault};
use crate::domain::outcome::Outcome;
use crate::domain::refusal::Refusal;

/// The sentences in English.
pub(super) struct English;

impl Sentences for English {
    fn failure_cause(&self, cause: &FailureCause) -> String {
        cause::failure_cause(cause)
    }

    fn io_fault(&self, fault: &IoFault) -> String {
        cause::io_fault(fault)
    }

    fn check_news(&self, news: &CheckNews) -> String {
        check::check_news(news)
    }

    fn outcome(&self, outcome: &Outcome) -> Option<String> {
        attempts::outcome(outcome)
    }

    fn attempt(&self, kind: AttemptKind, number: u32) -> String {
        attempts::attempt(kind, number)
    }

    fn attempt_status(&self, outcome: Option<&Outcome>, kind: AttemptKind) -> &'static str {
        attempts::attempt_status(outcome, kind)
    }

    fn attempt_took(&self, outcome: Option<&Outcome>, kind: AttemptKind, number: u32) -> String {
        attempts::attempt_took(outcome, kind, number)
    }

    fn failed_task(&self, task: &TaskRun) -> Option<String> {
        failure::failed_task(task)
    }

    fn event(&self, event: &Event) -> String {
        event::event(event)
    }

    fn release_event(&self, event: &ReleaseEvent) -> String {
        event::release_event(event)
    }

    fn account_event(&self, event: &AccountEvent) -> String {
        event::account_event(event)
    }

    fn refusal(&self, refusal: &Refusal) -> String {
        refusal::refusal(refusal)
    }
}
