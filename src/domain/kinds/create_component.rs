//! Create Component: makes a component in an environment and deploys its first revision.

use serde::{Deserialize, Serialize};

use super::change::{self, CatalogChange, ComponentName, IfExists};
use super::field::{self, FieldValue, KindField};
use super::retry::{self, Retry};
use super::{Class, Job, Kind, KindRules, RunsOn, TextUse, UsedText, Work, is_false};
use crate::domain::environment::is_environment_name;
use crate::domain::specification::Specification;
use crate::domain::validate::{FieldFault, TaskProblems};

/// A component to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateComponent {
    /// Its application and its name.
    pub component: ComponentName,
    /// Name of the environment that it is to run in.
    #[serde(rename = "in")]
    pub environment: String,
    /// The version of its first revision.
    pub version: String,
    /// What is to run.
    #[serde(default, skip_serializing_if = "Specification::is_empty")]
    pub spec: Specification,
    /// What happens when there is one of that name.
    #[serde(default)]
    pub if_exists: IfExists,
    /// What happens when an attempt fails.
    #[serde(default)]
    pub retry: Retry,
    /// The group goes on though this task failed; the release still ends as Release failed.
    #[serde(default, rename = "go_on", skip_serializing_if = "is_false")]
    pub continue_on_error: bool,
}

impl CreateComponent {
    /// Its word as a kind of task, which is also the key of its name.
    pub const WORD: &'static str = "create-component";

    /// The change after which a component of which nothing runs has that specification.
    pub fn deploying(component: &ComponentName, environment: &str, version: &str, wanted: Specification) -> Kind {
        Kind::CreateComponent(Self {
            component: component.clone(),
            environment: environment.to_owned(),
            version: version.to_owned(),
            spec: wanted,
            if_exists: IfExists::Update,
            ..Self::default()
        })
    }

    /// Makes the field of that key what it is in another.
    pub(super) fn take(&mut self, key: &str, other: &Self) {
        match key {
            Self::WORD => self.component.clone_from(&other.component),
            "in" => self.environment.clone_from(&other.environment),
            "version" => self.version.clone_from(&other.version),
            "ifExists" => self.if_exists = other.if_exists,
            "retry.attempts" => self.retry.attempts = other.retry.attempts,
            "retry.delay" => self.retry.delay = other.retry.delay,
            "goOn" => self.continue_on_error = other.continue_on_error,
            key => {
                if let Some(name) = key.strip_prefix("spec.") {
                    field::take_entry(&mut self.spec, &other.spec, name);
                }
            }
        }
    }
}

impl KindRules for CreateComponent {
    fn word(&self) -> &'static str {
        Self::WORD
    }

    fn class(&self) -> Class<'_> {
        Class::Work(Work {
            job: Job::Change(CatalogChange::CreateComponent(self)),
            runs_on: RunsOn::Environment(&self.environment),
            retry: self.retry,
            continue_on_error: self.continue_on_error,
            has_undo: true,
            has_outputs: true,
        })
    }

    fn check(&self, problems: &mut TaskProblems<'_>) {
        change::check_component(Self::WORD, &self.component, problems);
        if !is_environment_name(&self.environment) {
            problems.add("in", FieldFault::ObjectName { name: self.environment.clone() });
        }
        change::check_version(&self.version, problems);
        change::check_fields("spec", &self.spec, problems);
        retry::check_retry(self.retry, problems);
    }

    fn texts(&self) -> Vec<UsedText<'_>> {
        let mut texts = vec![UsedText::new("version", &self.version, TextUse::Value)];
        texts.extend(change::texts("spec", &self.spec));
        texts
    }

    fn texts_mut(&mut self) -> Vec<&mut String> {
        std::iter::once(&mut self.version).chain(self.spec.values_mut()).collect()
    }

    fn fields(&self) -> Vec<KindField> {
        let mut fields = vec![
            KindField::text(Self::WORD, &self.component.0),
            KindField::text("in", &self.environment),
            KindField::text("version", &self.version),
        ];
        fields.extend(field::of_map("spec", &self.spec));
        fields.push(KindField::new("ifExists", FieldValue::Word(self.if_exists.word())));
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
