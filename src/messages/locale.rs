//! The languages that people are spoken to in. A further one is a folder beside `english` that implements [`Sentences`],
//! and a case of [`Locale`]: the compiler asks for every sentence.

use std::error::Error;
use std::fmt::{self, Display, Formatter};

use super::accounts::AccountSentences;
use super::activity::ActivitySentences;
use super::api::ApiSentences;
use super::audit::AuditSentences;
use super::blanking::BlankingSentences;
use super::bulk::BulkSentences;
use super::check_report::CheckReportSentences;
use super::components::ComponentSentences;
use super::connections::ConnectionSentences;
use super::dialogs::DialogSentences;
use super::differences::DifferenceSentences;
use super::editor::EditorSentences;
use super::english::English;
use super::errors::ErrorSentences;
use super::execute::ExecuteSentences;
use super::invitations::InvitationSentences;
use super::isolation::IsolationSentences;
use super::kinds::KindSentences;
use super::logs::LogSentences;
use super::members::MemberSentences;
use super::named_secrets::NamedSecretSentences;
use super::notice_pages::NoticePageSentences;
use super::notices::NoticeSentences;
use super::places::PlaceSentences;
use super::release_tasks::ReleaseTaskSentences;
use super::replicas::ReplicaSentences;
use super::secrets::SecretSentences;
use super::ssh::SshSentences;
use super::storage::StorageSentences;
use super::task_form::TaskFormSentences;
use super::tokens::TokenSentences;
use super::told::Told;
use super::variables::VariableSentences;
use crate::domain::check::CheckNews;
use crate::domain::event::{AccountEvent, Event, ReleaseEvent};
use crate::domain::execution::{AttemptKind, FailReason, Moment, TaskRun, Verdict};
use crate::domain::failure_cause::{FailureCause, IoFault};
use crate::domain::kinds::Kind;
use crate::domain::outcome::Outcome;
use crate::domain::refusal::{Operation, Refusal};
use crate::domain::status::{ReleaseStatus, TaskStatus};
use crate::domain::validate::{BrokenRule, Problem};
use crate::format::{self, Finding, FormatFault};

/// The most characters of what is wrong in a file.
const MAX_FAULT_LEN: usize = 400;

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Locale {
    /// English.
    #[default]
    English,
}

