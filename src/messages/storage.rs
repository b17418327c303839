//! Sentences about room on disks, what is kept for how long, and what is removed.

use crate::domain::execution::Moment;
use crate::domain::retention::{KeepRule, PolicyField};

/// Sentences about room on disks, what is kept for how long, and what is removed.
pub trait StorageSentences {
    /// What the page of deleted release tasks shows.
    fn deleted_lead(&self, days: u32) -> String;

    /// What the page about storage shows.
    fn lead(&self) -> &'static str;

    /// How long something is kept.
    fn kept(&self, rule: KeepRule) -> String;

    /// The title of the form that changes how long a region keeps logs.
    fn retention_title(&self, region: &str) -> String;

    /// What its numbers mean.
    fn retention_lead(&self) -> &'static str;

    /// The label of one of them.
    fn policy_field(&self, field: PolicyField) -> &'static str;

    /// What is wrong with one of them.
    fn policy_rule(&self, field: PolicyField) -> String;

    /// One of them on the command line, with its rule.
    fn policy_fault(&self, field: PolicyField) -> String;

    /// Instead of a log that retention removed.
    fn log_removed(&self, at: Moment) -> String;

    /// The name of the page.
    fn title(&self) -> &'static str;

    /// Before what is said of a disk that is short of free space.
    fn disk_title(&self) -> &'static str;

    /// To administrators, while the disk has less free space than it is to have.
    fn disk_full(&self, free: u64, least: u64) -> String;

    /// When a draft goes that nobody changes.
    fn draft_goes(&self, at: Moment) -> String;

    /// Before the list of the reader's drafts that go soon.
    fn drafts_go(&self, count: usize) -> String;

    /// One line of it.
    fn one_draft_goes(&self, name: &str, region: &str, at: Moment) -> String;

    /// The link to one.
    fn open_draft(&self, name: &str) -> String;

    /// How large something is.
    fn size(&self, bytes: u64) -> String;

    /// So much is free, of so much.
    fn free_of(&self, free: u64, total: u64) -> String;

    /// A disk has less free space than it is to have.
    fn short(&self) -> &'static str;

    /// A disk has as much free space as it is to have.
    fn enough(&self) -> &'static str;

    /// Why a database of an earlier version does not become smaller.
    fn gives_nothing_back(&self) -> &'static str;

    /// The button that changes what a region keeps.
    fn change(&self) -> &'static str;

    /// What the next pruning removes in a region.
    fn due(&self, executions: u64, bytes: u64) -> String;

    /// So many deleted release tasks go for good with it.
    fn purges(&self, releases: u64) -> String;

    /// So many drafts go with it.
    fn expires(&self, drafts: u64) -> String;

    /// So many run folders are being removed.
    fn removing(&self, folders: u64) -> String;

    /// So many executions, files and bytes of them.
    fn measured(&self, executions: u64, files: u64, bytes: u64) -> String;
}
