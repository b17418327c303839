//! Operations on several release tasks that somebody chose in a list. Each is a transaction of its own, with an answer of its
//! own: what is refused keeps none of the others from being done.

use super::{App, AppError, Caller};
use crate::domain::bulk;
use crate::domain::decide::Selection;
use crate::domain::ids::{RegionId, ReleaseId};
use crate::domain::precondition::Expected;
use crate::domain::refusal::{Operation, Refusal};
use crate::format::WrittenDocument;
use crate::store::{ExportedRelease, ListedRelease};

/// A release task that was chosen.
#[derive(Debug, Clone)]
pub struct ChosenRelease {
    /// As the list shows it.
    pub listed: ListedRelease,
    /// Whether the caller may do with it what they chose it for.
    pub answer: Result<(), Refusal>,
}

/// One of several release tasks for which something is asked, and what the page showed of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BulkItem {
    /// Key.
    pub id: ReleaseId,
    /// What the page showed.
    pub expected: Expected,
}

/// What became of one of them.
#[derive(Debug)]
pub struct BulkOutcome {
    /// As the list showed it before.
    pub listed: ListedRelease,
    /// The number of the execution that began, where one did; or why nothing was done.
    pub answer: Result<Option<u32>, AppError>,
}

impl App {
    /// Those of these release tasks of a region that the caller may see, by name, and whether they may be executed or deleted
    /// with the others.
    pub async fn chosen_releases(
        &self,
        caller: &Caller,
        region: RegionId,
        ids: &[ReleaseId],
        operation: Operation,
    ) -> Result<Vec<ChosenRelease>, AppError> {
        let user = caller.user()?;
        let listed = self.store.listed_releases(&caller.scope(), region, ids).await?;
        let newest = match operation {
            Operation::Execute => self.store.chosen_exports(region, ids).await?,
            _ => Vec::new(),
        };
        let chosen = listed.into_iter().map(|listed| {
            let is_it = |one: &&ExportedRelease| (one.team_id, &one.name) == (listed.team_id, &listed.name);
            let definition = newest.iter().find(is_it).map(|one| &one.definition);
            let answer = bulk::check(user, (&listed).into(), (listed.last_number, definition), operation);
            ChosenRelease { listed, answer }
        });
        Ok(chosen.collect())
    }

    /// Executes or deletes each of these release tasks of a region; answers what became of those that the caller may see.
    pub async fn bulk(
        &self,
        caller: &Caller,
        region: RegionId,
        items: &[BulkItem],
        operation: Operation,
    ) -> Result<Vec<BulkOutcome>, AppError> {
        let ids: Vec<ReleaseId> = items.iter().map(|item| item.id).collect();
        let mut outcomes = Vec::new();
        for ChosenRelease { listed, answer } in self.chosen_releases(caller, region, &ids, operation).await? {
            let expected = items.iter().find(|item| item.id == listed.id).map(|item| item.expected).unwrap_or_default();
            // A right that is missing is refused by the operation itself, which writes it into the audit.
            let answer = match answer {
                Err(refusal) if refusal.denial().is_none() => Err(refusal.into()),
                Ok(()) | Err(_) => self.bulk_one(caller, listed.id, expected, operation).await,
            };
            outcomes.push(BulkOutcome { listed, answer });
        }
        Ok(outcomes)
    }

    async fn bulk_one(
        &self,
        caller: &Caller,
        id: ReleaseId,
        expected: Expected,
        operation: Operation,
    ) -> Result<Option<u32>, AppError> {
        match operation {
            Operation::Execute => self.execute_from(caller, id, expected, &Selection::All).await.map(Some),
            Operation::Delete => self.delete_from(caller, id, expected).await.map(|()| None),
            Operation::Edit
            | Operation::Decide
            | Operation::Pause
            | Operation::Continue
            | Operation::Terminate
            | Operation::Retry
            | Operation::Skip
            | Operation::RollBack
            | Operation::Clone => Err(AppError::NotFound),
        }
    }

    /// The newest version of each of these release tasks of a region that the caller may see, by team and name.
    pub async fn export_chosen(
        &self,
        caller: &Caller,
        region: RegionId,
        ids: &[ReleaseId],
    ) -> Result<Vec<WrittenDocument>, AppError> {
        let all = self.store.chosen_exports(region, ids).await?;
        Ok(all.into_iter().filter(|listed| caller.may_see(listed.team_id, false)).map(WrittenDocument::from).collect())
    }
}
