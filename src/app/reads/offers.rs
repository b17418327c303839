//! Offers of Execute: a version with the choice of tasks that is offered again, and the people who can decide its checkpoints.

use crate::app::{App, AppError, Caller};
use crate::domain::decide::{self, ExecutionRequest, NewIds, Selection};
use crate::domain::policy::{self, PolicyInput};
use crate::domain::refusal::Operation;
use crate::domain::release::SavedVersion;
use crate::domain::unable::{self, Unable};
use crate::store::new_id;

use super::VisibleRelease;

/// What somebody is offered who executes a version of a release task.
#[derive(Debug, Clone)]
pub struct ExecutionOffer {
    /// The version.
    pub version: SavedVersion,
    /// The choice of the last execution once more.
    pub again: Selection,
    /// Every checkpoint of the version, in order.
    pub gates: Vec<OfferedGate>,
    /// Whether the caller has a draft of it with changes that are not saved.
    pub has_unsaved_draft: bool,
}

/// A checkpoint, as it would be asked if the caller executed the version now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedGate {
    /// Name of the task.
    pub task: String,
    /// How many must agree.
    pub needed: usize,
    /// Names of who may decide it now: four eyes keep away the caller, and who saved the version.
    pub able: Vec<String>,
    /// Everybody whom it asks and who may not, with the reason.
    pub unable: Vec<Unable>,
}

impl OfferedGate {
    /// Whether there are enough people now to agree to it.
    pub fn can_pass(&self) -> bool {
        self.able.len() >= self.needed
    }
}

impl App {
    /// What the caller is offered who executes that version, or the newest.
    pub async fn execution_offer(
        &self,
        caller: &Caller,
        of: &VisibleRelease,
        version: Option<u32>,
    ) -> Result<ExecutionOffer, AppError> {
        let (user, release) = (caller.user()?, of.release());
        let version = match version.filter(|number| *number != release.version) {
            None => release.newest(),
            Some(number) if (1..release.version).contains(&number) => self.store.version(release.id, number).await?,
            Some(_) => return Err(AppError::NotFound),
        };
        policy::check(user, PolicyInput::executing(release, &version.definition), Operation::Execute)?;
        let again = Selection::again(&version.definition, release.last.as_ref());
        let request = ExecutionRequest { version, choice: (&Selection::All).into(), supersedes: None };
        let ids = NewIds { execution: new_id(), task_run: &mut new_id };
        let planned = decide::begin(release, &request, user, self.clock.now(), ids).execution;
        let people = self.asked(release.team_id, planned.definition.tasks().map(|(_, task)| &task.kind)).await?;
        let members = unable::enabled(&people);
        let gate = |task: usize| {
            let gate = planned.spec(task).kind.gate()?;
            let able = policy::approvers(&members, &planned, task).iter().map(|user| user.name.clone()).collect();
            let unable = unable::of_checkpoint(&people, &planned, task);
            Some(OfferedGate { task: planned.tasks[task].name.clone(), needed: gate.needed(), able, unable })
        };
        Ok(ExecutionOffer {
            gates: (0..planned.tasks.len()).filter_map(gate).collect(),
            version: request.version,
            again,
            has_unsaved_draft: self.has_unsaved_draft(caller, of).await?,
        })
    }

    /// Whether the caller has a draft of the release task that says something else than the version that it began with, or a text that
    /// is not applied.
    async fn has_unsaved_draft(&self, caller: &Caller, of: &VisibleRelease) -> Result<bool, AppError> {
        let draft = self.store.draft_of(caller.user()?.id, of.release().id).await?;
        Ok(draft.is_some_and(|stored| {
            stored.typed_text.is_some() || stored.base.is_none_or(|base| !stored.draft.says_the_same(&base))
        }))
    }
}
