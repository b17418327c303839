//! Tests of dry runs.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::DateTime;

use super::*;
use crate::domain::component::ChangeFault;
use crate::domain::component_wait::LockedObject;
use crate::domain::definition::{Definition, Group, Phase, Task};
use crate::domain::execution::{Direction, Intent, SkipReason, TaskRun, TaskState};
use crate::domain::ids::{ExecutionId, TaskRunId, TeamId, UserId};
use crate::domain::kinds::{
    CommandSpec, ComponentName, CreateApplication, CreateComponent, IfExists, Kind, ManualApproval, UpdateComponent,
};
use crate::domain::values::Names;

const NAMES: Names<'static> = Names { release: "ship", region: "eu-west", team: "Storefront" };

fn specification(fields: &[(&str, &str)]) -> Specification {
    fields.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect()
}

fn update(version: &str, set: &[(&str, &str)], unset: &[&str]) -> Kind {
    Kind::UpdateComponent(UpdateComponent {
        component: ComponentName("shop/web".to_owned()),
        version: version.to_owned(),
        set: specification(set),
        unset: unset.iter().map(|field| (*field).to_owned()).collect(),
        ..UpdateComponent::default()
    })
}

fn create(component: &str, if_exists: IfExists) -> Kind {
    Kind::CreateComponent(CreateComponent {
        component: ComponentName(component.to_owned()),
        environment: "prod".to_owned(),
        version: "1".to_owned(),
        spec: specification(&[("image", "shop:1")]),
        if_exists,
        ..CreateComponent::default()
    })
}

fn application(name: &str, if_exists: IfExists) -> Kind {
    Kind::CreateApplication(CreateApplication { application: name.to_owned(), if_exists })
}

fn command(script: &str) -> Kind {
    Kind::Command(CommandSpec { script: script.to_owned(), ..CommandSpec::default() })
}

fn execution(kinds: Vec<Kind>, left_out: &[&str]) -> Execution {
    let task = |(number, kind)| Task { name: format!("t{number}"), description: String::new(), kind };
    let tasks = kinds.into_iter().enumerate().map(task).collect();
    let phases = vec![Phase { name: "all".to_owned(), groups: vec![Group { tasks }] }];
    let definition = Definition { phases, ..Definition::default() };
    let left_out: BTreeSet<&str> = left_out.iter().copied().collect();
    let runs = definition.tasks().map(|(place, task)| {
        let skipped = TaskState::Skipped { why: SkipReason::NotSelected };
        let state = if left_out.contains(task.name.as_str()) { skipped } else { TaskState::Waiting };
        TaskRun::untouched(TaskRunId::nil(), place, task.name.clone(), state)
    });
    let tasks = runs.collect();
    Execution {
        id: ExecutionId::nil(),
        release_id: ReleaseId::nil(),
        team_id: TeamId::nil(),
        number: 3,
        version: 1,
        definition: Arc::new(definition),
        variables: VariableValues::new(),
        started_by: Actor::Person { id: UserId::nil(), name: "ann".to_owned() },
        starters: Vec::new(),
        started_at: DateTime::UNIX_EPOCH,
        ended_at: None,
        direction: Direction::Forward,
        intent: Intent::Run,
        tasks,
        rev: 0,
        files_removed_at: None,
    }
}

fn facts() -> ForecastFacts {
    ForecastFacts {
        applications: vec!["shop".to_owned()],
        environments: vec![ForecastEnvironment {
            name: "prod".to_owned(),
            hosts: vec!["edge-1".to_owned(), "edge-2".to_owned()],
            is_on_server: false,
            holder: None,
        }],
        components: vec![ForecastComponent {
            name: "shop/web".to_owned(),
            environment: "prod".to_owned(),
            is_here: true,
            running: Some(("1.4".to_owned(), specification(&[("image", "shop:1.4"), ("replicas", "3")]))),
            holder: None,
        }],
        scripts_missing: None,
    }
}

fn told(kinds: Vec<Kind>, facts: ForecastFacts) -> Vec<Expectation> {
    forecast(&execution(kinds, &[]), NAMES, facts).into_iter().map(|told| told.expected).collect()
}

fn words(kinds: Vec<Kind>) -> Vec<ForecastWord> {
    told(kinds, facts()).iter().map(Expectation::word).collect()
}

fn cause(kind: Kind) -> Option<ChangeFault> {
    let Expectation::WouldFail { cause: FailureCause::Change(fault) } = told(vec![kind], facts()).remove(0) else {
        return None;
    };
    Some(fault)
}

#[test]
fn an_update_says_what_becomes_of_which_field() {
    let found = told(vec![update("1.5", &[("image", "shop:1.5")], &["replicas"])], facts()).remove(0);
    let Expectation::Changes(component) = found else { panic!("{found:?}") };
    assert_eq!((component.from.as_deref(), component.to.as_str()), (Some("1.4"), "1.5"));
    assert_eq!((component.place.environment.as_deref(), component.place.hosts.len()), (Some("prod"), 2));
    let field = |field: &str, from: &str, to: Option<&str>| FieldChange {
        field: field.to_owned(),
        from: Some(from.to_owned()),
        to: to.map(str::to_owned),
    };
    assert_eq!(component.fields, [field("image", "shop:1.4", Some("shop:1.5")), field("replicas", "3", None)]);
}

