//! Deleted release tasks: restored by an administrator for thirty days, and then gone but for their records.

use tollgate::app::{AppError, Caller};
use tollgate::domain::draft::Draft;
use tollgate::domain::event::{AccountEvent, ReleaseEvent};
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::refusal::Refusal;
use tollgate::domain::release::Release;
use tollgate::domain::share::MAX_SHARE_OF_REGION;
use tollgate::domain::status::ReleaseStatus;
use tollgate::prune::{Pruned, Pruner};
use tollgate::store::{Cursor, Happened, Stamp, new_id};

use super::stage::{NODE, Stage, start};
use super::tasks::{command, line};
use crate::db::Db;

on_both!(
    what_was_deleted_is_restored_by_an_administrator_with_all_that_it_had,
    a_restore_needs_a_free_name,
    a_restore_needs_room_in_the_region,
    after_thirty_days_logs_and_drafts_go_and_the_records_stay,
    of_a_restore_and_a_purge_at_the_same_time_one_comes_first,
    drafts_untouched_for_ninety_days_go_announced_and_with_an_event,
);

const DAY: i64 = 86_400;

/// A release task that was executed and then deleted.
async fn deleted(stage: &Stage) -> ReleaseId {
    let release = stage.running(line(vec![command("task-a")])).await;
    stage.starts("task-a").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    stage.app.delete(&stage.caller("operator").await, release).await.unwrap();
    release
}

async fn events(stage: &Stage, release: ReleaseId) -> Vec<(String, ReleaseEvent)> {
    let rows = stage.app.store.activity_of(release, Cursor::Newest, 100).await.unwrap().rows;
    let told = rows.into_iter().filter_map(|row| match row.happened {
        Happened::Release(event) => Some((row.actor.name().to_owned(), event)),
        _ => None,
    });
    told.collect()
}

async fn what_was_deleted_is_restored_by_an_administrator_with_all_that_it_had(db: Db) {
    let stage = Stage::set(db).await;
    let (admin, operator) = (stage.caller("admin").await, stage.caller("operator").await);
    let release = stage.running(line(vec![command("task-a")])).await;
    assert!(matches!(stage.app.undelete(&admin, release).await, Err(AppError::Refused(Refusal::NotDeleted))));
    stage.starts("task-a").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    let draft = stage.app.open_draft(&operator, release).await.unwrap();
    let before = stage.app.store.release(release).await.unwrap().unwrap();
    stage.app.delete(&operator, release).await.unwrap();
    assert!(matches!(stage.app.undelete(&operator, release).await, Err(AppError::NotFound)));
    assert!(matches!(stage.app.deleted_releases(&operator, 1, 50).await, Err(AppError::NotFound)));
    let listed = stage.app.deleted_releases(&admin, 1, 50).await.unwrap();
    let told = |found: &tollgate::app::DeletedRelease| (found.id, found.deleted_by.clone(), found.deleted_at);
    assert_eq!(listed.iter().map(told).collect::<Vec<_>>(), [(release, Some("operator".to_owned()), start())]);

    stage.passes(29 * DAY);
    let restored = stage.app.undelete(&admin, release).await.unwrap();
    assert_eq!(restored.deleted_at, None);
    let after = stage.app.store.release(release).await.unwrap().unwrap();
    assert_eq!(Release { rev: before.rev, ..after }, before, "it is as it was");
    assert_eq!(stage.app.deleted_releases(&admin, 1, 50).await.unwrap(), []);
    assert_eq!(stage.app.draft(&operator, draft).await.unwrap().stored.release_id, Some(release));
    assert_eq!(events(&stage, release).await[0], ("admin".to_owned(), ReleaseEvent::Undeleted));
    assert_eq!(stage.execute(release).await.unwrap(), 2, "it is executed as ever");
    stage.tick().await;
    stage.starts("task-a").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    // Deleted again, by another deletion that counts from then on.
    stage.app.delete(&operator, release).await.unwrap();
    stage.passes(29 * DAY);
    let listed = stage.app.deleted_releases(&admin, 1, 50).await.unwrap();
    assert_eq!(listed.len(), 1, "each once, whatever was deleted before: {listed:?}");
    stage.app.undelete(&Caller::CommandLine, release).await.unwrap();
}

async fn a_restore_needs_a_free_name(db: Db) {
    let stage = Stage::set(db).await;
    let release = deleted(&stage).await;
    let other = stage.release("shop-web", line(vec![command("task-a")])).await;
    let admin = stage.caller("admin").await;
    assert!(matches!(stage.app.undelete(&admin, release).await, Err(AppError::NameTaken)));
    let operator = stage.caller("operator").await;
    stage.app.delete(&operator, other).await.unwrap();
    let (one, two) = tokio::join!(stage.app.undelete(&admin, release), stage.app.undelete(&admin, other));
    assert!(one.is_ok() != two.is_ok(), "of two of that name one is restored: {one:?} {two:?}");
}

async fn a_restore_needs_room_in_the_region(db: Db) {
    let stage = Stage::set(db).await;
    let release = deleted(&stage).await;
    let template = stage.app.store.release(release).await.unwrap().unwrap();
    let stamp = Stamp::tollgate(start());
    let tx = stage.app.store.begin_write().await.unwrap();
    let mut last = None;
    for number in 0..MAX_SHARE_OF_REGION {
        let name = format!("release-{number}");
        let one =
            Release { id: new_id(), name: name.clone(), last: None, deleted_at: None, rev: 0, ..template.clone() };
        tx.insert_release(&one, &stamp, &ReleaseEvent::Created { name }).await.unwrap();
        last = Some(one.id);
    }
    tx.commit().await.unwrap();
    let admin = stage.caller("admin").await;
    assert!(matches!(stage.app.undelete(&admin, release).await, Err(AppError::RegionFull)));
    stage.app.delete(&stage.caller("operator").await, last.unwrap()).await.unwrap();
    stage.app.undelete(&admin, release).await.unwrap();
}

