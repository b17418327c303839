//! Commands on drafts: what each does, what is refused, and what no history of them ever breaks.

mod commands;
mod properties;
pub(in crate::domain) mod random;
mod rows;
mod variables;

use super::*;
use crate::domain::definition::{Group, Phase, Task};
use crate::domain::draft::DraftTask;
use crate::domain::kinds::CommandSpec;

fn script(text: &str) -> Kind {
    Kind::Command(CommandSpec { script: text.to_owned(), ..CommandSpec::default() })
}

fn task(name: &str, text: &str) -> Task {
    Task { name: name.to_owned(), description: String::new(), kind: script(text) }
}

fn phase(name: &str, groups: &[&[Task]]) -> Phase {
    Phase { name: name.to_owned(), groups: groups.iter().map(|tasks| Group { tasks: tasks.to_vec() }).collect() }
}

fn editing(phases: &[Phase]) -> Editing {
    let definition = Definition {
        best_effort: false,
        supersede: false,
        on_failure: None,
        variables: Vec::new(),
        phases: phases.to_vec(),
    };
    Editing::of(Draft::of("shop-web", "", &definition))
}

/// Two phases: two groups that share nothing, and one that uses their outputs.
fn shop() -> Editing {
    editing(&[
        phase("Build", &[&[task("web", "true"), task("check", "echo ${tasks.web.outputs.x}")], &[task("api", "true")]]),
        phase(
            "Deploy",
            &[&[
                task("deploy", "${tasks.web.outputs.x} ${tasks.api.outputs.y}"),
                task("tell", "${tasks.deploy.outputs.z}"),
            ]],
        ),
    ])
}

fn named<'d>(draft: &'d Draft, name: &str) -> &'d DraftTask {
    draft.tasks().map(|(_, task)| task).find(|task| task.name == name).expect("there is a task of that name")
}

fn id(editing: &Editing, name: &str) -> ElementId {
    named(&editing.draft, name).id
}

fn text(task: &DraftTask) -> &str {
    let Kind::Command(command) = &task.kind else { panic!("{task:?}") };
    &command.script
}

/// The names of the tasks, as they stand.
fn outline(draft: &Draft) -> String {
    let group = |tasks: &[DraftTask]| tasks.iter().map(|task| task.name.as_str()).collect::<Vec<_>>().join(" ");
    let phase = |phase: &crate::domain::draft::DraftPhase| {
        let groups: Vec<String> = phase.groups.iter().map(|of| format!("[{}]", group(&of.tasks))).collect();
        format!("{}: {}", phase.name, groups.join(" "))
    };
    draft.phases.iter().map(phase).collect::<Vec<_>>().join("; ")
}

fn summary(edit: Edit) -> EditSummary {
    match edit {
        Edit::Changed(summary) => summary,
        Edit::Unchanged => panic!("it changes something"),
    }
}
