//! Operations on deleted release tasks: list them and restore one, for administrators; and what becomes of those that nobody
//! restored in time.

use super::releases::{check_alike, room_in};
use super::{App, AppError, Caller};
use crate::domain::event::ReleaseEvent;
use crate::domain::ids::ReleaseId;
use crate::domain::refusal::{Operation, Refusal};
use crate::domain::release::{Release, ReleaseOwner};
use crate::domain::retention;
use crate::store::{DeletedRelease, Stamp, WriteTx};

/// How many release tasks are looked for at once that can be deleted for good.
const BATCH_SIZE: u64 = 20;

impl App {
    /// A page of the deleted release tasks, the one that was deleted last first, and one more if there are more. For everybody
    /// but administrators there are none.
    pub async fn deleted_releases(
        &self,
        caller: &Caller,
        page: u64,
        limit: u64,
    ) -> Result<Vec<DeletedRelease>, AppError> {
        caller.reads_everything()?;
        Ok(self.store.deleted_releases(page.saturating_sub(1).saturating_mul(limit), limit + 1).await?)
    }

    /// Puts a deleted release task on the lists again, with all that it had; answers it. Its name must be free, and there must be
    /// room for it. For everybody but administrators there is no such thing.
    pub async fn undelete(&self, caller: &Caller, release_id: ReleaseId) -> Result<Release, AppError> {
        let tx = self.begin_admission().await?;
        let stamp = self.administers_releases(&tx, caller).await?;
        let before = tx.release(release_id).await?.ok_or(AppError::NotFound)?;
        retention::check_restore(before.deleted_at, stamp.at)?;
        if tx.is_purged(release_id).await? {
            // By a replica whose clock is ahead of ours.
            return Err(Refusal::RestoreOver { until: stamp.at }.into());
        }
        room_in(&tx, ReleaseOwner { team: before.team_id, region: before.region_id }).await?;
        check_alike(&tx, before.team_id, &before.name, Some(release_id)).await?;
        let after = Release { deleted_at: None, ..before.clone() };
        tx.save_release(&before, &after, &stamp, &ReleaseEvent::Undeleted).await?;
        self.admit(&tx, &after.version).await?;
        self.commit(tx, move |app| {
            app.live.touch_catalogue();
            app.live.touch(release_id);
        })
        .await?;
        Ok(after)
    }

    /// Deletes for good what nobody restored in time, some of it; answers how many release tasks that were.
    pub async fn purge_some(&self) -> Result<u64, AppError> {
        let now = self.clock.now();
        let deleted_until = retention::purged_before(now);
        let mut purged = 0;
        for release in self.store.purgeable(deleted_until, BATCH_SIZE).await? {
            // One transaction each: none is held up by another that somebody works on.
            let tx = self.store.begin_write().await?;
            if tx.purge(&release, deleted_until, &Stamp::tollgate(now)).await? {
                self.commit(tx, move |app| app.live.touch(release.id)).await?;
                purged += 1;
            }
        }
        Ok(purged)
    }

    /// What is written beside what an administrator, or the command line, does to what no team may.
    pub(super) async fn administers_releases(&self, tx: &WriteTx, caller: &Caller) -> Result<Stamp, AppError> {
        let now = self.clock.now();
        match caller {
            Caller::CommandLine => Ok(Stamp::command_line(now)),
            Caller::User { .. } | Caller::Token { .. } => {
                let user = caller.now(tx, now).await?;
                if !user.administrator {
                    return Err(AppError::NotFound);
                }
                caller.check(Operation::Edit)?;
                Ok(caller.stamp(&user, now))
            }
        }
    }
}