async fn after_thirty_days_logs_and_drafts_go_and_the_records_stay(db: Db) {
    let stage = Stage::set(db).await;
    let operator = stage.caller("operator").await;
    let release = stage.running(line(vec![command("task-a")])).await;
    stage.starts("task-a").await.succeeds();
    let execution = stage.until_status(release, ReleaseStatus::Successful).await;
    let draft = stage.app.open_draft(&operator, release).await.unwrap();
    stage.app.delete(&operator, release).await.unwrap();
    let folder = stage.folders.runs().join(execution.id.to_string());
    let pruner = Pruner::new(stage.app.clone(), stage.folders.clone(), Some(NODE.to_owned()));
    stage.passes(30 * DAY - 1);
    assert_eq!(pruner.pass().await.unwrap(), Pruned::default(), "until then it can be restored");
    stage.passes(1);
    let survey = pruner.survey().await.unwrap();
    assert_eq!((survey.purged, survey.executions), (1, 1));
    let pruned = pruner.pass().await.unwrap();
    assert_eq!((pruned.purged, pruned.executions, pruned.folders), (1, 1, 1), "{pruned:?}");
    assert!(!folder.exists() && stage.app.store.draft(draft).await.unwrap().is_none());

    let admin = stage.caller("admin").await;
    let late = stage.app.undelete(&admin, release).await;
    assert!(matches!(late, Err(AppError::Refused(Refusal::RestoreOver { .. }))), "{late:?}");
    let seen = stage.app.release(&admin, release).await.unwrap();
    assert_eq!(stage.app.execution(&seen, 1).await.unwrap().status(), ReleaseStatus::Successful);
    assert_eq!(stage.app.versions(&seen).await.unwrap().len(), 1);
    assert!(stage.app.execution(&seen, 1).await.unwrap().tasks[0].log_gone(1).is_some());
    let told = events(&stage, release).await;
    assert_eq!(told[0], ("Tollgate".to_owned(), ReleaseEvent::Purged));
    assert_eq!(told[1], ("operator".to_owned(), ReleaseEvent::Deleted));
    let listed = stage.app.deleted_releases(&admin, 1, 50).await.unwrap();
    assert!(listed[0].purged_at.is_some(), "its records are found there: {listed:?}");
    assert_eq!(pruner.pass().await.unwrap(), Pruned::default());
}

async fn of_a_restore_and_a_purge_at_the_same_time_one_comes_first(db: Db) {
    let stage = Stage::set(db).await;
    let release = deleted(&stage).await;
    stage.passes(30 * DAY);
    // A replica whose clock is behind would restore it still; the purge has come first.
    assert_eq!(stage.app.purge_some().await.unwrap(), 1);
    stage.passes(-DAY);
    let late = stage.app.undelete(&stage.caller("admin").await, release).await;
    assert!(matches!(late, Err(AppError::Refused(Refusal::RestoreOver { .. }))), "{late:?}");
    assert!(stage.app.store.release(release).await.unwrap().unwrap().deleted_at.is_some());
}

async fn drafts_untouched_for_ninety_days_go_announced_and_with_an_event(db: Db) {
    let stage = Stage::set(db).await;
    let (app, operator) = (&stage.app, stage.caller("operator").await);
    let release = stage.release("shop-web", line(vec![command("task-a")])).await;
    let of_release = app.open_draft(&operator, release).await.unwrap();
    let fresh = app.start_draft(&operator, stage.owner(), Draft::blank("never-saved"), None).await.unwrap();
    stage.passes(76 * DAY - 1);
    assert_eq!(app.expiring_drafts(&operator).await.unwrap(), []);
    stage.passes(1);
    let told = app.expiring_drafts(&operator).await.unwrap();
    let mut names: Vec<&str> = told.iter().map(|draft| draft.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["never-saved", "shop-web"]);
    assert_eq!(app.expiring_drafts(&stage.caller("viewer").await).await.unwrap(), []);
    let touched = app.start_draft(&operator, stage.owner(), Draft::blank("touched"), None).await.unwrap();
    stage.passes(14 * DAY - 1);
    assert_eq!(app.expire_drafts().await.unwrap(), 0);
    stage.passes(1);
    assert_eq!(app.expire_drafts().await.unwrap(), 2);
    assert_eq!(app.expire_drafts().await.unwrap(), 0);
    for gone in [of_release, fresh] {
        assert!(matches!(app.draft(&operator, gone).await, Err(AppError::NotFound)));
    }
    app.draft(&operator, touched).await.unwrap();
    let audit = app.store.audit(Cursor::Newest, 100).await.unwrap().rows;
    let mut expired: Vec<_> = audit
        .into_iter()
        .filter_map(|row| match row.happened {
            Happened::Account(AccountEvent::DraftExpired { user, release }) => Some((user, release)),
            _ => None,
        })
        .collect();
    expired.sort();
    let by = |release: Option<&str>| ("operator".to_owned(), release.map(str::to_owned));
    assert_eq!(expired, [by(None), by(Some("shop-web"))]);
}
