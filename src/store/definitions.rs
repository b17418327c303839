//! Definitions are parsed once: a version never changes but where a value is blanked in it, so what was read can be kept.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::codec;
use super::connect::Store;
use super::entities::{release as releases, version};
use super::error::{Result, StoreError};
use super::write::WriteTx;
use crate::domain::definition::{Definition, Task};
use crate::domain::ids::{ReleaseId, TeamId};
use crate::domain::people::Actor;
use crate::domain::release::SavedVersion;
use crate::domain::scripts::WorkingFolder;

/// How many are kept.
const MAX_ENTRIES: u64 = 256;

/// For how long. Whoever read one just before a value was blanked in it keeps it after that.
const KEPT_FOR: Duration = Duration::from_mins(10);

/// Which version of which release task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct VersionKey {
    /// The release task.
    pub release_id: ReleaseId,
    /// Its number.
    pub number: u32,
}

/// A version of a release task, which never changes.
#[derive(Clone)]
pub struct Version {
    /// What it releases.
    pub definition: Arc<Definition>,
    /// Who saved it.
    pub saved_by: Actor,
}

impl Version {
    /// The same with its number.
    pub fn numbered(self, number: u32) -> SavedVersion {
        SavedVersion { number, definition: self.definition, saved_by: self.saved_by }
    }
}

/// The definitions that were read lately.
pub struct Definitions(Cache<VersionKey, Version>);

impl Default for Definitions {
    fn default() -> Self {
        let cache = Cache::builder().max_capacity(MAX_ENTRIES).time_to_live(KEPT_FOR);
        Self(cache.eviction_policy(EvictionPolicy::lru()).build())
    }
}

impl Definitions {
    /// The definition of that version, from memory or else from the database.
    pub async fn get(&self, db: &impl ConnectionTrait, release_id: ReleaseId, number: u32) -> Result<Arc<Definition>> {
        Ok(self.version(db, release_id, number).await?.definition)
    }

    /// That version, from memory or else from the database.
    pub async fn version(&self, db: &impl ConnectionTrait, release_id: ReleaseId, number: u32) -> Result<Version> {
        let key = VersionKey { release_id, number };
        if let Some(known) = self.known(key) {
            return Ok(known);
        }
        let row = version::Entity::find_by_id((release_id, codec::column(number))).one(db).await?;
        let row = row.ok_or_else(|| StoreError::Unreadable {
            column: "release_versions.number",
            found: format!("no version {number}"),
        })?;
        self.read(key, &row.definition, codec::actor(row.created_by_id, row.created_by_name))
    }

    /// That version from what is in its row, and keeps it.
    pub fn read(&self, key: VersionKey, text: &str, saved_by: Actor) -> Result<Version> {
        let definition = Arc::new(codec::from_json("release_versions.definition", text)?);
        let version = Version { definition, saved_by };
        self.0.insert(key, version.clone());
        Ok(version)
    }

    /// Forgets them all.
    pub fn forget(&self) {
        self.0.invalidate_all();
    }

    /// That version, if it was read lately.
    pub fn known(&self, key: VersionKey) -> Option<Version> {
        self.0.get(&key)
    }
}

impl Store {
    /// The working folders that any version of any release task names, with the team that it belongs to.
    pub async fn working_folders(&self) -> Result<Vec<WorkingFolder>> {
        let select = Query::select()
            .column(releases::Column::TeamId.as_column_ref())
            .column(version::Column::Definition.as_column_ref())
            .from(version::Entity)
            .inner_join(
                releases::Entity,
                releases::Column::Id.into_expr().equals(version::Column::ReleaseId.as_column_ref()),
            )
            .to_owned();
        let mut found = BTreeSet::new();
        for row in self.reader.query_all(&select).await? {
            let (team, text): (TeamId, String) = (row.try_get("", "team_id")?, row.try_get("", "definition")?);
            // One that cannot be read runs nowhere; `tollgate check` names it.
            let Ok(definition) = codec::from_json::<Definition>("release_versions.definition", &text) else { continue };
            let folder_of = |task: &Task| task.kind.working_folder().map(str::to_owned);
            found.extend(
                definition.tasks().filter_map(|(_, task)| Some(WorkingFolder { team, folder: folder_of(task)? })),
            );
        }
        Ok(found.into_iter().collect())
    }
}

impl Store {
    /// The text that somebody wrote of a version.
    pub async fn version_text(&self, release_id: ReleaseId, number: u32) -> Result<Option<String>> {
        version_text(&self.reader, release_id, number).await
    }
}

impl WriteTx {
    /// The text that somebody wrote of a version.
    pub async fn version_text(&self, release_id: ReleaseId, number: u32) -> Result<Option<String>> {
        version_text(&self.tx, release_id, number).await
    }

    /// Writes down the text that somebody wrote of a version.
    pub async fn keep_version_text(&self, release_id: ReleaseId, number: u32, text: &str) -> Result<()> {
        version::Entity::update_many()
            .col_expr(version::Column::Text, Expr::value(text))
            .filter(version::Column::ReleaseId.eq(release_id))
            .filter(version::Column::Number.eq(codec::column::<i32, _>(number)))
            .exec(&self.tx)
            .await?;
        Ok(())
    }
}

async fn version_text(db: &impl ConnectionTrait, release_id: ReleaseId, number: u32) -> Result<Option<String>> {
    let text: Option<Option<String>> = version::Entity::find_by_id((release_id, codec::column(number)))
        .select_only()
        .column(version::Column::Text)
        .into_tuple()
        .one(db)
        .await?;
    Ok(text.flatten())
}
