//! Pruning in the background of a server, as long as it runs: looks at the disk every few seconds, and prunes now and then.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Pruner, Reserve, ReserveChange};
use crate::domain::disk::DiskRoom;

/// Between two looks at the disk.
const DISK_INTERVAL: Duration = Duration::from_secs(5);

/// Between two passes, and before the first one: a server that starts has other things to do.
const PASS_INTERVAL: Duration = Duration::from_mins(10);
const FIRST_PASS: Duration = Duration::from_mins(1);

/// Between two steps in which the database gives room back.
const PAUSE: Duration = Duration::from_millis(50);

impl Pruner {
    /// Works until it is dropped. Whatever fails is told and tried again.
    pub async fn run(self) {
        let reserve = Reserve::of(self.folders.data());
        let (mut told, mut next) = (None, Instant::now() + FIRST_PASS);
        loop {
            self.look_at_disk(&reserve, &mut told).await;
            if Instant::now() >= next {
                if let Err(error) = self.tidy_up().await {
                    tracing::warn!(error = %format!("{error:#}"), "could not prune; will retry");
                }
                next = Instant::now() + PASS_INTERVAL;
            }
            sleep(DISK_INTERVAL).await;
        }
    }

    async fn tidy_up(&self) -> anyhow::Result<()> {
        let pruned = self.pass().await?;
        if pruned.folders > 0 || pruned.log_rows > 0 || pruned.drafts > 0 || pruned.purged > 0 {
            tracing::info!(
                executions = pruned.executions,
                folders = pruned.folders,
                files = pruned.size.files,
                bytes = pruned.size.bytes,
                log_rows = pruned.log_rows,
                drafts = pruned.drafts,
                release_tasks = pruned.purged,
                left = pruned.left,
                "pruned"
            );
        }
        self.give_back(PAUSE).await?;
        self.measure().await
    }

    /// Adjusts the reserve, and says to the other replicas what the disk is like: when it becomes short or is not any more, and
    /// otherwise with each pass.
    async fn look_at_disk(&self, reserve: &Reserve, told: &mut Option<(DiskRoom, Instant)>) {
        let Some(room) = self.app.space.room() else { return };
        match reserve.adjust(room) {
            Ok(ReserveChange::Released) => {
                tracing::error!(free = room.free, "disk is nearly full; reserve released for the database");
            }
            Ok(ReserveChange::Made | ReserveChange::Kept) => {}
            Err(error) => {
                tracing::debug!(error = &error as &dyn std::error::Error, "could not keep reserve on disk");
            }
        }
        let is_told = |(before, at): &(DiskRoom, Instant)| {
            before.is_short() == room.is_short() && before.least == room.least && at.elapsed() < PASS_INTERVAL
        };
        if told.as_ref().is_some_and(is_told) {
            return;
        }
        if room.is_short() {
            tracing::warn!(free = room.free, least = room.least, "disk is short of free space; nothing new is started");
        }
        let Some(replica) = &self.replica else { return };
        match self.app.store.set_disk(replica, room).await {
            // One that is not known yet has just begun, and says it in a moment.
            Ok(is_known) => *told = is_known.then(|| (room, Instant::now())),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "could not tell free space of disk; will retry"
                );
            }
        }
    }
}
