//! Problems of a definition, as they are found.

use super::{BrokenRule, FieldFault, Problem, TaskPart};

/// The most problems that are looked for.
const MAX_PROBLEMS: usize = 1000;

/// The problems so far.
#[derive(Default)]
pub(super) struct Problems(Vec<Problem>);

impl Problems {
    pub(super) fn is_full(&self) -> bool {
        self.0.len() >= MAX_PROBLEMS
    }

    pub(super) fn add(&mut self, at: impl Into<String>, rule: BrokenRule) {
        self.add_in_line(at, rule, 0);
    }

    pub(super) fn add_in_line(&mut self, at: impl Into<String>, rule: BrokenRule, line: usize) {
        if self.is_full() {
            return;
        }
        self.0.push(Problem { at: at.into(), rule, line });
    }

    pub(super) fn found(self) -> Vec<Problem> {
        self.0
    }
}

/// The problems of one task, to which the file of its kind adds.
pub(in crate::domain) struct TaskProblems<'p> {
    task: &'p str,
    at: String,
    problems: &'p mut Problems,
}

impl<'p> TaskProblems<'p> {
    /// Of the task of that name, at that path.
    pub(super) fn new(task: &'p str, at: String, problems: &'p mut Problems) -> Self {
        Self { task, at, problems }
    }

    /// A field is wrong, which its key names.
    pub(in crate::domain) fn add(&mut self, key: &'static str, fault: FieldFault) {
        self.add_at(key, key, fault);
    }

    /// A part of the task is wrong that stands under that path, counted from the task.
    pub(in crate::domain) fn add_at(&mut self, path: &str, part: impl Into<TaskPart>, fault: FieldFault) {
        let parts = [self.at.as_str(), path];
        let at = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".");
        self.problems.add(at, BrokenRule::Field { task: self.task.to_owned(), part: part.into(), fault });
    }
}