#[test]
fn each_task_goes_by_what_the_ones_before_it_would_have_made() {
    use ForecastWord as W;
    let kinds = vec![
        application("Shop", IfExists::Keep),
        application("till", IfExists::Fail),
        create("till/api", IfExists::Fail),
        create("till/api", IfExists::Keep),
        create("till/api", IfExists::Fail),
        update("1.4", &[("replicas", "3")], &[]),
        update("1.5", &[], &[]),
        update("1.5", &[("replicas", "3")], &[]),
    ];
    let expected =
        [W::NoChange, W::Creates, W::Creates, W::NoChange, W::WouldFail, W::NoChange, W::Changes, W::NoChange];
    assert_eq!(words(kinds), expected);
}

#[test]
fn what_an_earlier_task_gives_is_not_known_yet_and_what_it_cannot_give_fails() {
    use ForecastWord as W;
    let image = ("image", "shop:${tasks.t0.outputs.tag}");
    let kinds = || {
        vec![
            command("make"),
            update("1.4", &[image], &[]),
            update("${tasks.t0.outputs.tag}", &[], &[]),
            update("1.6", &[image], &[]),
            command("echo ${tasks.t0.outputs.tag}"),
        ]
    };
    assert_eq!(words(kinds()), [W::Runs, W::NotKnownYet, W::NotKnownYet, W::Changes, W::Runs]);
    let skipped = forecast(&execution(kinds(), &["t0"]), NAMES, facts());
    let skipped: Vec<_> = skipped.iter().map(|told| told.expected.word()).collect();
    assert_eq!(skipped, [W::Skipped, W::WouldFail, W::WouldFail, W::WouldFail, W::WouldFail]);
    let default = vec![command("make"), update("1.4", &[("image", "shop:${tasks.t0.outputs.tag:-1.4}")], &[])];
    let skipped = forecast(&execution(default, &["t0"]), NAMES, facts());
    assert_eq!(skipped[1].expected.word(), W::NoChange, "the default is what runs");
}

#[test]
fn what_would_fail_says_why() {
    let name = || "shop/web".to_owned();
    assert_eq!(cause(create("shop/web", IfExists::Fail)), Some(ChangeFault::ComponentExists { name: name() }));
    assert_eq!(cause(create("none/web", IfExists::Fail)), Some(ChangeFault::NoApplication { name: "none".to_owned() }));
    assert_eq!(cause(update("2", &[], &["package"])), Some(ChangeFault::NotSet { field: "package".to_owned() }));
    assert!(matches!(cause(update("2", &[("replicas", "many")], &[])), Some(ChangeFault::Specification { .. })));
    let mut elsewhere = facts();
    elsewhere.components[0].is_here = false;
    let found = told(vec![update("2", &[], &[])], elsewhere).remove(0);
    let other = ChangeFault::OtherRegion { name: name() };
    assert_eq!(found, Expectation::WouldFail { cause: FailureCause::Change(other) });
    let mut nowhere = facts();
    nowhere.environments.clear();
    let found = told(vec![update("2", &[], &[])], nowhere).remove(0);
    let missing = ChangeFault::NoEnvironment { name: "prod".to_owned() };
    assert_eq!(found, Expectation::WouldFail { cause: FailureCause::Change(missing) });
    let missing = ForecastFacts { scripts_missing: Some("Storefront".to_owned()), ..facts() };
    let refused = FailureCause::ScriptsNotPermitted { team: "Storefront".to_owned() };
    assert_eq!(told(vec![command("true")], missing), [Expectation::WouldFail { cause: refused }]);
}

#[test]
fn a_component_on_which_another_execution_works_says_so() {
    let mut held = facts();
    let holder = |id| Holder {
        object: LockedObject::Component("shop/web".to_owned()),
        execution: ExecutionId::from_u128(id),
        release: "other".to_owned(),
        number: 7,
    };
    held.components[0].holder = Some(holder(9));
    let waits = |facts: ForecastFacts| {
        let found = told(vec![update("1.5", &[], &[])], facts).remove(0);
        found.component().and_then(|component| component.place.waits_for.clone())
    };
    assert_eq!(waits(held.clone()), Some(holder(9)));
    held.components[0].holder = Some(holder(0));
    assert_eq!(waits(held), None, "it is this very execution");
}

#[test]
fn checkpoints_ask_and_what_is_told_is_kept_as_it_is() {
    let kinds = vec![Kind::ManualApproval(ManualApproval::default()), update("1.5", &[("image", "x")], &[])];
    let found = forecast(&execution(kinds, &[]), NAMES, facts());
    assert_eq!(found[0].expected, Expectation::Asks);
    let stored = serde_json::to_string(&found).unwrap();
    assert_eq!(serde_json::from_str::<Vec<TaskForecast>>(&stored).unwrap(), found);
}
