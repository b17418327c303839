//! Common parts of the kinds of task that change applications and components.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{CreateApplication, CreateComponent, Kind, UpdateComponent};
use crate::domain::names;
use crate::domain::specification::{MAX_SPECIFICATION_FIELDS, VersionFault, version_fault};
use crate::domain::specification::{MAX_VERSION_LEN, Specification, SpecificationFault, field_fault, value_fault};
use crate::domain::validate::{FieldFault, TaskProblems};

/// A change of an application or a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CatalogChange<'k> {
    /// Makes an application.
    CreateApplication(&'k CreateApplication),
    /// Makes a component and deploys its first revision.
    CreateComponent(&'k CreateComponent),
    /// Deploys a new revision of a component.
    UpdateComponent(&'k UpdateComponent),
}

impl CatalogChange<'_> {
    /// What it changes, by its name in the definition, and the version that it brings there, if it brings one.
    pub fn target(&self) -> (&str, Option<&str>) {
        match self {
            Self::CreateApplication(create) => (&create.application, None),
            Self::CreateComponent(create) => (&create.component.0, Some(&create.version)),
            Self::UpdateComponent(update) => (&update.component.0, Some(&update.version)),
        }
    }
}

impl Kind {
    /// The same with that version, where it is of those that bring one and has none yet.
    #[must_use]
    pub fn with_offered_version(mut self, version: &str) -> Self {
        self.rules_mut().offer_version(version);
        self
    }
}

/// What a task that creates does when there is one of that name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IfExists {
    /// It fails.
    #[default]
    Fail,
    /// It leaves it as it is, and succeeds.
    Keep,
    /// It updates it.
    Update,
}

impl IfExists {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Fail, Self::Keep, Self::Update];

    /// The word in the YAML.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Keep => "keep",
            Self::Update => "update",
        }
    }
}

/// A component in a definition: its application and its name there.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ComponentName(pub String);

impl ComponentName {
    /// The application, and the name there, as `APPLICATION/NAME` has them.
    pub fn parts(&self) -> (&str, &str) {
        self.0.split_once('/').unwrap_or((&self.0, ""))
    }

    /// Whether both are names.
    pub fn is_valid(&self) -> bool {
        let (application, name) = self.parts();
        names::is_valid(application) && names::is_valid(name)
    }
}

pub(super) fn check_component(key: &'static str, component: &ComponentName, problems: &mut TaskProblems<'_>) {
    if !component.is_valid() {
        problems.add(key, FieldFault::ComponentName { name: component.0.clone() });
    }
}

/// The rules of a version in a definition, in which references may stand.
pub(super) fn check_version(version: &str, problems: &mut TaskProblems<'_>) {
    let fault = version_fault(version).filter(|fault| match fault {
        VersionFault::Empty | VersionFault::NoLine => true,
        VersionFault::TooLong => !version.contains("${"),
    });
    if fault.is_some() {
        problems.add("version", FieldFault::Version { most: MAX_VERSION_LEN });
    }
}

/// The rules of the fields of a specification below that key.
pub(super) fn check_fields(key: &'static str, fields: &Specification, problems: &mut TaskProblems<'_>) {
    if fields.len() > MAX_SPECIFICATION_FIELDS {
        problems.add(key, FieldFault::TooMany { most: MAX_SPECIFICATION_FIELDS, count: fields.len() });
    }
    for (field, value) in fields {
        let fault = field_fault(field).or_else(|| value_fault(field, value));
        if let Some(fault) = fault {
            wrong(key, field, fault, problems);
        }
    }
}

pub(super) fn wrong(key: &'static str, field: &str, fault: SpecificationFault, problems: &mut TaskProblems<'_>) {
    let fault = FieldFault::Specification { field: field.to_owned(), fault };
    problems.add_at(&format!("{key}.{field}"), key, fault);
}

/// Texts of a specification in which references are replaced, with the fields that they are in.
pub(super) fn texts<'k>(
    key: &'static str,
    fields: &'k BTreeMap<String, String>,
) -> impl Iterator<Item = super::UsedText<'k>> {
    fields.iter().map(move |(field, text)| super::UsedText::new(format!("{key}.{field}"), text, super::TextUse::Value))
}
