//! Every sentence said to a person, in the language of a [`Locale`]. Templates have their own words; the rules have none.

pub mod accounts;
pub mod activity;
pub mod api;
pub mod audit;
pub mod blanking;
pub mod bulk;
pub mod check_report;
pub mod components;
pub mod connections;
pub mod dialogs;
pub mod differences;
pub mod dry_run;
pub mod editor;
mod english;
pub mod environments;
pub mod errors;
pub mod execute;
pub mod invitations;
pub mod isolation;
pub mod kinds;
mod locale;
pub mod logs;
pub mod members;
pub mod named_secrets;
pub mod notice_pages;
pub mod notices;
pub mod places;
pub mod release_tasks;
pub mod replicas;
mod said;
pub mod secrets;
pub mod ssh;
pub mod storage;
pub mod task_form;
pub mod tokens;
pub mod told;
pub mod variables;

pub use activity::happened;
pub use differences::changes;
/// For sentences of the command line, which are in English.
pub use english::grammar::{counted, missing, size};
pub use locale::{
    Locale, account_event, attempt, attempt_status, attempt_took, broken_rule, broken_rules, event, fail_reason,
    failed_task, failure_cause, finding, format_fault, kind, moment, operation, outcome, refusal, release_event,
    release_status, task_status, verdict,
};
pub use said::said;

#[cfg(test)]
mod tests;
