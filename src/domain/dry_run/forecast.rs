//! Forecast of the tasks of an execution: each goes by what there is now, and by what the tasks before it would have made of that.

use std::cell::Cell;
use std::collections::BTreeSet;

use super::{
    ComponentForecast, CreatedObject, Expectation, ForecastComponent, ForecastEnvironment, ForecastFacts, MAX_TOLD_LEN,
    RunPlace, TaskForecast, UnchangedReason,
};
use crate::domain::component::{ChangeFault, MAX_APPLICATIONS};
use crate::domain::component_wait::Holder;
use crate::domain::execution::Execution;
use crate::domain::failure_cause::FailureCause;
use crate::domain::kinds::{
    CatalogChange, Class, ComponentName, CreateApplication, CreateComponent, IfExists, Job, Kind, TextUse,
    UpdateComponent,
};
use crate::domain::reference::{self, Reference, Source};
use crate::domain::specification::{self, FieldChange, Specification};
use crate::domain::status::TaskStatus;
use crate::domain::values::Names;

/// What each task of an execution would do now: of one that is there, or of one that would be started.
pub fn forecast(execution: &Execution, names: Names<'_>, facts: ForecastFacts) -> Vec<TaskForecast> {
    let mut world = World { execution, names, facts };
    let phases = &execution.definition.phases;
    let mut told = Vec::new();
    for (index, run) in execution.tasks.iter().enumerate() {
        let phase = phases.get(run.place.phase).map(|phase| phase.name.clone()).unwrap_or_default();
        let expected = match run.state.status() {
            TaskStatus::Skipped => Expectation::Skipped,
            TaskStatus::Successful => Expectation::NoChange { why: UnchangedReason::Done },
            TaskStatus::Waiting
            | TaskStatus::Running
            | TaskStatus::ToBeApproved
            | TaskStatus::Failed
            | TaskStatus::Cancelled
            | TaskStatus::RollingBack
            | TaskStatus::RolledBack
            | TaskStatus::RollbackFailed => {
                world.expected(index).unwrap_or_else(|cause| Expectation::WouldFail { cause })
            }
        };
        told.push(TaskForecast { task: run.name.clone(), phase, expected });
    }
    told
}

type Answer<T> = Result<T, FailureCause>;

/// What there would be by then.
struct World<'w> {
    execution: &'w Execution,
    names: Names<'w>,
    facts: ForecastFacts,
}

/// A text with values in the place of its references.
struct Filled {
    text: String,
    /// Whether one of them is not known yet: then the reference itself stands there.
    has_unknown: bool,
}

/// A revision that would be deployed.
struct Wanted {
    specification: Specification,
    /// The fields whose values are not known yet.
    unknown: BTreeSet<String>,
}

fn fault<T>(fault: ChangeFault) -> Answer<T> {
    Err(FailureCause::Change(fault))
}

