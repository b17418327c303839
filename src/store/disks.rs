//! Disks of replicas, as they say themselves: the one that is to carry an execution on must have room for it.

use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, QuerySelect};

use super::codec::count;
use super::entities::replica as replicas;
use super::error::Result;
use super::write::WriteTx;
use crate::domain::disk::DiskRoom;
use crate::domain::ids::ExecutionId;

/// The disk of whoever would be given an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextDisk {
    /// It is the process that asks: there is one on SQLite.
    OwnDisk,
    /// It last said this of its disk.
    Told(DiskRoom),
    /// It said nothing, and may have room; or there is nobody yet.
    Unknown,
}

impl WriteTx {
    /// The disk of the replica that would be given an execution now, a new one or one that is brought back.
    pub async fn disk_of_next_owner(&self, back: Option<ExecutionId>) -> Result<NextDisk> {
        if self.tx.get_database_backend() == DbBackend::Sqlite {
            return Ok(NextDisk::OwnDisk);
        }
        let Some(next) = self.next_owner(back).await? else { return Ok(NextDisk::Unknown) };
        let told: Option<(Option<i64>, Option<i64>, Option<i64>)> = replicas::Entity::find_by_id(&next.replica)
            .select_only()
            .columns([replicas::Column::DiskFree, replicas::Column::DiskTotal, replicas::Column::DiskLeast])
            .into_tuple()
            .one(&self.tx)
            .await?;
        let Some((Some(free), Some(total), Some(least))) = told else { return Ok(NextDisk::Unknown) };
        let bytes = |number| count("replicas.disk", number);
        Ok(NextDisk::Told(DiskRoom { free: bytes(free)?, total: bytes(total)?, least: bytes(least)? }))
    }
}
