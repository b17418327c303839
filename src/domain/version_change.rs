//! Version changes: from which version to which a task takes a component.

use std::collections::BTreeMap;

use super::catalog::Catalog;
use super::definition::Definition;
use super::kinds::{CatalogChange, IfExists};

/// From which version to which a component goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionChange {
    /// `APPLICATION/NAME`.
    pub component: String,
    /// Where it runs, if that is known.
    pub environment: Option<String>,
    /// The version before; none of what is new.
    pub from: Option<String>,
    /// The version after; none of what is taken away.
    pub to: Option<String>,
}

/// Those of the tasks of a definition or an execution, by the names of the tasks.
pub type VersionChanges = BTreeMap<String, VersionChange>;

impl VersionChange {
    /// The way back.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self { from: self.to, to: self.from, ..self }
    }
}

/// What the tasks of a definition would change if they were executed now, one after the other.
pub fn planned_changes(definition: &Definition, catalog: &Catalog) -> VersionChanges {
    let mut running: BTreeMap<&str, (Option<&str>, &str)> = catalog
        .components
        .iter()
        .map(|known| (known.name.as_str(), (known.version.as_deref(), known.environment.as_str())))
        .collect();
    let mut planned = VersionChanges::new();
    for (_, task) in definition.tasks() {
        let (component, version, environment) = match task.kind.change() {
            Some(CatalogChange::CreateComponent(create)) => {
                let is_kept = create.if_exists == IfExists::Keep && running.contains_key(create.component.0.as_str());
                if is_kept {
                    continue;
                }
                (create.component.0.as_str(), create.version.as_str(), Some(create.environment.as_str()))
            }
            Some(CatalogChange::UpdateComponent(update)) => {
                let component = update.component.0.as_str();
                (component, update.version.as_str(), running.get(component).map(|(_, environment)| *environment))
            }
            Some(CatalogChange::CreateApplication(_)) | None => continue,
        };
        let from = running.get(component).and_then(|(version, _)| *version);
        running.insert(component, (Some(version), environment.unwrap_or_default()));
        let change = VersionChange {
            component: component.to_owned(),
            environment: environment.filter(|name| !name.is_empty()).map(str::to_owned),
            from: from.map(str::to_owned),
            to: Some(version.to_owned()),
        };
        planned.insert(task.name.clone(), change);
    }
    planned
}

#[cfg(test)]
mod tests;
