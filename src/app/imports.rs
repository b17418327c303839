//! Imports: release tasks taken in by their names, and what an import would do.

use std::sync::Arc;

use super::releases::{ReleaseContent, check};
use super::{App, AppError, Caller};
use crate::domain::definition::Definition;
use crate::domain::draft::Draft;
use crate::domain::ids::ReleaseId;
use crate::domain::refusal::Refusal;
use crate::domain::release::ReleaseOwner;
use crate::domain::warnings::{self, Warning};
use crate::store::WriteTx;

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    /// A new release task.
    Created(ReleaseId),
    /// A new version of one that was there, with its number.
    Updated(ReleaseId, u32),
    /// A new version and another description.
    Replaced(ReleaseId, u32),
    /// Another description of one that was there; its definition is the same, and so is the number of its version.
    Described(ReleaseId, u32),
    /// It was there already, just so.
    Unchanged(ReleaseId),
}

impl App {
    /// Takes in a release task by its name: makes it, or saves a new version of the one of that name in the team, which must
    /// be in that region.
    pub async fn import(
        &self,
        caller: &Caller,
        owner: ReleaseOwner,
        content: &ReleaseContent,
    ) -> Result<Imported, AppError> {
        self.import_written(caller, owner, content, None).await
    }

    /// The same with the text that somebody wrote of it, which is kept with a new version.
    pub async fn import_written(
        &self,
        caller: &Caller,
        owner: ReleaseOwner,
        content: &ReleaseContent,
        text: Option<&str>,
    ) -> Result<Imported, AppError> {
        let tx = self.store.begin_write().await?;
        let (imported, _) = self.import_in(&tx, caller, owner, content).await?;
        let saved = match imported {
            Imported::Created(id) => Some((id, 1)),
            Imported::Updated(id, version) | Imported::Replaced(id, version) => Some((id, version)),
            Imported::Described(..) | Imported::Unchanged(_) => None,
        };
        if let (Some((id, version)), Some(text)) = (saved, text) {
            tx.keep_version_text(id, version, text).await?;
        }
        self.commit(tx, move |app| match imported {
            Imported::Created(_) => app.live.touch_catalogue(),
            Imported::Updated(id, _) | Imported::Replaced(id, _) | Imported::Described(id, _) => app.is_edited(id),
            Imported::Unchanged(_) => {}
        })
        .await?;
        Ok(imported)
    }

    /// What an import would do, and the definition that it would replace. It is tried as a whole and not committed.
    pub async fn try_import(
        &self,
        caller: &Caller,
        owner: ReleaseOwner,
        content: &ReleaseContent,
    ) -> Result<(Imported, Option<Arc<Definition>>), AppError> {
        let tx = self.store.begin_write().await?;
        self.import_in(&tx, caller, owner, content).await
    }

    /// What there is to think about in something that is brought in: what does not keep it from being taken, and is most
    /// likely not what its owner wants.
    pub async fn import_warnings(
        &self,
        owner: ReleaseOwner,
        content: &ReleaseContent,
    ) -> Result<Vec<Warning>, AppError> {
        let draft = Draft::of(&content.name, &content.description, &content.definition);
        let people = self.asked(owner.team, content.definition.tasks().map(|(_, task)| &task.kind)).await?;
        let found = warnings::warnings(&draft, &people, owner.team).into_iter().map(|found| found.warning);
        Ok(found.filter(Warning::is_told_to_commands).collect())
    }

    async fn import_in(
        &self,
        tx: &WriteTx,
        caller: &Caller,
        owner: ReleaseOwner,
        content: &ReleaseContent,
    ) -> Result<(Imported, Option<Arc<Definition>>), AppError> {
        check(content)?;
        let author = self.author(tx, caller).await?;
        let known = match tx.release_named(owner.team, &content.name).await? {
            // It may have been deleted between the two reads.
            Some(id) => tx.release(id).await?.filter(|release| release.deleted_at.is_none()),
            None => None,
        };
        let Some(before) = known else {
            return Ok((Imported::Created(self.insert(tx, owner, content, &author).await?), None));
        };
        if before.region_id != owner.region {
            let there = ReleaseOwner { team: before.team_id, region: before.region_id };
            let region = tx.places_of(there).await?.ok_or(AppError::NotFound)?.region;
            return Err(Refusal::InOtherRegion { name: before.name, region }.into());
        }
        let imported = match self.save(tx, &before, content, &author).await? {
            (version, true) if version == before.version => Imported::Described(before.id, version),
            (version, true) if before.description != content.description => Imported::Replaced(before.id, version),
            (version, true) => Imported::Updated(before.id, version),
            (_, false) => Imported::Unchanged(before.id),
        };
        Ok((imported, Some(before.definition)))
    }
}
