//! Manual Approval: a gate that those whom it names pass, as many of them as it asks for.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::gate::{self, Deciders, Gate, OnDeadline};
use super::{Class, DAY, KindRules, UsedText, is_false};
use crate::domain::account;
use crate::domain::people::Role;
use crate::domain::validate::Problems;

/// The longest deadline, in seconds.
const MAX_DEADLINE: u64 = 90 * DAY;
/// The most people that a checkpoint names, and so the most that must agree.
const MAX_APPROVERS: usize = 50;

/// Who must agree before the release goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManualApproval {
    /// Names of users who may decide; each must hold the role approver in the team when they click.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvers: Vec<String>,
    /// Whoever holds one of these roles in the team when they click may decide.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// How many must agree, at least 1.
    pub required: u32,
    /// Whether the person who started the release may approve it. Off: four eyes.
    #[serde(default, skip_serializing_if = "is_false")]
    pub starter_may_approve: bool,
    /// Seconds from when the checkpoint opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<u64>,
    /// What happens at the deadline.
    #[serde(default)]
    pub on_deadline: OnDeadline,
    /// What to check before deciding, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub check: String,
}

impl ManualApproval {
    /// The gate that it is.
    pub fn gate(&self) -> Gate<'_> {
        Gate {
            deciders: Deciders::Listed { users: &self.approvers, roles: &self.roles },
            required: self.required,
            four_eyes: !self.starter_may_approve,
            deadline: self.deadline,
            on_deadline: self.on_deadline,
            check: &self.check,
            asks_reason: true,
            may_be_left_out: false,
        }
    }
}

impl KindRules for ManualApproval {
    fn words(&self) -> &'static str {
        "Manual Approval"
    }

    fn class(&self) -> Class<'_> {
        Class::Gate(self.gate())
    }

    fn check(&self, name: &str, at: &str, problems: &mut Problems) {
        who(self, name, at, problems);
        how_many(self, name, at, problems);
        deadline(self, name, at, problems);
        gate::check_words(&self.check, name, at, problems);
    }

    fn texts(&self) -> Vec<UsedText<'_>> {
        vec![gate::words_to_check(&self.check)]
    }
}

fn who(approval: &ManualApproval, name: &str, at: &str, problems: &mut Problems) {
    let approvers_at = format!("{at}.approvers");
    let ManualApproval { approvers, roles, .. } = approval;
    if approvers.is_empty() && roles.is_empty() {
        problems.add(at, format!("{name} must name somebody who may decide: in approvers, in roles, or in both."));
    }
    if approvers.len() > MAX_APPROVERS {
        let count = approvers.len();
        problems
            .add(&approvers_at, format!("The approvers of {name} must be at most {MAX_APPROVERS}, and are {count}."));
    }
    let mut seen = BTreeSet::new();
    for (index, approver) in approvers.iter().enumerate() {
        let at = format!("{approvers_at}[{index}]");
        if account::check_user_name(approver).is_err() {
            problems.add(&at, format!("An approver of {name} must be the name of a user, and is {approver:?}."));
        } else if !seen.insert(approver) {
            problems.add(&at, format!("The approvers of {name} must each be named once, and {approver} is twice."));
        }
    }
    let mut seen = BTreeSet::new();
    for (index, role) in roles.iter().enumerate() {
        let at = format!("{at}.roles[{index}]");
        if *role == Role::Viewer {
            problems.add(at, format!("The roles of {name} must not have viewer: a viewer only reads."));
        } else if !seen.insert(role) {
            problems.add(at, format!("The roles of {name} must each be named once, and {} is twice.", role.word()));
        }
    }
}

fn how_many(approval: &ManualApproval, name: &str, at: &str, problems: &mut Problems) {
    let at = format!("{at}.required");
    let required = usize::try_from(approval.required).unwrap_or(usize::MAX);
    let named = approval.approvers.len();
    if required == 0 {
        problems.add(at, format!("The required of {name} must be at least 1: how many must agree."));
    } else if approval.roles.is_empty() && named > 0 && required > named {
        problems.add(at, format!("The required of {name} must be at most {named}, as many as its approvers."));
    } else if required > MAX_APPROVERS {
        problems.add(at, format!("The required of {name} must be at most {MAX_APPROVERS}."));
    }
}

fn deadline(approval: &ManualApproval, name: &str, at: &str, problems: &mut Problems) {
    match (approval.deadline, approval.on_deadline) {
        (Some(seconds), OnDeadline::Reject | OnDeadline::Stay) => {
            if !(1..=MAX_DEADLINE).contains(&seconds) {
                problems.add(format!("{at}.deadline"), format!("The deadline of {name} must be 1 second to 90 days."));
            }
        }
        (None, OnDeadline::Stay) => {
            problems.add(
                format!("{at}.onDeadline"),
                format!("The onDeadline of {name} must not be given without a deadline."),
            );
        }
        (None, OnDeadline::Reject) => {}
    }
}