/// The sentences of one language: about values of the rules here, those of a page or a command in traits of their own.
pub(super) trait Sentences:
    AccountSentences
    + ActivitySentences
    + ApiSentences
    + AuditSentences
    + BlankingSentences
    + BulkSentences
    + CheckReportSentences
    + DialogSentences
    + DifferenceSentences
    + EditorSentences
    + ErrorSentences
    + ExecuteSentences
    + InvitationSentences
    + IsolationSentences
    + KindSentences
    + LogSentences
    + MemberSentences
    + ComponentSentences
    + ConnectionSentences
    + NoticePageSentences
    + NoticeSentences
    + PlaceSentences
    + TokenSentences
    + ReleaseTaskSentences
    + ReplicaSentences
    + SecretSentences
    + SshSentences
    + NamedSecretSentences
    + StorageSentences
    + TaskFormSentences
    + VariableSentences
{
    fn moment(&self, at: Moment) -> String;
    fn told(&self, told: &Told) -> String;
    fn failure_cause(&self, cause: &FailureCause) -> String;
    fn io_fault(&self, fault: &IoFault) -> String;
    fn check_news(&self, news: &CheckNews) -> String;
    fn outcome(&self, outcome: &Outcome) -> Option<String>;
    fn attempt(&self, kind: AttemptKind, number: u32) -> String;
    fn attempt_status(&self, outcome: Option<&Outcome>, kind: AttemptKind) -> &'static str;
    fn attempt_took(&self, outcome: Option<&Outcome>, kind: AttemptKind, number: u32) -> String;
    fn failed_task(&self, task: &TaskRun) -> Option<String>;
    fn event(&self, event: &Event) -> String;
    fn release_event(&self, event: &ReleaseEvent) -> String;
    fn account_event(&self, event: &AccountEvent) -> String;
    fn refusal(&self, refusal: &Refusal) -> String;
    fn release_status(&self, status: ReleaseStatus) -> &'static str;
    fn task_status(&self, status: TaskStatus) -> &'static str;
    fn fail_reason(&self, reason: FailReason) -> &'static str;
    fn kind(&self, word: &'static str) -> &'static str;
    fn operation(&self, operation: Operation) -> &'static str;
    fn verdict(&self, verdict: Verdict) -> &'static str;
    fn broken_rule(&self, rule: &BrokenRule) -> String;
    fn format_fault(&self, fault: &FormatFault) -> String;
}

impl Locale {
    pub(super) fn sentences(self) -> &'static dyn Sentences {
        match self {
            Self::English => &English,
        }
    }

    /// About accounts, sign-in and passwords.
    pub fn accounts(self) -> &'static dyn AccountSentences {
        self.sentences()
    }

    /// Of the activity over all teams and regions.
    pub fn activity(self) -> &'static dyn ActivitySentences {
        self.sentences()
    }

    /// Of the errors of the API.
    pub fn api(self) -> &'static dyn ApiSentences {
        self.sentences()
    }

    /// On the page of the audit.
    pub fn audit(self) -> &'static dyn AuditSentences {
        self.sentences()
    }

    /// About room on disks, and what is removed to make some.
    pub fn storage(self) -> &'static dyn StorageSentences {
        self.sentences()
    }

    /// About values that are blanked wherever release tasks keep them.
    pub fn blanking(self) -> &'static dyn BlankingSentences {
        self.sentences()
    }

    /// On operations on several release tasks at once.
    pub fn bulk(self) -> &'static dyn BulkSentences {
        self.sentences()
    }

    /// Of `tollgate check`.
    pub fn check_report(self) -> &'static dyn CheckReportSentences {
        self.sentences()
    }

    /// Of the dialogs that ask before an operation.
    pub fn dialogs(self) -> &'static dyn DialogSentences {
        self.sentences()
    }

    /// Of the editor.
    pub fn editor(self) -> &'static dyn EditorSentences {
        self.sentences()
    }

    /// Of the error pages.
    pub fn errors(self) -> &'static dyn ErrorSentences {
        self.sentences()
    }

    /// Of the dialog of Execute.
    pub fn execute(self) -> &'static dyn ExecuteSentences {
        self.sentences()
    }

    /// About invitations, and links that set a new password.
    pub fn invitations(self) -> &'static dyn InvitationSentences {
        self.sentences()
    }

    /// About how a server keeps scripts from itself.
    pub fn isolation(self) -> &'static dyn IsolationSentences {
        self.sentences()
    }

    /// About what a task of each kind is to do.
    pub fn kinds(self) -> &'static dyn KindSentences {
        self.sentences()
    }

    /// Around a log.
    pub fn logs(self) -> &'static dyn LogSentences {
        self.sentences()
    }

    /// On the pages of members and users.
    pub fn members(self) -> &'static dyn MemberSentences {
        self.sentences()
    }

    /// About secrets and the keys that encrypt them.
    pub fn secrets(self) -> &'static dyn SecretSentences {
        self.sentences()
    }

    /// About the named secrets of teams and environments.
    pub fn named_secrets(self) -> &'static dyn NamedSecretSentences {
        self.sentences()
    }

    /// About environments, applications and components.
    pub fn components(self) -> &'static dyn ComponentSentences {
        self.sentences()
    }

    /// About tests of connections.
    pub fn connections(self) -> &'static dyn ConnectionSentences {
        self.sentences()
    }

    /// Of notices, and about where they go.
    pub fn notices(self) -> &'static dyn NoticeSentences {
        self.sentences()
    }

    /// Of the dialogs and lists around notices.
    pub fn notice_pages(self) -> &'static dyn NoticePageSentences {
        self.sentences()
    }

    /// About tokens.
    pub fn tokens(self) -> &'static dyn TokenSentences {
        self.sentences()
    }

    /// On the pages of teams and regions.
    pub fn places(self) -> &'static dyn PlaceSentences {
        self.sentences()
    }

    /// On the pages of a release task.
    pub fn release_tasks(self) -> &'static dyn ReleaseTaskSentences {
        self.sentences()
    }

    /// About what is different between two versions.
    pub fn differences(self) -> &'static dyn DifferenceSentences {
        self.sentences()
    }

    /// About replicas.
    pub fn replicas(self) -> &'static dyn ReplicaSentences {
        self.sentences()
    }

    /// About variables of a release task.
    pub fn variables(self) -> &'static dyn VariableSentences {
        self.sentences()
    }

    /// Of the forms of tasks.
    pub fn task_form(self) -> &'static dyn TaskFormSentences {
        self.sentences()
    }
}

