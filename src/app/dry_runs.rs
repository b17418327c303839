//! Operations on dry runs: operators, and approvers of an execution, have it looked what it would do; whoever may see the release
//! task reads what was found. Nothing is changed but that record.

use super::reads::VisibleRelease;
use super::{App, AppError, Caller};
use crate::domain::catalog::named_applications;
use crate::domain::component::Component;
use crate::domain::component_wait::{Holder, LockedObject};
use crate::domain::decide::{self, ExecutionRequest, NewIds, StartChoice};
use crate::domain::dry_run::{
    self, DryRun, ForecastComponent, ForecastEnvironment, ForecastFacts, MAX_DRY_RUNS, TriedRelease,
};
use crate::domain::event::AccountEvent;
use crate::domain::execution::Execution;
use crate::domain::ids::{ApplicationId, ComponentId, EnvironmentId};
use crate::domain::placement::Placement;
use crate::domain::refusal::{Operation, Refusal};
use crate::domain::values::Names;
use crate::domain::variables;
use crate::store::{Environment, Revision, new_id};

/// What a dry run is to be about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DryRunChoice {
    /// An execution that would be started.
    Start {
        /// The version; the newest if none is named.
        version: Option<u32>,
        /// Which of its tasks, and with which values of its variables.
        start: StartChoice,
    },
    /// The execution of that number.
    Execution(u32),
}

impl App {
    /// Looks what a release task would do now, and keeps what was found.
    pub async fn dry_run(
        &self,
        caller: &Caller,
        of: &VisibleRelease,
        choice: DryRunChoice,
    ) -> Result<DryRun, AppError> {
        let release = of.release();
        caller.check(Operation::Execute)?;
        let (execution, number) = match choice {
            DryRunChoice::Start { version, start } => (self.planned(caller, of, version, start).await?, None),
            DryRunChoice::Execution(number) => {
                let found = self.execution(of, number).await?;
                dry_run::check(caller.user()?, release, Some(&found))?;
                (found, Some(number))
            }
        };
        let facts = self.forecast_facts(of, &execution).await?;
        let place = of.place();
        let names = Names { release: &place.name, region: &place.region, team: &place.team };
        let tasks = dry_run::forecast(&execution, names, facts);
        let tx = self.begin_admission().await?;
        let now = self.clock.now();
        let user = caller.now(&tx, now).await?;
        // Rights are those of now, and not of when the request came.
        dry_run::check(&user, release, number.map(|_| &execution))?;
        let stamp = caller.stamp(&user, now);
        let made = DryRun {
            id: new_id(),
            release_id: release.id,
            execution: number,
            version: execution.version,
            variables: execution.variables,
            made_at: now,
            made_by: stamp.actor.clone(),
            tasks,
        };
        tx.insert_dry_run(&made, &stamp).await?;
        let event = AccountEvent::DryRunMade(TriedRelease { release: place.name.clone(), team: place.team.clone() });
        tx.account_event(&stamp, &event).await?;
        self.admit(&tx, &made.id).await?;
        let id = release.id;
        self.commit(tx, move |app| app.live.touch(id)).await?;
        Ok(made)
    }

    /// What was found, the newest first: of that execution, or of all and of none.
    pub async fn dry_runs(&self, of: &VisibleRelease, execution: Option<u32>) -> Result<Vec<DryRun>, AppError> {
        Ok(self.store.dry_runs(of.release().id, execution, MAX_DRY_RUNS).await?)
    }

    /// The execution that would be started.
    async fn planned(
        &self,
        caller: &Caller,
        of: &VisibleRelease,
        version: Option<u32>,
        start: StartChoice,
    ) -> Result<Execution, AppError> {
        let (user, release) = (caller.user()?, of.release());
        dry_run::check(user, release, None)?;
        let version = match version.filter(|number| *number != release.version) {
            None => release.newest(),
            Some(number) if (1..release.version).contains(&number) => self.store.version(release.id, number).await?,
            Some(_) => return Err(AppError::NotFound),
        };
        start.selection.check(&version.definition)?;
        let variables = variables::resolve(&version.definition.variables, &start.variables)
            .map_err(|problems| Refusal::Variables { problems })?;
        let request = ExecutionRequest { version, choice: StartChoice { variables, ..start }, supersedes: None };
        let ids = NewIds { execution: new_id(), task_run: &mut new_id };
        Ok(decide::begin(release, &request, user, self.clock.now(), ids).execution)
    }

    async fn forecast_facts(&self, of: &VisibleRelease, execution: &Execution) -> Result<ForecastFacts, AppError> {
        let (team, region) = (of.release().team_id, of.release().region_id);
        let kinds = || execution.definition.tasks().map(|(_, task)| &task.kind);
        let scripts_missing = of.release().scripts.missing().map(str::to_owned);
        let Some(named) = named_applications(kinds()) else {
            return Ok(ForecastFacts { scripts_missing, ..ForecastFacts::default() });
        };
        let applications = self.store.applications(&[team]).await?;
        let mut environments = self.store.environments(region, &[team]).await?;
        // Those of its own come first, so that they are found by their names.
        environments.extend(self.store.lent_environments(region, &[team]).await?);
        let exclusive: Vec<EnvironmentId> =
            environments.iter().filter(|known| known.options.lock.is_exclusive()).map(|known| known.id).collect();
        let working = self.store.environment_holders(&exclusive).await?;
        let works_in =
            |id: EnvironmentId| working.get(&id)?.iter().find(|holder| holder.execution != execution.id).cloned();
        let targets: Vec<ApplicationId> = applications
            .iter()
            .filter(|known| named.iter().any(|name| known.name.eq_ignore_ascii_case(name)))
            .map(|known| known.id)
            .collect();
        let names: Vec<String> =
            kinds().filter_map(|kind| Some(kind.change()?.target().0.split_once('/')?.1.to_owned())).collect();
        let running = self.store.running_components(&targets, &names).await?;
        let ids: Vec<ComponentId> = running.iter().map(|(component, _)| component.id).collect();
        let mut holders = self.store.component_holders(&ids).await?;
        let everywhere = self.store.environment_names().await?;
        let component = |(component, revision): (Component, Option<Revision>)| {
            let application = applications.iter().find(|known| known.id == component.application)?;
            let name = format!("{}/{}", application.name, component.name);
            Some(ForecastComponent {
                environment: everywhere.get(&component.environment).cloned().unwrap_or_default(),
                is_here: environments.iter().any(|known| known.id == component.environment),
                running: revision.map(|revision| (revision.version, revision.specification)),
                holder: holders
                    .remove(&component.id)
                    .map(|holder| Holder { object: LockedObject::Component(name.clone()), ..holder }),
                name,
            })
        };
        Ok(ForecastFacts {
            components: running.into_iter().filter_map(component).collect(),
            environments: environments.iter().map(|known| forecast_environment(known, works_in(known.id))).collect(),
            applications: applications.into_iter().map(|known| known.name).collect(),
            scripts_missing,
        })
    }
}

fn forecast_environment(environment: &Environment, holder: Option<Holder>) -> ForecastEnvironment {
    let hosts = environment.settings.ssh().map(|ssh| ssh.hosts.iter().map(|host| host.name.clone()).collect());
    ForecastEnvironment {
        name: environment.name.clone(),
        hosts: hosts.unwrap_or_default(),
        holder,
        is_on_server: environment.settings.placement() == Placement::ThisMachine,
    }
}
