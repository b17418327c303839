//! Operations on release tasks themselves.

use std::sync::Arc;

use tollgate::app::accounts::TeamRole;
use tollgate::app::{AppError, Caller, CloneTarget, Imported};
use tollgate::domain::decide::Command;
use tollgate::domain::event::ReleaseEvent;
use tollgate::domain::ids::RegionId;
use tollgate::domain::people::{Actor, Role};
use tollgate::domain::refusal::{Operation, Refusal};
use tollgate::domain::release::Release;
use tollgate::domain::release::ReleaseOwner;
use tollgate::domain::scripts::ScriptPermission;
use tollgate::domain::share::MAX_SHARE_OF_REGION;
use tollgate::domain::status::ReleaseStatus;
use tollgate::store::{Cursor, Stamp, new_id};

use super::stage::{Stage, start};
use super::tasks::{approval, best_effort, command, line};
use crate::db::Db;

on_both!(
    an_import_makes_updates_or_leaves_it,
    an_import_does_not_change_what_is_active,
    a_deleted_name_is_free_again,
    a_clone_has_the_definition_and_no_history,
    a_name_is_taken_once_in_a_team,
    a_copy_can_be_made_for_another_team_and_in_another_region,
    what_was_deleted_keeps_its_records,
    a_region_holds_as_many_as_it_may_whoever_comes_at_once,
    s7_one_team_does_not_fill_the_region_for_all,
);

async fn an_import_makes_updates_or_leaves_it(db: Db) {
    let stage = Stage::set(db).await;
    let (owner, definition) = (stage.owner(), line(vec![command("task-a")]));
    let release = stage.release("shop-web", definition.clone()).await;
    let mut draft = Stage::draft("shop-web", definition.clone());
    assert_eq!(stage.app.import(&Caller::CommandLine, owner, &draft).await.unwrap(), Imported::Unchanged(release));
    draft.description = "Another".into();
    assert_eq!(
        stage.app.import(&Caller::CommandLine, owner, &draft).await.unwrap(),
        Imported::Described(release, 1),
        "no new version"
    );
    draft.definition = best_effort(definition);
    assert_eq!(stage.app.import(&Caller::CommandLine, owner, &draft).await.unwrap(), Imported::Updated(release, 2));
    assert_eq!(stage.app.import(&Caller::CommandLine, owner, &draft).await.unwrap(), Imported::Unchanged(release));
    draft.name = "1st".into();
    draft.definition.phases.clear();
    let Err(AppError::Invalid(problems)) = stage.app.import(&Caller::CommandLine, owner, &draft).await else {
        panic!("it is not valid")
    };
    assert!(problems.len() >= 2, "every problem is told at once: {problems:?}");
}

async fn an_import_does_not_change_what_is_active(db: Db) {
    let stage = Stage::set(db).await;
    let definition = line(vec![approval("go-live", 1, None)]);
    let release = stage.running(definition.clone()).await;
    let edited = Stage::draft("shop-web", best_effort(definition));
    let refused = stage.app.import(&Caller::CommandLine, stage.owner(), &edited).await;
    let Err(AppError::Refused(Refusal::NotNow { operation, status })) = refused else { panic!("{refused:?}") };
    assert_eq!((operation, status), (Operation::Edit, ReleaseStatus::ToBeApproved));
    stage.does(release, &Command::Terminate).await;
    let imported = stage.app.import(&Caller::CommandLine, stage.owner(), &edited).await.unwrap();
    assert_eq!(imported, Imported::Updated(release, 2));
    assert!(stage.app.store.release(release).await.unwrap().unwrap().edited_since());
}

async fn a_deleted_name_is_free_again(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.release("shop-web", line(vec![command("task-a")])).await;
    stage.app.delete(&stage.caller("operator").await, release).await.unwrap();
    let again = stage.release("shop-web", line(vec![command("task-a")])).await;
    assert_ne!(again, release);
}

async fn a_clone_has_the_definition_and_no_history(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![approval("go-live", 1, None)])).await;
    let copy = stage.app.clone_release(&stage.caller("operator").await, release, " shop-two ").await.unwrap();
    let (original, copy) = (
        stage.app.store.release(release).await.unwrap().unwrap(),
        stage.app.store.release(copy).await.unwrap().unwrap(),
    );
    assert_eq!((copy.name.as_str(), &copy.description), ("shop-two", &original.description));
    assert_eq!(copy.definition, original.definition);
    assert_eq!((copy.version, copy.status(), copy.last.is_none()), (1, ReleaseStatus::ToRelease, true));
    assert_eq!(copy.created_by.name(), "operator");
    let refused = stage.app.clone_release(&stage.caller("viewer").await, release, "shop-three").await;
    assert!(matches!(refused, Err(AppError::Refused(Refusal::NotPermitted { .. }))));
}

async fn a_copy_can_be_made_for_another_team_and_in_another_region(db: Db) {
    let stage = Stage::set(db).await;
    let app = &stage.app;
    let release = stage.release("shop-web", line(vec![command("task-a")])).await;
    let team = app.add_team(&Caller::CommandLine, "payments", false).await.unwrap();
    let region = app.add_region(&Caller::CommandLine, "us-east").await.unwrap();
    let target = CloneTarget { name: "shop-web", team: Some(team), region: Some(region) };
    let refused = app.clone_release(&stage.caller("operator").await, release, target).await;
    assert!(matches!(refused, Err(AppError::Refused(Refusal::CreateNotPermitted { .. }))), "{refused:?}");
    let role = TeamRole { team: "payments".to_owned(), role: Role::Operator };
    app.grant_roles(&Caller::CommandLine, "operator", vec![role]).await.unwrap();
    let operator = stage.caller("operator").await;
    let refused = app.clone_release(&operator, release, target).await;
    assert!(matches!(refused, Err(AppError::Refused(Refusal::ScriptNotSaved { .. }))), "{refused:?}");
    app.permit_scripts(&Caller::CommandLine, "payments", true).await.unwrap();
    let nowhere = CloneTarget { region: Some(RegionId::from_u128(1)), ..target };
    assert!(matches!(app.clone_release(&operator, release, nowhere).await, Err(AppError::NotFound)));
    let copy = app.clone_release(&operator, release, target).await.unwrap();
    let copy = app.store.release(copy).await.unwrap().unwrap();
    assert_eq!((copy.name.as_str(), copy.team_id, copy.region_id), ("shop-web", team, region));
    assert!(matches!(copy.scripts, ScriptPermission::Granted));
}

