//! The one door for changing something: a transaction, and the stamp that every change carries.

use std::sync::{Arc, OnceLock};

use sea_orm::DatabaseTransaction;

use super::connect::{Store, reach};
use super::definitions::{Definitions, Rewriting};
use super::error::{Result, StoreError};
use super::load;
use super::notifications::PendingNotification;
use super::replicas::Term;
use super::timeouts::WithTimeout;
use crate::domain::activity::Road;
use crate::domain::definition::Definition;
use crate::domain::execution::{Execution, Moment};
use crate::domain::ids::{ExecutionId, ReleaseId};
use crate::domain::people::Actor;
use crate::domain::release::{Release, SavedVersion};
use crate::failpoints::Hook;

/// Who changes something, when, and from where: it is written beside every event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// When.
    pub at: Moment,
    /// Who.
    pub actor: Actor,
    /// The address that the request came from; none for Tollgate itself.
    pub address: Option<String>,
    /// The token with which it was done, if it was one: its name and how it begins.
    pub credential: Option<String>,
    /// By which road.
    pub road: Road,
}

impl Stamp {
    /// A change by Tollgate itself.
    pub fn tollgate(at: Moment) -> Self {
        Self { at, actor: Actor::Tollgate, address: None, credential: None, road: Road::Tollgate }
    }

    /// A change by the command line.
    pub fn command_line(at: Moment) -> Self {
        Self { road: Road::CommandLine, ..Self::tollgate(at) }
    }
}

/// A write that is under way. Dropped without [`WriteTx::commit`], nothing has happened.
pub struct WriteTx {
    pub(super) tx: WithTimeout<DatabaseTransaction>,
    pub(super) definitions: Arc<Definitions>,
    pub(super) term: Option<Term>,
    /// What others are told of it.
    pub(super) news: PendingNotification,
    /// That it changes definitions, if it does.
    rewriting: OnceLock<Rewriting>,
    origin: u64,
    hook: Option<Hook>,
}

impl WriteTx {
    pub(super) fn new(tx: WithTimeout<DatabaseTransaction>, store: &Store) -> Self {
        let (definitions, hook) = (Arc::clone(&store.definitions), store.hook.clone());
        let (news, rewriting) = (PendingNotification::default(), OnceLock::new());
        Self { tx, definitions, term: None, news, rewriting, origin: store.origin, hook }
    }

    /// Makes everything done in it last, and visible to others, who are told.
    pub async fn commit(self) -> Result<()> {
        reach(self.hook.as_ref(), "store.commit.before").await?;
        self.news.tell(&self.tx, self.origin).await?;
        self.tx.commit().await.map_err(StoreError::of_commit)?;
        reach(self.hook.as_ref(), "store.commit.after").await
    }

    /// Says that it changes definitions: from here until its end nobody takes one from memory.
    pub(super) fn rewrites_definitions(&self) {
        self.rewriting.get_or_init(|| Rewriting::begin(&self.definitions));
    }

    /// The release task with its newest definition and its last execution. Until the end of this write nobody
    /// else changes it or its executions.
    pub async fn release(&self, id: ReleaseId) -> Result<Option<Release>> {
        load::release(&self.tx, &self.definitions, id, load::RowLock::Yes).await
    }

    /// The execution. Until the end of this write nobody else changes it or its release task.
    pub async fn execution(&self, id: ExecutionId) -> Result<Option<Execution>> {
        load::lock_release_of(&self.tx, id).await?;
        load::execution(&self.tx, &self.definitions, load::Which::Id(id)).await
    }

    /// The same for the replica that carries it on under [`WriteTx::work_under`]; saved, it belongs to that term.
    /// [`StoreError::Fenced`] if it belongs to another.
    pub async fn own_execution(&self, id: ExecutionId) -> Result<Option<Execution>> {
        load::lock_release_of(&self.tx, id).await?;
        let found = load::owned_execution(&self.tx, &self.definitions, load::Which::Id(id)).await?;
        let Some((execution, owner)) = found else { return Ok(None) };
        if owner.is_none() || owner == self.term { Ok(Some(execution)) } else { Err(StoreError::Fenced) }
    }

    /// The execution of that number.
    pub async fn execution_numbered(&self, release_id: ReleaseId, number: u32) -> Result<Option<Execution>> {
        load::execution(&self.tx, &self.definitions, load::Which::Number(release_id, number)).await
    }

    /// A version of a release task, which must be there.
    pub async fn version(&self, release_id: ReleaseId, number: u32) -> Result<SavedVersion> {
        Ok(self.definitions.version(&self.tx, release_id, number).await?.numbered(number))
    }

    /// A version of a release task's definition.
    pub async fn definition(&self, release_id: ReleaseId, number: u32) -> Result<Arc<Definition>> {
        self.definitions.get(&self.tx, release_id, number).await
    }
}
