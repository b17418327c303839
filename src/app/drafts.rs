//! Operations on drafts of release tasks. A draft is of one person: nobody else opens it, and who lost the role of an operator
//! does not either. Each command names the state of the draft that it was asked from.

use super::releases::{Author, MAX_NOTE, ReleaseContent, check, check_alike};
use super::{App, AppError, Caller, texts};
use crate::domain::draft::Draft;
use crate::domain::edit::{
    ActionLabel, Edit, EditCommand, EditSummary, Editing, History, HistoryEntry, HistoryStep, MAX_HISTORY_BYTES,
    MAX_HISTORY_ENTRIES,
};
use crate::domain::ids::{DraftId, ReleaseId, TeamId};
use crate::domain::people::User;
use crate::domain::policy;
use crate::domain::precondition::Expected;
use crate::domain::refusal::Operation;
use crate::domain::release::{Release, ReleaseOwner};
use crate::store::{ListedDraft, OwnerPlaces, StoredDraft, StoredStep, WriteTx, new_id};

/// The most drafts of a person.
pub const MAX_DRAFTS: u64 = 50;

/// A draft as its owner sees it.
#[derive(Debug, Clone)]
pub struct OpenDraft {
    /// What is stored.
    pub stored: StoredDraft,
    /// What its places are called.
    pub place: OwnerPlaces,
    /// The newest version of its release task; none before the first.
    pub newest: Option<u32>,
    /// Other people's drafts of the same release task.
    pub others: Vec<ListedDraft>,
    /// The action that would be undone now.
    pub to_undo: Option<ActionLabel>,
    /// The action that would be done again now.
    pub to_redo: Option<ActionLabel>,
}

/// What is asked of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DraftAction {
    /// Change it.
    Run(Box<EditCommand>),
    /// Change it, and give the release task that is not there yet to that team.
    RunFor {
        /// The command that does the first.
        command: Box<EditCommand>,
        /// The team.
        team: TeamId,
    },
    /// Put what a text says in its place, and keep the text.
    Write {
        /// The command that does the first.
        command: Box<EditCommand>,
        /// The text.
        text: String,
    },
    /// Undo the last action.
    Undo,
    /// Do again what was undone last.
    Redo,
}

/// What became of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DraftOutcome {
    /// Everything was already so.
    Unchanged,
    /// It is another.
    Edited(EditSummary),
    /// An action was undone.
    Undone(HistoryStep),
    /// An action was done again.
    Redone(HistoryStep),
}

/// A version that was made of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SavedDraft {
    /// The release task.
    pub release: ReleaseId,
    /// Its newest version.
    pub version: u32,
}

impl App {
    /// Begins the draft of a new release task, of a text if there is one.
    pub async fn start_draft(
        &self,
        caller: &Caller,
        owner: ReleaseOwner,
        draft: Draft,
        text: Option<&str>,
    ) -> Result<DraftId, AppError> {
        let text = text.and_then(|text| texts::worth_keeping(&draft, text));
        let answer = self.start_draft_once(caller, NewDraft { owner, draft, text, of: None }).await;
        self.tell_create_refused(caller, owner.team, &answer).await;
        answer
    }

