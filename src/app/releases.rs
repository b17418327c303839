//! Operations on release tasks themselves: make, save a new version, clone, delete.

use std::sync::Arc;

use super::{App, AppError, Caller};
use crate::domain::definition::Definition;
use crate::domain::event::{NewLabels, ReleaseEvent};
use crate::domain::ids::{RegionId, ReleaseId, TeamId};
use crate::domain::names;
use crate::domain::people::{Actor, User};
use crate::domain::policy;
use crate::domain::precondition::Expected;
use crate::domain::refusal::{Operation, Refusal};
use crate::domain::release::{Release, ReleaseOwner};
use crate::domain::scripts::ScriptPermission;
use crate::domain::share::{self, Full};
use crate::domain::validate;
use crate::store::{Stamp, WriteTx, new_id};

/// A release task as it is brought from outside.
#[derive(Debug, Clone)]
pub struct ReleaseContent {
    /// Its name, unique in the team.
    pub name: String,
    /// At most 128 characters.
    pub description: String,
    /// What it releases.
    pub definition: Definition,
}

/// The most characters of the note to a version.
pub const MAX_NOTE: usize = 200;

/// What a copy is to be called, and where it is to belong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CloneTarget<'n> {
    /// Its name.
    pub name: &'n str,
    /// The team that is to own it; that of the original if none is named.
    pub team: Option<TeamId>,
    /// The region that it is to be in; that of the original if none is named.
    pub region: Option<RegionId>,
}

impl<'n> From<&'n str> for CloneTarget<'n> {
    fn from(name: &'n str) -> Self {
        Self { name, team: None, region: None }
    }
}

impl App {
    /// Makes a release task; answers its key.
    pub async fn create(
        &self,
        caller: &Caller,
        owner: ReleaseOwner,
        content: &ReleaseContent,
    ) -> Result<ReleaseId, AppError> {
        let answer = self.create_once(caller, owner, content).await;
        self.tell_create_refused(caller, owner.team, &answer).await;
        answer
    }

    async fn create_once(
        &self,
        caller: &Caller,
        owner: ReleaseOwner,
        content: &ReleaseContent,
    ) -> Result<ReleaseId, AppError> {
        check(content)?;
        let tx = self.begin_admission().await?;
        let author = self.author(&tx, caller).await?;
        let id = self.insert(&tx, owner, content, &author).await?;
        self.admit(&tx, &id).await?;
        self.commit(tx, |app| app.live.touch_catalogue()).await?;
        Ok(id)
    }

    /// Saves the next version of a release task, or another name or description of it, asked from a page that showed this;
    /// answers the number of the newest version.
    pub async fn edit(
        &self,
        caller: &Caller,
        release_id: ReleaseId,
        expected: Expected,
        content: &ReleaseContent,
    ) -> Result<u32, AppError> {
        let answer = self.edit_once(caller, release_id, expected, content).await;
        self.tell_refused(caller, release_id, Operation::Edit, &answer).await;
        answer
    }

    async fn edit_once(
        &self,
        caller: &Caller,
        release_id: ReleaseId,
        expected: Expected,
        content: &ReleaseContent,
    ) -> Result<u32, AppError> {
        let tx = self.store.begin_write().await?;
        let (user, before) = self.seen_by(&tx, caller, (release_id, Operation::Edit)).await?;
        // Before anything that was typed is judged: who may not edit is told nothing else.
        policy::check(&user, (&before).into(), Operation::Edit)?;
        expected.check(&before)?;
        check(content)?;
        let author = Author { stamp: caller.stamp(&user, self.clock.now()), user: Some(user), note: None };
        let (version, is_new) = self.save(&tx, &before, content, &author).await?;
        if is_new {
            self.commit(tx, move |app| app.is_edited(release_id)).await?;
        }
        Ok(version)
    }

    /// Saves an old version again as the newest one, asked from a page that showed this; answers its number.
    pub async fn restore_version(
        &self,
        caller: &Caller,
        release_id: ReleaseId,
        expected: Expected,
        version: u32,
    ) -> Result<u32, AppError> {
        let answer = self.restore_version_once(caller, release_id, expected, version).await;
        self.tell_refused(caller, release_id, Operation::Edit, &answer).await;
        answer
    }

