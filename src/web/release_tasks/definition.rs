//! The Definition of a release task: to read, as YAML to copy, and what changed between two versions.

use similar::{ChangeTag, TextDiff};

use crate::domain::definition::{Definition, Kind, Task, Wait};
use crate::format::{self, Document, written_duration};
use crate::store::VersionRow as Version;
use crate::web::release_urls::TabName;
use crate::web::subject::Subject;
use crate::web::views::{
    DefinitionView, Diff, DiffLine, PlanGroup, PlanPhase, PlanTask, SelectOption, VersionRow, When,
};

use crate::words;

/// Two versions to compare, the earlier one first.
pub type Compared<'d> = Option<((u32, &'d Definition), (u32, &'d Definition))>;

/// The view of one version.
pub fn of(
    subject: &Subject,
    (version, definition): (u32, &Definition),
    versions: &[Version],
    compared: Compared<'_>,
) -> DefinitionView {
    let (from, to) = compared.map_or((version.saturating_sub(1).max(1), version), |(from, to)| (from.0, to.0));
    let options = |chosen: u32| -> Vec<SelectOption> {
        if versions.len() < 2 {
            return Vec::new();
        }
        let option = |row: &Version| {
            SelectOption::new(row.number.to_string(), format!("Version {}", row.number), row.number == chosen)
        };
        versions.iter().map(option).collect()
    };
    DefinitionView {
        version,
        url: subject.urls().tab(TabName::Definition),
        best_effort: if definition.best_effort { "on" } else { "off" }.to_owned(),
        phases: plan(definition),
        yaml: yaml(subject, definition),
        yaml_url: Some(subject.urls().yaml(version)),
        versions: versions.iter().map(|row| version_row(subject, row, version)).collect(),
        diff: compared.map(|(from, to)| diff(subject, from, to)),
        from: options(from),
        to: options(to),
    }
}

/// The very format that `tollgate import` reads.
pub fn yaml(subject: &Subject, definition: &Definition) -> String {
    format::render(&Document {
        name: subject.release.name.clone(),
        description: subject.release.description.clone(),
        team: Some(subject.place.team.clone()),
        region: Some(subject.place.region.clone()),
        definition: definition.clone(),
    })
}

fn version_row(subject: &Subject, row: &Version, shown: u32) -> VersionRow {
    VersionRow {
        number: row.number,
        url: subject.urls().version(row.number),
        by: row.created_by.clone(),
        when: When::at(row.created_at, subject.now()),
        current: row.number == shown,
    }
}

fn diff(subject: &Subject, from: (u32, &Definition), to: (u32, &Definition)) -> Diff {
    let (before, after) = (yaml(subject, from.1), yaml(subject, to.1));
    let line = |change: similar::Change<&str>| {
        let text = change.value().trim_end_matches('\n').to_owned();
        match change.tag() {
            ChangeTag::Equal => DiffLine::Same(text),
            ChangeTag::Insert => DiffLine::Added(text),
            ChangeTag::Delete => DiffLine::Removed(text),
        }
    };
    Diff {
        title: format!("Version {} to version {}", from.0, to.0),
        lines: TextDiff::from_lines(&before, &after).iter_all_changes().map(line).collect(),
    }
}

fn plan(definition: &Definition) -> Vec<PlanPhase> {
    let phases = definition.phases.iter().enumerate().map(|(index, phase)| PlanPhase {
        number: index + 1,
        name: phase.name.clone(),
        groups: phase
            .groups
            .iter()
            .map(|group| PlanGroup { tasks: group.tasks.iter().map(plan_task).collect() })
            .collect(),
    });
    phases.collect()
}

fn plan_task(task: &Task) -> PlanTask {
    let (script, rollback) = match &task.kind {
        Kind::Command(command) => (Some(command.script.clone()), command.rollback.clone()),
        Kind::Wait(_) | Kind::ManualApproval(_) | Kind::ManualTrigger(_) => (None, None),
    };
    PlanTask {
        name: task.name.clone(),
        kind: task.kind.words().to_owned(),
        description: task.description.clone(),
        facts: facts(&task.kind),
        script,
        rollback,
    }
}

fn facts(kind: &Kind) -> Vec<String> {
    match kind {
        Kind::Command(command) => {
            let mut facts = vec![format!("Timeout {}", written_duration(command.timeout))];
            if command.retry.attempts > 1 {
                let delay = written_duration(command.retry.delay);
                facts.push(format!("{} attempts, {delay} apart", command.retry.attempts));
            }
            if command.go_on {
                facts.push("The group goes on when it fails".to_owned());
            }
            if command.leave_running {
                facts.push("Processes that its script leaves go on running".to_owned());
            }
            if let Some(folder) = &command.working_folder {
                facts.push(format!("In the folder {folder}"));
            }
            facts.extend(command.environment.iter().map(|(name, value)| format!("{name}={value}")));
            facts
        }
        Kind::Wait(Wait::Seconds { seconds: length }) => vec![format!("For {}", written_duration(*length))],
        Kind::Wait(Wait::Clock { hour, minute, zone }) => vec![format!("Until {hour:02}:{minute:02} in {zone}")],
        Kind::ManualApproval(approval) => {
            let mut facts = vec![format!("Needs {} of: {}", approval.required, words::asking::approvers(approval))];
            if approval.starter_may_approve {
                facts.push("Who started the release may approve".to_owned());
            }
            if let Some(deadline) = approval.deadline {
                facts.push(format!("Deadline after {}", written_duration(deadline)));
            }
            if !approval.check.is_empty() {
                facts.push(format!("To check: {}", approval.check));
            }
            facts
        }
        Kind::ManualTrigger(trigger) if trigger.check.is_empty() => Vec::new(),
        Kind::ManualTrigger(trigger) => vec![format!("To check: {}", trigger.check)],
    }
}
