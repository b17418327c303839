//! Problems of a draft: the rules that its definition breaks, each with the element that it is about, and what could not
//! be read.

use super::super::names;
use super::super::validate::{self, BrokenRule, NamedPart, Problem};
use super::super::variables::is_variable_name;
use super::{Draft, DraftTask, DraftVariable, ElementId, NAME_FIELD};

/// Something that keeps a draft from being saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftProblem {
    /// The variable, phase, group or task; nothing: the release task itself.
    pub element: Option<ElementId>,
    /// The field of it, by its key as in the YAML; empty: all of it.
    pub field: String,
    /// What is wrong.
    pub fault: DraftFault,
    /// In a text of several lines: how many line ends stand before it.
    pub line: usize,
}

/// What is wrong with a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DraftFault {
    /// It breaks a rule.
    Rule(BrokenRule),
    /// What was typed is no value of that field.
    Unread {
        /// What was typed.
        text: String,
    },
}

impl Draft {
    /// All that keeps it from being saved, in one pass: naming, then the rules in the order of the definition, then what
    /// could not be read. The rules are not asked of a field that shows something else than the definition has.
    pub fn problems(&self) -> Vec<DraftProblem> {
        let naming = validate::validate_naming(&self.name, &self.description);
        let broken = naming.into_iter().chain(validate::validate(&self.definition()));
        let mut problems: Vec<DraftProblem> = broken.filter_map(|problem| self.located(problem)).collect();
        for variable in &self.variables {
            problems.extend(variable.typed_name.as_deref().map(|typed| self.name_not_taken(variable, typed)));
        }
        for (_, task) in self.tasks() {
            problems.extend(task.unread.iter().map(|(field, text)| self.unread(task, field, text)));
        }
        problems
    }

    fn located(&self, problem: Problem) -> Option<DraftProblem> {
        let Problem { at, rule, line } = problem;
        let (element, field) = match self.located_at(&at) {
            Located::Release(field) => (None, field),
            Located::Part(id, field) => (Some(id), field),
            Located::Variable(variable, NAME_FIELD) if variable.typed_name.is_some() => return None,
            Located::Variable(variable, field) => (Some(variable.id), field),
            Located::Task(task, field) if task.unread.contains_key(field) => return None,
            Located::Task(task, field) => (Some(task.id), field),
        };
        Some(DraftProblem { element, field: field.to_owned(), fault: DraftFault::Rule(rule), line })
    }

    fn located_at<'p>(&self, at: &'p str) -> Located<'_, 'p> {
        if let Some((index, in_variable)) = numbered(at, "variables[") {
            let found = self.variables.get(index);
            return found.map_or(Located::Release(at), |variable| Located::Variable(variable, key(in_variable)));
        }
        let Some((phase, in_phase)) = numbered(at, "phases[") else { return Located::Release(at) };
        let Some(phase) = self.phases.get(phase) else { return Located::Release(at) };
        let Some((group, in_group)) = numbered(in_phase, ".groups[") else {
            return Located::Part(phase.id, key(in_phase));
        };
        let Some(group) = phase.groups.get(group) else { return Located::Part(phase.id, key(in_phase)) };
        let Some((task, in_task)) = numbered(in_group, ".tasks[") else {
            return Located::Part(group.id, key(in_group));
        };
        match group.tasks.get(task) {
            Some(task) => Located::Task(task, key(in_task)),
            None => Located::Part(group.id, key(in_group)),
        }
    }

    fn unread(&self, task: &DraftTask, field: &str, text: &str) -> DraftProblem {
        let rule = (field == NAME_FIELD).then(|| self.name_rule(task, text)).flatten();
        let fault = rule.map_or_else(|| DraftFault::Unread { text: text.to_owned() }, DraftFault::Rule);
        DraftProblem { element: Some(task.id), field: field.to_owned(), fault, line: 0 }
    }

    fn name_not_taken(&self, variable: &DraftVariable, typed: &str) -> DraftProblem {
        let is_taken = || self.variables.iter().any(|other| other.id != variable.id && other.name == typed);
        let fault = if !is_variable_name(typed) {
            DraftFault::Rule(BrokenRule::VariableName { name: typed.to_owned() })
        } else if is_taken() {
            DraftFault::Rule(BrokenRule::VariableTwice { name: typed.to_owned() })
        } else {
            DraftFault::Unread { text: typed.to_owned() }
        };
        DraftProblem { element: Some(variable.id), field: NAME_FIELD.to_owned(), fault, line: 0 }
    }

    /// Why the task could not have that name.
    fn name_rule(&self, task: &DraftTask, name: &str) -> Option<BrokenRule> {
        if let Some(fault) = names::fault(name) {
            return Some(BrokenRule::Name { of: NamedPart::Task, fault });
        }
        let (place, _) = self.tasks().find(|(_, other)| other.id != task.id && other.name == name)?;
        let phase = self.phases[place.phase].name.clone();
        Some(BrokenRule::TaskTwice { name: name.to_owned(), phase })
    }
}

/// What a path leads to, and the field there.
enum Located<'d, 'p> {
    Release(&'p str),
    Part(ElementId, &'p str),
    Variable(&'d DraftVariable, &'p str),
    Task(&'d DraftTask, &'p str),
}

/// The number at the beginning of a path, and what follows its bracket.
fn numbered<'p>(path: &'p str, begin: &str) -> Option<(usize, &'p str)> {
    let (number, rest) = path.strip_prefix(begin)?.split_once(']')?;
    Some((number.parse().ok()?, rest))
}

fn key(rest: &str) -> &str {
    rest.strip_prefix('.').unwrap_or(rest)
}
