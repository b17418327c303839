//! Reads for administrators, and of what everybody signed in may know: which regions and teams there are.

use crate::app::{App, AppError, Caller};
use crate::domain::draft::Draft;
use crate::domain::ids::{EventId, RegionId, TeamId};
use crate::domain::people::Person;
use crate::store::{Activity, Carried, Cursor, IdAndName, Paged, Replica};

/// Which part of the audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditPart {
    /// All of it.
    Everything,
    /// What was refused: sign-ins, and what people have no right to.
    Refusals,
}

impl App {
    /// All regions.
    pub async fn regions(&self) -> Result<Vec<IdAndName<RegionId>>, AppError> {
        Ok(self.store.regions().await?)
    }

    /// All teams.
    pub async fn teams(&self) -> Result<Vec<IdAndName<TeamId>>, AppError> {
        Ok(self.store.teams().await?)
    }

    /// The people whom a draft can ask in a team: those of the team with their roles in it, and those whom it names. For
    /// who may read what the team owns.
    pub async fn asked_by_draft(&self, caller: &Caller, team: TeamId, draft: &Draft) -> Result<Vec<Person>, AppError> {
        if !caller.may_see(team, false) {
            return Err(AppError::NotFound);
        }
        Ok(self.asked(team, draft.tasks().map(|(_, task)| &task.kind)).await?)
    }

    /// A page of the audit, newest first. For everybody but administrators there is none.
    pub async fn audit(
        &self,
        caller: &Caller,
        part: AuditPart,
        turn: Cursor<EventId>,
        limit: u64,
    ) -> Result<Paged<Activity, EventId>, AppError> {
        caller.reads_everything()?;
        Ok(match part {
            AuditPart::Everything => self.store.audit(turn, limit).await?,
            AuditPart::Refusals => self.store.refused(turn, limit).await?,
        })
    }

    /// The replicas, and the executions that each carries. For everybody but administrators there are none.
    pub async fn replicas(&self, caller: &Caller) -> Result<(Vec<Replica>, Vec<Carried>), AppError> {
        caller.reads_everything()?;
        Ok((self.store.replicas().await?, self.store.carried().await?))
    }

    /// Whether the database answers.
    pub async fn check_ready(&self) -> Result<(), AppError> {
        self.store.has_users().await?;
        Ok(())
    }
}