    async fn restore_version_once(
        &self,
        caller: &Caller,
        release_id: ReleaseId,
        expected: Expected,
        version: u32,
    ) -> Result<u32, AppError> {
        let tx = self.store.begin_write().await?;
        let (user, before) = self.seen_by(&tx, caller, (release_id, Operation::Edit)).await?;
        policy::check(&user, (&before).into(), Operation::Edit)?;
        expected.check(&before)?;
        if !(1..=before.version).contains(&version) {
            return Err(AppError::NotFound);
        }
        let definition = tx.definition(release_id, version).await?;
        if definition == before.definition {
            return Ok(before.version);
        }
        // What was allowed when it was saved need not be so now.
        let content = ReleaseContent {
            name: before.name.clone(),
            description: before.description.clone(),
            definition: definition.as_ref().clone(),
        };
        check(&content)?;
        before.scripts.check(&definition)?;
        let stamp = caller.stamp(&user, self.clock.now());
        let (newest, edited_by) = (before.version + 1, stamp.actor.clone());
        let after = Release { version: newest, edited_by, definition, ..before.clone() };
        tx.save_release(&before, &after, &stamp, &ReleaseEvent::Restored { version: newest, from: version }).await?;
        self.commit(tx, move |app| app.is_edited(release_id)).await?;
        Ok(newest)
    }

    /// After a commit: lists and the page of the release task have something to fetch.
    pub(super) fn is_edited(&self, release_id: ReleaseId) {
        self.live.touch_catalogue();
        self.live.touch(release_id);
    }

    /// The caller as they are at this moment.
    pub(super) async fn author(&self, tx: &WriteTx, caller: &Caller) -> Result<Author, AppError> {
        let now = self.clock.now();
        match caller {
            Caller::CommandLine => Ok(Author { user: None, stamp: Stamp::command_line(now), note: None }),
            Caller::User { .. } | Caller::Token { .. } => {
                let user = caller.now(tx, now).await?;
                caller.check_create()?;
                Ok(Author { stamp: caller.stamp(&user, now), user: Some(user), note: None })
            }
        }
    }

    /// Makes a copy under a new name, also for another team or in another region; answers its key.
    pub async fn clone_release(
        &self,
        caller: &Caller,
        release_id: ReleaseId,
        target: impl Into<CloneTarget<'_>>,
    ) -> Result<ReleaseId, AppError> {
        let target = target.into();
        let answer = self.clone_once(caller, release_id, target).await;
        if let (Err(AppError::Refused(Refusal::CreateNotPermitted { .. })), Some(team)) = (&answer, target.team) {
            self.tell_create_refused(caller, team, &answer).await;
            return answer;
        }
        self.tell_refused(caller, release_id, Operation::Clone, &answer).await;
        answer
    }

    async fn clone_once(
        &self,
        caller: &Caller,
        release_id: ReleaseId,
        target: CloneTarget<'_>,
    ) -> Result<ReleaseId, AppError> {
        let tx = self.begin_admission().await?;
        let (user, original) = self.seen_by(&tx, caller, (release_id, Operation::Clone)).await?;
        policy::check(&user, (&original).into(), Operation::Clone)?;
        let content = ReleaseContent {
            name: target.name.trim().to_owned(),
            description: original.description.clone(),
            definition: original.definition.as_ref().clone(),
        };
        check(&content)?;
        let owner = ReleaseOwner {
            team: target.team.unwrap_or(original.team_id),
            region: target.region.unwrap_or(original.region_id),
        };
        policy::check_create(&user, owner.team)?;
        tx.places_of(owner).await?.ok_or(AppError::NotFound)?;
        let scripts = tx.script_permission(owner.team).await?;
        scripts.check(&content.definition)?;
        let stamp = caller.stamp(&user, self.clock.now());
        let copy = fresh(&content, owner, scripts, &stamp);
        room_in(&tx, owner).await?;
        check_alike(&tx, owner.team, &copy.name, None).await?;
        let happened = ReleaseEvent::Cloned { from: original.name.clone(), name: copy.name.clone() };
        tx.insert_release(&copy, &stamp, &happened).await?;
        self.admit(&tx, &copy.id).await?;
        self.commit(tx, |app| app.live.touch_catalogue()).await?;
        Ok(copy.id)
    }

    /// Takes the release task off the lists. What was done with it stays readable to administrators.
    pub async fn delete(&self, caller: &Caller, release_id: ReleaseId) -> Result<(), AppError> {
        self.delete_from(caller, release_id, Expected::default()).await
    }

    /// The same, asked from a page that showed this.
    pub async fn delete_from(
        &self,
        caller: &Caller,
        release_id: ReleaseId,
        expected: Expected,
    ) -> Result<(), AppError> {
        let answer = self.delete_once(caller, release_id, expected).await;
        self.tell_refused(caller, release_id, Operation::Delete, &answer).await;
        answer
    }

