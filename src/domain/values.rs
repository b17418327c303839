//! The values that references have in an execution.

use super::execution::Execution;
use super::reference::{DecisionPart, Reference, ReleasePart, Source};

/// Names that an execution does not hold itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Names<'n> {
    /// Of the release task.
    pub release: &'n str,
    /// Of the region.
    pub region: &'n str,
    /// Of the team.
    pub team: &'n str,
}

impl Execution {
    /// The value of a reference as the task at that index sees it; nothing when it has none (yet).
    /// A task's own outputs, which only its roll-back script may name, are never missing, only empty; nor is a variable that
    /// is not set.
    pub fn value(&self, index: usize, names: Names<'_>, reference: &Reference) -> Option<String> {
        match &reference.source {
            Source::Release(ReleasePart::Name) => Some(names.release.to_owned()),
            Source::Release(ReleasePart::Region) => Some(names.region.to_owned()),
            Source::Release(ReleasePart::Team) => Some(names.team.to_owned()),
            Source::Release(ReleasePart::Execution) => Some(self.number.to_string()),
            Source::Output { task, key } => {
                let named = self.index(task)?;
                let value = self.tasks[named].outputs.get(key).cloned();
                if named == index { Some(value.unwrap_or_default()) } else { value }
            }
            Source::Variable { name } => {
                let unset = || self.definition.variable(name).map(|_| String::new());
                self.variables.get(name).cloned().or_else(unset)
            }
            // An execution holds none.
            Source::Secret { .. } => None,
            Source::Decision { task, part } => self.decided(self.index(task)?, *part),
        }
    }

    fn decided(&self, index: usize, part: DecisionPart) -> Option<String> {
        let decisions: Vec<_> = self.tasks[index].current_decisions().collect();
        let last = decisions.last()?;
        Some(match part {
            DecisionPart::By => {
                let names: Vec<&str> = decisions.iter().map(|decision| decision.by.name()).collect();
                names.join(", ")
            }
            DecisionPart::Verdict => last.verdict.word().to_owned(),
            DecisionPart::Comment => last.comment.clone(),
            DecisionPart::At => last.at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::DateTime;

    use super::*;
    use crate::domain::definition::{Definition, TaskPosition};
    use crate::domain::execution::{Decision, DecisionAuthority, Direction, Intent, TaskRun, TaskState, Verdict};
    use crate::domain::ids::{ExecutionId, ReleaseId, TaskRunId, TeamId, UserId};
    use crate::domain::people::Actor;
    use crate::domain::reference::references;
    use crate::domain::variables::{Variable, VariableSpec};

    const NAMES: Names<'static> = Names { release: "shop", region: "eu-west", team: "Storefront" };

    fn decision(round: u32, by: &str, comment: &str) -> Decision {
        Decision {
            round,
            by: Actor::Person { id: UserId::nil(), name: by.to_owned() },
            verdict: Verdict::Agree,
            standing: DecisionAuthority::Approver,
            comment: comment.to_owned(),
            at: DateTime::UNIX_EPOCH,
            environments: Vec::new(),
        }
    }

    fn run(name: &str) -> TaskRun {
        TaskRun {
            id: TaskRunId::nil(),
            place: TaskPosition { phase: 0, group: 0, position: 0 },
            name: name.to_owned(),
            state: TaskState::Waiting,
            started_at: None,
            attempt: 0,
            tries: 0,
            begun: false,
            round: 2,
            waits: None,
            held: None,
            removed: None,
            outputs: [("site".to_owned(), "/srv".to_owned())].into(),
            decisions: vec![decision(1, "eve", "no"), decision(2, "ann", "fine"), decision(2, "bob", "go")],
        }
    }

    fn execution() -> Execution {
        let unset = Variable { name: "note".to_owned(), spec: VariableSpec::default() };
        Execution {
            id: ExecutionId::nil(),
            release_id: ReleaseId::nil(),
            team_id: TeamId::nil(),
            number: 7,
            version: 1,
            definition: Arc::new(Definition { variables: vec![unset], ..Definition::default() }),
            starters: Vec::new(),
            started_by: Actor::Tollgate,
            started_at: DateTime::UNIX_EPOCH,
            ended_at: None,
            direction: Direction::Forward,
            intent: Intent::Run,
            tasks: vec![run("build"), run("go-live")],
            variables: [("version".to_owned(), "1.10".to_owned())].into(),
            rev: 0,
            files_removed_at: None,
        }
    }

    fn seen_by(index: usize, text: &str) -> Option<String> {
        let found = references(text).expect("it is well-formed");
        execution().value(index, NAMES, &found[0].reference)
    }

    #[test]
    fn every_kind_of_reference_has_its_value() {
        for (text, value) in [
            ("${release.name}", "shop"),
            ("${release.execution}", "7"),
            ("${release.region}", "eu-west"),
            ("${release.team}", "Storefront"),
            ("${vars.version}", "1.10"),
            ("${vars.note}", ""),
            ("${tasks.build.outputs.site}", "/srv"),
            ("${tasks.go-live.decision.by}", "ann, bob"),
            ("${tasks.go-live.decision.verdict}", "agreed"),
            ("${tasks.go-live.decision.comment}", "go"),
            ("${tasks.go-live.decision.at}", "1970-01-01T00:00:00Z"),
        ] {
            assert_eq!(seen_by(1, text).as_deref(), Some(value), "{text}");
        }
    }

    #[test]
    fn what_is_missing_is_nothing_but_for_a_tasks_own_outputs() {
        assert_eq!(seen_by(1, "${tasks.build.outputs.other}"), None);
        assert_eq!(seen_by(1, "${vars.other}"), None);
        assert_eq!(seen_by(1, "${tasks.nobody.outputs.site}"), None);
        assert_eq!(seen_by(0, "${tasks.build.outputs.other}").as_deref(), Some(""));
    }
}
