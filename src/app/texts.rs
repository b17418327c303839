//! Texts that people wrote: kept beside a draft and a version for their comments and their shape, as long as they say the same.

use super::reads::VisibleRelease;
use super::{App, AppError, Caller};
use crate::domain::definition::Definition;
use crate::domain::draft::Draft;
use crate::domain::ids::DraftId;
use crate::domain::release::Release;
use crate::format::{self, Document, MAX_FILE_LEN};
use crate::store::StoredDraft;

impl App {
    /// The text that somebody wrote of a version, as a file for `import`; nothing if nobody did, or if the release task has
    /// another name or description by now.
    pub async fn version_text(&self, visible: &VisibleRelease, number: u32) -> Result<Option<String>, AppError> {
        let release = visible.release();
        let Some(text) = self.store.version_text(release.id, number).await? else { return Ok(None) };
        let definition = self.definition(visible, number).await?;
        Ok(says(&text, release, &definition).then_some(text))
    }

    /// Keeps a text in a draft of the caller's that was typed and is not applied, so that it is there in another browser too; nothing
    /// takes it away again, and so does what the draft says anyway. Answers whether it is kept: what is longer than any file may be is
    /// not.
    pub async fn keep_text(
        &self,
        caller: &Caller,
        id: DraftId,
        seen: Option<u64>,
        text: Option<&str>,
    ) -> Result<bool, AppError> {
        let tx = self.store.begin_write().await?;
        let (_, before) = self.own_draft(&tx, caller, id, seen).await?;
        if text.is_some_and(|text| text.len() > MAX_FILE_LEN) {
            return Ok(false);
        }
        let typed_text = text.filter(|text| *text != draft_text(&before)).map(str::to_owned);
        if typed_text != before.typed_text {
            let after = StoredDraft { typed_text, changed_at: self.clock.now(), ..before.clone() };
            tx.save_draft(&before, &after).await?;
            tx.commit().await?;
        }
        Ok(true)
    }
}

/// The text, if there is anything in it that would not be written anyway.
pub(super) fn worth_keeping(draft: &Draft, text: &str) -> Option<String> {
    (written(draft) != text).then(|| text.to_owned())
}

/// What a draft says, as text.
pub fn draft_text(stored: &StoredDraft) -> String {
    stored.text.clone().unwrap_or_else(|| written(&stored.draft))
}

/// The text of a draft as it is written when nobody wrote one.
fn written(draft: &Draft) -> String {
    format::render(&Document {
        name: draft.name.clone(),
        description: draft.description.clone(),
        team: None,
        region: None,
        definition: draft.definition(),
        straightened: Vec::new(),
    })
}

/// Whether a text says what the release task is in a version: its name and its description have no versions, and change under a text.
pub(super) fn says(text: &str, release: &Release, definition: &Definition) -> bool {
    let Ok(documents) = format::parse(text) else { return false };
    let [document] = documents.as_slice() else { return false };
    document.name == release.name && document.description == release.description && document.definition == *definition
}
