//! People who are let go: they may do nothing from that moment on, and whoever waits for them is told.

use tollgate::app::AppError;
use tollgate::app::Caller;
use tollgate::app::Short;
use tollgate::app::accounts::{AccountError, TeamRole};
use tollgate::domain::execution::Verdict;
use tollgate::domain::people::{Role, User};
use tollgate::domain::policy::Agreement;
use tollgate::domain::refusal::Refusal;
use tollgate::domain::status::ReleaseStatus;
use tollgate::store::{NewSession, new_id};

use super::stage::{Stage, start};
use super::tasks::{approval, line, trigger};
use crate::db::Db;

on_both!(
    whoever_is_disabled_is_signed_out_and_may_do_nothing,
    checkpoints_that_have_too_few_approvers_left_are_told,
    a_person_who_has_agreed_already_is_not_counted_again,
    the_last_administrator_is_kept,
    two_administrators_who_disable_each_other_leave_one,
);

fn short(task: &str, missing: usize, able: usize) -> Short {
    let agreement = Agreement { missing, able };
    Short { region: "eu-west".to_owned(), release: "shop-web".to_owned(), task: task.to_owned(), agreement }
}

async fn add_administrator(stage: &Stage, name: &str) {
    let tx = stage.db.store.begin_write().await.unwrap();
    let user = User { id: new_id(), name: name.to_owned(), administrator: true, roles: Vec::new() };
    tx.insert_user(&user, "hash", start()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn whoever_is_disabled_is_signed_out_and_may_do_nothing(db: Db) {
    let stage = Stage::set(db).await;
    let app = &stage.app;
    let release = stage.running(line(vec![approval("go-live", 1, None)])).await;
    let user_id = stage.caller("approver").await.user().unwrap().id;
    let session = NewSession {
        key_hash: vec![1; 32],
        user_id,
        at: start(),
        expires_at: start() + chrono::TimeDelta::days(1),
        address: None,
        user_agent: None,
    };
    let tx = app.store.begin_write().await.unwrap();
    tx.insert_session(session).await.unwrap();
    tx.commit().await.unwrap();
    assert!(app.store.session(&[1; 32], start()).await.unwrap().is_some());

    assert_eq!(app.disable_user(&Caller::CommandLine, "Approver").await.unwrap(), []);
    assert!(app.store.session(&[1; 32], start()).await.unwrap().is_none());
    assert!(stage.says("approver", release, "go-live", Verdict::Agree).await.is_err());
    assert_eq!(stage.status(release).await, ReleaseStatus::ToBeApproved);

    app.enable_user(&Caller::CommandLine, "approver").await.unwrap();
    assert!(app.store.session(&[1; 32], start()).await.unwrap().is_none());
    stage.says("approver", release, "go-live", Verdict::Agree).await.unwrap();
}

async fn checkpoints_that_have_too_few_approvers_left_are_told(db: Db) {
    let stage = Stage::set(db).await;
    let app = &stage.app;
    let release = stage.running(line(vec![approval("go-live", 2, None)])).await;
    let approver = vec![TeamRole { team: "storefront".to_owned(), role: Role::Approver }];
    let told = app.revoke_roles(&Caller::CommandLine, "approver2", approver.clone()).await.unwrap();
    assert_eq!(told, [short("go-live", 2, 1)]);
    let refused = stage.says("approver2", release, "go-live", Verdict::Agree).await.unwrap_err();
    assert!(matches!(refused, AppError::Refused(Refusal::NotAnApprover { .. }) | AppError::NotFound), "{refused:?}");
    let twice = app.revoke_roles(&Caller::CommandLine, "approver2", approver).await.unwrap_err();
    assert!(matches!(twice, AccountError::NotHeld { role: Role::Approver, .. }), "{twice:?}");
    // Nobody waits for a viewer.
    assert_eq!(app.disable_user(&Caller::CommandLine, "viewer").await.unwrap(), []);
    assert_eq!(app.disable_user(&Caller::CommandLine, "approver").await.unwrap(), [short("go-live", 2, 0)]);
    assert_eq!(app.disable_user(&Caller::CommandLine, "approver").await.unwrap(), []);
}

async fn a_person_who_has_agreed_already_is_not_counted_again(db: Db) {
    let stage = Stage::set(db).await;
    let app = &stage.app;
    let release = stage.running(line(vec![approval("go-live", 2, None), trigger("go")])).await;
    stage.says("approver", release, "go-live", Verdict::Agree).await.unwrap();
    assert_eq!(app.disable_user(&Caller::CommandLine, "approver2").await.unwrap(), [short("go-live", 1, 0)]);
    app.enable_user(&Caller::CommandLine, "approver2").await.unwrap();
    stage.says("approver2", release, "go-live", Verdict::Agree).await.unwrap();
    stage.tick().await;
    assert_eq!(app.disable_user(&Caller::CommandLine, "operator").await.unwrap(), []);
    assert_eq!(app.disable_user(&Caller::CommandLine, "approver").await.unwrap(), []);
    assert_eq!(app.disable_user(&Caller::CommandLine, "approver2").await.unwrap(), [short("go", 1, 0)]);
}

async fn the_last_administrator_is_kept(db: Db) {
    let stage = Stage::set(db).await;
    let app = &stage.app;
    let kept = app.disable_user(&Caller::CommandLine, "admin").await.unwrap_err();
    assert!(matches!(&kept, AccountError::LastAdministrator(name) if name == "admin"), "{kept:?}");
    add_administrator(&stage, "root").await;
    app.disable_user(&Caller::CommandLine, "admin").await.unwrap();
    assert!(app.disable_user(&Caller::CommandLine, "root").await.is_err());
    app.enable_user(&Caller::CommandLine, "admin").await.unwrap();
    app.disable_user(&Caller::CommandLine, "root").await.unwrap();
}

async fn two_administrators_who_disable_each_other_leave_one(db: Db) {
    let stage = Stage::set(db).await;
    let app = &stage.app;
    for round in 0..10 {
        let other = format!("root{round}");
        add_administrator(&stage, &other).await;
        let (one, two) = tokio::join!(
            app.disable_user(&Caller::CommandLine, "admin"),
            app.disable_user(&Caller::CommandLine, &other),
        );
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        app.enable_user(&Caller::CommandLine, "admin").await.unwrap();
        if two.is_err() {
            app.disable_user(&Caller::CommandLine, &other).await.unwrap();
        }
    }
}
