//! Imports: release tasks taken in by their names, and what an import would do.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::releases::{ReleaseContent, check};
use super::{App, AppError, Caller};
use crate::domain::catalog::unknown_names;
use crate::domain::definition::Definition;
use crate::domain::draft::Draft;
use crate::domain::ids::ReleaseId;
use crate::domain::precondition::Expected;
use crate::domain::refusal::Refusal;
use crate::domain::release::{Release, ReleaseOwner};
use crate::domain::warnings::{self, Warning};
use crate::store::WriteTx;

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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

impl Imported {
    /// Whether its definition is another than before.
    pub fn is_new_version(self) -> bool {
        match self {
            Self::Updated(..) | Self::Replaced(..) => true,
            Self::Created(_) | Self::Described(..) | Self::Unchanged(_) => false,
        }
    }
}

/// What must be there of a release task before it is taken in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ImportBase {
    /// Whatever there is.
    #[default]
    Any,
    /// Nothing of that name.
    Nothing,
    /// This as its newest version.
    Version(u32),
}

impl ImportBase {
    fn check(self, known: Option<&Release>) -> Result<(), AppError> {
        match (self, known) {
            (Self::Any, _) | (Self::Nothing, None) => Ok(()),
            (Self::Nothing, Some(_)) => Err(AppError::NameTaken),
            (Self::Version(_), None) => Err(AppError::NotFound),
            (Self::Version(version), Some(release)) => {
                Ok(Expected { version: Some(version), ..Expected::default() }.check(release)?)
            }
        }
    }
}

/// A release task as somebody wrote it.
#[derive(Debug, Clone)]
pub struct WrittenRelease {
    /// What it is.
    pub content: ReleaseContent,
    /// The text, if it is kept with a new version.
    pub text: Option<String>,
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
        let written = WrittenRelease { content: content.clone(), text: text.map(str::to_owned) };
        self.apply_once(caller, owner, &written, ImportBase::Any).await
    }

    /// The same where this must be there before.
    pub async fn apply(
        &self,
        caller: &Caller,
        owner: ReleaseOwner,
        written: &WrittenRelease,
        base: ImportBase,
    ) -> Result<Imported, AppError> {
        let answer = self.apply_once(caller, owner, written, base).await;
        self.tell_create_refused(caller, owner.team, &answer).await;
        answer
    }

    async fn apply_once(
        &self,
        caller: &Caller,
        owner: ReleaseOwner,
        WrittenRelease { content, text }: &WrittenRelease,
        base: ImportBase,
    ) -> Result<Imported, AppError> {
        let tx = self.begin_admission().await?;
        let (imported, _) = self.import_in(&tx, caller, owner, (content, base)).await?;
        let saved = match imported {
            Imported::Created(id) => Some((id, 1)),
            Imported::Updated(id, version) | Imported::Replaced(id, version) => Some((id, version)),
            Imported::Described(..) | Imported::Unchanged(_) => None,
        };
        if let (Some((id, version)), Some(text)) = (saved, text.as_deref()) {
            tx.keep_version_text(id, version, text).await?;
        }
        self.admit(&tx, &imported).await?;
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
        self.try_apply(caller, owner, content, ImportBase::Any).await
    }

    /// The same where this must be there before.
    pub async fn try_apply(
        &self,
        caller: &Caller,
        owner: ReleaseOwner,
        content: &ReleaseContent,
        base: ImportBase,
    ) -> Result<(Imported, Option<Arc<Definition>>), AppError> {
        let tx = self.store.begin_write().await?;
        self.import_in(&tx, caller, owner, (content, base)).await
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
        let catalog = self.named_catalog(owner, content.definition.tasks().map(|(_, task)| &task.kind)).await?;
        let found = warnings::warnings(&draft, &people, owner.team).into_iter().chain(unknown_names(&draft, &catalog));
        Ok(found.map(|found| found.warning).filter(Warning::is_told_to_commands).collect())
    }

    async fn import_in(
        &self,
        tx: &WriteTx,
        caller: &Caller,
        owner: ReleaseOwner,
        (content, base): (&ReleaseContent, ImportBase),
    ) -> Result<(Imported, Option<Arc<Definition>>), AppError> {
        check(content)?;
        let author = self.author(tx, caller).await?;
        let known = match tx.release_named(owner.team, &content.name).await? {
            // It may have been deleted between the two reads.
            Some(id) => tx.release(id).await?.filter(|release| release.deleted_at.is_none()),
            None => None,
        };
        base.check(known.as_ref())?;
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
