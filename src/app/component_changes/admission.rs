//! Admission of a task to an environment: whether its team may release there, with the approval that it needs.

use super::finding::{Answer, Due, Obstacle};
use crate::domain::approval::{Approval, SeenEnvironment, approval};
use crate::domain::component::ChangeFault;
use crate::domain::environment::{NamedEnvironment, named};
use crate::domain::failure_cause::FailureCause;
use crate::domain::placement::Placement;
use crate::store::Environment;

impl Due<'_> {
    /// The environment of that name: one of its own team, or one that was lent to it.
    pub(super) async fn named_environment(&self, written: &str) -> Answer<Environment> {
        let missing = || ChangeFault::NoEnvironment { name: written.to_owned() };
        match named(written, self.place.team_id, self.usable) {
            NamedEnvironment::One(one) => Ok(self.tx.environment(one.id).await?.ok_or_else(missing)?),
            NamedEnvironment::Several(teams) => {
                let teams = teams.into_iter().map(str::to_owned).collect();
                Err(ChangeFault::SeveralEnvironments { name: written.to_owned(), teams }.into())
            }
            NamedEnvironment::None => Err(missing().into()),
        }
    }

    /// Whether the task may work there now, as everything is said of the environment now.
    pub(super) async fn admit(&self, environment: &Environment) -> Answer<()> {
        self.admit_team(environment).await?;
        let Some(rule) = &environment.options.approval else { return Ok(()) };
        let now = SeenEnvironment { id: environment.id, version: environment.version };
        let name = || environment.name.clone();
        match approval(self.execution, self.task, rule, now) {
            Approval::Given => Ok(()),
            Approval::Outdated { gate } => Err(Obstacle::AsksAgain(gate, name())),
            Approval::Missing => Err(ChangeFault::NotApproved { environment: name(), rule: rule.clone() }.into()),
        }
    }

    /// Whether its team may release there, and what runs there for it may run.
    pub(super) async fn admit_team(&self, environment: &Environment) -> Answer<()> {
        if !self.usable.iter().any(|usable| usable.id == environment.id) {
            let (team, _) = self.tx.team_runs_scripts(environment.team_id).await?;
            return Err(ChangeFault::NotLent { environment: environment.name.clone(), team }.into());
        }
        self.admit_scripts(environment).await
    }

    /// Whether the team that owns the scripts may have them run on the server. That the team of the release task may is asked
    /// where a place is given.
    pub(super) async fn admit_scripts(&self, environment: &Environment) -> Answer<()> {
        let is_here = match environment.settings.placement() {
            Placement::ThisMachine => true,
            Placement::Anywhere => false,
        };
        if is_here && environment.team_id != self.place.team_id {
            let (team, granted) = self.tx.team_runs_scripts(environment.team_id).await?;
            if !granted {
                return Err(Obstacle::Cause(FailureCause::ScriptsNotPermitted { team }));
            }
        }
        Ok(())
    }
}
