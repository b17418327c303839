//! A survey: what there is, what takes how much room, and what the next pruning removes, without changing anything.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tokio::task::spawn_blocking;

use super::folders::{self, FolderSize};
use super::{FOLDERS_A_STEP, Pruner};
use crate::app::{DatabaseSize, RoomTaken};
use crate::domain::ids::{ExecutionId, RegionId};
use crate::domain::retention;

/// What a pruning finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// How many executions lose their logs and run folders.
    pub executions: u64,
    /// Run folders of executions that are removed here.
    pub folders: u64,
    /// What is in them.
    pub size: FolderSize,
    /// Rows of logs that are removed from the database.
    pub log_rows: u64,
    /// What they take.
    pub log_bytes: u64,
    /// Run folders that no row knows of.
    pub stray: u64,
    /// What is in those.
    pub stray_size: FolderSize,
    /// Drafts that go.
    pub drafts: u64,
    /// Deleted release tasks that go for good.
    pub purged: u64,
    /// Run folders that wait for the replica of that name.
    pub elsewhere: BTreeMap<String, u64>,
    /// The database.
    pub database: DatabaseSize,
}

impl Pruner {
    /// What would be removed now. Of release tasks that go for good with the same pruning, all executions are counted.
    pub async fn survey(&self) -> anyhow::Result<Survey> {
        let due = self.due().await?;
        let queued = self.queued_here().await?;
        let strays = self.strays().await?;
        let sizes = self.sizes().await?;
        let now = self.app.clock.now();
        let mut survey = Survey {
            executions: due.len() as u64,
            folders: 0,
            size: FolderSize::default(),
            log_rows: 0,
            log_bytes: 0,
            stray: 0,
            stray_size: FolderSize::default(),
            drafts: self.app.store.count_untouched_drafts(retention::drafts_go_before(now)).await?,
            purged: self.app.store.count_purgeable(retention::purged_before(now)).await?,
            elsewhere: self.elsewhere().await?,
            database: self.app.store.size().await?,
        };
        for (id, size) in &sizes {
            if queued.contains(id) {
                survey.folders += 1;
                survey.size.add(self.size_of_removed(*id).await?);
            } else if due.contains(id) {
                survey.folders += 1;
                survey.size.add(*size);
            } else if strays.binary_search(id).is_ok() {
                survey.stray += 1;
                survey.stray_size.add(*size);
            }
        }
        for room in self.app.store.log_rooms().await? {
            if due.contains(&room.execution_id) {
                survey.log_rows += room.rows;
                survey.log_bytes += room.bytes;
            }
        }
        Ok(survey)
    }

    /// What takes room of that which is to be removed: not all of the folder, if the execution went on since.
    async fn size_of_removed(&self, execution: ExecutionId) -> anyhow::Result<FolderSize> {
        let which = self.app.store.removed_files(execution).await?;
        let folders = self.folders.clone();
        Ok(spawn_blocking(move || folders::size_of_removed(&folders, execution, &which)).await?)
    }

    async fn due(&self) -> anyhow::Result<BTreeSet<ExecutionId>> {
        let mut due: BTreeSet<ExecutionId> = self.app.due_executions().await?.into_iter().map(|(id, _)| id).collect();
        let purgeable = retention::purged_before(self.app.clock.now());
        due.extend(self.app.store.executions_of_purgeable(purgeable).await?);
        Ok(due)
    }

    /// The folders here with their sizes, measured where waiting for the disk holds up nobody.
    async fn sizes(&self) -> anyhow::Result<HashMap<ExecutionId, FolderSize>> {
        let folders = self.folders.clone();
        let measured = spawn_blocking(move || {
            let all = folders::executions(&folders)?;
            std::io::Result::Ok(all.into_iter().map(|id| (id, folders::size(&folders, id))).collect())
        });
        Ok(measured.await??)
    }

    /// Measures what takes room here and in the database, and writes it down for the page of administrators.
    pub async fn measure(&self) -> anyhow::Result<()> {
        let due = self.due().await?;
        let sizes = self.sizes().await?;
        let ids: Vec<ExecutionId> = sizes.keys().copied().collect();
        // A region of which nothing is kept was measured, too.
        let nothing = self.app.store.retention().await?.into_iter().map(|region| (region.id, RoomTaken::default()));
        let mut here: BTreeMap<RegionId, RoomTaken> = nothing.collect();
        let mut logs = here.clone();
        for some in ids.chunks(FOLDERS_A_STEP) {
            for (id, region) in self.app.store.regions_of(some).await? {
                let size = sizes.get(&id).copied().unwrap_or_default();
                count(here.entry(region).or_default(), size, due.contains(&id));
            }
        }
        for room in self.app.store.log_rooms().await? {
            let size = FolderSize { files: room.rows, bytes: room.bytes };
            count(logs.entry(room.region_id).or_default(), size, due.contains(&room.execution_id));
        }
        let tx = self.app.store.begin_write().await?;
        let now = self.app.clock.now();
        if let Some(replica) = &self.replica {
            tx.set_measures(Some(replica), here, now).await?;
        }
        tx.set_measures(None, logs, now).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn count(taken: &mut RoomTaken, size: FolderSize, is_due: bool) {
    taken.executions += 1;
    taken.files += size.files;
    taken.bytes += size.bytes;
    if is_due {
        taken.due_executions += 1;
        taken.due_bytes += size.bytes;
    }
}
