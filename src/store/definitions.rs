//! Definitions are parsed once: a version never changes but where a value is blanked in it, so what was read can be kept.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
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

/// For how long: another replica may not have heard yet that a value was blanked.
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

/// Between two times at which definitions were forgotten. What is read from the database belongs to the one in which the
/// reading began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Generation(u64);

/// The definitions that were read lately.
pub struct Definitions {
    cache: Cache<VersionKey, (Generation, Version)>,
    generation: AtomicU64,
    /// How many writes that blank a value are under way: one may be committed already, and nobody here knows it.
    rewriting: AtomicUsize,
}

impl Default for Definitions {
    fn default() -> Self {
        let cache = Cache::builder().max_capacity(MAX_ENTRIES).time_to_live(KEPT_FOR);
        let cache = cache.eviction_policy(EvictionPolicy::lru()).build();
        Self { cache, generation: AtomicU64::new(0), rewriting: AtomicUsize::new(0) }
    }
}

/// A write that changes definitions is under way: until its end, whatever that is, none is taken from memory, and after it
/// none that was read before.
pub struct Rewriting(Arc<Definitions>);

impl Rewriting {
    /// It begins.
    pub fn begin(definitions: &Arc<Definitions>) -> Self {
        definitions.rewriting.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(definitions))
    }
}

impl Drop for Rewriting {
    fn drop(&mut self) {
        self.0.forget();
        self.0.rewriting.fetch_sub(1, Ordering::SeqCst);
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
        let since = self.generation();
        let row = version::Entity::find_by_id((release_id, codec::column(number))).one(db).await?;
        let row = row.ok_or_else(|| StoreError::Unreadable {
            column: "release_versions.number",
            found: format!("no version {number}"),
        })?;
        self.read(key, &row.definition, codec::actor(row.created_by_id, row.created_by_name), since)
    }

    /// That version from what is in its row, which was asked for in that generation, and keeps it for the rest of it.
    pub fn read(&self, key: VersionKey, text: &str, saved_by: Actor, since: Generation) -> Result<Version> {
        let definition = Arc::new(codec::from_json("release_versions.definition", text)?);
        let version = Version { definition, saved_by };
        self.cache.insert(key, (since, version.clone()));
        Ok(version)
    }

    /// The one that it is now: to be asked for before the database is.
    pub fn generation(&self) -> Generation {
        Generation(self.generation.load(Ordering::SeqCst))
    }

    /// Forgets them all, those too that are being read at this moment.
    pub fn forget(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
        self.cache.invalidate_all();
    }

    /// That version, if it was read lately.
    pub fn known(&self, key: VersionKey) -> Option<Version> {
        let (since, version) = self.cache.get(&key)?;
        let is_kept = self.rewriting.load(Ordering::SeqCst) == 0 && since == self.generation();
        is_kept.then_some(version)
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

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: VersionKey = VersionKey { release_id: ReleaseId::nil(), number: 1 };

    fn text() -> String {
        codec::json(&Definition::default()).unwrap()
    }

    fn reads(definitions: &Definitions, since: Generation) {
        definitions.read(KEY, &text(), Actor::Tollgate, since).unwrap();
    }

    #[test]
    fn a19_what_began_to_be_read_before_is_forgotten_too() {
        let definitions = Definitions::default();
        let since = definitions.generation();
        definitions.forget();
        reads(&definitions, since);
        assert!(definitions.known(KEY).is_none());
        reads(&definitions, definitions.generation());
        assert!(definitions.known(KEY).is_some());
    }

    #[test]
    fn a19_nothing_is_taken_from_memory_while_a_value_is_blanked() {
        let definitions = Arc::new(Definitions::default());
        reads(&definitions, definitions.generation());
        let rewriting = Rewriting::begin(&definitions);
        assert!(definitions.known(KEY).is_none());
        reads(&definitions, definitions.generation());
        drop(rewriting);
        assert!(definitions.known(KEY).is_none());
    }
}