impl World<'_> {
    fn expected(&mut self, index: usize) -> Answer<Expectation> {
        let execution = self.execution;
        let kind = &execution.spec(index).kind;
        match kind.class() {
            Class::Gate(_) => Ok(Expectation::Asks),
            Class::Timer(_) => Ok(Expectation::Runs(RunPlace::default())),
            Class::Work(work) => match work.job {
                Job::Script(_) | Job::Build(_) | Job::Verify(_) => self.work(index, kind),
                Job::Change(CatalogChange::CreateApplication(create)) => self.create_application(create),
                Job::Change(CatalogChange::CreateComponent(create)) => self.create_component(index, create),
                Job::Change(CatalogChange::UpdateComponent(update)) => self.update_component(index, update),
            },
        }
    }

    fn work(&self, index: usize, kind: &Kind) -> Answer<Expectation> {
        let place = kind.target().map(|name| self.environment(name)).transpose()?;
        if kind.runs_on_server() {
            self.check_scripts()?;
        }
        for text in kind.texts().into_iter().filter(|text| text.used_as != TextUse::UndoScript) {
            self.fill(index, text.text)?;
        }
        Ok(Expectation::Runs(place.map(|place| self.run_place(place, None)).unwrap_or_default()))
    }

    fn create_application(&mut self, create: &CreateApplication) -> Answer<Expectation> {
        let name = &create.application;
        if let Some(there) = self.facts.applications.iter().find(|there| there.eq_ignore_ascii_case(name)) {
            return match create.if_exists {
                IfExists::Keep | IfExists::Update => Ok(Expectation::NoChange { why: UnchangedReason::Kept }),
                IfExists::Fail => fault(ChangeFault::ApplicationExists { name: there.clone() }),
            };
        }
        if self.facts.applications.len() >= MAX_APPLICATIONS {
            return fault(ChangeFault::TooMany);
        }
        self.facts.applications.push(name.clone());
        Ok(Expectation::Creates(CreatedObject::Application { name: name.clone() }))
    }

    fn create_component(&mut self, index: usize, create: &CreateComponent) -> Answer<Expectation> {
        let name = &create.component;
        self.application(name)?;
        self.environment(&create.environment)?;
        let known = self.facts.components.iter().position(|there| there.name.eq_ignore_ascii_case(&name.0));
        let base = match known {
            None => Specification::new(),
            Some(at) => {
                let there = &self.facts.components[at];
                match create.if_exists {
                    IfExists::Keep => return Ok(Expectation::NoChange { why: UnchangedReason::Kept }),
                    IfExists::Fail => return fault(ChangeFault::ComponentExists { name: name.0.clone() }),
                    IfExists::Update => {}
                }
                if there.environment != create.environment || !there.is_here {
                    let environment = there.environment.clone();
                    return fault(ChangeFault::OtherEnvironment { name: name.0.clone(), environment });
                }
                there.running.as_ref().map(|(_, running)| running.clone()).unwrap_or_default()
            }
        };
        let wanted = self.wanted(index, &base, &create.spec, &[])?;
        let at = known.unwrap_or_else(|| {
            let (name, environment) = (name.0.clone(), create.environment.clone());
            let made = ForecastComponent { name, environment, is_here: true, ..ForecastComponent::default() };
            self.facts.components.push(made);
            self.facts.components.len() - 1
        });
        self.deploys(index, at, &create.version, &wanted)
    }

    fn update_component(&mut self, index: usize, update: &UpdateComponent) -> Answer<Expectation> {
        let name = &update.component;
        self.application(name)?;
        let Some(at) = self.facts.components.iter().position(|there| there.name == name.0) else {
            return fault(ChangeFault::NoComponent { name: name.0.clone() });
        };
        let there = &self.facts.components[at];
        if !there.is_here {
            return fault(ChangeFault::OtherRegion { name: name.0.clone() });
        }
        let Some((_, base)) = &there.running else {
            return fault(ChangeFault::NothingDeployed { name: name.0.clone() });
        };
        if let Some(field) = update.unset.iter().find(|field| !base.contains_key(*field)) {
            return fault(ChangeFault::NotSet { field: field.clone() });
        }
        let wanted = self.wanted(index, base, &update.set, &update.unset)?;
        self.deploys(index, at, &update.version, &wanted)
    }

    fn wanted(&self, index: usize, base: &Specification, set: &Specification, unset: &[String]) -> Answer<Wanted> {
        let (mut filled, mut unknown) = (Specification::new(), BTreeSet::new());
        for (field, text) in set {
            let value = self.fill(index, text)?;
            if value.has_unknown {
                unknown.insert(field.clone());
            }
            filled.insert(field.clone(), value.text);
        }
        let specification = specification::updated(base, filled, unset.iter().map(String::as_str));
        match specification::check_specification(&specification).into_iter().next() {
            Some((field, problem)) => fault(ChangeFault::Specification { field, problem }),
            None => Ok(Wanted { specification, unknown }),
        }
    }

    /// A revision of the component at that place would be deployed.
    fn deploys(&mut self, index: usize, at: usize, version: &str, wanted: &Wanted) -> Answer<Expectation> {
        let version = self.fill(index, version)?;
        if let (false, Some(problem)) = (version.has_unknown, specification::version_fault(&version.text)) {
            return fault(ChangeFault::Version { problem });
        }
        let environment = self.environment(&self.facts.components[at].environment)?;
        if environment.is_on_server {
            self.check_scripts()?;
        }
        let place = self.run_place(environment, self.facts.components[at].holder.as_ref());
        let there = &mut self.facts.components[at];
        let before = there.running.replace((version.text.clone(), wanted.specification.clone()));
        let nothing = Specification::new();
        let base = before.as_ref().map_or(&nothing, |(_, base)| base);
        let fields = specification::differences(base, &wanted.specification);
        let from = before.as_ref().map(|(version, _)| version.clone());
        let is_same_version = from.as_deref() == Some(&version.text);
        let is_open = (is_same_version || version.has_unknown)
            && fields.iter().all(|change| wanted.unknown.contains(&change.field));
        let is_same = is_same_version && fields.is_empty();
        let is_new = before.is_none();
        let told = Box::new(ComponentForecast {
            component: there.name.clone(),
            place,
            from,
            to: version.text,
            fields: fields.into_iter().map(shortened).collect(),
        });
        Ok(match (is_new, is_same, is_open) {
            (true, _, _) => Expectation::Creates(CreatedObject::Component(told)),
            (false, true, _) => Expectation::NoChange { why: UnchangedReason::Same },
            (false, false, true) => Expectation::NotKnownYet(told),
            (false, false, false) => Expectation::Changes(told),
        })
    }

    fn application(&self, name: &ComponentName) -> Answer<()> {
        let name = name.parts().0;
        if self.facts.applications.iter().any(|there| there == name) {
            Ok(())
        } else {
            fault(ChangeFault::NoApplication { name: name.to_owned() })
        }
    }

    fn environment(&self, name: &str) -> Answer<&ForecastEnvironment> {
        let found = self.facts.environments.iter().find(|there| there.name == name);
        let found = found.ok_or_else(|| ChangeFault::NoEnvironment { name: name.to_owned() });
        let found = found.map_err(FailureCause::Change)?;
        if found.is_on_server {
            self.check_scripts()?;
        }
        Ok(found)
    }

    fn check_scripts(&self) -> Answer<()> {
        match &self.facts.scripts_missing {
            Some(team) => Err(FailureCause::ScriptsNotPermitted { team: team.clone() }),
            None => Ok(()),
        }
    }

    /// Where it is done, and whom it would wait for: who works on the component, or in the environment.
    fn run_place(&self, environment: &ForecastEnvironment, holder: Option<&Holder>) -> RunPlace {
        let mut holders = holder.into_iter().chain(&environment.holder);
        RunPlace {
            environment: Some(environment.name.clone()),
            hosts: environment.hosts.clone(),
            waits_for: holders.find(|holder| holder.execution != self.execution.id).cloned(),
        }
    }

    fn fill(&self, index: usize, text: &str) -> Answer<Filled> {
        let has_unknown = Cell::new(false);
        let lookup = |reference: &Reference| {
            if self.is_unknown(index, reference) {
                has_unknown.set(true);
                return Some(reference.to_string());
            }
            // Only the work itself is given one.
            let private = reference.source.secret().map(|_| String::new());
            private.or_else(|| self.execution.value(index, self.names, reference))
        };
        let filled = reference::fill(text, &lookup);
        let text = filled.map_err(|missing| FailureCause::NoValue { reference: missing.0.to_string() })?;
        Ok(Filled { text, has_unknown: has_unknown.get() })
    }

    /// Whether an earlier task gives the value only when it runs.
    fn is_unknown(&self, index: usize, reference: &Reference) -> bool {
        let task = match &reference.source {
            Source::Output { task, .. } | Source::Decision { task, .. } => task,
            Source::Variable { .. } | Source::Secret { .. } | Source::Release(_) => return false,
        };
        let named = self.execution.index(task).filter(|named| *named != index);
        named.is_some_and(|named| {
            let status = self.execution.tasks[named].state.status();
            matches!(status, TaskStatus::Waiting | TaskStatus::Running | TaskStatus::ToBeApproved)
        })
    }
}

fn shortened(change: FieldChange) -> FieldChange {
    let short = |value: String| {
        if value.chars().count() <= MAX_TOLD_LEN {
            return value;
        }
        let head: String = value.chars().take(MAX_TOLD_LEN).collect();
        format!("{head}…")
    };
    FieldChange { from: change.from.map(short), to: change.to.map(short), field: change.field }
}
