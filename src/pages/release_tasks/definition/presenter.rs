//! The Definition of a release task: to read, as YAML to copy, and what changed between two versions.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::compare;
use super::view::{DefinitionView, Diff, PlanGroup, PlanPhase, PlanTask, PlanVariable, VersionRow};
use crate::app::reads::ListedVersion as Version;
use crate::domain::compare::compare as differences;
use crate::domain::definition::{Definition, Task};
use crate::domain::policy::{self, PolicyInput};
use crate::domain::refusal::Operation;
use crate::domain::variables::Variable;
use crate::format::{self, Document};
use crate::http::error::HttpError;
use crate::messages::{self, Locale};
use crate::pages::components::release_context::Subject;
use crate::pages::components::release_urls::{TabName, with_query};
use crate::pages::components::{SelectOption, When};
use crate::pages::kinds;
use crate::pages::release_tasks::head::on_or_off;

/// A version of a definition.
pub struct Numbered {
    /// Its number.
    pub number: u32,
    /// What it is.
    pub definition: Arc<Definition>,
}

/// Two versions to compare.
pub struct Compared {
    /// The earlier one.
    pub from: Numbered,
    /// The later one.
    pub to: Numbered,
}

/// So many definitions are written, compared or made a page of at a time: each may be a megabyte, and a comparison of two takes a
/// processor for up to half a second.
static AT_A_TIME: Semaphore = Semaphore::const_new(2);

/// The view of one version, and of what changed between two of them.
pub async fn of(
    subject: &Subject,
    shown: Numbered,
    versions: &[Version],
    compared: Option<Compared>,
) -> Result<DefinitionView, HttpError> {
    let Numbered { number: version, definition } = shown;
    let before = version.saturating_sub(1).max(1);
    let (from, to) = compared.as_ref().map_or((before, version), |pair| (pair.from.number, pair.to.number));
    let options = |chosen: u32| -> Vec<SelectOption> {
        if versions.len() < 2 {
            return Vec::new();
        }
        let option = |row: &Version| {
            SelectOption::new(row.number.to_string(), format!("Version {}", row.number), row.number == chosen)
        };
        versions.iter().map(option).collect()
    };
    let title = compared.as_ref().map(|_| format!("Version {from} to version {to}"));
    let written = written(subject);
    let (phases, yaml, compared) = aside({
        let definition = Arc::clone(&definition);
        move || {
            let compare = |Compared { from, to }: Compared| {
                (
                    messages::changes(&differences(&from.definition, &to.definition), Locale::default()),
                    compare::lines(&written(&from.definition), &written(&to.definition), compare::TIMEOUT),
                )
            };
            (plan(&definition), written(&definition), compared.map(compare))
        }
    })
    .await?;
    let (changes, lines) = compared.unzip();
    let may_edit = policy::check(subject.user(), (&*subject.release).into(), Operation::Edit).is_ok();
    let executing = PolicyInput::executing(&subject.release, &definition);
    let may_execute = policy::check(subject.user(), executing, Operation::Execute).is_ok();
    let restorable = may_edit && version < subject.release.version;
    Ok(DefinitionView {
        version,
        changes: changes.unwrap_or_default(),
        restore_url: restorable
            .then(|| with_query(&subject.urls().operation("restore"), &[("version", &version.to_string())])),
        execute_url: may_execute
            .then(|| with_query(&subject.urls().operation("execute"), &[("version", &version.to_string())])),
        url: subject.urls().tab(TabName::Definition),
        best_effort: on_or_off(definition.best_effort).to_owned(),
        supersede: on_or_off(definition.supersede).to_owned(),
        on_failure: definition.on_failure.as_ref().map(|it| Locale::default().release_tasks().failure_policy(it)),
        variables: definition.variables.iter().map(plan_variable).collect(),
        phases,
        yaml,
        yaml_url: Some(subject.urls().yaml(version)),
        versions: versions.iter().map(|row| version_row(subject, row, version)).collect(),
        diff: title.zip(lines).map(|(title, lines)| Diff { title, lines }),
        from: options(from),
        to: options(to),
    })
}

/// The very format that `tollgate import` reads.
pub async fn yaml(subject: &Subject, definition: Arc<Definition>) -> Result<String, HttpError> {
    let written = written(subject);
    aside(move || written(&definition)).await
}

/// What writes a definition of this release task.
fn written(subject: &Subject) -> impl Fn(&Definition) -> String + Send + 'static {
    let (name, description) = (subject.release.name.clone(), subject.release.description.clone());
    let (team, region) = (subject.place.team.clone(), subject.place.region.clone());
    move |definition| {
        format::render(&Document {
            name: name.clone(),
            description: description.clone(),
            team: Some(team.clone()),
            region: Some(region.clone()),
            definition: definition.clone(),
            straightened: Vec::new(),
        })
    }
}

/// Done where nobody else waits for it, and a few at a time.
pub async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, HttpError> {
    let _turn = AT_A_TIME.acquire().await.map_err(anyhow::Error::from)?;
    Ok(spawn_blocking(work).await.map_err(anyhow::Error::from)?)
}

fn version_row(subject: &Subject, row: &Version, shown: u32) -> VersionRow {
    VersionRow {
        number: row.number,
        url: subject.urls().version(row.number),
        note: row.note.clone().unwrap_or_default(),
        by: row.created_by.clone(),
        when: When::at(row.created_at, subject.now()),
        current: row.number == shown,
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

fn plan_variable(variable: &Variable) -> PlanVariable {
    let words = Locale::default().variables();
    let Variable { name, spec } = variable;
    let required = spec.required.then(|| words.required().to_owned());
    let default = spec.default.as_deref().map(|text| words.default_listed(text));
    let choices = (!spec.choices.is_empty()).then(|| spec.choices.join(", "));
    PlanVariable {
        name: name.clone(),
        kind: words.variable_type(spec.of).to_owned(),
        description: spec.description.clone(),
        facts: [required, default, choices].into_iter().flatten().collect(),
    }
}

fn plan_task(task: &Task) -> PlanTask {
    let view = kinds::view(&task.kind);
    let scripts = view.scripts();
    PlanTask {
        name: task.name.clone(),
        kind: messages::kind(&task.kind, Locale::default()).to_owned(),
        description: task.description.clone(),
        facts: view.plan(),
        script: scripts.map(|shown| shown.script.to_owned()),
        rollback: scripts.and_then(|shown| shown.rollback).map(str::to_owned),
    }
}
