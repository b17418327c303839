//! Manual Trigger: a gate that one operator or approver of the team passes with a click.

use serde::{Deserialize, Serialize};

use super::field::KindField;
use super::gate::{self, Deciders, Gate, OnDeadline};
use super::{Class, KindRules, UsedText};
use crate::domain::validate::TaskProblems;

/// A checkpoint that one operator or approver of the team approves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManualTrigger {
    /// What to check before going on, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub check: String,
}

impl ManualTrigger {
    /// Its word as a kind of task.
    pub const WORD: &'static str = "manual-trigger";
}

impl ManualTrigger {
    /// Makes the field of that key what it is in another.
    pub(super) fn take(&mut self, key: &str, other: &Self) {
        if key == "check" {
            self.check.clone_from(&other.check);
        }
    }
}

impl KindRules for ManualTrigger {
    fn word(&self) -> &'static str {
        Self::WORD
    }

    fn class(&self) -> Class<'_> {
        Class::Gate(Gate {
            deciders: Deciders::Team,
            required: 1,
            four_eyes: false,
            deadline: None,
            // Without a deadline nothing happens at one.
            on_deadline: OnDeadline::Stay,
            check: &self.check,
            asks_reason: false,
            may_be_left_out: true,
        })
    }

    fn check(&self, problems: &mut TaskProblems<'_>) {
        gate::check_words(&self.check, problems);
    }

    fn texts(&self) -> Vec<UsedText<'_>> {
        vec![gate::words_to_check(&self.check)]
    }

    fn texts_mut(&mut self) -> Vec<&mut String> {
        vec![&mut self.check]
    }

    fn fields(&self) -> Vec<KindField> {
        vec![KindField::text("check", &self.check)]
    }
}
