//! Sentences about the options of environments and who works in them.

use super::English;
use super::grammar::{capital, listed};
use crate::domain::component_wait::{Holder, LockedObject};
use crate::domain::environment::{ApproverRule, MAX_RULE_APPROVERS, OptionFault, ReleaseLock};
use crate::messages::environments::EnvironmentSentences;

/// Who must agree, as a phrase: "at least 2 of anna, bob and the approvers of the team".
fn at_least(rule: &ApproverRule) -> String {
    let roles = rule.roles.iter().map(|role| format!("the {}s of the team", role.word()));
    let who: Vec<String> = rule.users.iter().cloned().chain(roles).collect();
    format!("at least {} of {}", rule.required, listed(who.iter().map(String::as_str), "and"))
}

/// The same, and who may not.
pub(super) fn who_agrees(rule: &ApproverRule) -> String {
    let but = if rule.four_eyes { ", but nobody who took part in starting it" } else { "" };
    at_least(rule) + but
}

/// That a checkpoint is missing, and which.
pub(super) fn approval_missing(environment: &str, rule: &ApproverRule) -> String {
    format!("{environment} takes only what is agreed to at a Manual Approval before, by {}", who_agrees(rule))
}

impl EnvironmentSentences for English {
    fn options_title(&self) -> &'static str {
        "Options"
    }

    fn options_lead(&self) -> &'static str {
        "How many releases work here at a time, which approval they need, and which other teams may release here."
    }

    fn lock_choice(&self, lock: ReleaseLock) -> &'static str {
        match lock {
            ReleaseLock::Shared => "Several at a time, except to the same component",
            ReleaseLock::Kept => "One at a time, also while a checkpoint of it waits",
            ReleaseLock::LetGo => "One at a time; while a checkpoint of it waits others may release here",
        }
    }

    fn lock(&self, lock: ReleaseLock) -> &'static str {
        match lock {
            ReleaseLock::Shared => "Others may release here, except to the same components.",
            ReleaseLock::Kept => {
                "Nobody else releases here: one release at a time works here, from its first task to its end."
            }
            ReleaseLock::LetGo => {
                "Others may release here as soon as nothing of it runs here; apart from that, one release at a time works here."
            }
        }
    }

    fn approval(&self, rule: Option<&ApproverRule>) -> String {
        match rule {
            None => "None is needed.".to_owned(),
            Some(rule) => {
                let but = if rule.four_eyes { " Whoever took part in starting the release may not." } else { "" };
                format!("{} must agree before the first task here.{but}", capital(&at_least(rule)))
            }
        }
    }

    fn lent_to(&self, teams: &[&str]) -> String {
        if teams.is_empty() { "None.".to_owned() } else { listed(teams.iter().copied(), "and") }
    }

    fn option_fault(&self, fault: &OptionFault) -> String {
        match fault {
            OptionFault::Lock { found } => format!(
                "Must be {}, and is {found:?}.",
                listed(ReleaseLock::ALL.into_iter().map(ReleaseLock::word), "or")
            ),
            OptionFault::Required { found } => {
                format!("Must be a number from 1 to {MAX_RULE_APPROVERS}, or empty for no approval, and is {found:?}.")
            }
            OptionFault::RequiredMissing => "Say how many of them must agree.".to_owned(),
            OptionFault::NobodyAgrees => "Name people or choose roles who must agree.".to_owned(),
            OptionFault::MoreThanNamed { named } => format!("More must agree than the {named} who are named."),
            OptionFault::UserName { name } => format!("Nobody can be named {name:?}."),
            OptionFault::Twice { name } => format!("{name} is named twice."),
            OptionFault::TooManyUsers => format!("At most {MAX_RULE_APPROVERS} people can be named."),
            OptionFault::Role { found } => format!("{found:?} is no role that can approve."),
            OptionFault::Team { name } => format!("There is no team {name:?} beside the one that it belongs to."),
        }
    }

    fn options_changed_since(&self) -> &'static str {
        "Somebody else saved other options meanwhile. What you chose is below; look at the newest ones before you save again: \
         then it takes their place."
    }

    fn needs_approval(&self, environment: &str, rule: &ApproverRule) -> String {
        format!("{}. Deploy it by a release task with that checkpoint.", approval_missing(environment, rule))
    }

    fn lent_by(&self, team: &str) -> String {
        format!("It belongs to the team {team}: its scripts, hosts and secrets are theirs.")
    }

    fn waits_for(&self, holder: &Holder) -> String {
        let (name, place) = match &holder.object {
            LockedObject::Component(name) => (name, "on it"),
            LockedObject::Environment { name, .. } => (name, "there"),
        };
        format!("Waits for {name}: {} #{} works {place}", holder.release, holder.number)
    }

    fn works_in(&self, release: &str, number: u32) -> String {
        format!("Now: {release} #{number} works here, and others wait.")
    }

    fn asked_again(&self, environment: &str) -> String {
        format!("{environment} was changed since this was agreed to, so it is asked once more.")
    }
}
