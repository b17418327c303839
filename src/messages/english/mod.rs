//! English: the sentences, one file per thing that they are about.

mod accounts;
mod activity;
mod api;
mod attempts;
mod audit;
mod blanking;
mod broken_rule;
mod bulk;
mod cause;
mod changes;
mod check;
mod check_report;
mod components;
mod connections;
mod dialogs;
mod differences;
mod dry_run;
mod edit_words;
mod editor;
mod environments;
mod errors;
mod event;
mod execute;
mod failure;
mod form_fault;
mod format_fault;
pub(super) mod grammar;
mod inventory;
mod invitations;
mod isolation;
mod kinds;
mod logs;
mod members;
mod named_secrets;
mod notice_pages;
mod notices;
mod places;
mod refusal;
mod release_tasks;
mod replicas;
mod secrets;
mod sources;
mod ssh;
mod storage;
mod system;
mod task_form;
mod tokens;
mod told;
mod unable;
mod variables;
mod warnings;
mod words;

use super::locale::Sentences;
use crate::domain::check::CheckNews;
use crate::domain::event::{AccountEvent, Event, ReleaseEvent};
use crate::domain::execution::{AttemptKind, FailReason, Moment, TaskRun, Verdict};
use crate::domain::failure_cause::{FailureCause, IoFault};
use crate::domain::outcome::Outcome;
use crate::domain::refusal::{Operation, Refusal};
use crate::domain::status::{ReleaseStatus, TaskStatus};
use crate::domain::validate::BrokenRule;
use crate::format::FormatFault;
use crate::messages::told::Told;

/// The sentences in English.
pub(super) struct English;

impl Sentences for English {
    fn moment(&self, at: Moment) -> String {
        grammar::moment(at)
    }

    fn told(&self, told: &Told) -> String {
        told::told(told)
    }

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

    fn release_status(&self, status: ReleaseStatus) -> &'static str {
        words::release_status(status)
    }

    fn task_status(&self, status: TaskStatus) -> &'static str {
        words::task_status(status)
    }

    fn fail_reason(&self, reason: FailReason) -> &'static str {
        words::fail_reason(reason)
    }

    fn kind(&self, word: &'static str) -> &'static str {
        words::kind(word)
    }

    fn operation(&self, operation: Operation) -> &'static str {
        words::operation(operation)
    }

    fn verdict(&self, verdict: Verdict) -> &'static str {
        words::verdict(verdict)
    }

    fn broken_rule(&self, rule: &BrokenRule) -> String {
        broken_rule::broken_rule(rule)
    }

    fn format_fault(&self, fault: &FormatFault) -> String {
        format_fault::format_fault(fault)
    }
}
