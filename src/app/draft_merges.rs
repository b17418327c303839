//! Merges of drafts: a draft of an older version goes on from the newest one, with what both changed.

use super::{App, AppError, Caller};
use crate::domain::draft::Draft;
use crate::domain::ids::DraftId;
use crate::domain::merge::{MergeChoices, MergeSides, Merged, aligned, merge};
use crate::domain::people::Actor;
use crate::domain::precondition::Expected;
use crate::domain::refusal::Operation;
use crate::domain::release::Release;
use crate::store::StoredDraft;

impl App {
    /// What becomes of a draft of the caller's when it goes on from the newest version, with these choices where both changed
    /// the same.
    pub async fn merge_preview(
        &self,
        caller: &Caller,
        id: DraftId,
        choices: &MergeChoices,
    ) -> Result<DraftMerge, AppError> {
        let open = self.draft(caller, id).await?;
        let release = match open.stored.release_id {
            Some(release) => self.store.release(release).await?,
            None => None,
        };
        merged(&open.stored, &release.ok_or(AppError::NotFound)?, choices)
    }

    /// Lets a draft of the caller's go on from that version, which must be the newest, with these choices where both changed the
    /// same. What was done before cannot be undone any more: it would bring back a draft of an older version.
    pub async fn merge_draft(
        &self,
        caller: &Caller,
        id: DraftId,
        seen: SeenMerge,
        choices: &MergeChoices,
    ) -> Result<(), AppError> {
        let tx = self.store.begin_write().await?;
        let (_, before) = self.own_draft(&tx, caller, id, Some(seen.rev)).await?;
        let release_id = before.release_id.ok_or(AppError::NotFound)?;
        let (_, release) = self.seen_by(&tx, caller, (release_id, Operation::Edit)).await?;
        Expected { version: Some(seen.newest), ..Expected::default() }.check(&release)?;
        let DraftMerge { merged, theirs, newest, .. } = merged(&before, &release, choices)?;
        let now = self.clock.now();
        let after = StoredDraft {
            draft: merged.draft,
            text: None,
            typed_text: None,
            based_on: Some(newest),
            steps_done: 0,
            changed_at: now,
            ..before.clone()
        };
        tx.remove_draft_steps(id, 0).await?;
        tx.save_draft(&before, &after).await?;
        tx.set_draft_base(id, &theirs).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// A draft and the newest version, merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftMerge {
    /// The draft as it would be, and where somebody is to choose.
    pub merged: Merged,
    /// The newest version.
    pub newest: u32,
    /// Who saved it.
    pub saved_by: Actor,
    /// What is in it.
    theirs: Draft,
    /// What both began with.
    base: Draft,
}

/// What the page showed on which somebody chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenMerge {
    /// The state of the draft.
    pub rev: u64,
    /// The newest version.
    pub newest: u32,
}

impl DraftMerge {
    /// What is in the newest version, with the ids of the draft.
    pub fn theirs(&self) -> &Draft {
        &self.theirs
    }

    /// What the draft and the newest version began with.
    pub fn base(&self) -> &Draft {
        &self.base
    }
}

fn merged(stored: &StoredDraft, release: &Release, choices: &MergeChoices) -> Result<DraftMerge, AppError> {
    let base = stored.base.as_ref().ok_or(AppError::NotFound)?;
    let theirs = aligned((base, &stored.draft), (&release.name, &release.description), &release.definition);
    let merged = merge(MergeSides { base, mine: &stored.draft, theirs: &theirs }, choices);
    Ok(DraftMerge { merged, newest: release.version, saved_by: release.edited_by.clone(), base: base.clone(), theirs })
}
