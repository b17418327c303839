//! Operations of retention: what regions keep, which executions lose their logs and run folders, which drafts go, how much
//! room everything takes; and whether there is enough to start something new.

use std::collections::BTreeMap;

use super::{App, AppError, Caller};
use crate::domain::disk::DiskRoom;
use crate::domain::event::AccountEvent;
use crate::domain::ids::{ExecutionId, RegionId, ReleaseId};
use crate::domain::people::Role;
use crate::domain::refusal::{Operation, Refusal};
use crate::domain::retention::{self, RetentionPolicy};
use crate::store::{
    DatabaseSize, ExpiringDraft, KeptExecutions, NextDisk, RegionRetention, RemovalPlace, ReplicaDisk, Stamp,
    StorageMeasure, WriteTx,
};

/// How many release tasks are looked at in one step.
const RELEASES_A_STEP: u64 = 20;

/// How many executions lose their logs and run folders in one transaction.
const EXECUTIONS_A_STEP: usize = 200;

/// How many drafts go in one step.
const DRAFTS_A_STEP: u64 = 50;

/// Room as a page for administrators tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageReport {
    /// The database.
    pub database: DatabaseSize,
    /// What each region keeps.
    pub regions: Vec<RegionRetention>,
    /// What takes room, as it was last measured.
    pub measures: Vec<StorageMeasure>,
    /// The disks of the replicas.
    pub disks: Vec<ReplicaDisk>,
    /// How much is being removed at this moment, by place.
    pub queued: BTreeMap<RemovalPlace, u64>,
    /// How many drafts go with the next pruning.
    pub drafts: u64,
    /// How many deleted release tasks go for good with it.
    pub purgeable: u64,
}

/// Executions that lose their logs and run folders with the next pruning, by their regions.
pub type DueExecutions = Vec<(ExecutionId, RegionId)>;

/// How far a pass over all release tasks has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassStep {
    /// This was the last one that was looked at.
    Upto(ReleaseId),
    /// All of them were.
    Done,
}

impl App {
    /// What each region keeps. For everybody but administrators there is none.
    pub async fn retention(&self, caller: &Caller) -> Result<Vec<RegionRetention>, AppError> {
        caller.reads_everything()?;
        Ok(self.store.retention().await?)
    }

    /// Sets what the region of that name keeps; done twice, the second changes nothing.
    pub async fn set_retention(&self, caller: &Caller, region: &str, policy: RetentionPolicy) -> Result<(), AppError> {
        let tx = self.store.begin_write().await?;
        let stamp = self.administers_releases(&tx, caller).await?;
        let too_high = policy.too_high();
        if !too_high.is_empty() {
            return Err(AppError::PolicyTooHigh(too_high));
        }
        let before = tx.set_retention(region, policy).await?.ok_or(AppError::NotFound)?;
        if before != policy {
            let changed = AccountEvent::RetentionChanged { region: region.to_owned(), before, after: policy };
            tx.account_event(&stamp, &changed).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// How much room everything takes. For everybody but administrators there is no such thing.
    pub async fn storage(&self, caller: &Caller) -> Result<StorageReport, AppError> {
        caller.reads_everything()?;
        let now = self.clock.now();
        Ok(StorageReport {
            database: self.store.size().await?,
            regions: self.store.retention().await?,
            measures: self.store.measures().await?,
            disks: self.store.disks().await?,
            queued: self.store.queued_removals().await?,
            drafts: self.store.count_untouched_drafts(retention::drafts_go_before(now)).await?,
            purgeable: self.store.count_purgeable(retention::purged_before(now)).await?,
        })
    }

    /// The executions that would lose their logs and run folders now.
    pub async fn due_executions(&self) -> Result<DueExecutions, AppError> {
        let (mut due, mut after) = (Vec::new(), None);
        loop {
            let some = self.store.kept_executions(after, RELEASES_A_STEP).await?;
            let Some(last) = some.last() else { return Ok(due) };
            after = Some(last.release_id);
            due.extend(some.iter().flat_map(|kept| self.due_of(kept)));
        }
    }

    fn due_of(&self, kept: &KeptExecutions) -> DueExecutions {
        kept.past.due(self.clock.now()).into_iter().map(|id| (id, kept.region_id)).collect()
    }

    /// Takes logs and run folders from what is due among the next release tasks: rows of the queue are written for them. Answers
    /// how many executions that were, and how far it has come.
    pub async fn queue_due(&self, after: Option<ReleaseId>) -> Result<(u64, PassStep), AppError> {
        let some = self.store.kept_executions(after, RELEASES_A_STEP).await?;
        let Some(last) = some.last() else { return Ok((0, PassStep::Done)) };
        let due: Vec<ExecutionId> = some.iter().flat_map(|kept| self.due_of(kept)).map(|(id, _)| id).collect();
        let mut queued = 0;
        for ids in due.chunks(EXECUTIONS_A_STEP) {
            let tx = self.store.begin_write().await?;
            queued += tx.queue_removals(ids, self.clock.now()).await?;
            tx.commit().await?;
        }
        Ok((queued, PassStep::Upto(last.release_id)))
    }

    /// The caller's drafts that go soon, the first of them first.
    pub async fn expiring_drafts(&self, caller: &Caller) -> Result<Vec<ExpiringDraft>, AppError> {
        let user = caller.user()?;
        // Nobody else has drafts.
        if !user.roles.iter().any(|held| held.role == Role::Operator) {
            return Ok(Vec::new());
        }
        let from = retention::drafts_told_before(self.clock.now());
        Ok(self.store.expiring_drafts(user.id, from).await?)
    }

    /// Removes drafts that nobody changed for long, some of them; answers how many.
    pub async fn expire_drafts(&self) -> Result<u64, AppError> {
        let now = self.clock.now();
        let changed_until = retention::drafts_go_before(now);
        let mut expired = 0;
        for draft in self.store.untouched_drafts(changed_until, DRAFTS_A_STEP).await? {
            let tx = self.store.begin_write().await?;
            if tx.remove_untouched_draft(draft.id, changed_until).await? {
                let event = AccountEvent::DraftExpired { user: draft.user, release: draft.release };
                tx.account_event(&Stamp::tollgate(now), &event).await?;
                tx.commit().await?;
                expired += 1;
            }
        }
        Ok(expired)
    }

    /// Whether there is room to start something: for a new execution, or for one that is brought back. On PostgreSQL it is
    /// the disk of the replica that is going to carry it on that counts.
    pub(super) async fn check_space(
        &self,
        tx: &WriteTx,
        operation: Operation,
        back: Option<ExecutionId>,
    ) -> Result<(), AppError> {
        let short = match tx.disk_of_next_owner(back).await? {
            NextDisk::Told(room) => Some(room).filter(DiskRoom::is_short),
            NextDisk::OwnDisk => self.space.shortage(),
            NextDisk::Unknown => None,
        };
        match short {
            Some(DiskRoom { free, least, .. }) => Err(Refusal::DiskFull { operation, free, least }.into()),
            None => Ok(()),
        }
    }
}
