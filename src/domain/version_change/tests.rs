//! Tests of version changes.

use super::*;
use crate::domain::catalog::CatalogComponent;
use crate::domain::definition::{Group, Phase, Task};
use crate::domain::kinds::{ComponentName, CreateComponent, Kind, UpdateComponent};

fn create(component: &str, version: &str, if_exists: IfExists) -> Kind {
    Kind::CreateComponent(CreateComponent {
        component: ComponentName(component.to_owned()),
        environment: "prod".to_owned(),
        version: version.to_owned(),
        if_exists,
        ..CreateComponent::default()
    })
}

fn update(component: &str, version: &str) -> Kind {
    let component = ComponentName(component.to_owned());
    Kind::UpdateComponent(UpdateComponent { component, version: version.to_owned(), ..UpdateComponent::default() })
}

#[test]
fn each_task_goes_on_from_what_the_one_before_it_brings() {
    let kinds = [
        update("shop/web", "1.5"),
        update("shop/web", "1.6"),
        create("shop/api", "2.0", IfExists::Fail),
        create("shop/web", "9", IfExists::Keep),
        create("shop/web", "1.7", IfExists::Update),
        update("shop/gone", "3"),
    ];
    let task = |(number, kind)| Task { name: format!("t{number}"), description: String::new(), kind };
    let tasks = kinds.into_iter().enumerate().map(task).collect();
    let phases = vec![Phase { name: "all".to_owned(), groups: vec![Group { tasks }] }];
    let web = CatalogComponent {
        name: "shop/web".to_owned(),
        environment: "prod".to_owned(),
        is_here: true,
        version: Some("1.4".to_owned()),
    };
    let catalog = Catalog { components: vec![web], ..Catalog::default() };
    let planned = planned_changes(&Definition { phases, ..Definition::default() }, &catalog);
    let told = |name: &str| {
        let change = planned.get(name)?;
        Some((change.from.as_deref(), change.to.as_deref(), change.environment.as_deref()))
    };
    assert_eq!(told("t0"), Some((Some("1.4"), Some("1.5"), Some("prod"))));
    assert_eq!(told("t1"), Some((Some("1.5"), Some("1.6"), Some("prod"))));
    assert_eq!(told("t2"), Some((None, Some("2.0"), Some("prod"))));
    assert_eq!(told("t3"), None, "it is left as it is");
    assert_eq!(told("t4"), Some((Some("1.6"), Some("1.7"), Some("prod"))));
    assert_eq!(told("t5"), Some((None, Some("3"), None)));
    let back = planned["t2"].clone().reversed();
    assert_eq!((back.from.as_deref(), back.to), (Some("2.0"), None));
}
