//! Short ways to write definitions.

use tollgate::domain::definition::{Definition, Group, Phase, Task};
use tollgate::domain::kinds::{
    CommandSpec, ComponentName, CreateApplication, CreateComponent, IfExists, Kind, ManualApproval, ManualTrigger,
    OnDeadline, Retry, UpdateComponent, Wait,
};
use tollgate::domain::people::Role;
use tollgate::domain::variables::{Variable, VariableSpec};

/// Phases of groups of tasks.
pub fn phases(phases: Vec<Vec<Vec<Task>>>) -> Definition {
    let group = |tasks| Group { tasks };
    let phase = |(number, groups): (usize, Vec<Vec<Task>>)| Phase {
        name: format!("phase-{}", number + 1),
        groups: groups.into_iter().map(group).collect(),
    };
    Definition {
        best_effort: false,
        supersede: false,
        on_failure: None,
        variables: Vec::new(),
        phases: phases.into_iter().enumerate().map(phase).collect(),
    }
}

/// One phase with one group.
pub fn line(tasks: Vec<Task>) -> Definition {
    phases(vec![vec![tasks]])
}

/// The same with the best effort policy.
pub fn best_effort(definition: Definition) -> Definition {
    Definition { best_effort: true, ..definition }
}

fn task(name: &str, kind: Kind) -> Task {
    Task { name: name.to_owned(), description: String::new(), kind }
}

/// A script that can be undone, changed as the test wants.
pub fn command_with(name: &str, change: impl FnOnce(&mut CommandSpec)) -> Task {
    let mut command = CommandSpec {
        script: format!("do {name}"),
        rollback: Some(format!("undo {name}")),
        target: None,
        working_folder: None,
        environment: [].into(),
        timeout: 60,
        retry: Retry::default(),
        continue_on_error: false,
        leave_running: false,
    };
    change(&mut command);
    task(name, Kind::Command(command))
}

pub fn command(name: &str) -> Task {
    command_with(name, |_| ())
}

/// Makes an application of that name.
pub fn create_application(name: &str, application: &str, if_exists: IfExists) -> Task {
    task(name, Kind::CreateApplication(CreateApplication { application: application.to_owned(), if_exists }))
}

/// Makes a component and deploys it, changed as the test wants.
pub fn create_component(name: &str, component: &str, change: impl FnOnce(&mut CreateComponent)) -> Task {
    let mut create = CreateComponent {
        component: ComponentName(component.to_owned()),
        environment: "prod".to_owned(),
        version: "1".to_owned(),
        spec: [("image".to_owned(), "shop:1".to_owned()), ("environment.LOG".to_owned(), "info".to_owned())].into(),
        ..CreateComponent::default()
    };
    change(&mut create);
    task(name, Kind::CreateComponent(create))
}

/// Deploys a version of a component, changed as the test wants.
pub fn update_component(name: &str, component: &str, version: &str, change: impl FnOnce(&mut UpdateComponent)) -> Task {
    let mut update = UpdateComponent {
        component: ComponentName(component.to_owned()),
        version: version.to_owned(),
        set: [("image".to_owned(), format!("shop:{version}"))].into(),
        ..UpdateComponent::default()
    };
    change(&mut update);
    task(name, Kind::UpdateComponent(update))
}

pub fn wait(name: &str, seconds: u64) -> Task {
    task(name, Kind::Wait(Wait::Seconds { seconds }))
}

pub fn trigger(name: &str) -> Task {
    task(name, Kind::ManualTrigger(ManualTrigger::default()))
}

/// As many approvers must agree, within a time if one is given.
pub fn approval(name: &str, required: u32, deadline: Option<u64>) -> Task {
    let approval = ManualApproval {
        approvers: vec!["approver2".to_owned()],
        roles: vec![Role::Approver],
        required,
        starter_may_approve: false,
        deadline,
        on_deadline: OnDeadline::Reject,
        check: String::new(),
    };
    task(name, Kind::ManualApproval(approval))
}

/// The same with variables, each with its default if it has one.
pub fn with_variables(definition: Definition, variables: &[(&str, Option<&str>)]) -> Definition {
    let variable = |(name, default): &(&str, Option<&str>)| Variable {
        name: (*name).to_owned(),
        spec: VariableSpec { default: default.map(str::to_owned), ..VariableSpec::default() },
    };
    Definition { variables: variables.iter().map(variable).collect(), ..definition }
}
