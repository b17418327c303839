//! Create Application: makes an application of the team, empty.

use serde::{Deserialize, Serialize};

use super::change::{CatalogChange, IfExists};
use super::field::{FieldValue, KindField};
use super::retry::Retry;
use super::{Class, Job, KindRules, RunsOn, UsedText, Work};
use crate::domain::names;
use crate::domain::validate::{FieldFault, TaskProblems};

/// An application to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateApplication {
    /// Its name.
    pub application: String,
    /// What happens when there is one of that name: `update` is not for applications.
    #[serde(default)]
    pub if_exists: IfExists,
}

impl CreateApplication {
    /// Its word as a kind of task, which is also the key of its name.
    pub const WORD: &'static str = "create-application";

    /// Makes the field of that key what it is in another.
    pub(super) fn take(&mut self, key: &str, other: &Self) {
        if key == Self::WORD {
            self.application.clone_from(&other.application);
        } else if key == "ifExists" {
            self.if_exists = other.if_exists;
        }
    }
}

impl KindRules for CreateApplication {
    fn word(&self) -> &'static str {
        Self::WORD
    }

    fn class(&self) -> Class<'_> {
        Class::Work(Work {
            job: Job::Change(CatalogChange::CreateApplication(self)),
            runs_on: RunsOn::Elsewhere,
            retry: Retry::default(),
            continue_on_error: false,
            has_undo: true,
            has_outputs: false,
        })
    }

    fn check(&self, problems: &mut TaskProblems<'_>) {
        if !names::is_valid(&self.application) {
            problems.add(Self::WORD, FieldFault::ObjectName { name: self.application.clone() });
        }
        if self.if_exists == IfExists::Update {
            problems.add("ifExists", FieldFault::NothingToUpdate);
        }
    }

    fn texts(&self) -> Vec<UsedText<'_>> {
        Vec::new()
    }

    fn texts_mut(&mut self) -> Vec<&mut String> {
        Vec::new()
    }

    fn fields(&self) -> Vec<KindField> {
        vec![
            KindField::text(Self::WORD, &self.application),
            KindField::new("ifExists", FieldValue::Word(self.if_exists.word())),
        ]
    }
}
