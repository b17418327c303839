//! The overview: what runs, what waits for whom, and what failed lately, in everything that a caller may read.

use std::sync::Arc;

use chrono::TimeDelta;

use super::lists::WaitingCheckpoints;
use crate::app::{App, AppError, Caller};
use crate::domain::execution::{DecisionAuthority, Moment};
use crate::domain::ids::RegionId;
use crate::domain::policy;
use crate::store::{OpenCheckpoint, OverviewRows, Scope};

/// For how many days what failed is shown.
pub const FAILED_DAYS: i64 = 7;

impl App {
    /// What runs and what failed lately of what the caller may read in that region or in all, as of that mark of the lists or a
    /// later one.
    pub async fn overview(
        &self,
        caller: &Caller,
        region: Option<RegionId>,
        mark: u64,
    ) -> Result<Arc<OverviewRows>, AppError> {
        let key = (caller.scope(), region);
        let since = self.clock.now() - TimeDelta::days(FAILED_DAYS);
        let read = async || self.store.overview(&key.0, region, since).await;
        Ok(self.reads.0.overviews.get(&key, mark, read).await?)
    }

    /// Every checkpoint that waits for a decision, of what the caller may read.
    pub async fn waiting_checkpoints(&self, caller: &Caller) -> Result<WaitingCheckpoints, AppError> {
        let is_readable = |open: &OpenCheckpoint| caller.may_see(open.execution.team_id, false);
        self.checkpoints(|open, _| is_readable(open) && policy::checkpoint_waits(&open.execution, 0).is_ok()).await
    }

    /// Those that wait for others, in the teams that the caller manages: for managers and administrators.
    pub async fn waiting_for_others(&self, caller: &Caller) -> Result<WaitingCheckpoints, AppError> {
        let user = caller.user()?;
        if !policy::may_watch_others(user) {
            return Err(AppError::NotFound);
        }
        self.checkpoints(|open, now| {
            policy::may_manage(user, open.execution.team_id)
                && policy::checkpoint_waits(&open.execution, 0).is_ok()
                && policy::may_decide(user, &open.execution, 0, now) != Some(DecisionAuthority::Approver)
        })
        .await
    }

    /// The open checkpoints of which that is so now.
    pub(super) async fn checkpoints(
        &self,
        chosen: impl Fn(&OpenCheckpoint, Moment) -> bool,
    ) -> Result<WaitingCheckpoints, AppError> {
        // Whoever comes while it is read waits for that one reading.
        let read = async || self.store.open_checkpoints(&Scope::All).await;
        let open = self.reads.0.checkpoints.get(&(), self.live.checkpoints_mark(), read).await?;
        Ok(WaitingCheckpoints::of(open, self.clock.now(), chosen))
    }
}