async fn a_name_is_taken_once_in_a_team(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.release("shop-web", line(vec![command("task-a")])).await;
    let caller = stage.caller("operator").await;
    let taken = stage.app.clone_release(&caller, release, "shop-web").await;
    assert!(matches!(taken, Err(AppError::NameTaken)));
    let clicks = (0..4).map(|_| stage.app.clone_release(&caller, release, "shop-two"));
    let answers = futures_util::future::join_all(clicks).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert_eq!(answers.iter().filter(|answer| matches!(answer, Err(AppError::NameTaken))).count(), 3, "{answers:?}");
    let wrong = stage.app.clone_release(&caller, release, "a b").await;
    assert!(matches!(wrong, Err(AppError::Invalid(_))));
}

async fn what_was_deleted_keeps_its_records(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("task-a")])).await;
    let operator = stage.caller("operator").await;
    let refused = stage.app.delete(&operator, release).await;
    assert!(matches!(refused, Err(AppError::Refused(Refusal::NotNow { operation: Operation::Delete, .. }))));
    stage.starts("task-a").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    stage.app.delete(&operator, release).await.unwrap();
    assert!(matches!(stage.app.delete(&operator, release).await, Err(AppError::NotFound)));
    assert!(matches!(stage.execute(release).await, Err(AppError::NotFound)));
    let kept = stage.app.store.release(release).await.unwrap().unwrap();
    assert_eq!(kept.deleted_at, Some(start()));
    assert_eq!(kept.last.unwrap().status(), ReleaseStatus::Successful);
    let activity = stage.app.store.activity_of(release, Cursor::Newest, 100).await.unwrap();
    assert!(activity.rows.len() >= 5, "{activity:?}");
    stage.tick().await;
    stage.calls.no_more().await;
}

async fn a_region_holds_as_many_as_it_may_whoever_comes_at_once(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.release("shop-web", line(vec![command("task-a")])).await;
    fill(&stage, 2..MAX_SHARE_OF_REGION).await;
    let caller = stage.caller("operator").await;
    let drafts = (0..3).map(|number| Stage::draft(&format!("new-{number}"), line(vec![command("task-a")])));
    let clones = (0..3).map(|number| format!("copy-{number}"));
    let imports = drafts.map(|draft| {
        let (app, owner) = (stage.app.clone(), stage.owner());
        tokio::spawn(async move { app.import(&Caller::CommandLine, owner, &draft).await.map(drop) })
    });
    let clones = clones.map(|name| {
        let (app, caller) = (stage.app.clone(), caller.clone());
        tokio::spawn(async move { app.clone_release(&caller, release, name.as_str()).await.map(drop) })
    });
    let answers = futures_util::future::join_all(imports.chain(clones)).await;
    let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| matches!(answer, Err(AppError::RegionFull))).count(), 5, "{answers:?}");
}

/// Release tasks of the team of everybody, as many as there are numbers.
async fn fill(stage: &Stage, numbers: std::ops::Range<u64>) {
    let tx = stage.app.store.begin_write().await.unwrap();
    let definition = Arc::new(line(vec![command("task-a")]));
    for number in numbers {
        let filler = Release {
            id: new_id(),
            region_id: stage.region,
            team_id: stage.team,
            scripts: ScriptPermission::Granted,
            name: format!("filler-{number}"),
            description: String::new(),
            created_by: Actor::Tollgate,
            created_at: start(),
            version: 1,
            edited_by: Actor::Tollgate,
            definition: Arc::clone(&definition),
            last: None,
            deleted_at: None,
            rev: 0,
        };
        let created = ReleaseEvent::Created { name: filler.name.clone() };
        tx.insert_release(&filler, &Stamp::tollgate(start()), &created).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn s7_one_team_does_not_fill_the_region_for_all(db: Db) {
    let stage = Stage::set(db).await;
    let app = &stage.app;
    let other = app.add_team(&Caller::CommandLine, "payments", true).await.unwrap();
    let release = stage.release("shop-web", line(vec![command("task-a")])).await;
    fill(&stage, 1..748).await;
    let caller = stage.caller("operator").await;
    stage.app.clone_release(&caller, release, "one-more").await.unwrap();
    let copies = (0..3).map(|number| stage.app.clone_release(&caller, release, ["copy-a", "copy-b", "copy-c"][number]));
    let answers = futures_util::future::join_all(copies).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| matches!(answer, Err(AppError::TeamFull))).count(), 2, "{answers:?}");
    let draft = Stage::draft("pay", line(vec![command("task-a")]));
    stage.app.import(&Caller::CommandLine, ReleaseOwner { team: other, region: stage.region }, &draft).await.unwrap();
    // Whoever makes room can use it again.
    stage.app.delete(&caller, release).await.unwrap();
    let copy = app.store.begin_write().await.unwrap().release_named(stage.team, "one-more").await.unwrap().unwrap();
    stage.app.clone_release(&caller, copy, "copy-d").await.unwrap();
}
