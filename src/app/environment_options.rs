//! Operations on the options of environments: how many releases work there at a time, which approval they need, and which other
//! teams release there. Managers of the team that owns one say so.

use std::collections::BTreeMap;

use super::{App, AppError, Caller};
use crate::domain::environment::{OptionFault, ReadOptions, TypedOptions};
use crate::domain::event::AccountEvent;
use crate::domain::ids::{EnvironmentId, TeamId};
use crate::store::{Environment, OptionsRow, StoreError};

/// Why options were not saved.
#[derive(Debug, thiserror::Error)]
pub enum OptionsError {
    /// What was typed will not do.
    #[error("not valid: {0:?}")]
    Invalid(Vec<OptionFault>),
    /// Somebody else saved some since.
    #[error("changed since")]
    ChangedSince,
    /// Another reason.
    #[error(transparent)]
    App(AppError),
}

impl<E: Into<AppError>> From<E> for OptionsError {
    fn from(error: E) -> Self {
        match error.into() {
            AppError::Store(StoreError::Stale) => Self::ChangedSince,
            other => Self::App(other),
        }
    }
}

impl App {
    /// Saves the options of an environment. `seen` is how often they had been changed when the caller began.
    pub async fn change_environment_options(
        &self,
        caller: &Caller,
        id: EnvironmentId,
        seen: u32,
        typed: &TypedOptions,
    ) -> Result<Environment, OptionsError> {
        let teams = self.store.teams().await?;
        let tx = self.store.begin_write().await?;
        let before = tx.environment(id).await?.ok_or(AppError::NotFound)?;
        let stamp = self.manages_environments(&tx, caller, before.team_id).await?;
        let others: BTreeMap<String, TeamId> =
            teams.iter().filter(|team| team.id != before.team_id).map(|team| (team.name.clone(), team.id)).collect();
        let ReadOptions { options, teams: lent } = typed.read(&others).map_err(OptionsError::Invalid)?;
        let mut known: Vec<TeamId> = tx.lent_teams(id).await?.into_iter().map(|lent| lent.team).collect();
        known.sort_unstable();
        if options == before.options && known == lent {
            return Ok(before);
        }
        tx.save_environment_options(OptionsRow { id, seen, options: &options, teams: &lent }, &stamp).await?;
        let name =
            |id: TeamId| teams.iter().find(|team| team.id == id).map(|team| team.name.clone()).unwrap_or_default();
        let event = AccountEvent::EnvironmentOptionsSet {
            environment: before.name.clone(),
            team: name(before.team_id),
            lock: options.lock,
            approval: options.approval.clone(),
            lent: lent.iter().map(|team| name(*team)).collect(),
        };
        tx.account_event(&stamp, &event).await?;
        tx.commit().await?;
        // Whoever waits may not have to any more.
        self.wakeup.wake();
        Ok(Environment { options, options_version: before.options_version + 1, ..before })
    }
}
