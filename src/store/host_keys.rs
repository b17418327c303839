//! Keys of hosts that people pinned, for the environments in which the hosts are.

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::codec;
use super::connect::Store;
use super::entities::host_key;
use super::error::Result;
use super::write::{Stamp, WriteTx};
use crate::domain::execution::Moment;
use crate::domain::ids::EnvironmentId;
use crate::domain::people::Actor;
use crate::domain::ssh::HostKey;

/// A key by which a host is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinnedKey {
    /// Where the host is found, see [`SshHost::place`](crate::domain::ssh::SshHost::place).
    pub address: String,
    /// The key.
    pub key: HostKey,
    /// When it was pinned.
    pub at: Moment,
    /// By whom.
    pub by: Actor,
}

impl Store {
    /// The keys that are pinned for hosts of an environment, by their address.
    pub async fn pinned_keys(&self, environment: EnvironmentId) -> Result<Vec<PinnedKey>> {
        let all = host_key::Entity::find()
            .filter(host_key::Column::EnvironmentId.eq(environment))
            .order_by_asc(host_key::Column::Address)
            .order_by_asc(host_key::Column::Key);
        all.all(&self.reader).await?.into_iter().map(pinned).collect()
    }
}

fn pinned(row: host_key::Model) -> Result<PinnedKey> {
    let key = HostKey::parse(&row.key).map_err(|_| codec::unreadable("host_keys.key", &row.key))?;
    Ok(PinnedKey {
        address: row.address,
        key,
        at: row.pinned_at,
        by: codec::actor(row.pinned_by_id, row.pinned_by_name),
    })
}

impl WriteTx {
    /// From now on these hosts are known by these keys and no others, by where they are found.
    pub async fn pin_keys(
        &self,
        environment: EnvironmentId,
        pins: &BTreeMap<String, Vec<HostKey>>,
        stamp: &Stamp,
    ) -> Result<()> {
        host_key::Entity::delete_many()
            .filter(host_key::Column::EnvironmentId.eq(environment))
            .filter(host_key::Column::Address.is_in(pins.keys()))
            .exec(&self.tx)
            .await?;
        let each = pins.iter().flat_map(|(address, keys)| keys.iter().map(move |key| (address, key)));
        let rows: Vec<_> = each
            .map(|(address, key)| {
                host_key::ActiveModel::from(host_key::Model {
                    environment_id: environment,
                    address: address.clone(),
                    key: key.to_string(),
                    pinned_at: stamp.at,
                    pinned_by_id: stamp.actor.id(),
                    pinned_by_name: stamp.actor.name().to_owned(),
                })
            })
            .collect();
        if !rows.is_empty() {
            host_key::Entity::insert_many(rows).exec_without_returning(&self.tx).await?;
        }
        Ok(())
    }
}
