//! Manual Approval: a gate that those whom it names pass, as many of them as it asks for.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::field::{FieldValue, KindField};
use super::gate::{self, Deciders, Gate, OnDeadline};
use super::{Class, DAY, KindRules, UsedText, is_false};
use crate::domain::account;
use crate::domain::people::Role;
use crate::domain::validate::{FieldFault, TaskPart, TaskProblems};

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

impl ManualApproval {
    /// Its word as a kind of task.
    pub const WORD: &'static str = "manual-approval";
}

impl Default for ManualApproval {
    fn default() -> Self {
        Self {
            approvers: Vec::new(),
            roles: vec![Role::Approver],
            required: 1,
            starter_may_approve: false,
            deadline: None,
            on_deadline: OnDeadline::default(),
            check: String::new(),
        }
    }
}

impl ManualApproval {
    /// Makes the field of that key what it is in another.
    pub(super) fn take(&mut self, key: &str, other: &Self) {
        match key {
            "approvers" => self.approvers.clone_from(&other.approvers),
            "roles" => self.roles.clone_from(&other.roles),
            "required" => self.required = other.required,
            "starterMayApprove" => self.starter_may_approve = other.starter_may_approve,
            "deadline" => self.deadline = other.deadline,
            "onDeadline" => self.on_deadline = other.on_deadline,
            "check" => self.check.clone_from(&other.check),
            _ => {}
        }
    }
}

impl KindRules for ManualApproval {
    fn word(&self) -> &'static str {
        Self::WORD
    }

    fn class(&self) -> Class<'_> {
        Class::Gate(self.gate())
    }

    fn check(&self, problems: &mut TaskProblems<'_>) {
        who(self, problems);
        how_many(self, problems);
        deadline(self, problems);
        gate::check_words(&self.check, problems);
    }

    fn texts(&self) -> Vec<UsedText<'_>> {
        vec![gate::words_to_check(&self.check)]
    }

    fn texts_mut(&mut self) -> Vec<&mut String> {
        vec![&mut self.check]
    }

    fn fields(&self) -> Vec<KindField> {
        let Self { approvers, roles, required, starter_may_approve, deadline, on_deadline, check } = self;
        let mut fields = vec![
            KindField::new("approvers", FieldValue::List(approvers.clone())),
            KindField::new("roles", FieldValue::Roles(roles.clone())),
            KindField::new("required", FieldValue::Number(*required)),
            KindField::new("starterMayApprove", FieldValue::Flag(*starter_may_approve)),
        ];
        fields.extend(deadline.map(|seconds| KindField::new("deadline", FieldValue::Seconds(seconds))));
        let on_deadline = match on_deadline {
            OnDeadline::Reject => "reject",
            OnDeadline::Stay => "stay",
        };
        fields.push(KindField::new("onDeadline", FieldValue::Word(on_deadline)));
        fields.push(KindField::text("check", check));
        fields
    }
}

fn who(approval: &ManualApproval, problems: &mut TaskProblems<'_>) {
    let ManualApproval { approvers, roles, .. } = approval;
    if approvers.is_empty() && roles.is_empty() {
        problems.add_at("", TaskPart::Whole, FieldFault::NobodyDecides);
    }
    if approvers.len() > MAX_APPROVERS {
        problems.add("approvers", FieldFault::TooMany { most: MAX_APPROVERS, count: approvers.len() });
    }
    let mut seen = BTreeSet::new();
    for (index, name) in approvers.iter().enumerate() {
        let path = format!("approvers[{index}]");
        if account::check_user_name(name).is_err() {
            problems.add_at(&path, TaskPart::Approver, FieldFault::UserName { name: name.clone() });
        } else if !seen.insert(account::folded(name)) {
            problems.add_at(&path, "approvers", FieldFault::Twice { name: name.clone() });
        }
    }
    let mut seen = BTreeSet::new();
    for (index, role) in roles.iter().enumerate() {
        let path = format!("roles[{index}]");
        if *role == Role::Viewer {
            problems.add_at(&path, "roles", FieldFault::DecidesNothing { role: *role });
        } else if !seen.insert(role) {
            problems.add_at(&path, "roles", FieldFault::Twice { name: role.word().to_owned() });
        }
    }
}

fn how_many(approval: &ManualApproval, problems: &mut TaskProblems<'_>) {
    let required = usize::try_from(approval.required).unwrap_or(usize::MAX);
    let named = approval.approvers.len();
    if required == 0 {
        problems.add("required", FieldFault::NobodyAgrees);
    } else if approval.roles.is_empty() && named > 0 && required > named {
        problems.add("required", FieldFault::MoreThanNamed { named });
    } else if required > MAX_APPROVERS {
        problems.add("required", FieldFault::TooLarge { most: MAX_APPROVERS });
    }
}

fn deadline(approval: &ManualApproval, problems: &mut TaskProblems<'_>) {
    match (approval.deadline, approval.on_deadline) {
        (Some(seconds), OnDeadline::Reject | OnDeadline::Stay) => {
            if !(1..=MAX_DEADLINE).contains(&seconds) {
                problems.add("deadline", FieldFault::Time { least: 1, most: MAX_DEADLINE });
            }
        }
        (None, OnDeadline::Stay) => problems.add("onDeadline", FieldFault::Without { other: "deadline" }),
        (None, OnDeadline::Reject) => {}
    }
}