/// A moment in a sentence: pages show it in the reader's zone beside, a sentence names the zone.
pub fn moment(at: Moment, locale: Locale) -> String {
    locale.sentences().moment(at)
}

/// Why an attempt or a task failed.
pub fn failure_cause(cause: &FailureCause, locale: Locale) -> String {
    locale.sentences().failure_cause(cause)
}

/// What is said of an attempt that did not succeed, beside the word for its outcome.
pub fn outcome(outcome: &Outcome, locale: Locale) -> Option<String> {
    locale.sentences().outcome(outcome)
}

/// The name of an attempt in a list.
pub fn attempt(kind: AttemptKind, number: u32, locale: Locale) -> String {
    locale.sentences().attempt(kind, number)
}

/// The word for how an attempt ended, or that it goes on.
pub fn attempt_status(outcome: Option<&Outcome>, kind: AttemptKind, locale: Locale) -> &'static str {
    locale.sentences().attempt_status(outcome, kind)
}

/// On the bar of an attempt in the timeline, before how long it took.
pub fn attempt_took(outcome: Option<&Outcome>, kind: AttemptKind, number: u32, locale: Locale) -> String {
    locale.sentences().attempt_took(outcome, kind, number)
}

/// What is said of one task that failed, or could not be undone.
pub fn failed_task(task: &TaskRun, locale: Locale) -> Option<String> {
    locale.sentences().failed_task(task)
}

/// What happened to an execution, as it goes on after the name of who did it.
pub fn event(event: &Event, locale: Locale) -> String {
    locale.sentences().event(event)
}

/// What happened to a release task outside its executions.
pub fn release_event(event: &ReleaseEvent, locale: Locale) -> String {
    locale.sentences().release_event(event)
}

/// What happened to accounts, teams and regions.
pub fn account_event(event: &AccountEvent, locale: Locale) -> String {
    locale.sentences().account_event(event)
}

/// Why something is not done, and what to do.
pub fn refusal(refusal: &Refusal, locale: Locale) -> String {
    locale.sentences().refusal(refusal)
}

/// The status of a release task, in words.
pub fn release_status(status: ReleaseStatus, locale: Locale) -> &'static str {
    locale.sentences().release_status(status)
}

/// The status of a task, a group or a phase, in words.
pub fn task_status(status: TaskStatus, locale: Locale) -> &'static str {
    locale.sentences().task_status(status)
}

/// Why a task failed, in a word.
pub fn fail_reason(reason: FailReason, locale: Locale) -> &'static str {
    locale.sentences().fail_reason(reason)
}

/// The kind of a task, in words.
pub fn kind(kind: &Kind, locale: Locale) -> &'static str {
    locale.sentences().kind(kind.word())
}

/// An operation, as on its button.
pub fn operation(operation: Operation, locale: Locale) -> &'static str {
    locale.sentences().operation(operation)
}

/// A verdict, as something that was done.
pub fn verdict(verdict: Verdict, locale: Locale) -> &'static str {
    locale.sentences().verdict(verdict)
}

/// The rule of definitions that is broken, and by what.
pub fn broken_rule(rule: &BrokenRule, locale: Locale) -> String {
    locale.sentences().broken_rule(rule)
}

/// All rules that are broken, one after the other.
pub fn broken_rules(problems: &[Problem], locale: Locale) -> String {
    let rules: Vec<String> = problems.iter().map(|problem| broken_rule(&problem.rule, locale)).collect();
    rules.join(" ")
}

/// What is wrong in a file, no longer than somebody reads, and safe for a terminal.
pub fn format_fault(fault: &FormatFault, locale: Locale) -> String {
    format::readable(&locale.sentences().format_fault(fault), MAX_FAULT_LEN)
}

/// A problem of a file, as `LINE: FIELD: SENTENCE`.
pub fn finding(finding: &Finding, locale: Locale) -> String {
    let Finding { line, at, fault } = finding;
    let fault = format_fault(fault, locale);
    if at.is_empty() { format!("{line}: {fault}") } else { format!("{line}: {at}: {fault}") }
}

/// As logs show it, which are in English.
impl Display for IoFault {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&Locale::English.sentences().io_fault(self))
    }
}

impl Error for IoFault {}

/// As the log of its attempt has it, which is in English.
impl Display for CheckNews {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&Locale::English.sentences().check_news(self))
    }
}