    async fn delete_once(&self, caller: &Caller, release_id: ReleaseId, expected: Expected) -> Result<(), AppError> {
        let tx = self.store.begin_write().await?;
        let (user, before) = self.seen_by(&tx, caller, (release_id, Operation::Delete)).await?;
        policy::check(&user, (&before).into(), Operation::Delete)?;
        expected.check(&before)?;
        let stamp = caller.stamp(&user, self.clock.now());
        let after = Release { deleted_at: Some(stamp.at), ..before.clone() };
        tx.save_release(&before, &after, &stamp, &ReleaseEvent::Deleted).await?;
        self.commit(tx, move |app| {
            app.live.touch_catalogue();
            app.live.touch(release_id);
        })
        .await
    }

    pub(super) async fn insert(
        &self,
        tx: &WriteTx,
        owner: ReleaseOwner,
        content: &ReleaseContent,
        author: &Author,
    ) -> Result<ReleaseId, AppError> {
        if let Some(user) = &author.user {
            policy::check_create(user, owner.team)?;
        }
        let scripts = tx.script_permission(owner.team).await?;
        scripts.check(&content.definition)?;
        room_in(tx, owner).await?;
        check_alike(tx, owner.team, &content.name, None).await?;
        let release = fresh(content, owner, scripts, &author.stamp);
        tx.insert_release(&release, &author.stamp, &ReleaseEvent::Created { name: release.name.clone() }).await?;
        Ok(release.id)
    }

    /// Answers the newest version, and whether there was anything to save.
    pub(super) async fn save(
        &self,
        tx: &WriteTx,
        before: &Release,
        content: &ReleaseContent,
        author: &Author,
    ) -> Result<(u32, bool), AppError> {
        let ReleaseContent { name, description, definition } = content;
        let same_definition = *before.definition == *definition;
        if same_definition && before.name == *name && before.description == *description {
            return Ok((before.version, false));
        }
        match &author.user {
            Some(user) => policy::check(user, before.into(), Operation::Edit)?,
            None => policy::check_status(before.into(), Operation::Edit)?,
        }
        if before.name != *name {
            check_alike(tx, before.team_id, name, Some(before.id)).await?;
        }
        let mut after = Release { name: name.clone(), description: description.clone(), ..before.clone() };
        let labels = NewLabels {
            renamed_from: (before.name != *name).then(|| before.name.clone()),
            described: before.description != *description,
        };
        let event = if same_definition {
            ReleaseEvent::Described { name: after.name.clone(), labels }
        } else {
            before.scripts.check(definition)?;
            after.version += 1;
            after.edited_by = author.stamp.actor.clone();
            after.definition = Arc::new(definition.clone());
            ReleaseEvent::Edited { version: after.version, note: author.note.clone(), labels }
        };
        tx.save_release(before, &after, &author.stamp, &event).await?;
        Ok((after.version, true))
    }
}

/// Whether no other release task of the team has a name that differs from that one in upper and lower case only. Those that are
/// there side by side stay.
pub(super) async fn check_alike(
    tx: &WriteTx,
    team: TeamId,
    name: &str,
    own: Option<ReleaseId>,
) -> Result<(), AppError> {
    let others = tx.names_like(team, name, own).await?;
    match names::alike(name, others.iter().map(String::as_str)) {
        Some(other) => Err(Refusal::NameAlike { other: other.to_owned() }.into()),
        None => Ok(()),
    }
}

/// Who makes or edits a release task.
pub(super) struct Author {
    /// Nobody, for the command line.
    pub(super) user: Option<User>,
    /// What is written beside it.
    pub(super) stamp: Stamp,
    /// What they say of the version.
    pub(super) note: Option<String>,
}

/// A release task in its first version.
fn fresh(content: &ReleaseContent, owner: ReleaseOwner, scripts: ScriptPermission, stamp: &Stamp) -> Release {
    Release {
        id: new_id(),
        region_id: owner.region,
        team_id: owner.team,
        scripts,
        name: content.name.clone(),
        description: content.description.clone(),
        created_by: Actor::clone(&stamp.actor),
        created_at: stamp.at,
        version: 1,
        edited_by: stamp.actor.clone(),
        definition: Arc::new(content.definition.clone()),
        last: None,
        deleted_at: None,
        rev: 0,
    }
}

/// Every problem of a content at once.
pub(super) fn check(content: &ReleaseContent) -> Result<(), AppError> {
    let mut problems = validate::validate_naming(&content.name, &content.description);
    problems.extend(validate::validate(&content.definition));
    if problems.is_empty() { Ok(()) } else { Err(AppError::Invalid(problems)) }
}

pub(super) async fn room_in(tx: &WriteTx, owner: ReleaseOwner) -> Result<(), AppError> {
    match share::room_for(owner.team, &tx.count_releases(owner.region).await?) {
        Ok(()) => Ok(()),
        Err(Full::Region) => Err(AppError::RegionFull),
        Err(Full::Team) => Err(AppError::TeamFull),
    }
}
