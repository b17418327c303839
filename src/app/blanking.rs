//! Operations on values that should never have been typed, such as keys, for administrators: where one stands, and a mark in its
//! place in all versions, drafts and executions.

use super::{App, AppError, Caller};
use crate::domain::blanking::{BlankedCounts, UnwantedValue};
use crate::domain::definition::Definition;
use crate::domain::event::AccountEvent;
use crate::domain::ids::ReleaseId;
use crate::format;
use crate::store::{BlankChoice, FoundValue};

/// What became of a value that was to be blanked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BlankedValue {
    /// In how much it was blanked.
    pub counts: BlankedCounts,
    /// In so many release tasks.
    pub releases: usize,
    /// Names of the release tasks that are under way: in them it stands as before.
    pub active: Vec<String>,
}

impl App {
    /// Where a value stands. For everybody but administrators it stands nowhere.
    pub async fn find_value(&self, caller: &Caller, value: &UnwantedValue) -> Result<FoundValue, AppError> {
        caller.reads_everything()?;
        Ok(self.store.find_value(value, describes).await?)
    }

    /// Blanks a value in every release task that is not under way, deleted ones too, and in drafts; `with_logs`, the executions
    /// that had it lose their logs and run folders. Each release task is a transaction of its own: done again, after a crash or
    /// when a release has ended, it does what is left.
    pub async fn blank_value(
        &self,
        caller: &Caller,
        value: &UnwantedValue,
        with_logs: bool,
    ) -> Result<BlankedValue, AppError> {
        let found = self.find_value(caller, value).await?;
        let mut done = BlankedValue::default();
        for release in found.releases {
            match self.blank_in_release(caller, release.id, value, with_logs).await? {
                Some(counts) if counts.is_none() => {}
                Some(counts) => {
                    done.releases += 1;
                    done.counts = done.counts + counts;
                }
                None => done.active.push(release.name),
            }
        }
        if found.new_drafts > 0 {
            let tx = self.store.begin_write().await?;
            let stamp = self.administers_releases(&tx, caller).await?;
            let drafts = tx.blank_drafts(None, value).await?;
            if drafts > 0 {
                tx.account_event(&stamp, &AccountEvent::DraftsBlanked { drafts }).await?;
                tx.commit().await?;
                done.counts.drafts += drafts;
            }
        }
        Ok(done)
    }

    /// Nothing, if it is under way.
    async fn blank_in_release(
        &self,
        caller: &Caller,
        id: ReleaseId,
        value: &UnwantedValue,
        with_logs: bool,
    ) -> Result<Option<BlankedCounts>, AppError> {
        let tx = self.store.begin_write().await?;
        let stamp = self.administers_releases(&tx, caller).await?;
        let release = tx.release(id).await?.ok_or(AppError::NotFound)?;
        // What goes on has read its definition already, or will: it needs what stands there.
        if release.status().is_active() {
            return Ok(None);
        }
        let how = BlankChoice { says: describes, with_logs };
        let counts = tx.blank_in_release(&release, value, &stamp, how).await?;
        self.commit(tx, move |app| {
            app.is_edited(id);
        })
        .await?;
        Ok(Some(counts))
    }
}

/// Whether a text describes that definition.
fn describes(text: &str, definition: &Definition) -> bool {
    let documents = format::parse(text).unwrap_or_default();
    matches!(documents.as_slice(), [document] if document.definition == *definition)
}
