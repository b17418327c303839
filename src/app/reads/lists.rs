//! Lists over many release tasks: the list of a region, and what waits for somebody.

use std::sync::Arc;

use crate::app::{App, AppError, Caller};
use crate::domain::execution::{DecisionAuthority, Moment};
use crate::domain::ids::{RegionId, ReleaseId};
use crate::domain::people::Person;
use crate::domain::policy::{self, PolicyInput};
use crate::domain::unable;
use crate::store::{DatedRelease, ListedRelease, OpenCheckpoint, ReleaseChoices, ReleaseListRows, ReleaseQuery};

impl App {
    /// A page of the list of a region, of what the caller may see, as of that mark of the lists or a later one.
    pub async fn release_page(
        &self,
        caller: &Caller,
        query: &ReleaseQuery,
        mark: u64,
    ) -> Result<Arc<ReleaseListRows>, AppError> {
        let key = (caller.scope(), query.clone());
        let read = async || self.store.release_page(&key.0, query).await;
        Ok(self.reads.0.pages.get(&key, mark, read).await?)
    }

    /// Release tasks of a region that the caller may see, in the order in which they were made, behind the one of that key.
    pub async fn releases_after(
        &self,
        caller: &Caller,
        query: &ReleaseQuery,
        behind: (Option<ReleaseId>, u64),
    ) -> Result<Vec<DatedRelease>, AppError> {
        Ok(self.store.releases_after(&caller.scope(), query, behind).await?)
    }

    /// The release tasks of that name in a region that the caller may see: each team may have one.
    pub async fn releases_named(
        &self,
        caller: &Caller,
        region: RegionId,
        name: &str,
    ) -> Result<Vec<ListedRelease>, AppError> {
        Ok(self.store.releases_named(&caller.scope(), region, name).await?)
    }

    /// What the list of a region can be filtered by, of what the caller may see.
    pub async fn release_choices(&self, caller: &Caller, region: RegionId) -> Result<Arc<ReleaseChoices>, AppError> {
        let key = (caller.scope(), region);
        let read = async || self.store.release_choices(region, &key.0).await;
        Ok(self.reads.0.choices.get(&key, self.live.catalogue_mark(), read).await?)
    }

    /// The open checkpoints that wait for the caller as one of their approvers: what an administrator could override is not
    /// theirs.
    pub async fn waiting_for(&self, caller: &Caller) -> Result<WaitingCheckpoints, AppError> {
        let user = caller.user()?;
        self.checkpoints(|open, now| {
            policy::may_decide(user, &open.execution, 0, now) == Some(DecisionAuthority::Approver)
        })
        .await
    }

    /// The people whom those checkpoints ask.
    pub async fn asked_at(&self, waiting: &WaitingCheckpoints) -> Result<Vec<Person>, AppError> {
        let teams = waiting.iter().map(|open| open.execution.team_id).collect();
        let names = unable::named(waiting.iter().map(|open| &open.execution.spec(0).kind));
        Ok(self.store.asked(&teams, &names).await?)
    }
}

impl<'a> From<&'a ListedRelease> for PolicyInput<'a> {
    fn from(row: &'a ListedRelease) -> Self {
        Self {
            team_id: row.team_id,
            status: row.status,
            terminating: row.terminating,
            deleted: false,
            scripts: &row.scripts,
            needs: row.needs,
            supersedes: row.supersedes,
        }
    }
}

/// Checkpoints that wait.
pub struct WaitingCheckpoints {
    open: Arc<Vec<OpenCheckpoint>>,
    chosen: Vec<usize>,
    now: Moment,
}

impl WaitingCheckpoints {
    /// Those of the open ones of which that is so now.
    pub(super) fn of(
        open: Arc<Vec<OpenCheckpoint>>,
        now: Moment,
        is_chosen: impl Fn(&OpenCheckpoint, Moment) -> bool,
    ) -> Self {
        let chosen = (0..open.len()).filter(|at| is_chosen(&open[*at], now)).collect();
        Self { open, chosen, now }
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &OpenCheckpoint> {
        self.chosen.iter().map(|at| &self.open[*at])
    }

    /// How many.
    pub fn count(&self) -> u64 {
        self.chosen.len() as u64
    }

    /// When that was so.
    pub fn now(&self) -> Moment {
        self.now
    }
}
