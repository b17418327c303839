//! Update Component: deploys a new revision of a component, made of the current one and what is to be another.

use serde::{Deserialize, Serialize};

use super::change::{self, CatalogChange, ComponentName};
use super::field::{self, FieldValue, KindField};
use super::retry::{self, Retry};
use super::{Class, Job, Kind, KindRules, RunsOn, TextUse, UsedText, Work, is_false};
use crate::domain::specification::{Specification, SpecificationFault, field_fault};
use crate::domain::validate::TaskProblems;

/// What is to be another in a component.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateComponent {
    /// Its application and its name.
    pub component: ComponentName,
    /// The version of the new revision.
    pub version: String,
    /// Fields of the specification that get a value.
    #[serde(default, skip_serializing_if = "Specification::is_empty")]
    pub set: Specification,
    /// Fields of the specification that lose theirs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unset: Vec<String>,
    /// What happens when an attempt fails.
    #[serde(default)]
    pub retry: Retry,
    /// The group goes on though this task failed; the release still ends as Release failed.
    #[serde(default, rename = "go_on", skip_serializing_if = "is_false")]
    pub continue_on_error: bool,
}

impl UpdateComponent {
    /// Its word as a kind of task, which is also the key of its name.
    pub const WORD: &'static str = "update-component";

    /// The change of a component after which it has that specification, whatever fields it has now.
    pub fn redeploying(component: &ComponentName, version: &str, wanted: Specification, now: &Specification) -> Kind {
        Kind::UpdateComponent(Self {
            component: component.clone(),
            version: version.to_owned(),
            unset: now.keys().filter(|field| !wanted.contains_key(*field)).cloned().collect(),
            set: wanted,
            ..Self::default()
        })
    }

    /// Makes the field of that key what it is in another.
    pub(super) fn take(&mut self, key: &str, other: &Self) {
        match key {
            Self::WORD => self.component.clone_from(&other.component),
            "version" => self.version.clone_from(&other.version),
            "unset" => self.unset.clone_from(&other.unset),
            "retry.attempts" => self.retry.attempts = other.retry.attempts,
            "retry.delay" => self.retry.delay = other.retry.delay,
            "goOn" => self.continue_on_error = other.continue_on_error,
            key => {
                if let Some(name) = key.strip_prefix("set.") {
                    field::take_entry(&mut self.set, &other.set, name);
                }
            }
        }
    }
}

impl KindRules for UpdateComponent {
    fn word(&self) -> &'static str {
        Self::WORD
    }

    fn class(&self) -> Class<'_> {
        Class::Work(Work {
            job: Job::Change(CatalogChange::UpdateComponent(self)),
            runs_on: RunsOn::ComponentsEnvironment,
            retry: self.retry,
            continue_on_error: self.continue_on_error,
            has_undo: true,
            has_outputs: true,
        })
    }

    fn check(&self, problems: &mut TaskProblems<'_>) {
        change::check_component(Self::WORD, &self.component, problems);
        change::check_version(&self.version, problems);
        change::check_fields("set", &self.set, problems);
        for field in &self.unset {
            let both = || self.set.contains_key(field).then_some(SpecificationFault::SetAndUnset);
            if let Some(fault) = field_fault(field).or_else(both) {
                change::wrong("unset", field, fault, problems);
            }
        }
        retry::check_retry(self.retry, problems);
    }

    fn texts(&self) -> Vec<UsedText<'_>> {
        let mut texts = vec![UsedText::new("version", &self.version, TextUse::Value)];
        texts.extend(change::texts("set", &self.set));
        texts
    }

    fn texts_mut(&mut self) -> Vec<&mut String> {
        std::iter::once(&mut self.version).chain(self.set.values_mut()).collect()
    }

    fn fields(&self) -> Vec<KindField> {
        let mut fields =
            vec![KindField::text(Self::WORD, &self.component.0), KindField::text("version", &self.version)];
        fields.extend(field::of_map("set", &self.set));
        if !self.unset.is_empty() {
            fields.push(KindField::new("unset", FieldValue::List(self.unset.clone())));
        }
        fields.extend(field::of_retry(self.retry));
        fields.push(KindField::new("goOn", FieldValue::Flag(self.continue_on_error)));
        fields
    }
    fn offer_version(&mut self, version: &str) {
        if self.version.is_empty() {
            version.clone_into(&mut self.version);
        }
    }
}
