//! The rules of a definition. Every problem is told at once, with the field it is in.

use std::collections::BTreeMap;

use super::definition::{Definition, Group, Phase, Task, TaskPosition};
use super::kinds::Kind;
use super::names;
use super::variables::Variable;

mod broken_rule;
mod problems;
mod uses;
mod variables;

pub use broken_rule::{BrokenRule, DeclarationFault, FieldFault, LengthUnit, NamedPart, TaskPart};
use problems::Problems;
pub(super) use problems::TaskProblems;
pub use uses::UseFault;

/// The most phases of a release task.
pub const MAX_PHASES: usize = 20;
/// The most groups of a phase.
pub const MAX_GROUPS: usize = 20;
/// The most tasks of a group.
pub const MAX_TASKS: usize = 50;
/// The most tasks of a release task.
pub const MAX_TASKS_IN_ALL: usize = 200;

/// One rule that a definition breaks, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field, such as `phases[1].groups[0].tasks[2].timeout`: indices from 0, keys as in the YAML.
    pub at: String,
    /// The rule.
    pub rule: BrokenRule,
    /// In a text of several lines: how many line ends stand before it.
    pub line: usize,
}

/// Every rule that the definition breaks, in its order, up to more than anybody reads; empty when it is good.
pub fn validate(definition: &Definition) -> Vec<Problem> {
    let mut problems = Problems::default();
    variables::check(definition, &mut problems);
    counts(definition, &mut problems);
    phase_names(definition, &mut problems);
    for (at, fault) in definition.on_failure.iter().flat_map(|policy| policy.faults(definition)) {
        problems.add(at, BrokenRule::FailurePolicy(fault));
    }
    let known = Known { tasks: task_names(definition, &mut problems), variables: &definition.variables };
    for (place, task) in definition.tasks() {
        if problems.is_full() {
            break;
        }
        let at = task_at(place);
        description_fits(&task.description, &format!("{at}.description"), Some(&task.name), &mut problems);
        task.kind.check(&mut TaskProblems::new(&task.name, at, &mut problems));
        uses::check(&known, place, task, &mut problems);
    }
    problems.found()
}

/// Every rule that the fields of a task of that kind break by themselves, at paths counted from the task.
pub fn validate_kind(kind: &Kind) -> Vec<Problem> {
    let mut problems = Problems::default();
    kind.check(&mut TaskProblems::new("", String::new(), &mut problems));
    problems.found()
}

/// Every rule that the name and the description of a release task break.
pub fn validate_naming(name: &str, description: &str) -> Vec<Problem> {
    let mut problems = Problems::default();
    if let Some(fault) = names::fault(name) {
        problems.add("name", BrokenRule::Name { of: NamedPart::Release, fault });
    }
    description_fits(description, "description", None, &mut problems);
    problems.found()
}

fn counts(definition: &Definition, problems: &mut Problems) {
    let count = definition.phases.len();
    if count == 0 || count > MAX_PHASES {
        problems.add("phases", BrokenRule::Phases { count });
    }
    for (index, Phase { name, groups }) in definition.phases.iter().enumerate() {
        let count = groups.len();
        if count == 0 || count > MAX_GROUPS {
            problems.add(format!("phases[{index}].groups"), BrokenRule::Groups { phase: name.clone(), count });
        }
        for (group, Group { tasks }) in groups.iter().enumerate() {
            let count = tasks.len();
            if count == 0 || count > MAX_TASKS {
                let rule = BrokenRule::Tasks { phase: name.clone(), group: group + 1, count };
                problems.add(format!("phases[{index}].groups[{group}].tasks"), rule);
            }
        }
    }
    let count = definition.tasks().count();
    if count > MAX_TASKS_IN_ALL {
        problems.add("phases", BrokenRule::TasksInAll { count });
    }
}

fn phase_names(definition: &Definition, problems: &mut Problems) {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, phase) in definition.phases.iter().enumerate() {
        let at = format!("phases[{index}].name");
        if let Some(fault) = names::fault(&phase.name) {
            problems.add(at, BrokenRule::Name { of: NamedPart::Phase, fault });
        } else if let Some(earlier) = first.insert(&phase.name, index) {
            first.insert(&phase.name, earlier);
            let name = phase.name.clone();
            problems.add(at, BrokenRule::PhaseTwice { name, first: earlier + 1, second: index + 1 });
        }
    }
}

/// What references can name.
struct Known<'d> {
    tasks: Named<'d>,
    variables: &'d [Variable],
}

/// The tasks by their names, the first of each.
type Named<'d> = BTreeMap<&'d str, (TaskPosition, &'d Task)>;

fn task_names<'d>(definition: &'d Definition, problems: &mut Problems) -> Named<'d> {
    let mut first = Named::new();
    for (place, task) in definition.tasks() {
        let at = format!("{}.name", task_at(place));
        if let Some(fault) = names::fault(&task.name) {
            problems.add(at, BrokenRule::Name { of: NamedPart::Task, fault });
        } else if let Some((earlier, _)) = first.get(task.name.as_str()) {
            let phase = definition.phases[earlier.phase].name.clone();
            problems.add(at, BrokenRule::TaskTwice { name: task.name.clone(), phase });
        } else {
            first.insert(&task.name, (place, task));
        }
    }
    first
}

fn description_fits(description: &str, at: &str, task: Option<&str>, problems: &mut Problems) {
    let count = description.chars().count();
    if count > names::MAX_DESCRIPTION_LEN {
        problems.add(at, BrokenRule::Description { task: task.map(str::to_owned), count });
    }
}

fn task_at(place: TaskPosition) -> String {
    format!("phases[{}].groups[{}].tasks[{}]", place.phase, place.group, place.position)
}

#[cfg(test)]
mod tests;
