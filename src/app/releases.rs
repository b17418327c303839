//! Operations on release tasks themselves: make, save a new version, clone, delete.

use std::sync::Arc;

use uuid::Uuid;

use super::{App, AppError, Caller};
use crate::domain::definition::Definition;
use crate::domain::event::ReleaseEvent;
use crate::domain::people::Actor;
use crate::domain::policy;
use crate::domain::refusal::Operation;
use crate::domain::release::Release;
use crate::domain::scripts::ScriptPermission;
use crate::domain::share::{self, Full};
use crate::domain::validate;
use crate::store::{Stamp, WriteTx, new_id};

/// A release task as it is brought from outside.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its name, unique in the team.
    pub name: String,
    /// At most 128 characters.
    pub description: String,
    /// What it releases.
    pub definition: Definition,
}

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    /// A new release task.
    Created(Uuid),
    /// A new version of one that was there.
    Updated(Uuid, u32),
    /// It was there already, just so.
    Unchanged(Uuid),
}

impl App {
    /// Takes in a release task from the command line: makes it, or saves a new version of the one of that name.
    pub async fn import(&self, (team, region): (Uuid, Uuid), draft: &Draft) -> Result<Imported, AppError> {
        check(draft)?;
        let tx = self.store.begin_write().await?;
        let stamp = Stamp::tollgate(self.clock.now());
        let scripts = tx.script_permission(team).await?;
        let known = match tx.release_named(team, &draft.name).await? {
            // It may have been deleted between the two reads.
            Some(id) => tx.release(id).await?.filter(|release| release.deleted_at.is_none()),
            None => None,
        };
        let imported = match known {
            None => {
                scripts.check(&draft.definition)?;
                Imported::Created(self.create(&tx, (team, region), draft, scripts, &stamp).await?)
            }
            Some(before) if *before.definition == draft.definition && before.description == draft.description => {
                Imported::Unchanged(before.id)
            }
            Some(before) => {
                if before.status().is_active() {
                    let (operation, status) = (Operation::Edit, before.status());
                    return Err(crate::domain::refusal::Refusal::NotNow { operation, status }.into());
                }
                if *before.definition != draft.definition {
                    scripts.check(&draft.definition)?;
                }
                let version = self.save_version(&tx, &before, draft, &stamp).await?;
                Imported::Updated(before.id, version)
            }
        };
        self.commit(tx, move |app| match imported {
            Imported::Created(_) => app.live.touch_catalogue(),
            Imported::Updated(id, _) => {
                app.live.touch_catalogue();
                app.live.touch(id);
            }
            Imported::Unchanged(_) => {}
        })
        .await?;
        Ok(imported)
    }

    /// Makes a copy under a new name; answers its key.
    pub async fn clone_release(&self, caller: &Caller, release_id: Uuid, name: &str) -> Result<Uuid, AppError> {
        let answer = self.clone_once(caller, release_id, name).await;
        self.tell_refused(caller, (release_id, Operation::Clone), &answer).await;
        answer
    }

    async fn clone_once(&self, caller: &Caller, release_id: Uuid, name: &str) -> Result<Uuid, AppError> {
        let tx = self.store.begin_write().await?;
        let (user, original) = self.seen_by(&tx, caller, release_id).await?;
        policy::check(&user, (&original).into(), Operation::Clone)?;
        let draft = Draft {
            name: name.trim().to_owned(),
            description: original.description.clone(),
            definition: original.definition.as_ref().clone(),
        };
        check(&draft)?;
        original.scripts.check(&draft.definition)?;
        let stamp = caller.stamp(&user, self.clock.now());
        let copy = fresh(&draft, (original.team_id, original.region_id), original.scripts.clone(), &stamp);
        room_in(&tx, (original.team_id, original.region_id)).await?;
        let happened = ReleaseEvent::Cloned { from: original.name.clone(), name: copy.name.clone() };
        tx.insert_release(&copy, &stamp, &happened).await?;
        self.commit(tx, |app| app.live.touch_catalogue()).await?;
        Ok(copy.id)
    }

    /// Takes the release task off the lists. What was done with it stays readable to administrators.
    pub async fn delete(&self, caller: &Caller, release_id: Uuid) -> Result<(), AppError> {
        let answer = self.delete_once(caller, release_id).await;
        self.tell_refused(caller, (release_id, Operation::Delete), &answer).await;
        answer
    }

    async fn delete_once(&self, caller: &Caller, release_id: Uuid) -> Result<(), AppError> {
        let tx = self.store.begin_write().await?;
        let (user, before) = self.seen_by(&tx, caller, release_id).await?;
        policy::check(&user, (&before).into(), Operation::Delete)?;
        let stamp = caller.stamp(&user, self.clock.now());
        let after = Release { deleted_at: Some(stamp.at), ..before.clone() };
        tx.save_release(&before, &after, &stamp, &ReleaseEvent::Deleted).await?;
        self.commit(tx, move |app| {
            app.live.touch_catalogue();
            app.live.touch(release_id);
        })
        .await
    }

    async fn create(
        &self,
        tx: &WriteTx,
        place: (Uuid, Uuid),
        draft: &Draft,
        scripts: ScriptPermission,
        stamp: &Stamp,
    ) -> Result<Uuid, AppError> {
        room_in(tx, place).await?;
        let release = fresh(draft, place, scripts, stamp);
        tx.insert_release(&release, stamp, &ReleaseEvent::Created { name: release.name.clone() }).await?;
        Ok(release.id)
    }

    async fn save_version(
        &self,
        tx: &WriteTx,
        before: &Release,
        draft: &Draft,
        stamp: &Stamp,
    ) -> Result<u32, AppError> {
        let mut after = before.clone();
        after.description.clone_from(&draft.description);
        let event = if *before.definition == draft.definition {
            ReleaseEvent::Described { name: after.name.clone() }
        } else {
            after.version += 1;
            after.edited_by = stamp.actor.clone();
            after.definition = Arc::new(draft.definition.clone());
            ReleaseEvent::Edited { version: after.version }
        };
        tx.save_release(before, &after, stamp, &event).await?;
        Ok(after.version)
    }
}

/// A release task in its first version.
fn fresh(draft: &Draft, (team_id, region_id): (Uuid, Uuid), scripts: ScriptPermission, stamp: &Stamp) -> Release {
    Release {
        id: new_id(),
        region_id,
        team_id,
        scripts,
        name: draft.name.clone(),
        description: draft.description.clone(),
        created_by: Actor::clone(&stamp.actor),
        created_at: stamp.at,
        version: 1,
        edited_by: stamp.actor.clone(),
        definition: Arc::new(draft.definition.clone()),
        last: None,
        deleted_at: None,
        rev: 0,
    }
}

/// Every problem of a draft at once.
fn check(draft: &Draft) -> Result<(), AppError> {
    let mut problems = validate::validate_naming(&draft.name, &draft.description);
    problems.extend(validate::validate(&draft.definition));
    if problems.is_empty() { Ok(()) } else { Err(AppError::Invalid(problems)) }
}

async fn room_in(tx: &WriteTx, (team, region): (Uuid, Uuid)) -> Result<(), AppError> {
    match share::room_for(team, &tx.count_releases(region).await?) {
        Ok(()) => Ok(()),
        Err(Full::Region) => Err(AppError::RegionFull),
        Err(Full::Team) => Err(AppError::TeamFull),
    }
}
