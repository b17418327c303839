//! Tests of what definitions name.

use super::*;
use crate::domain::definition::{Definition, Group, Phase, Task};
use crate::domain::kinds::{ComponentName, CreateApplication, CreateComponent, UpdateComponent};

fn application(name: &str) -> Kind {
    Kind::CreateApplication(CreateApplication { application: name.to_owned(), ..CreateApplication::default() })
}

fn create(component: &str, environment: &str) -> Kind {
    let (component, environment) = (ComponentName(component.to_owned()), environment.to_owned());
    Kind::CreateComponent(CreateComponent { component, environment, ..CreateComponent::default() })
}

fn update(component: &str) -> Kind {
    let component = ComponentName(component.to_owned());
    Kind::UpdateComponent(UpdateComponent { component, ..UpdateComponent::default() })
}

/// One phase, with a group for each of these.
fn draft(groups: Vec<Vec<Kind>>) -> Draft {
    let task = |kind: Kind| Task { name: kind.word().to_owned(), description: String::new(), kind };
    let group = |kinds: Vec<Kind>| Group { tasks: kinds.into_iter().map(task).collect() };
    let phase = Phase { name: "all".to_owned(), groups: groups.into_iter().map(group).collect() };
    Draft::of("shop", "", &Definition { phases: vec![phase], ..Definition::default() })
}

fn catalog() -> Catalog {
    let component = |name: &str, is_here| CatalogComponent {
        name: name.to_owned(),
        environment: "prod".to_owned(),
        is_here,
        version: None,
    };
    Catalog {
        applications: vec!["shop".to_owned()],
        components: vec![component("shop/web", true), component("shop/far", false)],
        environments: vec!["prod".to_owned()],
        elsewhere: vec!["prod-us".to_owned()],
    }
}

fn unknown(groups: Vec<Vec<Kind>>) -> Vec<(String, Warning)> {
    let found = unknown_names(&draft(groups), &catalog());
    found.into_iter().map(|found| (found.field, found.warning)).collect()
}

#[test]
fn what_is_there_or_is_made_before_is_no_surprise() {
    let made = vec![application("bank"), create("bank/api", "prod"), update("bank/api"), update("shop/web")];
    assert_eq!(unknown(vec![made, vec![create("shop/new", "prod")]]), []);
}

#[test]
fn what_is_not_there_is_told_with_what_is_likely_meant() {
    let told = |field: &str, task: &str, object, name: &str, nearest: Option<&str>| {
        let (task, name, nearest) = (task.to_owned(), name.to_owned(), nearest.map(str::to_owned));
        (field.to_owned(), Warning::Unknown { task, object, name, nearest })
    };
    // Another group of the same phase may come later.
    let found = unknown(vec![vec![create("shpo/api", "prdo"), update("shop/wbe")], vec![update("shpo/api")]]);
    assert_eq!(
        found,
        [
            told("create-component", "create-component", CatalogObject::Application, "shpo", Some("shop")),
            told("in", "create-component", CatalogObject::Environment, "prdo", Some("prod")),
            told("update-component", "update-component", CatalogObject::Component, "shop/wbe", Some("shop/web")),
            told("update-component", "update-component", CatalogObject::Component, "shpo/api", None),
        ]
    );
}

#[test]
fn what_is_in_another_region_is_told_as_that() {
    let found = unknown(vec![vec![create("shop/api", "prod-us"), update("shop/far")]]);
    let object = |warning: &Warning| {
        let Warning::OtherRegion { object, name, .. } = warning else { panic!("{warning:?}") };
        (*object, name.clone())
    };
    let objects: Vec<_> = found.iter().map(|(_, warning)| object(warning)).collect();
    assert_eq!(
        objects,
        [(CatalogObject::Environment, "prod-us".to_owned()), (CatalogObject::Component, "shop/far".to_owned())]
    );
}

#[test]
fn names_of_what_is_there_and_of_what_is_made_before_are_offered() {
    let draft = draft(vec![vec![application("bank"), create("bank/api", "prod"), update("x/y")]]);
    let at = |position| TaskPosition { phase: 0, group: 0, position };
    let offered = |position, object| offered_names(&draft, at(position), &catalog(), object);
    assert_eq!(offered(0, NamedObject::NewComponent), ["shop/"]);
    assert_eq!(offered(1, NamedObject::NewComponent), ["bank/", "shop/"]);
    assert_eq!(offered(2, NamedObject::Component), ["bank/api", "shop/web"]);
    assert_eq!(offered(2, NamedObject::Environment), ["prod"]);
}
