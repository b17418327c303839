//! The rules of a definition. Every problem is told at once, with the field it is in.

use std::collections::BTreeMap;

use super::definition::{Definition, Group, Phase, Task, TaskPosition};
use super::names;

mod uses;

/// The most phases of a release task.
pub const MAX_PHASES: usize = 20;
/// The most groups of a phase.
pub const MAX_GROUPS: usize = 20;
/// The most tasks of a group.
pub const MAX_TASKS: usize = 50;
/// The most tasks of a release task.
pub const MAX_TASKS_IN_ALL: usize = 200;

/// The most problems that are looked for.
const MAX_PROBLEMS: usize = 1000;

/// One rule that a definition breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field, such as `phases[1].groups[0].tasks[2].timeout`: indices from 0, keys as in the YAML.
    pub at: String,
    /// A sentence that names the field and the rule.
    pub rule: String,
    /// In a text of several lines: how many line ends stand before it.
    pub line: usize,
}

/// Every rule that the definition breaks, in its order, up to more than anybody reads; empty when it is good.
pub fn validate(definition: &Definition) -> Vec<Problem> {
    let mut problems = Problems(Vec::new());
    counts(definition, &mut problems);
    phase_names(definition, &mut problems);
    let named = task_names(definition, &mut problems);
    for (place, task) in definition.tasks() {
        if problems.is_full() {
            break;
        }
        let at = task_at(place);
        let name = &task.name;
        description_fits(&task.description, &format!("{at}.description"), &format!("the task {name}"), &mut problems);
        task.kind.check(name, &at, &mut problems);
        uses::check(&named, place, task, &mut problems);
    }
    problems.0
}

/// Every rule that the name and the description of a release task break.
pub fn validate_naming(name: &str, description: &str) -> Vec<Problem> {
    let mut problems = Problems(Vec::new());
    if let Some(fault) = names::fault(name) {
        problems.add("name", format!("The name of a release task {fault}."));
    }
    description_fits(description, "description", "the release task", &mut problems);
    problems.0
}

/// The problems so far.
pub(super) struct Problems(Vec<Problem>);

impl Problems {
    fn is_full(&self) -> bool {
        self.0.len() >= MAX_PROBLEMS
    }

    pub(super) fn add(&mut self, at: impl Into<String>, rule: impl Into<String>) {
        self.add_in_line(at, rule, 0);
    }

    fn add_in_line(&mut self, at: impl Into<String>, rule: impl Into<String>, line: usize) {
        if self.is_full() {
            return;
        }
        self.0.push(Problem { at: at.into(), rule: rule.into(), line });
    }
}

fn counts(definition: &Definition, problems: &mut Problems) {
    let phases = definition.phases.len();
    if phases == 0 || phases > MAX_PHASES {
        problems.add("phases", format!("A release task must have 1 to {MAX_PHASES} phases, and has {phases}."));
    }
    for (index, Phase { name, groups }) in definition.phases.iter().enumerate() {
        let count = groups.len();
        if count == 0 || count > MAX_GROUPS {
            problems.add(
                format!("phases[{index}].groups"),
                format!("The phase {name} must have 1 to {MAX_GROUPS} groups, and has {count}."),
            );
        }
        for (group, Group { tasks }) in groups.iter().enumerate() {
            let count = tasks.len();
            if count == 0 || count > MAX_TASKS {
                problems.add(
                    format!("phases[{index}].groups[{group}].tasks"),
                    format!("A group must have 1 to {MAX_TASKS} tasks; group {} of {name} has {count}.", group + 1),
                );
            }
        }
    }
    let all = definition.tasks().count();
    if all > MAX_TASKS_IN_ALL {
        problems.add("phases", format!("A release task must have at most {MAX_TASKS_IN_ALL} tasks, and has {all}."));
    }
}

fn phase_names(definition: &Definition, problems: &mut Problems) {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, phase) in definition.phases.iter().enumerate() {
        let at = format!("phases[{index}].name");
        if let Some(fault) = names::fault(&phase.name) {
            problems.add(at, format!("The name of a phase {fault}."));
        } else if let Some(earlier) = first.insert(&phase.name, index) {
            first.insert(&phase.name, earlier);
            problems.add(
                at,
                format!(
                    "A phase must have a name of its own; phases {} and {} are both {}.",
                    earlier + 1,
                    index + 1,
                    phase.name
                ),
            );
        }
    }
}

/// The tasks by their names, the first of each.
type Named<'d> = BTreeMap<&'d str, (TaskPosition, &'d Task)>;

fn task_names<'d>(definition: &'d Definition, problems: &mut Problems) -> Named<'d> {
    let mut first = Named::new();
    for (place, task) in definition.tasks() {
        let at = format!("{}.name", task_at(place));
        if let Some(fault) = names::fault(&task.name) {
            problems.add(at, format!("The name of a task {fault}."));
        } else if let Some((earlier, _)) = first.get(task.name.as_str()) {
            let phase = &definition.phases[earlier.phase].name;
            let name = &task.name;
            problems.add(at, format!("A task must have a name of its own; {name} is also in the phase {phase}."));
        } else {
            first.insert(&task.name, (place, task));
        }
    }
    first
}

fn description_fits(description: &str, at: &str, of: &str, problems: &mut Problems) {
    let count = description.chars().count();
    if count > names::MAX_DESCRIPTION_LEN {
        let most = names::MAX_DESCRIPTION_LEN;
        problems.add(at, format!("The description of {of} must have at most {most} characters, and has {count}."));
    }
}

fn task_at(place: TaskPosition) -> String {
    format!("phases[{}].groups[{}].tasks[{}]", place.phase, place.group, place.position)
}

#[cfg(test)]
mod tests;
