//! Releases of one revision: the definition of a release task that deploys it again, or in another component.

use super::definition::{Definition, Group, Phase, Task};
use super::kinds::{ComponentName, CreateComponent, UpdateComponent};
use super::names;
use super::specification::Specification;

/// The component that is released to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReleaseTarget<'t> {
    /// Its application.
    pub application: &'t str,
    /// Its name there.
    pub component: &'t str,
    /// The environment that it is in.
    pub environment: &'t str,
    /// The specification of what runs of it; none while nothing does.
    pub running: Option<&'t Specification>,
}

/// Which fields of a revision go to another component.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PromotedFields {
    /// All of its specification.
    #[default]
    All,
    /// What is run, the image and the package; ports, variables, files and the rest stay as they are there.
    Artefact,
}

impl PromotedFields {
    /// Every choice.
    pub const ALL: [Self; 2] = [Self::All, Self::Artefact];

    /// The word of forms and requests.
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Artefact => "artefact",
        }
    }

    /// The choice of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }

    /// The specification that a component gets that has this one now.
    pub fn of(self, promoted: &Specification, now: Option<&Specification>) -> Specification {
        match self {
            Self::All => promoted.clone(),
            Self::Artefact => {
                let is_artefact = |field: &String| ["image", "package"].contains(&field.as_str());
                let kept = now.into_iter().flatten().filter(|(field, _)| !is_artefact(field));
                let brought = promoted.iter().filter(|(field, _)| is_artefact(field));
                kept.chain(brought).map(|(field, value)| (field.clone(), value.clone())).collect()
            }
        }
    }
}

/// One task that brings a component to that version and specification.
pub fn release_of(target: ReleaseTarget<'_>, version: &str, wanted: Specification) -> Definition {
    let ReleaseTarget { application, component, environment, running } = target;
    let name = ComponentName(format!("{application}/{component}"));
    let kind = match running {
        Some(running) => UpdateComponent::redeploying(&name, version, wanted, running),
        None => CreateComponent::deploying(&name, environment, version, wanted),
    };
    let task = Task { name: task_name(component), description: String::new(), kind };
    let phase = Phase { name: names::numbered("phase", 1), groups: vec![Group { tasks: vec![task] }] };
    Definition { phases: vec![phase], ..Definition::default() }
}

/// A name for the task that deploys a component: its own with a word before it, if there is room for that.
fn task_name(component: &str) -> String {
    let longer = format!("deploy-{component}");
    if names::is_valid(&longer) { longer } else { component.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::validate::validate;

    fn fields(fields: &[(&str, &str)]) -> Specification {
        fields.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect()
    }

    fn definition(running: Option<&Specification>) -> Definition {
        let target = ReleaseTarget { application: "shop", component: "web", environment: "prod", running };
        release_of(target, "1.4", fields(&[("image", "shop:1.4"), ("replicas", "2")]))
    }

    #[test]
    fn what_runs_gets_all_fields_of_the_revision_and_loses_all_others() {
        let running = fields(&[("image", "shop:1.5"), ("environment.DEBUG", "on")]);
        let definition = definition(Some(&running));
        assert_eq!(validate(&definition), []);
        let (_, task) = definition.tasks().next().unwrap();
        assert_eq!((task.name.as_str(), task.kind.word()), ("deploy-web", "update-component"));
        let wanted = UpdateComponent {
            component: ComponentName("shop/web".to_owned()),
            version: "1.4".to_owned(),
            set: fields(&[("image", "shop:1.4"), ("replicas", "2")]),
            unset: vec!["environment.DEBUG".to_owned()],
            ..UpdateComponent::default()
        };
        let whole = UpdateComponent::redeploying(&wanted.component, "1.4", wanted.set.clone(), &running);
        assert_eq!(task.kind, whole);
        assert_eq!(whole.fields().iter().filter(|field| field.key == "unset").count(), 1);
    }

    #[test]
    fn a_component_of_which_nothing_runs_is_created_where_it_is() {
        let definition = definition(None);
        assert_eq!(validate(&definition), []);
        assert_eq!(definition.tasks().next().unwrap().1.kind.word(), "create-component");
    }

    #[test]
    fn an_artefact_goes_without_what_is_of_its_place() {
        let (from, to) = (
            fields(&[("image", "shop:2"), ("environment.DB", "test"), ("replicas", "1")]),
            fields(&[("image", "shop:1"), ("package", "old"), ("environment.DB", "real")]),
        );
        assert_eq!(PromotedFields::All.of(&from, Some(&to)), from);
        let brought = PromotedFields::Artefact.of(&from, Some(&to));
        assert_eq!(brought, fields(&[("image", "shop:2"), ("environment.DB", "real")]));
        assert_eq!(PromotedFields::Artefact.of(&from, None), fields(&[("image", "shop:2")]));
    }
}
