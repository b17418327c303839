//! Sentences about room on disks, what is kept for how long, and what is removed.

use super::English;
use super::grammar::{counted, moment, size};
use crate::domain::execution::Moment;
use crate::domain::retention::{KeepRule, PolicyField};
use crate::messages::storage::StorageSentences;

impl StorageSentences for English {
    fn deleted_lead(&self, days: u32) -> String {
        format!(
            "What was deleted can be restored for {days} days. Then its logs, run folders and drafts go; its versions, \
             executions, decisions and activity can still be read here."
        )
    }

    fn lead(&self) -> &'static str {
        "How much room Tollgate takes, how long each region keeps logs and run folders, and what the next pruning removes. \
         Versions, executions, decisions and activity are never removed."
    }

    fn kept(&self, rule: KeepRule) -> String {
        let days = counted(number(rule.days), "day");
        match rule.executions {
            0 => days,
            1 => format!("{days}, and the last one"),
            last => format!("{days}, and the last {last}"),
        }
    }

    fn retention_title(&self, region: &str) -> String {
        format!("Retention of {region}")
    }

    fn retention_lead(&self) -> &'static str {
        "Logs and run folders of an execution are kept as long as either number keeps them. Nothing is ever removed of an \
         execution that goes on, nor of the last one of a release task."
    }

    fn policy_field(&self, field: PolicyField) -> &'static str {
        match field {
            PolicyField::SuccessfulDays => "Days that successful executions are kept",
            PolicyField::SuccessfulExecutions => "Last successful executions of each release task",
            PolicyField::UnsuccessfulDays => "Days that all other executions are kept",
            PolicyField::UnsuccessfulExecutions => "Last other executions of each release task",
        }
    }

    fn policy_rule(&self, field: PolicyField) -> String {
        format!("Must be a whole number from 0 to {}.", field.most())
    }

    fn policy_fault(&self, field: PolicyField) -> String {
        format!("{}: must be a whole number from 0 to {}", self.policy_field(field), field.most())
    }

    fn log_removed(&self, at: Moment) -> String {
        format!("The log was removed on {}, by retention or with a value that was blanked.", moment(at))
    }

    fn title(&self) -> &'static str {
        "Storage"
    }

    fn disk_title(&self) -> &'static str {
        "Too little free space."
    }

    fn disk_full(&self, free: u64, least: u64) -> String {
        format!(
            "The disk of the server has {} free. Below {} nothing new is started; what runs goes on.",
            size(free),
            size(least)
        )
    }

    fn draft_goes(&self, at: Moment) -> String {
        format!(
            "Nobody has changed this draft for long: it is removed on {}, unless it is changed or saved.",
            moment(at)
        )
    }

    fn drafts_go(&self, count: usize) -> String {
        match count {
            1 => "You have not changed a draft of yours for long. It is removed soon, unless you change or save it:"
                .to_owned(),
            _ => format!(
                "You have not changed {count} drafts of yours for long. They are removed soon, unless you change or save them:"
            ),
        }
    }

    fn one_draft_goes(&self, name: &str, region: &str, at: Moment) -> String {
        format!("{name} in {region}: is removed on {}", moment(at))
    }

    fn open_draft(&self, name: &str) -> String {
        format!("Open {name}")
    }

    fn size(&self, bytes: u64) -> String {
        size(bytes)
    }

    fn free_of(&self, free: u64, total: u64) -> String {
        format!("{} free of {}", size(free), size(total))
    }

    fn short(&self) -> &'static str {
        "Too little"
    }

    fn enough(&self) -> &'static str {
        "Enough"
    }

    fn gives_nothing_back(&self) -> &'static str {
        "An earlier version made this database: what it does not use it uses again, but does not give back to the disk. Stop \
         the server and run `tollgate prune` once to change that."
    }

    fn change(&self) -> &'static str {
        "Change"
    }

    fn due(&self, executions: u64, bytes: u64) -> String {
        format!("{} of {}", size(bytes), count(executions, "execution"))
    }

    fn purges(&self, releases: u64) -> String {
        let (what, goes) = (count(releases, "deleted release task"), if releases == 1 { "goes" } else { "go" });
        format!("{what} {goes} for good, with all logs and run folders.")
    }

    fn expires(&self, drafts: u64) -> String {
        let (what, goes) = (count(drafts, "draft"), if drafts == 1 { "goes" } else { "go" });
        format!("{what} {goes}, which nobody has changed for 90 days.")
    }

    fn removing(&self, folders: u64) -> String {
        format!("{} to be removed at this moment.", count(folders, "run folder"))
    }

    fn measured(&self, executions: u64, files: u64, bytes: u64) -> String {
        format!("{} in {} of {}", size(bytes), count(files, "file"), count(executions, "execution"))
    }
}

fn count(number: u64, thing: &str) -> String {
    counted(usize::try_from(number).unwrap_or(usize::MAX), thing)
}

fn number(of: u32) -> usize {
    usize::try_from(of).unwrap_or(usize::MAX)
}

/// The label of a field of the form that changes what a region keeps.
pub fn field_label(name: &str) -> Option<&'static str> {
    PolicyField::ALL.into_iter().find(|field| field.word() == name).map(|field| English.policy_field(field))
}