    async fn start_draft_once(&self, caller: &Caller, new: NewDraft<'_>) -> Result<DraftId, AppError> {
        let tx = self.store.begin_write().await?;
        let user = tx.user(caller.in_person()?.id).await?.ok_or(AppError::NotFound)?;
        policy::check_create(&user, new.owner.team)?;
        let name = new.draft.name.trim();
        if tx.release_named(new.owner.team, name).await?.is_some() {
            return Err(AppError::NameTaken);
        }
        check_alike(&tx, new.owner.team, name, None).await?;
        let id = self.insert_draft(&tx, &user, new).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// The caller's draft of a release task: the one that they have, or a new one of its newest version.
    pub async fn open_draft(&self, caller: &Caller, release_id: ReleaseId) -> Result<DraftId, AppError> {
        let answer = self.open_draft_once(caller, release_id).await;
        self.tell_refused(caller, release_id, Operation::Edit, &answer).await;
        answer
    }

    async fn open_draft_once(&self, caller: &Caller, release_id: ReleaseId) -> Result<DraftId, AppError> {
        let tx = self.store.begin_write().await?;
        let (user, release) = self.seen_by(&tx, caller, (release_id, Operation::Edit)).await?;
        // Also while it is active: a draft may go on, only saving it has to wait.
        policy::check_role(&user, release.team_id, Operation::Edit)?;
        policy::check_not_deleted((&release).into())?;
        if let Some(known) = tx.draft_of(user.id, release_id).await? {
            return Ok(known);
        }
        let owner = ReleaseOwner { team: release.team_id, region: release.region_id };
        let text = tx.version_text(release_id, release.version).await?;
        let text = text.filter(|text| texts::says(text, &release, &release.definition));
        let new = NewDraft { owner, draft: draft_of(&release), text, of: Some(&release) };
        let made = self.insert_draft(&tx, &user, new).await?;
        // Another tab of theirs may have been faster: then it is that one's.
        let id = tx.draft_of(user.id, release_id).await?.unwrap_or(made);
        tx.commit().await?;
        Ok(id)
    }

    async fn insert_draft(&self, tx: &WriteTx, user: &User, new: NewDraft<'_>) -> Result<DraftId, AppError> {
        let NewDraft { owner, draft, text, of } = new;
        if tx.count_drafts(user.id).await? >= MAX_DRAFTS {
            return Err(AppError::TooManyDrafts);
        }
        let now = self.clock.now();
        let stored = StoredDraft {
            id: new_id(),
            user_id: user.id,
            owner,
            release_id: of.map(|release| release.id),
            based_on: of.map(|release| release.version),
            base: of.map(|_| draft.clone()),
            text,
            typed_text: None,
            draft,
            steps_done: 0,
            rev: 0,
            created_at: now,
            changed_at: now,
        };
        tx.insert_draft(&stored).await?;
        Ok(stored.id)
    }

    /// A draft of the caller's.
    pub async fn draft(&self, caller: &Caller, id: DraftId) -> Result<OpenDraft, AppError> {
        let stored = self.store.draft(id).await?.ok_or(AppError::NotFound)?;
        let user = caller.in_person()?;
        if stored.user_id != user.id {
            return Err(AppError::NotFound);
        }
        policy::check_create(user, stored.owner.team)?;
        let newest = match stored.release_id {
            Some(release) => match self.store.release(release).await? {
                Some(release) if release.deleted_at.is_none() => Some(release.version),
                Some(_) | None => return Err(AppError::NotFound),
            },
            None => None,
        };
        let mut others = match stored.release_id {
            Some(release) => self.store.drafts_of_release(release).await?,
            None => Vec::new(),
        };
        others.retain(|other| other.id != id && other.is_touched);
        let place = self.store.places_of(stored.owner).await?.ok_or(AppError::NotFound)?;
        let to_undo = self.store.draft_step(id, stored.steps_done).await?.map(|step| step.label);
        let to_redo = self.store.draft_step(id, stored.steps_done + 1).await?.map(|step| step.label);
        Ok(OpenDraft { stored, place, newest, others, to_undo, to_redo })
    }

    /// The caller's drafts of release tasks that are not there yet, the newest first.
    pub async fn new_drafts(&self, caller: &Caller) -> Result<Vec<StoredDraft>, AppError> {
        Ok(self.store.new_drafts_of(caller.in_person()?.id).await?)
    }

    /// Changes a draft of the caller's, asked from a page that showed it in that state.
    pub async fn change_draft(
        &self,
        caller: &Caller,
        id: DraftId,
        seen: Option<u64>,
        action: &DraftAction,
    ) -> Result<DraftOutcome, AppError> {
        let tx = self.store.begin_write().await?;
        let (user, before) = self.own_draft(&tx, caller, id, seen).await?;
        let done = tx.draft_step(id, before.steps_done).await?;
        let undone = tx.draft_step(id, before.steps_done + 1).await?;
        let (done_text, undone_text) = (text_of(done.as_ref()), text_of(undone.as_ref()));
        let history = History::around(done.map(|step| step.entry), undone.map(|step| step.entry));
        let mut editing = Editing { draft: before.draft.clone(), history };
        let mut after = StoredDraft { text: None, typed_text: None, ..before.clone() };
        if let DraftAction::RunFor { team, .. } = action {
            // A release task that is there stays with its team: who may see it would change with its past.
            before.release_id.is_none().then_some(()).ok_or(AppError::NotFound)?;
            policy::check_create(&user, *team)?;
            after.owner.team = *team;
        }
        let outcome = match action {
            DraftAction::Run(command) | DraftAction::RunFor { command, .. } | DraftAction::Write { command, .. } => {
                let edit = editing.run(command)?;
                if let DraftAction::Write { text, .. } = action {
                    after.text = texts::worth_keeping(&editing.draft, text);
                }
                match edit {
                    // Another comment or team makes no step: there is nothing to undo in the draft itself.
                    Edit::Unchanged => {
                        if !matches!(action, DraftAction::Write { .. }) {
                            after.text.clone_from(&before.text);
                            after.typed_text.clone_from(&before.typed_text);
                        }
                        let is_same = after.text == before.text && after.typed_text == before.typed_text;
                        if is_same && after.owner == before.owner {
                            return Ok(DraftOutcome::Unchanged);
                        }
                        DraftOutcome::Unchanged
                    }
                    Edit::Changed(summary) => {
                        tx.remove_draft_steps(id, before.steps_done).await?;
                        after.steps_done += 1;
                        put_step(&tx, id, after.steps_done, (editing.history.last_done(), &before.text)).await?;
                        tx.trim_draft_steps(id, MAX_HISTORY_ENTRIES, MAX_HISTORY_BYTES).await?;
                        DraftOutcome::Edited(summary)
                    }
                }
            }
            DraftAction::Undo => {
                let step = editing.undo()?;
                put_step(&tx, id, before.steps_done, (editing.history.last_undone(), &before.text)).await?;
                after.steps_done = before.steps_done.saturating_sub(1);
                after.text = done_text;
                DraftOutcome::Undone(step)
            }
            DraftAction::Redo => {
                let step = editing.redo()?;
                after.steps_done += 1;
                put_step(&tx, id, after.steps_done, (editing.history.last_done(), &before.text)).await?;
                after.text = undone_text;
                DraftOutcome::Redone(step)
            }
        };
        after.draft = editing.draft;
        after.changed_at = self.clock.now();
        tx.save_draft(&before, &after).await?;
        tx.commit().await?;
        Ok(outcome)
    }

    /// Makes the next version of a draft, or the release task with its first one; the draft is gone then.
    pub async fn save_draft(
        &self,
        caller: &Caller,
        id: DraftId,
        seen: Option<u64>,
        note: Option<&str>,
    ) -> Result<SavedDraft, AppError> {
        let tx = self.store.begin_write().await?;
        let (user, stored) = self.own_draft(&tx, caller, id, seen).await?;
        let author = Author {
            stamp: caller.stamp(&user, self.clock.now()),
            user: Some(user),
            note: note.map(str::trim).filter(|note| !note.is_empty()).map(str::to_owned),
        };
        if author.note.as_ref().is_some_and(|note| note.chars().count() > MAX_NOTE) {
            return Err(AppError::NoteTooLong);
        }
        let content = ReleaseContent {
            name: stored.draft.name.trim().to_owned(),
            description: stored.draft.description.trim().to_owned(),
            definition: stored.draft.definition(),
        };
        if stored.typed_text.is_some() {
            return Err(AppError::TextNotApplied);
        }
        if !stored.draft.problems().is_empty() {
            return Err(AppError::DraftHasProblems);
        }
        check(&content)?;
        let saved = match stored.release_id {
            None => {
                let release = self.insert(&tx, stored.owner, &content, &author).await?;
                SavedDraft { release, version: 1 }
            }
            Some(release) => {
                let (user, before) = self.seen_by(&tx, caller, (release, Operation::Edit)).await?;
                policy::check(&user, (&before).into(), Operation::Edit)?;
                Expected { version: stored.based_on, ..Expected::default() }.check(&before)?;
                let (version, _) = self.save(&tx, &before, &content, &author).await?;
                SavedDraft { release, version }
            }
        };
        if let Some(text) = &stored.text {
            tx.keep_version_text(saved.release, saved.version, text).await?;
        }
        tx.remove_draft(&stored).await?;
        self.commit(tx, move |app| app.is_edited(saved.release)).await?;
        Ok(saved)
    }

    /// Throws a draft of the caller's away; answers the release task that it was of.
    pub async fn discard_draft(&self, caller: &Caller, id: DraftId) -> Result<Option<ReleaseId>, AppError> {
        let tx = self.store.begin_write().await?;
        let stored = tx.draft(id).await?.ok_or(AppError::NotFound)?;
        if stored.user_id != caller.in_person()?.id {
            return Err(AppError::NotFound);
        }
        tx.remove_draft(&stored).await?;
        tx.commit().await?;
        Ok(stored.release_id)
    }

    /// The caller as they are at this moment, and a draft of theirs in the state that was seen.
    pub(super) async fn own_draft(
        &self,
        tx: &WriteTx,
        caller: &Caller,
        id: DraftId,
        seen: Option<u64>,
    ) -> Result<(User, StoredDraft), AppError> {
        let user = tx.user(caller.in_person()?.id).await?.ok_or(AppError::NotFound)?;
        let stored = tx.draft(id).await?.filter(|stored| stored.user_id == user.id).ok_or(AppError::NotFound)?;
        policy::check_create(&user, stored.owner.team)?;
        match seen {
            Some(seen) if seen != stored.rev => Err(AppError::DraftChanged),
            Some(_) | None => Ok((user, stored)),
        }
    }
}

/// A draft to be made.
struct NewDraft<'r> {
    owner: ReleaseOwner,
    draft: Draft,
    text: Option<String>,
    of: Option<&'r Release>,
}

fn text_of(step: Option<&StoredStep>) -> Option<String> {
    step.and_then(|step| step.text.clone())
}

/// Writes a step down with the text that the draft had on the side that it comes from.
async fn put_step(
    tx: &WriteTx,
    id: DraftId,
    number: u64,
    (entry, text): (Option<&HistoryEntry>, &Option<String>),
) -> Result<(), AppError> {
    let Some(entry) = entry else { return Ok(()) };
    Ok(tx.put_draft_step(id, number, &StoredStep { entry: entry.clone(), text: text.clone() }).await?)
}

fn draft_of(release: &Release) -> Draft {
    Draft::of(&release.name, &release.description, &release.definition)
}
