//! Texts that people wrote: kept beside a draft and a version for their comments and their shape, as long as they say the same.

use super::reads::VisibleRelease;
use super::{App, AppError};
use crate::domain::definition::Definition;
use crate::domain::draft::Draft;
use crate::domain::release::Release;
use crate::format::{self, Document};

impl App {
    /// The text that somebody wrote of a version, as a file for `import`; nothing if nobody did, or if the release task has
    /// another name or description by now.
    pub async fn version_text(&self, visible: &VisibleRelease, number: u32) -> Result<Option<String>, AppError> {
        let release = visible.release();
        let Some(text) = self.store.version_text(release.id, number).await? else { return Ok(None) };
        let definition = self.definition(visible, number).await?;
        Ok(says(&text, release, &definition).then_some(text))
    }
}

/// The text, if there is anything in it that would not be written anyway.
pub(super) fn worth_keeping(draft: &Draft, text: &str) -> Option<String> {
    (written(draft) != text).then(|| text.to_owned())
}

/// The text of a draft as it is written when nobody wrote one.
pub fn written(draft: &Draft) -> String {
    format::render(&Document {
        name: draft.name.clone(),
        description: draft.description.clone(),
        team: None,
        region: None,
        definition: draft.definition(),
    })
}

/// Whether a text says what the release task is in a version: its name and its description have no versions, and change under a text.
pub(super) fn says(text: &str, release: &Release, definition: &Definition) -> bool {
    let Ok(documents) = format::parse(text) else { return false };
    let [document] = documents.as_slice() else { return false };
    document.name == release.name && document.description == release.description && document.definition == *definition
}
