//! Catalog of what the tasks of a definition name: the applications, components and environments that there are.

use super::definition::TaskPosition;
use super::draft::{Draft, DraftTask};
use super::kinds::{CatalogChange, Kind};
use super::names;
use super::warnings::{DraftWarning, Warning};

/// The most names of one sort that are offered to choose from.
pub const MAX_OFFERED_NAMES: usize = 500;

/// A component by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogComponent {
    /// `APPLICATION/NAME`.
    pub name: String,
    /// The environment that it is in.
    pub environment: String,
    /// Whether that is in the region.
    pub is_here: bool,
    /// The version of its current revision.
    pub version: Option<String>,
}

/// What there is of a team, for release tasks of one region.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalog {
    /// Names of its applications.
    pub applications: Vec<String>,
    /// The components of those applications that were asked for, and some others.
    pub components: Vec<CatalogComponent>,
    /// Names of its environments in the region, and of those that others lend it.
    pub environments: Vec<String>,
    /// Names of its environments in other regions.
    pub elsewhere: Vec<String>,
}

/// What kind of thing a definition names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CatalogObject {
    /// An application.
    Application,
    /// A component.
    Component,
    /// An environment.
    Environment,
}

/// What a field can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedObject {
    /// A component that is to be made, below an application.
    NewComponent,
    /// A component that is there.
    Component,
    /// An environment.
    Environment,
}

impl Catalog {
    /// The component of that name.
    pub fn component(&self, name: &str) -> Option<&CatalogComponent> {
        self.components.iter().find(|component| component.name == name)
    }
}

/// Names of the applications that tasks name; nothing where no task changes anything or works in an environment.
pub fn named_applications<'k>(kinds: impl Iterator<Item = &'k Kind>) -> Option<Vec<String>> {
    let mut naming = kinds.filter(|kind| kind.is_looked_at()).peekable();
    naming.peek()?;
    let mut named: Vec<String> =
        naming.filter_map(Kind::change).map(|change| application_of(change).to_owned()).collect();
    named.sort();
    named.dedup();
    Some(named)
}

fn application_of(change: CatalogChange<'_>) -> &str {
    match change {
        CatalogChange::CreateApplication(create) => &create.application,
        CatalogChange::CreateComponent(create) => create.component.parts().0,
        CatalogChange::UpdateComponent(update) => update.component.parts().0,
    }
}

/// Changes of the tasks that have always ended before one at that place starts.
fn earlier(draft: &Draft, at: TaskPosition) -> impl Iterator<Item = CatalogChange<'_>> {
    draft.tasks().filter(move |(place, _)| place.is_before(at)).filter_map(|(_, task)| task.kind.change())
}

/// The names that a field of the task at that place can have: of what is there, and of what earlier tasks create.
pub fn offered_names(draft: &Draft, at: TaskPosition, catalog: &Catalog, object: NamedObject) -> Vec<String> {
    let mut offered: Vec<String> = match object {
        NamedObject::Environment => catalog.environments.clone(),
        NamedObject::NewComponent => {
            let made = earlier(draft, at).filter_map(|change| match change {
                CatalogChange::CreateApplication(create) => Some(create.application.clone()),
                CatalogChange::CreateComponent(_) | CatalogChange::UpdateComponent(_) => None,
            });
            catalog.applications.iter().cloned().chain(made).map(|name| name + "/").collect()
        }
        NamedObject::Component => {
            let made = earlier(draft, at).filter_map(|change| match change {
                CatalogChange::CreateComponent(create) => Some(create.component.0.clone()),
                CatalogChange::CreateApplication(_) | CatalogChange::UpdateComponent(_) => None,
            });
            let here = catalog.components.iter().filter(|component| component.is_here);
            here.map(|component| component.name.clone()).chain(made).collect()
        }
    };
    offered.sort();
    offered.dedup();
    offered.truncate(MAX_OFFERED_NAMES);
    offered
}

/// What tasks name that is not there now, and that no earlier task creates.
pub fn unknown_names(draft: &Draft, catalog: &Catalog) -> Vec<DraftWarning> {
    let mut found = Vec::new();
    for (at, task) in draft.tasks() {
        let key = task.kind.word();
        let mut add = |field: &str, warning| {
            found.push(DraftWarning { element: Some(task.id), field: field.to_owned(), warning });
        };
        let is_unknown = |name: &str| names::is_valid(name) && !catalog.environments.iter().any(|known| known == name);
        if let Some(name) = task.kind.target().filter(|name| is_unknown(name)) {
            add("in", unknown_environment(task, name, catalog));
        }
        let Some(change) = task.kind.change() else { continue };
        match change {
            CatalogChange::CreateApplication(_) => {}
            CatalogChange::CreateComponent(create) => {
                let (application, _) = create.component.parts();
                if create.component.is_valid() && !has_application(draft, at, catalog, application) {
                    let near = near(application, catalog.applications.iter());
                    add(key, unknown(task, CatalogObject::Application, application, near));
                }
                let name = &create.environment;
                if is_unknown(name) {
                    add("in", unknown_environment(task, name, catalog));
                }
            }
            CatalogChange::UpdateComponent(update) => {
                let name = &update.component.0;
                let is_made = earlier(draft, at).any(|change| match change {
                    CatalogChange::CreateComponent(create) => create.component == update.component,
                    CatalogChange::CreateApplication(_) | CatalogChange::UpdateComponent(_) => false,
                });
                if !update.component.is_valid() || is_made {
                    continue;
                }
                match catalog.component(name) {
                    Some(component) if component.is_here => {}
                    Some(_) => {
                        add(key, elsewhere(task, CatalogObject::Component, name));
                    }
                    None => {
                        let near = near(name, catalog.components.iter().map(|component| &component.name));
                        add(key, unknown(task, CatalogObject::Component, name, near));
                    }
                }
            }
        }
    }
    found
}

fn has_application(draft: &Draft, at: TaskPosition, catalog: &Catalog, name: &str) -> bool {
    let makes = |change: CatalogChange<'_>| match change {
        CatalogChange::CreateApplication(create) => create.application == name,
        CatalogChange::CreateComponent(_) | CatalogChange::UpdateComponent(_) => false,
    };
    catalog.applications.iter().any(|known| known == name) || earlier(draft, at).any(makes)
}

fn unknown_environment(task: &DraftTask, name: &str, catalog: &Catalog) -> Warning {
    if catalog.elsewhere.iter().any(|known| known == name) {
        return elsewhere(task, CatalogObject::Environment, name);
    }
    unknown(task, CatalogObject::Environment, name, near(name, catalog.environments.iter()))
}

fn near<'n>(name: &str, known: impl Iterator<Item = &'n String>) -> Option<String> {
    names::nearest(name, known.map(String::as_str)).map(str::to_owned)
}

fn unknown(task: &DraftTask, object: CatalogObject, name: &str, nearest: Option<String>) -> Warning {
    Warning::Unknown { task: task.name.clone(), object, name: name.to_owned(), nearest }
}

fn elsewhere(task: &DraftTask, object: CatalogObject, name: &str) -> Warning {
    Warning::OtherRegion { task: task.name.clone(), object, name: name.to_owned() }
}

#[cfg(test)]
mod tests;
